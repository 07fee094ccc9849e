import Core
import Curl
import Synchronization
import TestSupport
import Testing

@testable import AWS
@testable import Providers

/// How fast one process asks, with a store and a clock that a test turns.
@Suite struct SharedPaceTests {
    /// A clock that a sleeper turns.
    private final class Clock: Sendable {
        private let moment = Mutex(ContinuousClock.Instant.now)
        private let slept = Mutex<[Duration]>([])
        var now: ContinuousClock.Instant { moment.withLock { $0 } }
        var sleeps: [Duration] { slept.withLock { $0 } }
        func pass(_ duration: Duration) { moment.withLock { $0 += duration } }
        func sleep(_ duration: Duration) {
            slept.withLock { $0.append(duration) }
            pass(duration)
        }
    }

    /// Gives every turn a second after the one before; or none.
    private actor Desk: PaceStore {
        private(set) var asked: [(lane: PaceLane, count: Int, limits: PaceLimits)] = []
        private(set) var throttled: [PaceLane] = []
        private var isAway = false

        func goAway(_ away: Bool) { isAway = away }

        func reserveTurns(
            _ lane: PaceLane,
            count: Int,
            limits: PaceLimits
        ) async throws(StoreFailure) -> ReservedTurns {
            asked.append((lane, count, limits))
            if isAway { throw StoreFailure(.unreachable, "no database") }
            return ReservedTurns(wait: .seconds(1), apart: .seconds(1), count: count)
        }

        func noteThrottled(_ lane: PaceLane, limits: PaceLimits) async throws(StoreFailure) {
            throttled.append(lane)
            if isAway { throw StoreFailure(.unreachable, "no database") }
        }
    }

    private func pace(
        _ perSecond: Double,
        _ clock: Clock,
        told: @escaping @Sendable (String) -> Void = { _ in }
    ) -> SharedPace {
        SharedPace(
            PaceLimits(perSecond: perSecond, burst: 20),
            now: { clock.now },
            sleep: { clock.sleep($0) },
            tell: told
        )
    }

    @Test func `N4 every turn is taken from the store, and waited for`() async {
        let (clock, desk) = (Clock(), Desk())
        let pace = pace(2.5, clock)
        await pace.share(through: desk)
        for _ in 0..<3 { await pace.of(account).turn(.cloudformation, region: "eu-central-1") }
        #expect(clock.sleeps == [.seconds(1), .seconds(1), .seconds(1)])
        let asked = await desk.asked
        #expect(asked.map(\.count) == [1, 1, 1] && asked.allSatisfy { $0.limits.perSecond == 2.5 })
        #expect(asked.allSatisfy { $0.lane.account == account && $0.lane.service == "cloudformation" })
        // Others take four times as much; what is asked once for each target takes none.
        await pace.of(account).turn(.lambda, region: "eu-central-1")
        await pace.of(account).turn(.sts, region: "eu-central-1")
        let lanes = await desk.asked.map(\.lane.service)
        #expect(lanes == ["cloudformation", "cloudformation", "cloudformation", "lambda"])
        #expect(await desk.asked.last?.limits == PaceLimits(perSecond: 10, burst: 80))
    }

    @Test func `N4 at a high rate one statement takes many turns, which are not saved up, and throttling ends them`()
        async
    {
        let (clock, desk) = (Clock(), Desk())
        let pace = pace(100, clock)
        await pace.share(through: desk)
        let own = pace.of(account)
        for _ in 0..<20 { await own.turn(.cloudformation, region: "eu-central-1") }
        #expect(await desk.asked.map(\.count) == [20])
        #expect(clock.sleeps.count == 20)
        // Turns that nobody used for a while are gone.
        await own.turn(.cloudformation, region: "eu-central-1")
        clock.pass(.seconds(60))
        await own.turn(.cloudformation, region: "eu-central-1")
        #expect(await desk.asked.count == 3)
        await own.throttled(.cloudformation, region: "eu-central-1")
        await own.turn(.cloudformation, region: "eu-central-1")
        #expect(await desk.asked.count == 4)
        #expect(await desk.throttled.map(\.service) == ["cloudformation"])
    }

    @Test func `N4 without the database the rate is half of it and never without a bound, and it is said once`() async {
        let (clock, desk) = (Clock(), Desk())
        let told = Mutex<[String]>([])
        let pace = pace(10, clock) { text in told.withLock { $0.append(text) } }
        let own = pace.of(account)
        // Before it is open, and while it is away.
        for _ in 0..<5 { await own.turn(.cloudformation, region: "eu-central-1") }
        await desk.goAway(true)
        await pace.share(through: desk)
        let began = clock.now
        for _ in 0..<50 { await own.turn(.cloudformation, region: "eu-central-1") }
        #expect(clock.now - began >= .seconds(9.9), "\(clock.now - began)")
        // It is not asked for every turn.
        #expect(await desk.asked.count == 1)
        #expect(told.withLock { $0.count } == 1)
        #expect(told.withLock { $0.first?.contains("no database") } == true)
        // Throttling slows it down all the same.
        await own.throttled(.cloudformation, region: "eu-central-1")
        let slower = clock.now
        for _ in 0..<10 { await own.turn(.cloudformation, region: "eu-central-1") }
        #expect(clock.now - slower >= .seconds(3), "\(clock.now - slower)")
        await desk.goAway(false)
        clock.pass(.seconds(31))
        await own.turn(.cloudformation, region: "eu-central-1")
        #expect(await desk.asked.count == 2)
        #expect(told.withLock { $0.count } == 1)
    }

    /// What a client asks of its pace.
    private final class Notes: RequestPace, Sendable {
        private let notes = Mutex<[String]>([])
        var all: [String] { notes.withLock { $0 } }
        func turn(_ service: AWSService, region: String) async {
            notes.withLock { $0.append("turn \(service.rawValue) \(region)") }
        }
        func throttled(_ service: AWSService, region: String) async {
            notes.withLock { $0.append("throttled \(service.rawValue) \(region)") }
        }
    }

    @Test func `N4 a client asks for a turn before each attempt, and says when it was throttled`() async throws {
        let throttling =
            "<ErrorResponse><Error><Code>Throttling</Code><Message>Rate exceeded</Message></Error></ErrorResponse>"
        let stacks =
            "<DescribeStacksResponse><DescribeStacksResult><Stacks/></DescribeStacksResult></DescribeStacksResponse>"
        let server = try ScriptedServer([
            ScriptedAnswer(status: 400, body: throttling), ScriptedAnswer(status: 503, body: "no"),
            ScriptedAnswer(body: stacks),
        ])
        defer { server.stop() }
        let notes = Notes()
        let connection = AWSConnection(
            endpoints: Endpoints(all: server.url),
            transport: HTTPPool(width: 1),
            retry: RetryPolicy(random: { 0 }, sleep: { _ in }),
            meter: CallMeter(),
            pace: notes
        )
        _ = try await CloudFormation(AWSClient(credentials: key, connection: connection), region: "eu-central-1")
            .describeStacks(page: nil)
        let turn = "turn cloudformation eu-central-1"
        #expect(notes.all == [turn, "throttled cloudformation eu-central-1", turn, turn])
    }
}
