package import Foundation

/// The newest verdict as it is kept.
package struct VerdictRecord: Sendable {
    package var verdict: String
    package var verdictClass: VerdictClass?
    package var reason: String
    package var policy: String?
    package var revision: Int64
    /// The trace as JSON; empty where many were read without theirs.
    package var trace: [UInt8]
    /// Of the judgement behind it; nil where an earlier version wrote it down.
    package var digest: Digest?
    package var changesAt: Date?
    package var since: Date
    /// When it turned stale; what could not be decided in between does not count as having been anything else.
    package var staleSince: Date?

    package init(
        verdict: String,
        verdictClass: VerdictClass?,
        reason: String,
        policy: String?,
        revision: Int64,
        trace: [UInt8],
        digest: Digest? = nil,
        changesAt: Date?,
        since: Date,
        staleSince: Date? = nil
    ) {
        self.verdict = verdict
        self.verdictClass = verdictClass
        self.reason = reason
        self.policy = policy
        self.revision = revision
        self.trace = trace
        self.digest = digest
        self.changesAt = changesAt
        self.since = since
        self.staleSince = staleSince
    }
}
