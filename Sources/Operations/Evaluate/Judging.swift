import Core
import Foundation

/// An evaluation under way: what all environments are judged by, and what came of those that were judged so far.
struct Judging {
    let revision: PolicyRevision
    let now: Date
    private(set) var outcome: Evaluate.Outcome
    private let wiring: Wiring
    private let policies: PolicySet
    private let accounts: [AccountID: AccountRecord]
    private let warnings: NewestWarnings
    private var earlier: EarlierPolicies
    private var jumps: StaleJumps

    init(_ wiring: Wiring) async throws {
        self.wiring = wiring
        (revision, policies) = try await wiring.policyInForce()
        guard let scan = try await wiring.store.newestScan(), scan.finishedAt != nil else {
            throw Problem(.usage, "nothing has been scanned yet", advice: "run: curfew scan")
        }
        now = wiring.clock()
        earlier = EarlierPolicies(try await wiring.store.policyRevisions(), read: wiring.readPolicy)
        accounts = Dictionary(uniqueKeysWithValues: try await wiring.accounts().map { ($0.account, $0) })
        outcome = Evaluate.Outcome(
            verdicts: [:],
            revision: revision,
            scan: scan.id,
            frozen: [],
            changes: [],
            reports: []
        )
        jumps = try await StaleJumps(wiring: wiring, accounts: accounts, now: now)
        warnings = NewestWarnings(try await wiring.store.deliveredWarnings())
        outcome.held = held
    }

    /// What is to be written of these.
    mutating func judge(_ records: [EnvironmentRecord]) throws -> [Decision] {
        var decisions: [Decision] = []
        for record in records {
            if let decision = try judge(record) { decisions.append(decision) }
        }
        outcome.held = held
        return decisions
    }

    private mutating func judge(_ record: EnvironmentRecord) throws -> Decision? {
        let one = EnvironmentEvaluation(
            record: record,
            policies: policies,
            earlier: try earlier.set(of: record.verdict?.revision, unless: revision.number),
            revision: revision.number,
            scan: outcome.scan,
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
        guard let decision = result.decision else { return nil }
        outcome.changes += decision.events.map { (record.key, $0.text) }
        return decision
    }

    /// The whole, once all were judged.
    var evaluation: EvaluationRecord {
        EvaluationRecord(
            scan: outcome.scan,
            revision: revision.number,
            counts: Dictionary(uniqueKeysWithValues: outcome.verdicts.map { ($0.key.rawValue, $0.value) }),
            complete: jumps.complete,
            holds: jumps.holds(wiring.breaker)
        )
    }

    private var held: [AccountHold] {
        (accounts.values.compactMap(\.hold) + jumps.holds(wiring.breaker)).sorted { $0.account < $1.account }
    }
}

/// Policies of earlier revisions, each read once.
private struct EarlierPolicies {
    private let sources: [Int64: PolicySource]
    private let read: (PolicySource) throws(Problem) -> PolicySet
    private var known: [Int64: PolicySet] = [:]

    init(_ revisions: [PolicyRevision], read: @escaping (PolicySource) throws(Problem) -> PolicySet) {
        sources = Dictionary(revisions.map { ($0.number, $0.source) }, uniquingKeysWith: { first, _ in first })
        self.read = read
    }

    mutating func set(of revision: Int64?, unless current: Int64) throws -> PolicySet? {
        guard let revision, revision != current else { return nil }
        if let set = known[revision] { return set }
        guard let source = sources[revision] else { return nil }
        let set = try read(source)
        known[revision] = set
        return set
    }
}
