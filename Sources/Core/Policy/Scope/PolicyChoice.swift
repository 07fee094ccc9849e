import Foundation

/// Which policy decides about an environment.
package enum PolicyChoice: Sendable, Hashable {
    /// The first that applies; nil where none does.
    case decided(Policy?)
    /// Not known which: all that may apply, up to the first that certainly does.
    ///
    /// `orNone`: none of them certainly does.
    case open([Policy], orNone: Bool)

    /// What may decide, in the file's order; nil stands for no policy.
    package var candidates: [Policy?] {
        switch self {
        case .decided(let policy): [policy]
        case .open(let policies, let orNone): policies.map(Optional.some) + (orNone ? [nil] : [])
        }
    }

    /// The one under which people can extend: where several may apply, what all of them allow.
    package var extending: Policy? {
        switch self {
        case .decided(let policy): return policy
        case .open(let policies, _):
            guard var least = policies.first else { return nil }
            least.name = policies.map(\.name).joined(separator: " or ")
            least.extending.each = policies.map(\.extending.each).min() ?? least.extending.each
            least.extending.atMost = policies.map(\.extending.atMost).min() ?? least.extending.atMost
            least.maxAge = policies.compactMap(\.maxAge).min()
            return least
        }
    }
}

extension PolicySet {
    /// The first policy that applies, unless a fact that decides it is not known (D3).
    package func choice(for facts: EnvironmentFacts) -> PolicyChoice {
        var open: [Policy] = []
        for policy in policies {
            switch policy.scope.truth(on: facts) {
            case .yes: return open.isEmpty ? .decided(policy) : .open(open + [policy], orNone: false)
            case .unknown: open.append(policy)
            case .no, .notApplicable: continue
            }
        }
        return open.isEmpty ? .decided(nil) : .open(open, orNone: true)
    }

    /// The policy that decides about these facts; nil where none does, or where it is not known which.
    package func policy(for facts: EnvironmentFacts) -> Policy? {
        if case .decided(let policy) = choice(for: facts) { policy } else { nil }
    }
}

/// What the precedence makes of an environment under the policy that decides, or under each that may.
///
/// Where it is not known which one applies, no environment falls through to a milder or stricter one: it is undecided,
/// unless whichever applies leaves it alone (D3).
struct ChosenOutcome {
    let steps: PrecedenceSteps
    let outcome: PrecedenceSteps.Outcome
    let nextMoments: Set<Date>
    /// The step that says why no policy could be chosen; nil where one was.
    private let open: Trace?

    init(_ facts: EnvironmentFacts, _ choice: PolicyChoice, now: Date) {
        let all = choice.candidates.map { PrecedenceSteps(facts, $0, now: now) }
        let outcomes = all.map(\.outcome)
        steps = all[0]
        nextMoments = all.reduce(into: []) { $0.formUnion($1.nextMoments) }
        guard case .open(let policies, let orNone) = choice else {
            open = nil
            outcome = outcomes[0]
            return
        }
        let trace = Self.trace(policies, orNone: orNone, facts)
        open = trace
        let first = outcomes[0]
        let isSafe = outcomes.allSatisfy { $0.verdict != .stale && $0.verdict != .undecided }
        let isSame =
            first.verdict != .stale && outcomes.allSatisfy { $0.verdict == first.verdict && $0.step == first.step }
        if isSafe || isSame && first.step != .staleWhen {
            outcome = first
        } else {
            let remedies = Set(trace.flattened.filter { $0.truth == .unknown }.compactMap(\.change)).sorted()
            outcome = PrecedenceSteps.Outcome(
                verdict: .undecided,
                step: .policy,
                reason: trace.saw,
                remedy: remedies.joined(separator: "; ")
            )
        }
    }

    /// By name; nil where none applies, and where it is not known which decides.
    var policy: String? { open == nil ? steps.policy?.name : nil }

    /// Says, too, which policies of the set are about a part of the environment only, and so decide nothing.
    func trace(_ facts: EnvironmentFacts, in set: PolicySet) -> Trace {
        let trace = steps.trace(decided: outcome.step, replacing: open.map { (.policy, $0) })
        let partly = set.policies.prefix { $0.name != steps.policy?.name }.compactMap { policy in
            policy.scope.partly(facts).map { "policy `\(policy.name)` takes in only a part of it: \($0)" }
        }
        return partly.isEmpty
            ? trace : trace.adding(partly.joined(separator: "; "), to: PrecedenceSteps.Step.policy.rawValue)
    }

    private static func trace(_ policies: [Policy], orNone: Bool, _ facts: EnvironmentFacts) -> Trace {
        let unsure = orNone ? policies[...] : policies.dropLast()
        let parts = unsure.map { policy in
            let traces = policy.scope.traces(on: facts).filter { $0.truth == .unknown }
            return Trace(
                "policy `\(policy.name)`",
                .unknown,
                saw: traces.map { "\($0.clause): \($0.saw)" }.joined(separator: "; "),
                parts: traces
            )
        }
        let rest = orNone ? "no policy" : "policy `\(policies.last?.name ?? "")`"
        let may = parts.map { "\($0.clause) (\($0.saw))" }.joined(separator: ", or ")
        return Trace(
            PrecedenceSteps.Step.policy.rawValue,
            .unknown,
            saw: "it is not known which policy applies: \(may), or else \(rest)",
            parts: parts
        )
    }
}

extension Trace {
    /// The same, where one of its parts saw something more.
    fileprivate func adding(_ sight: String, to clause: String) -> Trace {
        var whole = Trace(
            self.clause,
            truth,
            saw: saw,
            parts: parts.map { part in
                guard part.clause == clause else { return part }
                var more = Trace(
                    part.clause,
                    part.truth,
                    saw: "\(part.saw); \(sight)",
                    change: part.change,
                    parts: part.parts
                )
                more.decided = part.decided
                return more
            }
        )
        whole.decided = decided
        return whole
    }
}
