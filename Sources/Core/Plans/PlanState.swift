/// Where a plan stands.
///
/// The same words are a CHECK constraint in the database.
package enum PlanState: String, Sendable, Codable, CaseIterable {
    /// Made, but something blocks it. Planning makes it; the next planning replaces it. A crash leaves it as it is.
    /// Can transition to: superseded, withdrawn.
    case draft
    /// Made and free of blockers; waits for people. Planning makes it; approvers move it on. A crash leaves it as it is.
    /// Can transition to: approved, rejected, withdrawn, superseded, expired.
    case awaitingApproval = "awaiting approval"
    /// Enough people said yes to this very digest. Approving makes it; the reaper or time moves it on.
    /// Not started because of pause, window, budget, clock or lock: it stays here.
    /// Can transition to: running, expired, withdrawn, superseded, rejected.
    case approved
    /// Its first destructive call is about to be made. The reaper moves it both ways; a crash leaves it here,
    /// and the next reaper takes it up by observing what was asked for.
    /// Can transition to: done, failed, halted.
    case running
    /// Every component is confirmed gone twice.
    case done
    /// A component could not be deleted. What is left gets a new plan.
    case failed
    /// Something moved while it ran: the rest was skipped. Final; the rest gets a new plan.
    case halted
    case rejected
    case withdrawn
    case expired
    case superseded

    /// As people call it: a draft is one because something blocks it.
    package var word: String { self == .draft ? "blocked" : rawValue }

    package var isOpen: Bool {
        switch self {
        case .draft, .awaitingApproval, .approved, .running: true
        case .done, .failed, .halted, .rejected, .withdrawn, .expired, .superseded: false
        }
    }

    package var next: Set<PlanState> {
        switch self {
        case .draft: [.superseded, .withdrawn]
        case .awaitingApproval: [.approved, .rejected, .withdrawn, .superseded, .expired]
        case .approved: [.running, .expired, .withdrawn, .superseded, .rejected]
        case .running: [.done, .failed, .halted]
        case .done, .failed, .halted, .rejected, .withdrawn, .expired, .superseded: []
        }
    }
}
