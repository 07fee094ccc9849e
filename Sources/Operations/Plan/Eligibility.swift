import Core
import Foundation

/// An environment that may be planned, and on what ground.
struct Candidate: Sendable {
    let record: EnvironmentRecord
    let verdictClass: VerdictClass
    let judgement: Judgement
    let policy: Policy?
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
    let accounts: [AccountID: AccountRecord.Mode]
    let names: [AccountID: String]
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
        for coverage in record.targets where accounts[coverage.target.account] != .reap {
            return .failure(
                Refusal(
                    reason: "account \(coverage.target.account) is in report mode",
                    remedy:
                        "an operator can change that: curfew accounts mode \(coverage.target.account) reap --because TEXT"
                )
            )
        }
        if record.findingState == FindingState.reaping.rawValue {
            return .failure(Refusal(reason: "it is being reaped", remedy: "curfew reap observes it to the end"))
        }
        let facts = EnvironmentFacts(record, accountNames: names)
        // R1: a partial reading concludes nothing, and a plan is a conclusion.
        switch facts.reading {
        case .partial(let why), .suspect(let why):
            return .failure(Refusal(reason: "its targets were not read completely: \(why)", remedy: "run: curfew scan"))
        case .complete: break
        }
        let judgement = judge(facts, policies, now: now)
        let policy = judgement.policy.flatMap(policies.policy(named:))
        let since = record.dueAt ?? record.flaggedAt ?? now
        switch judgement.verdict {
        case .stale:
            guard let verdictClass = judgement.verdictClass else { break }
            return .success(
                Candidate(
                    record: record,
                    verdictClass: verdictClass,
                    judgement: judgement,
                    policy: policy,
                    dueSince: since
                )
            )
        case .keep where named, .undecided where named && !record.ownerConflict:
            return .success(
                Candidate(record: record, verdictClass: .named, judgement: judgement, policy: policy, dueSince: since)
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
