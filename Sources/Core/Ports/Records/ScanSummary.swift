package import Foundation

/// The newest finished scan of all targets, and what it could not read.
package struct ScanSummary: Sendable {
    package var id: ScanID
    package var state: String
    package var whole: Bool
    package var startedAt: Date
    package var finishedAt: Date?
    package var readings: [ReadingSummary]
    package var calls: [String: Int]

    package init(
        id: ScanID,
        state: String,
        whole: Bool,
        startedAt: Date,
        finishedAt: Date?,
        readings: [ReadingSummary],
        calls: [String: Int]
    ) {
        self.id = id
        self.state = state
        self.whole = whole
        self.startedAt = startedAt
        self.finishedAt = finishedAt
        self.readings = readings
        self.calls = calls
    }
}
