package import Foundation

/// Whether a new revision is stricter for one environment, so that its grace begins anew (D5): on the same facts and
/// at the same moment it says stale where the old one did not, or makes due earlier.
///
/// Each of the things that make due is compared by itself: one that is shorter is enough, whatever the others are.
package func isStricter(
    _ new: PolicySet,
    than old: PolicySet,
    on facts: EnvironmentFacts,
    now: Date
) -> Bool {
    let newJudgement = judge(facts, new, now: now)
    guard newJudgement.verdict == .stale else { return false }
    let oldJudgement = judge(facts, old, now: now)
    guard oldJudgement.verdict == .stale else { return true }
    // A release is due at once under any policy.
    if newJudgement.verdictClass == .released { return false }
    guard let newPolicy = new.policy(for: facts), let oldPolicy = old.policy(for: facts) else { return true }
    return newPolicy.isDueEarlier(than: oldPolicy, unowned: facts.ownership.isNobody)
}

extension Policy {
    fileprivate func isDueEarlier(than other: Policy, unowned: Bool) -> Bool {
        switch (warning, other.warning) {
        case (.none, .before): return true
        case (.before, .before) where grace(unowned: unowned) < other.grace(unowned: unowned): return true
        default: break
        }
        if sightings.count < other.sightings.count { return true }
        return sightings.count > 1 && sightings.apart < other.sightings.apart
    }
}
