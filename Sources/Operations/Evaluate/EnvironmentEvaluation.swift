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
    let facts: EnvironmentFacts
    /// Its warnings that were delivered.
    var warnings = NewestWarnings([])
    let now: Date

    struct Result {
        let judgement: Judgement
        /// Nil when nothing is to be written.
        let decision: Decision?
        /// Why nothing was concluded; nil when something was.
        let frozen: String?
        /// When it turned stale; nil when it is not.
        let staleSince: Date?
    }

    func run() throws -> Result {
        let judgement = judge(facts, policies, now: now)
        var finding = try record.finding.map { try FindingCoding.decode($0) }
        let before = finding
        var events: [DecisionEvent] = []
        func noted(_ event: FindingEvent) -> DecisionEvent {
            DecisionEvent(
                event,
                grounds: Grounds(judgement, revision: revision, owner: record.ownerConflict ? nil : record.owner)
            )
        }
        var effects: [FindingEffect] = []
        if facts.reading == .complete, var restarting = finding, let reason = restart(restarting, judgement) {
            effects += try restarting.apply(.graceRestarted(because: reason), now: now)
            events.append(noted(.graceRestarted(because: reason)))
            finding = restarting
        }
        if var noting = finding {
            // The outbox notes it at once; a sender that was killed leaves it to us.
            events += try noting.note(newestDelivered: warnings.at(record.key, of: noting), now: now).map(noted)
            finding = noting
        }
        let frozen: String?
        if sightsNothing(judgement, finding) {
            frozen = "stale only since its last reading, which is no sight of it: scan again"
        } else {
            let advanced = try advance(
                finding,
                of: record.key,
                by: judgement,
                reading: reading(for: judgement),
                policy: judgement.policy.flatMap(policies.policy(named:)),
                isUnowned: facts.ownership.isOpen,
                now: now
            )
            events += advanced.events.map(noted)
            effects += advanced.effects
            finding = advanced.finding
            frozen = whyFrozen(advanced, judgement)
        }
        let verdict = try verdictRecord(judgement)
        let findingRecord = try finding.flatMap { finding in
            finding == before ? nil : try FindingCoding.record(finding, before: before?.state, policies: policies)
        }
        let ends: PlanState? =
            effects.contains(.withdrawOpenPlan) ? .withdrawn : effects.contains(.supersedeOpenPlan) ? .superseded : nil
        let decision =
            verdict == nil && findingRecord == nil && events.isEmpty
            ? nil : Decision(key: record.key, verdict: verdict, finding: findingRecord, events: events, endPlans: ends)
        return Result(
            judgement: judgement,
            decision: decision,
            frozen: frozen,
            staleSince: judgement.verdict == .stale ? staleSince(judgement) : nil
        )
    }

    /// D7: a sighting is dated with its reading, so it counts only when it was stale then; a later scan will see it.
    private func sightsNothing(_ judgement: Judgement, _ finding: Finding?) -> Bool {
        guard judgement.verdict == .stale, judgement.verdictClass == .stale, facts.reading == .complete else {
            return false
        }
        switch finding?.state {
        case nil, .flagged, .warned, .cleared:
            return judge(facts, policies, now: reading(for: judgement).at).verdict != .stale
        case .due, .planned, .reaping, .reaped, .held: return false
        }
    }

    private func whyFrozen(_ advanced: FindingAdvance, _ judgement: Judgement) -> String? {
        guard advanced.frozen, record.findingState != FindingState.reaping.rawValue else { return nil }
        switch facts.reading {
        case .partial(let why), .suspect(let why): return why
        case .complete: return judgement.verdict == .undecided ? judgement.reason : nil
        }
    }

    /// D5: what makes the whole grace start again, if anything happened since it began.
    private func restart(_ finding: Finding, _ judgement: Judgement) -> FindingEvent.RestartReason? {
        switch finding.state {
        case .reaping, .reaped, .cleared: return nil
        case .flagged, .warned, .due, .planned, .held: break
        }
        let isUnowned = finding.isUnowned == true
        if let earlier, isStricter(policies, than: earlier, on: facts, isUnowned: isUnowned, now: now) {
            return .stricterPolicy
        }
        switch finding.state {
        case .flagged, .warned, .due:
            if finding.isHurried(by: judgement, under: policies, earlier: earlier, on: facts) { return .stricterPolicy }
        // Its grace was over, under the policy of then, when it was planned.
        case .planned, .held, .reaping, .reaped, .cleared: break
        }
        for account in facts.accounts {
            if let mode = accounts[account], mode.mode == .reap, let at = mode.at, at > finding.flaggedAt {
                return .accountToReap
            }
        }
        if let regrouped = record.regroupedAt, regrouped > finding.flaggedAt { return .namingRuleChanged }
        return nil
    }

    /// Dated with the oldest of what it rests on, so that a newer reading of another target, or of stacks alone, counts
    /// for nothing.
    private func reading(for judgement: Judgement) -> EvaluatedReading {
        let policy = judgement.policy.flatMap(policies.policy(named:))
        let signals = record.signals.filter { signal in
            guard signal.inapplicable == nil else { return false }
            switch signal.kind {
            case .invoked:
                return policy?.staleWhen.reads(.invoked) == true && facts.signals.contains { $0.kind == .invoked }
            case .rollout: return facts.rollout != .notLookedFor
            }
        }
        return EvaluatedReading(
            scan: record.targets.compactMap(\.scan).max() ?? scan,
            at: (record.targets.compactMap(\.at) + signals.map(\.readAt)).min() ?? record.beganAt,
            complete: facts.reading == .complete && !record.targets.isEmpty
        )
    }

    private func verdictRecord(_ judgement: Judgement) throws -> VerdictRecord? {
        let digest = judgement.digest
        let old = record.verdict
        let same =
            old.map { $0.verdict == judgement.verdict.rawValue && $0.verdictClass == judgement.verdictClass } ?? false
        // D5: where nothing was concluded, nothing was compared with the earlier policy: that one stays the one to compare.
        let isCompared = facts.reading == .complete && judgement.verdict != .undecided
        let revision = isCompared ? revision : old?.revision ?? revision
        if let old, same, old.digest == digest, old.revision == revision { return nil }
        return VerdictRecord(
            verdict: judgement.verdict.rawValue,
            verdictClass: judgement.verdictClass,
            reason: judgement.reason,
            policy: judgement.policy,
            revision: revision,
            trace: try FindingCoding.encode(judgement),
            digest: digest,
            changesAt: judgement.changesAt,
            since: same ? old?.since ?? now : now,
            staleSince: staleSince(judgement)
        )
    }

    /// When it turned stale, as far as it is or may be.
    private func staleSince(_ judgement: Judgement) -> Date? {
        switch judgement.verdict {
        case .stale: record.verdict?.staleSince ?? now
        case .undecided: record.verdict?.staleSince
        case .permanent, .ambiguous, .protected, .leased, .keep: nil
        }
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
