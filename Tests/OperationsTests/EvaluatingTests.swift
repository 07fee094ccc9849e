import Core
import Foundation
import Ledger
import Synchronization
import Testing

@testable import Operations

/// However many there are, they are judged part by part, and only what is different is written.
@Suite struct EvaluatingTests {
    @Test func `environments judged one by one come to what they come to together`() async throws {
        try await Scenario.run { scenario in
            for name in ["a", "b", "c"] { await scenario.world.old("shop-feat-\(name)") }
            try await scenario.ready(Scenario.twice)
            try await scenario.scan()
            let together = try await Evaluate(scenario.wiring).preview()
            let outcome = try await Evaluate(scenario.wiring, atOnce: 1).run()
            #expect(outcome.verdicts == together.outcome.verdicts && outcome.verdicts[.stale] == 3)
            #expect(outcome.changes.map(\.key) == together.outcome.changes.map(\.key))
            #expect(together.findings.count == 3)
            for name in ["feat-a", "feat-b", "feat-c"] { #expect(try await scenario.finding(name) == "flagged") }
        }
    }

    @Test func `an evaluation in which nothing changed writes no verdict`() async throws {
        try await Scenario.run { scenario in
            await scenario.world.old("shop-feat-a")
            let changing = await scenario.world.old("shop-feat-b")
            try await scenario.ready(Scenario.twice.replacing("age: 1d", with: "idle: 1d"))
            try await scenario.look()
            let counted = Counted()
            var store = StoreInBetween(store: scenario.ledger)
            store.onRecord = { () throws(StoreFailure) in counted.note() }
            var judging = scenario
            judging.wiring.store = store
            try await judging.evaluate()
            #expect(counted.number == 0)
            await scenario.world.redeploy(changing, at: scenario.clock.now)
            try await scenario.scan()
            try await judging.evaluate()
            #expect(counted.number == 1)
            #expect(try await scenario.finding("feat-b") == "cleared")
        }
    }
}

private final class Counted: Sendable {
    private let count = Mutex(0)
    var number: Int { count.withLock { $0 } }
    func note() { count.withLock { $0 += 1 } }
}
