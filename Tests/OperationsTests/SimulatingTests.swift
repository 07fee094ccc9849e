import Core
import Foundation
import Ledger
import Testing

@testable import Operations

/// A rehearsal over the inventory: it writes nothing, and what it foretells comes.
@Suite struct SimulatingTests {
    private static let mild = Scenario.strict.replacing("age: 1d", with: "age: 900d")

    @Test func `what is foretold is what an evaluation then flags and makes due, and nothing is written`() async throws
    {
        try await Scenario.run { scenario in
            try await scenario.ready(Self.mild)
            await scenario.world.add("shop-feat-old", in: Scenario.home, created: Scenario.longAgo)
            await scenario.world.add("shop-feat-new", in: Scenario.home, created: scenario.clock.now)
            await scenario.world.add("shop-main", in: Scenario.home, created: Scenario.longAgo)
            try await scenario.look()
            let audited = try await scenario.ledger.history(of: nil, limit: 1_000).count
            let strict = try scenario.wiring.readPolicy(PolicySource(Scenario.strict))
            let outcome = try await Simulating(scenario.wiring).simulate(strict, horizon: .seconds(30 * 86_400))
            let changes = Dictionary(
                uniqueKeysWithValues: outcome.simulation.entries.map { ($0.key.name.text, $0.change) }
            )
            #expect(changes == ["feat-old": .newlyStale, "feat-new": .soon, "main": .same])
            #expect(outcome.revision == 1 && outcome.reportOnly.isEmpty)
            #expect(try await scenario.ledger.history(of: nil, limit: 1_000).count == audited)
            #expect(try await scenario.ledger.policyRevisions().count == 1)
            let due = outcome.simulation.entries.first { $0.key.name.text == "feat-new" }?.dueAfter
            // Applied for real, the old one is flagged now and the new one is due when that was said, not before.
            _ = try await ApplyingPolicy(scenario.wiring).apply(text: Scenario.strict)
            try await scenario.look()
            func states() async throws -> [String: String] {
                Dictionary(
                    uniqueKeysWithValues: try await scenario.ledger.environments().compactMap { record in
                        record.findingState.map { (record.key.name.text, $0) }
                    }
                )
            }
            #expect(try await states() == ["feat-old": "due"])
            let expected = try #require(due)
            scenario.clock.pass(.seconds(expected.timeIntervalSince(scenario.clock.now) - 120))
            try await scenario.look()
            #expect(try await states()["feat-new"] == nil)
            scenario.clock.pass(.seconds(180))
            try await scenario.look()
            #expect(try await states()["feat-new"] == "due")
        }
    }
}
