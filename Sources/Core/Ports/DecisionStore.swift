package import Foundation

/// Policy revisions, verdicts and findings.
package protocol DecisionStore: Sendable {
    func policyInForce() async throws(StoreFailure) -> PolicyRevision?
    func policyRevisions() async throws(StoreFailure) -> [PolicyRevision]
    func policyRevision(_ number: Int64) async throws(StoreFailure) -> PolicyRevision?
    /// Keeps a text as the newest revision; the same text as the one in force adds none and returns that one.
    ///
    /// `unwarned`: names of its policies that warn of nothing. Of all others the database lets nothing become due without a
    /// delivered warning (D4).
    func applyPolicy(
        text: String,
        hash: Digest,
        unwarned: [String],
        at: Date
    ) async throws(StoreFailure) -> PolicyRevision
    /// Writes what changed, in bulk and in one transaction, with one audit entry for each event.
    ///
    /// An account that is held already keeps its hold as it is.
    func record(_ decisions: [Decision], in evaluation: EvaluationRecord, at: Date) async throws(StoreFailure)
    /// Of each account the newest evaluation that was complete for it, of those at or before the moment.
    func completeEvaluations(upTo: Date) async throws(StoreFailure) -> [AccountID: Date]
}
