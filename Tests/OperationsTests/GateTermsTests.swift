import Core
import Foundation
import Testing

@testable import Operations

/// What a plan was approved under, beside what the policy in force asks for by now.
@Suite struct GateTermsTests {
    static let stricter = [
        "required: 2, by: [group:platform], expires: 3d",
        "required: 1, by: [group:security], expires: 3d, requester: counts",
        "required: 1, by: [group:platform], expires: 3d",
        "required: 1, by: [group:platform], expires: 1h, requester: counts",
    ]

    @Test(arguments: stricter)
    func `P2 what was approved under laxer terms than those in force is not carried out`(terms: String) async throws {
        try await Scenario.run { scenario in
            let id = await scenario.world.old("shop-feat-a")
            try await scenario.ready()
            let plan = try #require(try await scenario.approved().first)
            scenario.clock.pass(.seconds(2 * 3_600))
            let was = "required: 1, by: [group:platform], expires: 3d, requester: counts"
            #expect(Scenario.strict.contains(was))
            let policy = Scenario.strict.replacing(was, with: terms)
            _ = try await ApplyingPolicy(scenario.wiring).apply(text: policy)
            try await scenario.evaluate()
            #expect(try await scenario.finding("feat-a") == "planned")
            let outcome = try await scenario.reap()
            #expect(await scenario.world.has(id))
            #expect(outcome.stopped.map(\.plan) == [plan.id])
            #expect(outcome.stopped.first?.because.contains("the policy in force") == true)
            #expect(try await scenario.state(plan) == .superseded)
        }
    }

    @Test func `P2 what was approved under the same or stricter terms is carried out`() async throws {
        try await Scenario.run { scenario in
            let id = await scenario.world.old("shop-feat-a")
            try await scenario.ready()
            let plan = try #require(try await scenario.approved().first)
            let laxer = Scenario.strict.replacing("by: [group:platform]", with: "by: [group:platform, owner]")
            _ = try await ApplyingPolicy(scenario.wiring).apply(text: laxer)
            try await scenario.evaluate()
            _ = try await scenario.reap()
            #expect(await !scenario.world.has(id))
            #expect(try await scenario.state(plan) == .done)
        }
    }
}
