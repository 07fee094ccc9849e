package import Foundation

/// Whether a new revision is stricter for one environment, so that its grace begins anew (D5): on the same facts and
/// at the same moment it says stale where the old one did not, or makes due earlier.
///
/// Each of the things that make due is compared by itself: one that is shorter is enough, whatever the others are.
///
/// `isUnowned`: its grace began while no owner was known, so that it runs by the longer one, whoever owns it now.
package func isStricter(
    _ new: PolicySet,
    than old: PolicySet,
    on facts: EnvironmentFacts,
    isUnowned: Bool = false,
    now: Date
) -> Bool {
    let newJudgement = judge(facts, new, now: now)
    guard newJudgement.verdict == .stale else { return false }
    let oldJudgement = judge(facts, old, now: now)
    guard oldJudgement.verdict == .stale else { return true }
    // A release is due at once under any policy.
    if newJudgement.verdictClass == .released { return false }
    guard let newPolicy = new.policy(for: facts), let oldPolicy = old.policy(for: facts) else { return true }
    return newPolicy.isDueEarlier(than: oldPolicy, unowned: isUnowned || facts.ownership.isNobody)
}

extension Finding {
    /// D5: whether another policy than the one under which its grace runs calls it stale by now, and makes due earlier.
    ///
    /// Who owns it, and what else a policy goes by, can change without any new revision. `earlier`: the policies under which
    /// it was judged the last time, where they were others.
    package func isHurried(
        by judgement: Judgement,
        under policies: PolicySet,
        earlier: PolicySet?,
        on facts: EnvironmentFacts
    ) -> Bool {
        // A release is due at once under any policy, and its end restarts the grace by itself.
        guard judgement.verdict == .stale, judgement.verdictClass != .released, verdictClass == judgement.verdictClass,
            let name = judgement.policy, name != policy, let next = policies.policy(named: name)
        else { return false }
        guard let known = (earlier ?? policies).policy(named: policy) ?? policies.policy(named: policy) else {
            return true
        }
        return next.isDueEarlier(than: known, unowned: isUnowned == true || facts.ownership.isNobody)
    }
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
