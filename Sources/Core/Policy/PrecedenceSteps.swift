import Foundation

/// Every step of the precedence, each evaluated whether it is reached or not, so that `explain` can show all.
struct PrecedenceSteps {
    enum Step: String, CaseIterable {
        case permanent
        case ambiguous
        case protected
        case policy = "a policy applies"
        case owners = "one owner"
        case reading = "read completely"
        case rollout = "no rollout"
        case released
        case leased
        case partlyReaped = "partly reaped"
        case keptByTag = "kept by a tag"
        case maxAge = "max_age"
        case notBefore = "not_before"
        case staleWhen = "stale_when"
    }

    struct Outcome {
        let verdict: Verdict
        let step: Step
        let reason: String
        var verdictClass: VerdictClass?
        var remedy: String?

        func isOther(than other: Outcome) -> Bool { verdict != other.verdict || verdictClass != other.verdictClass }
    }

    private let facts: EnvironmentFacts
    let policy: Policy?
    private let now: Date
    private let traces: [Step: Trace]

    init(_ facts: EnvironmentFacts, _ policy: Policy?, now: Date) {
        self.facts = facts
        self.policy = policy
        self.now = now
        var traces: [Step: Trace] = [:]
        for step in Step.allCases { traces[step] = facts.trace(of: step, policy, now: now) }
        self.traces = traces
    }

    private func truth(_ step: Step) -> Truth { traces[step]?.truth ?? .notApplicable }
    private func saw(_ step: Step) -> String { traces[step]?.saw ?? "" }

    /// The first step that has a say.
    ///
    /// The order of these lines is the precedence.
    var outcome: Outcome {
        if truth(.permanent) == .yes { return Outcome(verdict: .permanent, step: .permanent, reason: saw(.permanent)) }
        if truth(.ambiguous) == .yes { return Outcome(verdict: .ambiguous, step: .ambiguous, reason: saw(.ambiguous)) }
        if truth(.protected) == .yes { return Outcome(verdict: .protected, step: .protected, reason: saw(.protected)) }
        let released = truth(.released)
        if truth(.leased) == .yes, truth(.maxAge) != .yes, released != .yes {
            return Outcome(verdict: .leased, step: .leased, reason: saw(.leased))
        }
        if truth(.policy) == .no { return Outcome(verdict: .keep, step: .policy, reason: saw(.policy)) }
        // Nothing below this line may conclude anything from facts that contradict themselves or were read in part.
        if truth(.owners) == .no { return undecided(.owners, remedy: "`curfew claim` by the one who owns it") }
        if truth(.reading) != .yes {
            return undecided(.reading, remedy: "a complete reading of every target it stands in")
        }
        // Whoever brings out a new version wants it.
        if truth(.rollout) == .no { return Outcome(verdict: .keep, step: .rollout, reason: saw(.rollout)) }
        let outcome = byWishesAndRules
        guard outcome.verdict == .stale, truth(.rollout) == .unknown else { return outcome }
        return undecided(.rollout, remedy: "a reading that says whether a rollout is in progress")
    }

    private var byWishesAndRules: Outcome {
        let released = truth(.released)
        if released == .unknown { return undecided(.released, remedy: "a reading that says when it was last deployed") }
        if truth(.partlyReaped) == .unknown {
            return undecided(.partlyReaped, remedy: "a reading that says when it was last deployed")
        }
        if truth(.partlyReaped) == .yes { return stale(.partlyReaped, as: .partlyReaped) }
        if released == .yes { return stale(.released, as: .released) }
        if truth(.keptByTag) == .yes { return Outcome(verdict: .keep, step: .keptByTag, reason: saw(.keptByTag)) }
        if truth(.maxAge) == .yes { return stale(.maxAge, as: .stale) }
        if truth(.notBefore) == .no { return Outcome(verdict: .keep, step: .notBefore, reason: saw(.notBefore)) }
        return byRules
    }

    private var byRules: Outcome {
        guard let trace = traces[.staleWhen] else {
            return Outcome(verdict: .keep, step: .staleWhen, reason: "no rule")
        }
        switch trace.truth {
        case .yes:
            let reasons = trace.deciding(.yes).map { "\($0.clause): \($0.saw)" }
            return Outcome(
                verdict: .stale,
                step: .staleWhen,
                reason: reasons.joined(separator: "; "),
                verdictClass: .stale
            )
        case .no, .notApplicable:
            return Outcome(verdict: .keep, step: .staleWhen, reason: "no rule calls it stale")
        case .unknown:
            let missing = trace.flattened.filter { $0.parts.isEmpty && $0.truth == .unknown }
            let reason = missing.map { "\($0.clause): \($0.saw)" }.joined(separator: "; ")
            if trace.isUnknownOnlyAsKeep { return Outcome(verdict: .keep, step: .staleWhen, reason: reason) }
            let remedies = Set(missing.compactMap(\.change)).sorted().joined(separator: "; ")
            return Outcome(verdict: .undecided, step: .staleWhen, reason: reason, remedy: remedies)
        }
    }

    private func undecided(_ step: Step, remedy: String) -> Outcome {
        Outcome(verdict: .undecided, step: step, reason: saw(step), remedy: remedy)
    }

    private func stale(_ step: Step, as verdictClass: VerdictClass) -> Outcome {
        Outcome(verdict: .stale, step: step, reason: saw(step), verdictClass: verdictClass)
    }

    /// Every moment from now on at which any clause changes by itself.
    var nextMoments: Set<Date> {
        let clauses = traces.values.flatMap(\.flattened).compactMap(\.changesAt)
        // A trace names its next change alone; an idleness that waits for a proof may change once more after it.
        let proofs = (policy?.staleWhen.idleDurations ?? []).flatMap { duration in
            facts.signals.compactMap { $0.noneSince?.later(by: duration) }
        }
        return Set((clauses + proofs).filter { $0 > now })
    }

    func trace(decided step: Step, replacing other: (step: Step, trace: Trace)? = nil) -> Trace {
        let parts = Step.allCases.compactMap { each in
            traces[each].map { trace in
                var trace = other?.step == each ? other?.trace ?? trace : trace
                trace.decided = each == step
                return trace
            }
        }
        return Trace("verdict", .yes, saw: "decided by \(step.rawValue)", parts: parts)
    }
}

extension Trace {
    /// The clauses at the bottom that made this one what it is.
    fileprivate func deciding(_ truth: Truth) -> [Trace] {
        guard !parts.isEmpty else { return [self] }
        if clause == "not" { return [self] }
        return parts.filter { $0.truth == truth }.flatMap { $0.deciding(truth) }
    }
}
