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
    /// When it was last read or tried to be: a target that always fails is not always the first.
    package var lastTriedAt: Date?

    /// Why nothing is concluded of a target that was retired and is read again, until it has been read.
    package static let reopened = "taken up again, and not read since"

    /// How the failure of a reading ends that was never begun.
    package static let notTried = "was not read: the time of this run was over"

    package init(
        target: Target,
        state: State,
        because: String?,
        accepted: Bool,
        lastCompleteAt: Date?,
        lastFailure: String?,
        lastTriedAt: Date? = nil
    ) {
        self.target = target
        self.state = state
        self.because = because
        self.accepted = accepted
        self.lastCompleteAt = lastCompleteAt
        self.lastFailure = lastFailure
        self.lastTriedAt = lastTriedAt
    }
}
