package import Foundation

package struct FindingRecord: Sendable {
    package var state: String
    /// The state it had when it was read: the write is refused when it has moved since.
    ///
    /// Nil when there was none.
    package var before: String?
    package var json: [UInt8]
    package var flaggedAt: Date
    package var dueAt: Date?

    package init(state: String, before: String?, json: [UInt8], flaggedAt: Date, dueAt: Date?) {
        self.state = state
        self.before = before
        self.json = json
        self.flaggedAt = flaggedAt
        self.dueAt = dueAt
    }
}
