package import Foundation

package struct PlanRecord: Sendable {
    package var id: PlanID
    package var run: RunID?
    package var state: PlanState
    package var digest: Digest
    package var document: PlanDocument
    package var blockers: [Blocker]
    package var terms: ApprovalTerms
    package var revision: Int64
    package var madeAt: Date
    package var madeBy: String
    package var approvedAt: Date?
    package var expiresAt: Date?
    package var endedAt: Date?
    package var endedBecause: String?
    package var approvals: [ApprovalRecord]
    package var steps: [StepRecord]
    /// As it was stored with the plan.
    package var forecast: Forecast

    package init(
        id: PlanID,
        run: RunID?,
        state: PlanState,
        digest: Digest,
        document: PlanDocument,
        blockers: [Blocker],
        terms: ApprovalTerms,
        revision: Int64,
        madeAt: Date,
        madeBy: String,
        approvedAt: Date?,
        expiresAt: Date?,
        endedAt: Date?,
        endedBecause: String?,
        approvals: [ApprovalRecord],
        steps: [StepRecord],
        forecast: Forecast = Forecast()
    ) {
        self.id = id
        self.run = run
        self.state = state
        self.digest = digest
        self.document = document
        self.blockers = blockers
        self.terms = terms
        self.revision = revision
        self.madeAt = madeAt
        self.madeBy = madeBy
        self.approvedAt = approvedAt
        self.expiresAt = expiresAt
        self.endedAt = endedAt
        self.endedBecause = endedBecause
        self.approvals = approvals
        self.steps = steps
        self.forecast = forecast
    }
}
