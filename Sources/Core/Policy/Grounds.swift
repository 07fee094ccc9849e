/// What a verdict rested on when something followed from it, for the audit log: the verdict itself is written over by the
/// next one.
package struct Grounds: Sendable, Hashable, Codable {
    package let verdict: Verdict
    package let verdictClass: VerdictClass?
    package let reason: String
    /// The policy that decided; nil when none applied.
    package let policy: String?
    /// The number of the policy text in force.
    package let revision: Int64
    /// Whose it was; nil for nobody, or several.
    package let owner: String?
    /// The clauses that decided, with what they saw.
    package let clauses: [Clause]

    package struct Clause: Sendable, Hashable, Codable {
        package let clause: String
        package let truth: Truth
        package let saw: String
    }

    /// More than this says no more, and an entry is kept for ever.
    private static let mostClauses = 12
    private static let longestSight = 300

    package init(_ judgement: Judgement, revision: Int64, owner: String?) {
        verdict = judgement.verdict
        verdictClass = judgement.verdictClass
        reason = judgement.reason
        policy = judgement.policy
        self.revision = revision
        self.owner = owner
        clauses = judgement.trace.flattened.filter(\.decided).flatMap(\.decisive).prefix(Self.mostClauses)
            .map { trace in
                let isLong = trace.saw.count > Self.longestSight
                return Clause(
                    clause: trace.clause,
                    truth: trace.truth,
                    saw: isLong ? trace.saw.prefix(Self.longestSight - 1) + "…" : trace.saw
                )
            }
    }
}

extension Trace {
    /// The clauses without parts that made it what it is: of alternatives only those that hold.
    fileprivate var decisive: [Trace] {
        guard !parts.isEmpty else { return [self] }
        let alternatives = clause == "any" && truth == .yes
        return parts.filter { !alternatives || $0.truth == .yes }.flatMap(\.decisive)
    }
}

/// One sentence for the audit log, with what it rests on where something follows from it.
package struct DecisionEvent: Sendable, Hashable, ExpressibleByStringInterpolation {
    package var text: String
    package var grounds: Grounds?

    package init(_ text: String, grounds: Grounds? = nil) {
        self.text = text
        self.grounds = grounds
    }

    package init(stringLiteral text: String) { self.init(text) }

    /// An event of a finding; sightings and warnings rest on what the flag before them does.
    package init(_ event: FindingEvent, grounds: @autoclosure () -> Grounds) {
        switch event {
        case .flagged, .becameDue, .cleared, .graceRestarted, .holdEnded:
            self.init(event.description, grounds: grounds())
        case .sighted, .warningDelivered, .warningBounced, .planned, .planEnded, .planRejected, .reapStarted,
            .reapEnded,
            .reaped:
            self.init(event.description)
        }
    }
}
