/// Where a message stands on its way out.
///
/// The same words are a CHECK constraint in the database.
package enum MessageState: String, Sendable, Codable, CaseIterable {
    /// Composed and kept. Notifying makes it; a try that certainly failed brings it back. The sender moves it on.
    /// A crash leaves it for the next sender. Can transition to: sending, refused.
    case queued
    /// A sender committed to one try. It moves it on by what came of it. A crash leaves it here, and nobody knows whether
    /// it went: the next sender calls it uncertain. Can transition to: queued, accepted, refused, uncertain.
    case sending
    /// The other side took it. Final; a bounce may be recorded on it.
    case accepted
    /// It was not taken and is not tried any more: refused for good, or not true any more. Final.
    case refused
    /// Sent, and nobody knows whether it was taken. A message that warns is sent once more; any other stays.
    /// Can transition to: queued.
    case uncertain

    package var next: Set<MessageState> {
        switch self {
        case .queued: [.sending, .refused]
        case .sending: [.queued, .accepted, .refused, .uncertain]
        case .uncertain: [.queued]
        case .accepted, .refused: []
        }
    }
}

/// The outbox's own number of a message, `M12` for people.
package struct MessageID: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    package let number: Int64
    package init(_ number: Int64) { self.number = number }
    package var description: String { "M\(number)" }
    package static func < (left: MessageID, right: MessageID) -> Bool { left.number < right.number }
}

/// What kind of message it is; one of each kind for one occasion and recipient.
package enum MessageKind: String, Sendable, Codable, CaseIterable {
    /// What a night has to say to one recipient.
    case notices
    /// The weekly report.
    case weekly
}
