import Core
import Foundation
import Operations
import Testing

@testable import Ledger

/// What a scan reads besides components.
@Suite struct EvidenceTests {
    private struct Silent: EvidenceReading {
        func read(
            full: Bool,
            until: Date?,
            clock: @Sendable () -> Date
        ) async throws(StoreFailure) -> [EvidenceNote] {
            [EvidenceNote("branches of shop", why: "the host does not answer", advice: "")]
        }
    }

    @Test func `an account that comes to another space takes its claims along, and the scan says so`() async throws {
        try await Scenario.run { scenario in
            var scenario = scenario
            await scenario.world.add("shop-feat-a", in: Scenario.home, created: Scenario.longAgo)
            await scenario.world.add("shop-prod", in: Scenario.home, created: Scenario.longAgo)
            #expect(try await scenario.scan().moved.isEmpty)
            _ = try await Holding(scenario.wiring).claim("feat-a", owner: "ada@example.com")
            scenario.wiring.rules.spaces = [Scenario.shop: SpaceName("team")]
            let moved = try await scenario.scan().moved
            #expect(moved.map(\.text) == ["feat-a from 111111111111 to team", "prod from 111111111111 to team"])
            let record = try #require(try await scenario.ledger.environments().first { $0.kind == .feature })
            #expect(record.key.space == SpaceName("team") && record.claim == "ada@example.com")
            #expect(record.owner == "ada@example.com" && record.ownerSource == "claim")
            #expect(try await scenario.scan().moved.isEmpty)
        }
    }

    @Test func `evidence that cannot be read is told, and makes no reading partial`() async throws {
        try await Scenario.run { scenario in
            await scenario.world.add("shop-feat-a", in: Scenario.home, created: Scenario.longAgo)
            let outcome = try await Scan(
                provider: scenario.world,
                store: scenario.ledger,
                rules: scenario.wiring.rules,
                locks: scenario.ledger,
                evidence: [Silent(), Silent()]
            ).run(only: nil, full: false, clock: scenario.wiring.clock, progress: { _ in })
            #expect(outcome.notes.map(\.summary) == ["branches of shop", "branches of shop"])
            #expect(outcome.isComplete)
        }
    }
}
