package import Core

/// One reading call that was tried, and whether it is allowed.
package struct TriedRight: Sendable, Hashable {
    package enum Outcome: Sendable, Hashable {
        case allowed
        case denied
        /// It failed in a way that says nothing about rights.
        case unknown(String)
    }

    /// As an IAM policy names it: `cloudformation:GetStackPolicy`.
    package let action: String
    package let outcome: Outcome
    /// Without it nothing can be read, planned or reaped; the others only make forecasts weaker.
    package let isNeeded: Bool
    /// What does not work without it.
    package let without: String
}

/// What was found of the rights in one target.
package struct TriedRights: Sendable {
    package let target: Target
    package let rights: [TriedRight]

    package var denied: [TriedRight] { rights.filter { $0.outcome == .denied } }
    package var isEnough: Bool { !denied.contains(where: \.isNeeded) }
}
