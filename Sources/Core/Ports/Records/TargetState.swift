package import Foundation

/// The state of a target before it is read.
package struct TargetState: Sendable {
    package enum State: String, Sendable, CaseIterable {
        case active
        case suspect
        case retired
    }

    package var target: Target
    package var state: State
    package var because: String?
    /// A person said that the next reading may differ as much as it likes.
    package var accepted: Bool
    package var lastCompleteAt: Date?
    package var lastFailure: String?

    package init(
        target: Target,
        state: State,
        because: String?,
        accepted: Bool,
        lastCompleteAt: Date?,
        lastFailure: String?
    ) {
        self.target = target
        self.state = state
        self.because = because
        self.accepted = accepted
        self.lastCompleteAt = lastCompleteAt
        self.lastFailure = lastFailure
    }
}
