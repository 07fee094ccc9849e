import Core
import Foundation

/// An environment that may be planned, and on what ground.
struct Candidate: Sendable {
    let record: EnvironmentRecord
    let verdictClass: VerdictClass
    let judgement: Judgement
    /// The one that decides; where that is not known, all that may, nil standing for none.
    let policies: [Policy?]
    let dueSince: Date
}

struct Selection {
    var candidates: [Candidate] = []
    var deferred: [(key: EnvironmentKey, because: String)] = []

    /// Everything due or already planned; what cannot be planned now is named with its reason.
    static func due(_ all: [EnvironmentRecord], _ eligibility: Eligibility) -> Selection {
        var selection = Selection()
        for record in all
        where [FindingState.due.rawValue, FindingState.planned.rawValue].contains(record.findingState) {
            switch eligibility.verdict(on: record, named: false) {
            case .success(let candidate): selection.candidates.append(candidate)
            case .failure(let refusal): selection.deferred.append((record.key, refusal.reason))
            }
        }
        return selection
    }
}

/// Says whether an environment can be planned at all.
///
/// What is kept for a reason of its own can never be planned, by name or otherwise; what is merely not stale can, by
/// name.
struct Eligibility: Sendable {
    let policies: PolicySet
    let revision: Int64
    let accounts: [AccountID: AccountRecord]
    /// Plans that are being carried out, by environment.
    let running: [EnvironmentKey: PlanID]
    let facts: @Sendable (EnvironmentRecord) -> EnvironmentFacts
    let now: Date

    struct Refusal: Error {
        let reason: String
        let remedy: String
    }

    func verdict(on record: EnvironmentRecord, named: Bool) -> Result<Candidate, Refusal> {
        if record.endedAt != nil {
            return .failure(Refusal(reason: "it is gone", remedy: "curfew history \(record.key.name)"))
        }
        // D2: an account stays in report mode until somebody says otherwise.
        for coverage in record.targets where accounts[coverage.target.account]?.mode != .reap {
            return .failure(
                Refusal(
                    reason: "account \(coverage.target.account) is in report mode",
                    remedy:
                        "an operator can change that: curfew accounts mode \(coverage.target.account) reap --because TEXT"
                )
            )
        }
        // P7: many turned stale at once, and nobody has looked yet.
        if let hold = record.targets.compactMap({ accounts[$0.target.account]?.hold }).first {
            return .failure(Refusal(reason: hold.text, remedy: hold.remedy))
        }
        if let plan = running[record.key] {
            return .failure(
                Refusal(reason: "plan \(plan) is being carried out", remedy: "curfew reap brings it to its end")
            )
        }
        if !named, let reason = record.isOutdated(revision: revision, accounts: accounts) {
            return .failure(Refusal(reason: reason, remedy: "run: curfew evaluate"))
        }
        if record.findingState == FindingState.reaping.rawValue {
            return .failure(Refusal(reason: "it is being reaped", remedy: "curfew reap observes it to the end"))
        }
        let facts = facts(record)
        // R1: a partial reading concludes nothing, and a plan is a conclusion.
        switch facts.reading {
        case .partial(let why), .suspect(let why):
            return .failure(Refusal(reason: "its targets were not read completely: \(why)", remedy: "run: curfew scan"))
        case .complete: break
        }
        if case .inProgress(let text, let read) = facts.rollout {
            return .failure(
                Refusal(
                    reason: "a new version is being rolled out: \(text) (read \(read.minuteText))",
                    remedy: "when that has ended: curfew scan"
                )
            )
        }
        let judgement = judge(facts, policies, now: now)
        let candidates = policies.choice(for: facts).candidates
        let since = record.dueAt ?? record.flaggedAt ?? now
        switch judgement.verdict {
        case .stale:
            guard let verdictClass = judgement.verdictClass else { break }
            // Not due by the rules, with their sightings and warnings: then it goes because a person named it.
            let due: Set<FindingState> = [.due, .planned]
            let ripe = record.findingState.flatMap(FindingState.init(rawValue:)).map(due.contains) ?? false
            return .success(
                Candidate(
                    record: record,
                    verdictClass: ripe ? verdictClass : .named,
                    judgement: judgement,
                    policies: candidates,
                    dueSince: since
                )
            )
        case .keep where named, .undecided where named && !record.ownerConflict:
            return .success(
                Candidate(
                    record: record,
                    verdictClass: .named,
                    judgement: judgement,
                    policies: candidates,
                    dueSince: since
                )
            )
        case .permanent, .ambiguous, .protected, .leased, .keep, .undecided: break
        }
        return .failure(
            Refusal(
                reason: "\(judgement.verdict.rawValue): \(judgement.reason)",
                remedy: "see: curfew explain \(record.key.name)"
            )
        )
    }
}

extension EnvironmentRecord {
    /// D5: what restarts the grace has to be evaluated first, or the owner's time would be passed over.
    ///
    /// Nil when it was evaluated since; else why that has to come first.
    func isOutdated(revision: Int64?, accounts: [AccountID: AccountRecord]) -> String? {
        guard let flagged = flaggedAt else { return nil }
        if verdict?.revision != revision { return "it was not evaluated under the policy in force" }
        let changed = targets.compactMap { accounts[$0.target.account]?.at }.contains { $0 > flagged }
        if changed || regroupedAt.map({ $0 > flagged }) ?? false {
            return "it was not evaluated since its account or its naming changed"
        }
        return nil
    }
}
