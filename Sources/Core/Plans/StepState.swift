/// Where one step of a plan stands.
///
/// The same words are a CHECK constraint in the database.
package enum StepState: String, Sendable, Codable, CaseIterable {
    /// Nothing was asked. Can transition to: intended, gone, done, unneeded, skipped.
    case pending
    /// The intent is committed; the call may or may not have been made. A crash leaves it here: observe before calling.
    /// Can transition to: requested, gone, done, failed, pending (the provider never took it).
    case intended
    /// The provider took the request. Observed by this or any later run.
    /// Can transition to: gone, done, failed, obstructed.
    case requested
    /// Two readings by id found the component gone.
    case gone
    /// What it was to bring about was read back: protection is off, a bucket is empty, a log group is not there.
    case done
    /// The stack's deletion failed on something that later steps of the same plan remove; these may start now.
    case obstructed
    /// The stack went without it.
    case unneeded
    /// It is still there and will not go by itself; the reason says why.
    case failed
    /// Its environment had moved; nothing was asked.
    case skipped

    package var isFinal: Bool { self != .pending && self != .intended && self != .requested }

    /// What comes after it may start.
    package var endedWell: Bool {
        switch self {
        case .gone, .done, .obstructed, .unneeded: true
        case .pending, .intended, .requested, .failed, .skipped: false
        }
    }

    package var next: Set<StepState> {
        switch self {
        case .pending: [.intended, .gone, .done, .unneeded, .skipped]
        case .intended: [.requested, .gone, .done, .failed, .pending]
        case .requested: [.gone, .done, .failed, .obstructed]
        case .gone, .done, .obstructed, .unneeded, .failed, .skipped: []
        }
    }
}
