package import Foundation

/// Something that happened to a finding.
package enum FindingEvent: Sendable, Hashable, Codable {
    /// It is stale again after it was cleared.
    case flagged
    case sighted(Sighting)
    /// A warning that names it was delivered: accepted, and not bounced (D4).
    case warningDelivered(at: Date)
    /// A warning that had been taken came back; what is left is the newest of the others, if any.
    case warningBounced(remaining: Date?)
    case becameDue
    /// A plan for it was made, or one plan replaced another.
    case planned
    case planEnded(PlanEnd)
    case planRejected(holdUntil: Date)
    case holdEnded
    case reapStarted
    case reapEnded(ReapEnd)
    case reaped
    case cleared(because: String)
    case graceRestarted(because: RestartReason)

    /// How a plan ended before it ran.
    package enum PlanEnd: String, Sendable, Codable, CaseIterable {
        case expired
        case withdrawn
        case superseded
    }

    /// How a running plan ended without success.
    package enum ReapEnd: String, Sendable, Codable, CaseIterable {
        case failed
        case halted
        case superseded
    }

    /// Why an owner gets the whole grace again (D5).
    package enum RestartReason: String, Sendable, Codable, CaseIterable {
        case stricterPolicy = "a stricter policy"
        case accountToReap = "an account went to reap mode"
        case namingRuleChanged = "a naming rule changed"
        /// It was due because it was released or half reaped; that ended, and the rules alone call it stale.
        case groundChanged = "it is stale for another reason now"
    }
}

extension FindingEvent: CustomStringConvertible {
    /// For the audit log.
    package var description: String {
        switch self {
        case .flagged: "flagged"
        case .sighted(let sighting): "seen stale in scan \(sighting.scan), read \(sighting.at.minuteText)"
        case .warningDelivered(let at): "warning delivered \(at.minuteText)"
        case .warningBounced(let remaining):
            "warning came back\(remaining.map { "; the one of \($0.minuteText) counts" } ?? "")"
        case .becameDue: "became due"
        case .planned: "planned"
        case .planEnded(let end): "plan \(end.rawValue)"
        case .planRejected(let until): "plan rejected, held until \(until.minuteText)"
        case .holdEnded: "hold ended"
        case .reapStarted: "reap started"
        case .reapEnded(let end): "reap \(end.rawValue)"
        case .reaped: "reaped"
        case .cleared(let because): "cleared: \(because)"
        case .graceRestarted(let because): "grace restarted: \(because.rawValue)"
        }
    }
}

/// What has to be done besides keeping the finding.
///
/// Done in the same transaction, or not at all.
package enum FindingEffect: String, Sendable, Codable, CaseIterable {
    /// Plans for it that did not start are superseded.
    case supersedeOpenPlan = "supersede open plan"
    /// Plans for it that did not start are withdrawn.
    case withdrawOpenPlan = "withdraw open plan"
}

/// An event that cannot happen in this state.
package struct IllegalFindingMove: Error, Sendable, Hashable, CustomStringConvertible {
    package let key: EnvironmentKey
    package let state: FindingState
    package let event: FindingEvent

    package var description: String {
        "the finding on \(key) is `\(state.rawValue)`: \(event) is not possible\n"
            + "  somebody else may have moved it; read it again and repeat"
    }
}
