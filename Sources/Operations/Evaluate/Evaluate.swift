package import Core
import Foundation

/// `curfew evaluate`: applies the policy in force to the inventory.
///
/// It deletes nothing and cannot.
package struct Evaluate: Sendable {
    let wiring: Wiring

    package init(_ wiring: Wiring) { self.wiring = wiring }

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
            let judged = try await recorded()
            var outcome = judged.outcome
            for (plan, because) in try await EndedEnvironments(wiring: wiring).run(now: judged.at) {
                outcome.changes += plan.document.environments.map { ($0.key, "plan \(plan.id) withdrawn: \(because)") }
            }
            return outcome
        }
    }

    /// Judges and writes it down; anew where what it rested on has moved meanwhile.
    ///
    /// The database refuses a finding whose warning came back after it was read (D4), and a finding that somebody else
    /// moved is a conflict. Whoever really may not write is refused again, and hears it.
    private func recorded() async throws -> Judged {
        var tries = 0
        while true {
            let judged = try await judged()
            do throws(StoreFailure) {
                try await wiring.store.record(judged.decisions, in: judged.evaluation, at: judged.at)
                return judged
            } catch {
                tries += 1
                guard error.kind == .refused || error.kind == .conflict, tries < 3 else { throw error }
            }
        }
    }

    /// The same without writing anything down: what would change, and the findings as they would be.
    package func preview() async throws(Problem) -> (outcome: Outcome, findings: [EnvironmentKey: Finding]) {
        try await reporting {
            let judged = try await judged()
            var findings: [EnvironmentKey: Finding] = [:]
            for decision in judged.decisions {
                findings[decision.key] = try decision.finding.map { try FindingCoding.decode($0.json) }
            }
            return (judged.outcome, findings)
        }
    }

    private struct Judged {
        let outcome: Outcome
        let decisions: [Decision]
        let evaluation: EvaluationRecord
        let at: Date
    }

    private func judged() async throws -> Judged {
        let (revision, policies) = try await wiring.policyInForce()
        guard let scan = try await wiring.store.newestScan(), scan.finishedAt != nil else {
            throw Problem(.usage, "nothing has been scanned yet", advice: "run: curfew scan")
        }
        let now = wiring.clock()
        let earlier = EarlierPolicies(wiring: wiring)
        let accounts = Dictionary(uniqueKeysWithValues: try await wiring.accounts().map { ($0.account, $0) })
        var outcome = Outcome(
            verdicts: [:],
            revision: revision,
            scan: scan.id,
            frozen: [],
            changes: [],
            reports: []
        )
        var decisions: [Decision] = []
        var jumps = try await StaleJumps(wiring: wiring, accounts: accounts, now: now)
        let warnings = NewestWarnings(try await wiring.store.deliveredWarnings())
        for record in try await wiring.store.environments() {
            let before = try await earlier.set(of: record.verdict?.revision, unless: revision.number)
            let one = EnvironmentEvaluation(
                record: record,
                policies: policies,
                earlier: before,
                revision: revision.number,
                scan: scan.id,
                accounts: accounts,
                facts: wiring.facts(record),
                warnings: warnings,
                now: now
            )
            let result = try one.run()
            outcome.verdicts[result.judgement.verdict, default: 0] += 1
            if let because = result.frozen { outcome.frozen.append((record.key, because)) }
            if one.facts.reading != .complete { outcome.isPartial = true }
            jumps.count(record, isRead: one.facts.reading == .complete, staleSince: result.staleSince)
            outcome.reports += result.judgement.reports.map { (record.key, $0) }
            guard let decision = result.decision else { continue }
            outcome.changes += decision.events.map { (record.key, $0.text) }
            decisions.append(decision)
        }
        let counts = Dictionary(uniqueKeysWithValues: outcome.verdicts.map { ($0.key.rawValue, $0.value) })
        let holds = jumps.holds(wiring.breaker)
        outcome.held = (accounts.values.compactMap(\.hold) + holds).sorted { $0.account < $1.account }
        let evaluation = EvaluationRecord(
            scan: scan.id,
            revision: revision.number,
            counts: counts,
            complete: jumps.complete,
            holds: holds
        )
        return Judged(outcome: outcome, decisions: decisions, evaluation: evaluation, at: now)
    }
}

/// Policies of earlier revisions, each read once.
private actor EarlierPolicies {
    private let wiring: Wiring
    private var read: [Int64: PolicySet] = [:]

    init(wiring: Wiring) { self.wiring = wiring }

    func set(of revision: Int64?, unless current: Int64) async throws -> PolicySet? {
        guard let revision, revision != current else { return nil }
        if let set = read[revision] { return set }
        guard let kept = try await wiring.store.policyRevision(revision) else { return nil }
        let set = try wiring.readPolicy(kept.text)
        read[revision] = set
        return set
    }
}
