package import Core
import Foundation

/// `curfew evaluate`: applies the policy in force to the inventory.
///
/// It deletes nothing and cannot.
package struct Evaluate: Sendable {
    let wiring: Wiring
    private let atOnce: Int

    /// `atOnce`: how many environments are held at a time; a whole inventory would be too many, and fewer take longer.
    package init(_ wiring: Wiring, atOnce: Int = 500) {
        self.wiring = wiring
        self.atOnce = atOnce
    }

    package struct Outcome: Sendable {
        /// How many environments have each verdict.
        package var verdicts: [Verdict: Int]
        package var revision: PolicyRevision
        package var scan: ScanID
        /// Environments about which nothing was concluded, with the reading that is missing.
        package var frozen: [(key: EnvironmentKey, because: String)]
        /// What moved, for people.
        package var changes: [(key: EnvironmentKey, event: String)]
        package var reports: [(key: EnvironmentKey, report: String)]
        /// Some targets were not read completely, so that nothing was concluded about what stands there.
        package var isPartial = false
        /// Accounts of which nothing is planned or begun until a person has looked, new ones and old.
        package var held: [AccountHold] = []
    }

    package func run() async throws(Problem) -> Outcome {
        try await wiring.checkClocks()
        return try await reporting {
            let judging = try await recorded()
            var outcome = judging.outcome
            for (plan, because) in try await EndedEnvironments(wiring: wiring).run(now: judging.now) {
                outcome.changes += plan.document.environments.map { ($0.key, "plan \(plan.id) withdrawn: \(because)") }
            }
            return outcome
        }
    }

    /// Judges and writes it down; anew where what it rested on has moved meanwhile.
    ///
    /// The database refuses a finding whose warning came back after it was read (D4), and a finding that somebody else
    /// moved is a conflict. Whoever really may not write is refused again, and hears it.
    private func recorded() async throws -> Judging {
        var tries = 0
        while true {
            do {
                return try await judgedAndWritten()
            } catch let failure as StoreFailure {
                tries += 1
                guard failure.kind == .refused || failure.kind == .conflict, tries < 3 else { throw failure }
            }
        }
    }

    /// All of it in one transaction, while another reads what was there before it.
    private func judgedAndWritten() async throws -> Judging {
        let fresh = try await Judging(wiring)
        var judging = fresh
        var trouble: (any Error)?
        do throws(StoreFailure) {
            try await wiring.store.recordEvaluation(under: fresh.revision.number, at: fresh.now) {
                (writer) async throws(StoreFailure) in
                judging = fresh
                var seen = 0
                let count = try await wiring.store.environments(for: .verdicts, atMost: atOnce) {
                    (some) async throws(StoreFailure) in
                    seen += some.count
                    var decisions: [Decision] = []
                    do { decisions = try judging.judge(some) } catch {
                        trouble = error
                        throw StoreFailure(.broken, "what was read cannot be judged")
                    }
                    // Also where there are none: the server ends a transaction in which it hears nothing for long.
                    try await writer.write(decisions)
                }
                // What the first try wrote stands in this transaction, which the second must not add to.
                guard seen == count else {
                    throw StoreFailure(.conflict, "the inventory had to be read once more while it was judged")
                }
                return judging.evaluation
            }
        } catch {
            throw trouble ?? error
        }
        return judging
    }

    /// The same without writing anything down: what would change, and the findings as they would be.
    package func preview() async throws(Problem) -> (outcome: Outcome, findings: [EnvironmentKey: Finding]) {
        try await reporting {
            var judging = try await Judging(wiring)
            var findings: [EnvironmentKey: Finding] = [:]
            for decision in try judging.judge(try await wiring.store.environments()) {
                findings[decision.key] = try decision.finding.map { try FindingCoding.decode($0.json) }
            }
            return (judging.outcome, findings)
        }
    }
}
