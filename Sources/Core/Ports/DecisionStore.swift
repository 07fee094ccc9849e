package import Foundation

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
