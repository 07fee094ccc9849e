package import Foundation

/// What somebody is told about an environment.
///
/// The same words are a CHECK constraint in the database.
package enum NoticeKind: String, Sendable, Codable, CaseIterable {
    /// It is stale, and will be due after the grace that this begins (D4).
    case warned
    /// It will be due soon; moves no deadline.
    case reminded
    /// Its grace is over: the next planning may take it.
    case due
    /// A plan for it waits for a yes that this recipient can give.
    case awaitingApproval = "awaiting approval"
    /// A yes that this recipient gave counts no more: another plan replaced the one it was for.
    case superseded
    /// It is gone, and this is the way back.
    case reaped
    /// It was warned of, and is kept after all.
    case cleared
}

/// One thing to tell, once to each recipient.
package struct Notice: Sendable, Hashable, Codable {
    package var kind: NoticeKind
    package var environment: EnvironmentKey
    /// What makes it another notice than the one before: the grace that a warning belongs to, a plan's digest.
    package var subject: String

    package init(_ kind: NoticeKind, of environment: EnvironmentKey, subject: String) {
        self.kind = kind
        self.environment = environment
        self.subject = subject
    }

    /// Names one grace: warnings count only for the one that they were sent in (D5).
    package static func grace(since flaggedAt: Date) -> String {
        "grace \(Int64((flaggedAt.timeIntervalSince1970 * 1000).rounded()))"
    }
}

/// A notice that was queued for a recipient, and what became of it.
package struct NoticeRecord: Sendable, Hashable {
    package var notice: Notice
    package var recipient: Recipient
    package var message: MessageID
    package var state: MessageState
    /// When it was queued; once accepted, when that was.
    package var at: Date
    package var bounced: Bool
    /// Sent once more after nobody knew whether it had gone.
    package var isRepeated: Bool

    package init(
        notice: Notice,
        recipient: Recipient,
        message: MessageID,
        state: MessageState,
        at: Date,
        bounced: Bool,
        isRepeated: Bool
    ) {
        self.notice = notice
        self.recipient = recipient
        self.message = message
        self.state = state
        self.at = at
        self.bounced = bounced
        self.isRepeated = isRepeated
    }

    /// Taken by the other side, and it did not come back.
    package var isDelivered: Bool { state == .accepted && !bounced }
}
