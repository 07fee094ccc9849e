/// Where one step of a plan stands.
///
/// The same words are a CHECK constraint in the database.
package enum StepState: String, Sendable, Codable, CaseIterable {
    /// Nothing was asked. Can transition to: intended, gone, skipped.
    case pending
    /// The intent is committed; the call may or may not have been made. A crash leaves it here: observe before calling.
    /// Can transition to: requested, gone, failed, pending (refused before the provider took it).
    case intended
    /// The provider took the request. Observed by this or any later run. Can transition to: gone, failed.
    case requested
    /// Two readings by id found it gone.
    case gone
    /// It is still there and will not go by itself; the reason says why.
    case failed
    /// Its environment had moved; nothing was asked.
    case skipped

    package var isFinal: Bool { self == .gone || self == .failed || self == .skipped }

    package var next: Set<StepState> {
        switch self {
        case .pending: [.intended, .gone, .skipped]
        case .intended: [.requested, .gone, .failed, .pending]
        case .requested: [.gone, .failed]
        case .gone, .failed, .skipped: []
        }
    }
}
