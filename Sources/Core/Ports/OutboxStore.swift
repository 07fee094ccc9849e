package import Foundation

/// The outbox: every message, and what is known of it.
///
/// Every move is one guarded UPDATE with its audit entry in the same transaction; a state that had moved throws
/// `conflict`.
package protocol OutboxStore: Sendable {
    /// Calls what a dead sender left in `sending` uncertain, and queues what warns once more.
    ///
    /// Only for who holds the sender's lock: nobody else is sending then.
    func recoverMessages(at: Date) async throws(StoreFailure) -> RecoveredMessages
    /// What was said of environments whose life is open, or ended after the moment.
    func noticeHistory(endedAfter: Date) async throws(StoreFailure) -> [NoticeRecord]
    /// What is queued for people and not sent yet, with what each says.
    func queuedNotices() async throws(StoreFailure) -> [QueuedNotices]
    /// Queues each draft, or puts it in the place of what is queued for the same recipient; a weekly mail that exists for
    /// its week and recipient is left alone.
    ///
    /// Returns how many were written.
    func queue(_ drafts: [MessageDraft], at: Date) async throws(StoreFailure) -> Int
    /// Takes back what is queued and holds no more: deleted where it cannot have been sent, else refused.
    func drop(_ ids: [MessageID], because: String, at: Date) async throws(StoreFailure)
    /// Commits one try of the message that waits longest, of those whose time has come; nil when there is none.
    ///
    /// `without`: recipients that do not answer; one that ends with a colon is all of its kind. `kind`: nil is every one.
    func beginSending(
        without: Set<String>,
        kind: MessageKind?,
        at: Date
    ) async throws(StoreFailure) -> OutgoingMessage?
    /// Writes what came of the try. `nextTry` is for one that goes back to `queued`.
    ///
    /// Only for the very try that is meant: one that another sender took for dead, and perhaps began anew, throws
    /// `conflict`. The same conclusion again is none: the answer to the first may have been lost.
    func conclude(
        _ id: MessageID,
        try number: Int,
        as state: MessageState,
        reason: String,
        nextTry: Date?,
        at: Date
    ) async throws(StoreFailure)
    /// Notes that an accepted message came back; false when that was known already.
    func noteBounce(_ id: MessageID, because: String, at: Date) async throws(StoreFailure) -> Bool
    /// The newest first.
    func messages(open: Bool, limit: Int) async throws(StoreFailure) -> [MessageRecord]
    func message(_ id: MessageID) async throws(StoreFailure) -> MessageRecord
    /// By the left half of its Message-ID.
    func message(letter: LetterID) async throws(StoreFailure) -> MessageRecord?
    /// For each environment whose life is open, its warnings that were taken and did not come back.
    func deliveredWarnings() async throws(StoreFailure) -> [DeliveredWarning]
    /// Newest lives that ended after the moment, like `environments()`.
    func environments(endedAfter: Date) async throws(StoreFailure) -> [EnvironmentRecord]
}

package struct RecoveredMessages: Sendable, Hashable {
    /// Nobody knows whether they went.
    package var uncertain: Int
    /// Of those, and of earlier ones, the ones that are sent once more.
    package var again: Int

    package init(uncertain: Int, again: Int) {
        self.uncertain = uncertain
        self.again = again
    }
}

package struct QueuedNotices: Sendable, Hashable {
    package var id: MessageID
    package var recipient: Recipient
    /// It may have been sent once: it goes as it is, or not at all.
    package var isRepeated: Bool
    package var notices: Set<Notice>

    package init(id: MessageID, recipient: Recipient, isRepeated: Bool, notices: Set<Notice>) {
        self.id = id
        self.recipient = recipient
        self.isRepeated = isRepeated
        self.notices = notices
    }
}

/// A letter to be kept until it is sent.
package struct MessageDraft: Sendable {
    package var kind: MessageKind
    package var recipient: Recipient
    package var letter: Letter
    package var notices: Set<Notice>

    package init(kind: MessageKind, recipient: Recipient, letter: Letter, notices: Set<Notice>) {
        self.kind = kind
        self.recipient = recipient
        self.letter = letter
        self.notices = notices
    }
}

/// One try that was committed.
package struct OutgoingMessage: Sendable {
    package var id: MessageID
    package var kind: MessageKind
    package var recipient: Recipient
    package var letter: Letter
    /// With this one.
    package var tries: Int
    package var queuedAt: Date

    package init(id: MessageID, kind: MessageKind, recipient: Recipient, letter: Letter, tries: Int, queuedAt: Date) {
        self.id = id
        self.kind = kind
        self.recipient = recipient
        self.letter = letter
        self.tries = tries
        self.queuedAt = queuedAt
    }
}

package struct MessageRecord: Sendable {
    package var id: MessageID
    package var kind: MessageKind
    package var recipient: Recipient
    package var letterID: LetterID
    package var subject: String
    /// Nil when it was pruned.
    package var letter: Letter?
    package var state: MessageState
    package var isRepeated: Bool
    package var tries: Int
    package var nextTryAt: Date
    package var reason: String?
    package var queuedAt: Date
    package var endedAt: Date?
    package var bouncedAt: Date?
    package var bouncedBecause: String?

    package init(
        id: MessageID,
        kind: MessageKind,
        recipient: Recipient,
        letterID: LetterID,
        subject: String,
        letter: Letter?,
        state: MessageState,
        isRepeated: Bool,
        tries: Int,
        nextTryAt: Date,
        reason: String?,
        queuedAt: Date,
        endedAt: Date?,
        bouncedAt: Date?,
        bouncedBecause: String?
    ) {
        self.id = id
        self.kind = kind
        self.recipient = recipient
        self.letterID = letterID
        self.subject = subject
        self.letter = letter
        self.state = state
        self.isRepeated = isRepeated
        self.tries = tries
        self.nextTryAt = nextTryAt
        self.reason = reason
        self.queuedAt = queuedAt
        self.endedAt = endedAt
        self.bouncedAt = bouncedAt
        self.bouncedBecause = bouncedBecause
    }
}

package struct DeliveredWarning: Sendable, Hashable {
    package var environment: EnvironmentKey
    /// The grace that it was sent in.
    package var subject: String
    package var at: Date

    package init(environment: EnvironmentKey, subject: String, at: Date) {
        self.environment = environment
        self.subject = subject
        self.at = at
    }
}
