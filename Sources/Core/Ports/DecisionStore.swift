package import Foundation

/// Policy revisions, verdicts and findings.
package protocol DecisionStore: Sendable {
    func policyInForce() async throws(StoreFailure) -> PolicyRevision?
    func policyRevisions() async throws(StoreFailure) -> [PolicyRevision]
    func policyRevision(_ number: Int64) async throws(StoreFailure) -> PolicyRevision?
    /// Keeps the texts as the newest revision; the same hash as of the one in force adds none and returns that one.
    ///
    /// `unwarned`: names of its policies that warn of nothing. Of all others the database lets nothing become due without a
    /// delivered warning (D4).
    func applyPolicy(
        _ source: PolicySource,
        hash: Digest,
        unwarned: [String],
        at: Date
    ) async throws(StoreFailure) -> PolicyRevision
    /// Writes down one evaluation in one transaction: what changed, part by part as the body hands it over, and at the end
    /// the evaluation that it returns.
    ///
    /// An account that is held already keeps its hold as it is. Where the database asks for another try, the body runs once
    /// more, from its beginning.
    func recordEvaluation(
        under revision: Int64,
        at: Date,
        _ body: (any DecisionWriting) async throws(StoreFailure) -> EvaluationRecord
    ) async throws(StoreFailure)
    /// Of each account the newest evaluation that was complete for it, of those at or before the moment.
    func completeEvaluations(upTo: Date) async throws(StoreFailure) -> [AccountID: Date]
}

/// A transaction in which an evaluation is written down.
package protocol DecisionWriting: Sendable {
    /// Writes what changed, in bulk, with one audit entry for each event; with nothing it says that the work goes on.
    func write(_ decisions: [Decision]) async throws(StoreFailure)
}

extension DecisionStore {
    /// The same for what is known as a whole.
    package func record(
        _ decisions: [Decision],
        in evaluation: EvaluationRecord,
        at: Date
    ) async throws(StoreFailure) {
        try await recordEvaluation(under: evaluation.revision, at: at) { (writer) async throws(StoreFailure) in
            try await writer.write(decisions)
            return evaluation
        }
    }
}
