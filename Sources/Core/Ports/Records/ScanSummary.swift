package import Foundation

/// A scan that has its end, and what it could not read.
package struct ScanSummary: Sendable {
    package var id: ScanID
    package var state: String
    package var whole: Bool
    package var startedAt: Date
    package var finishedAt: Date?
    package var readings: [ReadingSummary]
    /// Of all its workers, by kind; what one that was killed did after its last reading is not known.
    package var calls: [String: Int]
    /// Those that recorded a reading, by number.
    package var workers: [ScanWorker]
    /// What is unknown about environments, as whoever ended it was told.
    package var notes: [EvidenceNote]

    package init(
        id: ScanID,
        state: String,
        whole: Bool,
        startedAt: Date,
        finishedAt: Date?,
        readings: [ReadingSummary],
        calls: [String: Int],
        workers: [ScanWorker] = [],
        notes: [EvidenceNote] = []
    ) {
        self.id = id
        self.state = state
        self.whole = whole
        self.startedAt = startedAt
        self.finishedAt = finishedAt
        self.readings = readings
        self.calls = calls
        self.workers = workers
        self.notes = notes
    }
}
