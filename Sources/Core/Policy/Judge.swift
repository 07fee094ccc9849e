package import Foundation

/// The verdict on one environment: a pure function of its facts, the policies and the moment (D8).
///
/// Precedence: permanent, ambiguous, protected, released, leased, a tag that says keep or cannot be read (R4),
/// `not_before`, rules. Past `max_age` neither a lease nor activity counts, only protection and such a tag. What contradicts itself or was not read completely is `undecided`, unless
/// something above it keeps the environment anyway; so is what several policies may be about, unless each leaves it alone.
package func judge(_ facts: EnvironmentFacts, _ policies: PolicySet, now: Date) -> Judgement {
    let choice = policies.choice(for: facts)
    let chosen = ChosenOutcome(facts, choice, now: now)
    let outcome = chosen.outcome
    let change = chosen.nextMoments.lazy.sorted().lazy
        .map { moment in (at: moment, outcome: ChosenOutcome(facts, choice, now: moment).outcome) }
        .first { $0.outcome.isOther(than: outcome) }

    var reports: [String] = []
    if case .unreadable(let text, let source) = facts.timeToLive {
        reports.append("\(source): `\(text)` cannot be read as a time, so it means keep")
    }
    if let report = chosen.steps.policy.flatMap({ graceReport(facts, $0, outcome) }) { reports.append(report) }
    return Judgement(
        verdict: outcome.verdict,
        reason: outcome.reason,
        policy: chosen.policy,
        verdictClass: outcome.verdictClass,
        trace: chosen.trace(facts, in: policies),
        changesAt: change?.at,
        changesTo: change?.outcome.verdict,
        hint: hint(facts, choice, now: now, outcome: outcome, change: change),
        reports: reports
    )
}

/// What nobody owns has a grace of its own, in which somebody may find out whose it is.
private func graceReport(
    _ facts: EnvironmentFacts,
    _ policy: Policy,
    _ outcome: PrecedenceSteps.Outcome
) -> String? {
    guard facts.ownership.isNobody, outcome.verdict == .stale, outcome.verdictClass != .released else { return nil }
    guard policy.warning != .none else { return nil }
    let grace = DurationText.format(policy.grace(unowned: true))
    return "no owner is known, so it is due \(grace) after the warning to the fallback address (warn.unowned): claim it"
}

private func hint(
    _ facts: EnvironmentFacts,
    _ choice: PolicyChoice,
    now: Date,
    outcome: PrecedenceSteps.Outcome,
    change: (at: Date, outcome: PrecedenceSteps.Outcome)?
) -> String {
    /// What it would be at a moment had somebody deployed just now.
    func verdictIfDeployed(at moment: Date) -> Verdict {
        var deployed = facts
        deployed.signals =
            facts.signals.filter { $0.kind != .changed }
            + [Signal(.changed, .known(now), source: "deployment")]
        return ChosenOutcome(deployed, choice, now: moment).outcome.verdict
    }
    switch outcome.verdict {
    case .permanent: return "its name or tags would have to name a feature only"
    case .ambiguous: return "its names and tags would have to agree"
    case .undecided: return outcome.remedy ?? "a complete reading"
    case .stale:
        if outcome.step == .maxAge { return "past max_age only protection keeps it" }
        return verdictIfDeployed(at: now) == .stale
            ? "extending or protecting it keeps it" : "deploying, extending or protecting it keeps it"
    case .keep, .leased, .protected:
        guard let change else {
            return outcome.verdict == .keep ? "nothing that time alone brings" : "its end"
        }
        let next = change.outcome.verdict.rawValue
        guard outcome.verdict == .keep else {
            return "\(outcome.verdict.rawValue) until \(change.at.minuteText), then \(next)"
        }
        let deploying = verdictIfDeployed(at: change.at) != change.outcome.verdict
        return "\(next) from \(change.at.minuteText)\(deploying ? " unless deployed" : "")"
    }
}
