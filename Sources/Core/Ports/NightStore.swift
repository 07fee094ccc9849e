package import Foundation

/// The nights: one at a time across machines, each with what came of it.
package protocol NightStore: Sendable {
    /// Begins a night, unless one is at work; one whose holder was not heard of for longer than its lease is `abandoned`.
    ///
    /// The lease runs on the database's clock.
    func beginNight(holder: String, lease: Duration, at: Date) async throws(StoreFailure) -> NightClaim
    /// Throws `conflict` when it was taken for dead and somebody else has begun another.
    func prolongNight(_ id: NightID, lease: Duration) async throws(StoreFailure)
    func endNight(
        _ id: NightID,
        outcome: NightRecord.Outcome,
        status: Int32,
        numbers: [String: Double],
        leftUndone: [String],
        at: Date
    ) async throws(StoreFailure)
    /// Newest first.
    func nights(since: Date) async throws(StoreFailure) -> [NightRecord]
    /// When the first one began; nil where there never was one.
    func firstNight() async throws(StoreFailure) -> Date?
    /// The newest that ended well, ever.
    func lastGoodNight() async throws(StoreFailure) -> NightRecord?
}

package struct NightID: Hashable, Sendable, Codable, CustomStringConvertible {
    package let number: Int64
    package init(_ number: Int64) { self.number = number }
    package var description: String { "N\(number)" }
}

package enum NightClaim: Sendable, Hashable {
    case begun(NightID)
    case held(by: String, since: Date)
}

package struct NightRecord: Sendable, Hashable {
    /// The same words are a CHECK constraint in the database.
    package enum Outcome: String, Sendable, Codable, CaseIterable {
        /// At work. Can transition to: done, undone, failed, abandoned.
        case running
        /// Everything was done.
        case done
        /// It came to its end, and something could not be read or done.
        case undone
        /// It could not go on.
        case failed
        /// Its process ended without a word; the next night noticed.
        case abandoned
    }

    package var id: NightID
    package var outcome: Outcome
    package var holder: String
    package var startedAt: Date
    package var endedAt: Date?
    package var status: Int32?
    package var numbers: [String: Double]
    /// One line each.
    package var leftUndone: [String]

    package init(
        id: NightID,
        outcome: Outcome,
        holder: String,
        startedAt: Date,
        endedAt: Date?,
        status: Int32?,
        numbers: [String: Double],
        leftUndone: [String]
    ) {
        self.id = id
        self.outcome = outcome
        self.holder = holder
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.status = status
        self.numbers = numbers
        self.leftUndone = leftUndone
    }
}
