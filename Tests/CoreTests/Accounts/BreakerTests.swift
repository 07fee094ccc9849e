import Core
import Foundation
import Testing

@Suite struct BreakerTests {
    @Test(arguments: [
        (5, 5, false), (6, 6, true), (5, 1_000, false), (6, 24, false), (6, 23, true), (250, 1_000, false),
        (251, 1_000, true), (0, 0, false),
    ])
    func `P7 more than five and more than a quarter at once are too many`(turned: Int, standing: Int, trips: Bool) {
        #expect(Breaker().trips(on: Breaker.Count(standing: standing, turned: turned)) == trips)
    }

    @Test func `a hundred per cent never trip, none at all always at the sixth`() {
        #expect(!Breaker(percent: 100).trips(on: Breaker.Count(standing: 50, turned: 50)))
        #expect(Breaker(percent: 0).trips(on: Breaker.Count(standing: 500, turned: 6)))
        #expect(!Breaker(percent: 0).trips(on: Breaker.Count(standing: 500, turned: 5)))
    }

    @Test func `what was accepted is not counted again, and without a comparison nothing is`() {
        let (monday, tuesday) = (Date(timeIntervalSince1970: 0), Date(timeIntervalSince1970: 86_400))
        #expect(Breaker.since(compared: nil, accepted: tuesday) == nil)
        #expect(Breaker.since(compared: monday, accepted: nil) == monday)
        #expect(Breaker.since(compared: monday, accepted: tuesday) == tuesday)
        #expect(Breaker.since(compared: tuesday, accepted: monday) == tuesday)
    }
}
