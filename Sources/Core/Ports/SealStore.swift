package import Foundation

/// The chain over the audit log (P14).
package protocol SealStore: Sendable {
    /// Numbers and chains every committed entry that is not sealed yet; returns how many.
    @discardableResult
    func seal() async throws(StoreFailure) -> Int
    /// Entries in the order of the chain, after the given seal number.
    func sealed(after number: Int64, limit: Int) async throws(StoreFailure) -> [SealedEntry]
    func unsealedCount() async throws(StoreFailure) -> Int
    /// Entries that were written, never sealed, and are not there any more.
    func lostBeforeSealing() async throws(StoreFailure) -> [Int64]
}

/// One link of the chain with everything it covers, as the database has it now.
package struct SealedEntry: Sendable, Hashable {
    package let number: Int64
    /// Of the link before, in its own words; 32 zero bytes for the first.
    package let previous: Digest
    package let digest: Digest
    /// The entry that it covers.
    package let entryID: Int64
    /// Nil when the entry is missing.
    package let entry: Content?

    package struct Content: Sendable, Hashable {
        package let id: Int64
        package let at: Date
        package let actor: String
        package let event: String
        package let environment: Int64?
        package let plan: Int64?
        /// The text of the details, as PostgreSQL spells them.
        package let details: String

        package init(
            id: Int64,
            at: Date,
            actor: String,
            event: String,
            environment: Int64?,
            plan: Int64?,
            details: String
        ) {
            self.id = id
            self.at = at
            self.actor = actor
            self.event = event
            self.environment = environment
            self.plan = plan
            self.details = details
        }
    }

    package init(number: Int64, previous: Digest, digest: Digest, entryID: Int64, entry: Content?) {
        self.number = number
        self.previous = previous
        self.digest = digest
        self.entryID = entryID
        self.entry = entry
    }
}
