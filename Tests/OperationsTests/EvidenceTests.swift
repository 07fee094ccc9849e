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
