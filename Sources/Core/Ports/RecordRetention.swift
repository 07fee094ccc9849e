/// Forgetting what was recorded and nothing rests on any more; the database says what that is, and refuses less than 30
/// days.
package protocol RecordRetention: Sendable {
    /// What could be forgotten now.
    func oldRecords(_ kept: RecordsKept) async throws(StoreFailure) -> RecordCounts
    /// Forgets it, and writes down how many.
    func forgetRecords(_ kept: RecordsKept) async throws(StoreFailure) -> RecordCounts
}

/// How long records are kept.
package struct RecordsKept: Sendable, Hashable {
    /// Scans with their readings, and what components that went had inside.
    package var scans: Duration
    package var evaluations: Duration
    /// The letters of messages that are not sent any more; the messages themselves stay.
    package var messages: Duration

    package init(scans: Duration, evaluations: Duration, messages: Duration) {
        self.scans = scans
        self.evaluations = evaluations
        self.messages = messages
    }

    package var shortest: Duration { min(scans, evaluations, messages) }
}

package struct RecordCounts: Sendable, Hashable {
    package var readings: Int
    package var scans: Int
    package var evaluations: Int
    package var letters: Int
    /// Of components that went.
    package var resources: Int

    package init(readings: Int, scans: Int, evaluations: Int, letters: Int, resources: Int) {
        self.readings = readings
        self.scans = scans
        self.evaluations = evaluations
        self.letters = letters
        self.resources = resources
    }

    package var isEmpty: Bool { readings + scans + evaluations + letters + resources == 0 }
}
