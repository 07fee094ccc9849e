package import Core
import Foundation

/// One environment's part of an evaluation.
struct EnvironmentEvaluation {
    let record: EnvironmentRecord
    let policies: PolicySet
    /// The policies under which it was judged the last time, where they were others.
    let earlier: PolicySet?
    let revision: Int64
    let scan: ScanID
    let accounts: [AccountID: AccountRecord]
    let names: [AccountID: String]
    let now: Date

    struct Result {
        let judgement: Judgement
        /// Nil when nothing is to be written.
        let decision: Decision?
        /// Why nothing was concluded; nil when something was.
        let frozen: String?
    }

    func run() throws -> Result {
        let facts = EnvironmentFacts(record, accountNames: names)
        let judgement = judge(facts, policies, now: now)
        var finding = try record.finding.map { try FindingCoding.decode($0) }
        let before = finding
        var events: [String] = []
        var effects: [FindingEffect] = []
        if facts.reading == .complete, var restarting = finding, let reason = restart(restarting, facts) {
            effects += try restarting.apply(.graceRestarted(because: reason), now: now)
            events.append(FindingEvent.graceRestarted(because: reason).description)
            finding = restarting
        }
        let advanced = try advance(
            finding,
            of: record.key,
            by: judgement,
            reading: reading(facts),
            policy: judgement.policy.flatMap(policies.policy(named:)),
            now: now
        )
        events += advanced.events.map(\.description)
        effects += advanced.effects
        finding = advanced.finding
        let verdict = try verdictRecord(judgement)
        let findingRecord = try finding.flatMap { finding in
            finding == before ? nil : try FindingCoding.record(finding, before: before?.state, policies: policies)
        }
        let ends: PlanState? =
            effects.contains(.withdrawOpenPlan) ? .withdrawn : effects.contains(.supersedeOpenPlan) ? .superseded : nil
        let decision =
            verdict == nil && findingRecord == nil && events.isEmpty
            ? nil : Decision(key: record.key, verdict: verdict, finding: findingRecord, events: events, endPlans: ends)
        return Result(judgement: judgement, decision: decision, frozen: frozen(advanced, facts, judgement))
    }

    private func frozen(_ advanced: FindingAdvance, _ facts: EnvironmentFacts, _ judgement: Judgement) -> String? {
        guard advanced.frozen, record.findingState != FindingState.reaping.rawValue else { return nil }
        switch facts.reading {
        case .partial(let why), .suspect(let why): return why
        case .complete: return judgement.verdict == .undecided ? judgement.reason : nil
        }
    }

    /// D5: what makes the whole grace start again, if anything happened since it began.
    private func restart(_ finding: Finding, _ facts: EnvironmentFacts) -> FindingEvent.RestartReason? {
        switch finding.state {
        case .reaping, .reaped, .cleared: return nil
        case .flagged, .warned, .due, .planned, .held: break
        }
        if let earlier, isStricter(policies, than: earlier, on: facts, now: now) { return .stricterPolicy }
        for account in facts.accounts {
            if let mode = accounts[account], mode.mode == .reap, let at = mode.at, at > finding.flaggedAt {
                return .accountToReap
            }
        }
        if let regrouped = record.regroupedAt, regrouped > finding.flaggedAt { return .namingRuleChanged }
        return nil
    }

    /// Dated with the oldest of its targets' readings, so that a newer one of another target counts for nothing.
    private func reading(_ facts: EnvironmentFacts) -> EvaluatedReading {
        EvaluatedReading(
            scan: record.targets.compactMap(\.scan).max() ?? scan,
            at: record.targets.compactMap(\.at).min() ?? record.beganAt,
            complete: facts.reading == .complete && !record.targets.isEmpty
        )
    }

    private func verdictRecord(_ judgement: Judgement) throws -> VerdictRecord? {
        let trace = try FindingCoding.encode(judgement)
        let old = record.verdict
        let same =
            old.map { $0.verdict == judgement.verdict.rawValue && $0.verdictClass == judgement.verdictClass } ?? false
        if let old, same, old.trace == trace, old.revision == revision { return nil }
        return VerdictRecord(
            verdict: judgement.verdict.rawValue,
            verdictClass: judgement.verdictClass,
            reason: judgement.reason,
            policy: judgement.policy,
            revision: revision,
            trace: trace,
            changesAt: judgement.changesAt,
            since: same ? old?.since ?? now : now
        )
    }
}

/// Findings and judgements as the store keeps them.
package enum FindingCoding {
    static func encode(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        return Array(try encoder.encode(value))
    }

    package static func decode(_ json: [UInt8]) throws -> Finding {
        try JSONDecoder().decode(Finding.self, from: Data(json))
    }

    package static func judgement(_ json: [UInt8]) throws -> Judgement {
        try JSONDecoder().decode(Judgement.self, from: Data(json))
    }

    static func record(_ finding: Finding, before: FindingState?, policies: PolicySet) throws -> FindingRecord {
        FindingRecord(
            state: finding.state.rawValue,
            before: before?.rawValue,
            json: try encode(finding),
            flaggedAt: finding.flaggedAt,
            dueAt: finding.dueSince ?? policies.policy(named: finding.policy).flatMap(finding.dueAt(under:))
        )
    }
}
