package import Foundation

/// One applied text of the policy.
package struct PolicyRevision: Sendable {
    package var number: Int64
    package var hash: Digest
    package var text: String
    package var appliedAt: Date
    package var appliedBy: String

    package init(number: Int64, hash: Digest, text: String, appliedAt: Date, appliedBy: String) {
        self.number = number
        self.hash = hash
        self.text = text
        self.appliedAt = appliedAt
        self.appliedBy = appliedBy
    }
}

/// What one evaluation changes for one environment.
///
/// Nil parts stay as they are.
package struct Decision: Sendable {
    package var key: EnvironmentKey
    package var verdict: VerdictRecord?
    /// The finding to keep, as JSON with the columns people filter by; nil leaves it alone.
    package var finding: FindingRecord?
    /// What happened, for the audit log, each a short sentence.
    package var events: [String]
    /// Open plans of this environment that did not start become this (`withdrawn` or `superseded`), with their own
    /// audit entries, in the same transaction; nil leaves plans alone.
    package var endPlans: PlanState?

    package init(
        key: EnvironmentKey,
        verdict: VerdictRecord?,
        finding: FindingRecord?,
        events: [String],
        endPlans: PlanState? = nil
    ) {
        self.key = key
        self.verdict = verdict
        self.finding = finding
        self.events = events
        self.endPlans = endPlans
    }
}

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

/// Policy revisions, verdicts and findings.
package protocol DecisionStore: Sendable {
    func policyInForce() async throws(StoreFailure) -> PolicyRevision?
    func policyRevisions() async throws(StoreFailure) -> [PolicyRevision]
    func policyRevision(_ number: Int64) async throws(StoreFailure) -> PolicyRevision?
    /// Keeps a text as the newest revision; the same text as the one in force adds none and returns that one.
    func applyPolicy(text: String, hash: Digest, at: Date) async throws(StoreFailure) -> PolicyRevision
    /// Writes what changed, in bulk and in one transaction, with one audit entry for each event.
    func record(
        _ decisions: [Decision],
        scan: ScanID,
        revision: Int64,
        counts: [String: Int],
        at: Date
    )
        async throws(StoreFailure)
}
