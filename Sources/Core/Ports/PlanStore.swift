package import Foundation

/// How many approvals, whose, and for how long; as the policy said when the plan was made.
package struct ApprovalTerms: Sendable, Hashable, Codable {
    package var automatic: Bool
    package var required: Int
    package var by: [String]
    /// How long an approval stands, in whole seconds; counted in days on which the window opens where there is one.
    package var expiresSeconds: Int64
    package var requesterCounts: Bool

    package init(automatic: Bool, required: Int, by: [String], expiresSeconds: Int64, requesterCounts: Bool) {
        self.automatic = automatic
        self.required = required
        self.by = by
        self.expiresSeconds = expiresSeconds
        self.requesterCounts = requesterCounts
    }
}

package struct ApprovalRecord: Sendable, Hashable, Codable {
    package var by: String
    package var decision: String
    package var selfApproved: Bool
    package var because: String?
    package var at: Date
    package var digest: Digest

    package init(by: String, decision: String, selfApproved: Bool, because: String?, at: Date, digest: Digest) {
        self.by = by
        self.decision = decision
        self.selfApproved = selfApproved
        self.because = because
        self.at = at
        self.digest = digest
    }
}

package struct StepRecord: Sendable {
    package var step: PlanStep
    package var token: StepToken
    package var state: StepState
    package var reason: String?
    package var intendedAt: Date?
    package var requestedAt: Date?
    package var firstGoneAt: Date?
    package var endedAt: Date?

    package init(
        step: PlanStep,
        token: StepToken,
        state: StepState,
        reason: String?,
        intendedAt: Date?,
        requestedAt: Date?,
        firstGoneAt: Date?,
        endedAt: Date?
    ) {
        self.step = step
        self.token = token
        self.state = state
        self.reason = reason
        self.intendedAt = intendedAt
        self.requestedAt = requestedAt
        self.firstGoneAt = firstGoneAt
        self.endedAt = endedAt
    }
}

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
        steps: [StepRecord]
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
    }
}

/// A plan about to be stored.
package struct DraftPlan: Sendable {
    package var document: PlanDocument
    package var blockers: [Blocker]
    package var terms: ApprovalTerms
    package var revision: Int64

    package init(document: PlanDocument, blockers: [Blocker], terms: ApprovalTerms, revision: Int64) {
        self.document = document
        self.blockers = blockers
        self.terms = terms
        self.revision = revision
    }
}

/// Teardowns begun since a moment, for the budgets: one entry per environment whose first intent was committed.
package struct BegunTeardown: Sendable {
    package var key: EnvironmentKey
    package var plan: PlanID
    package var run: RunID?
    package var accounts: [AccountID]
    package var owner: String?
    package var at: Date

    package init(key: EnvironmentKey, plan: PlanID, run: RunID?, accounts: [AccountID], owner: String?, at: Date) {
        self.key = key
        self.plan = plan
        self.run = run
        self.accounts = accounts
        self.owner = owner
        self.at = at
    }
}

/// Plans, approvals, steps.
///
/// Every change of state is one guarded UPDATE with its audit entry in the same transaction; a state that had moved
/// throws `conflict`.
package protocol PlanStore: Sendable {
    /// Stores plans made together as one run. A plan whose digest (and blockers) equal those of an open plan of the same
    /// environments is kept as it is, with its approvals, and returned; any other open plan (not running) that shares an
    /// environment becomes `superseded`. New plans are `draft` with blockers, `awaiting approval` or, with
    /// automatic terms, `approved` without them. Findings of the environments in a plan without blockers become `planned`
    /// as the given JSON says.
    func store(
        _ plans: [DraftPlan],
        expiresAt: Date?,
        at: Date
    ) async throws(StoreFailure) -> (run: RunID?, plans: [PlanRecord])
    func plan(_ id: PlanID) async throws(StoreFailure) -> PlanRecord
    /// Newest first; only open ones where asked.
    func plans(open: Bool, run: RunID?, limit: Int) async throws(StoreFailure) -> [PlanRecord]
    /// Records this login's yes to the digest and, when `quorum` says that it is reached, moves the plan to `approved`.
    /// The quorum sees all approvals with this one, under a lock on the plan's row.
    func approve(
        _ id: PlanID,
        digest: Digest,
        selfApproved: Bool,
        because: String?,
        expiresAt: Date,
        at: Date,
        quorum: @Sendable ([ApprovalRecord]) -> Bool
    ) async throws(StoreFailure) -> PlanRecord
    func reject(_ id: PlanID, because: String, at: Date) async throws(StoreFailure) -> PlanRecord
    /// Moves a plan on from one of the given states.
    func move(_ id: PlanID, from: Set<PlanState>, to: PlanState, because: String?, at: Date) async throws(StoreFailure)

    /// Writes the step's new state, guarded by the old one, with its audit entry, and commits before returning.
    func move(
        step number: Int,
        of plan: PlanID,
        from: StepState,
        to: StepState,
        reason: String?,
        at: Date
    ) async throws(StoreFailure)
    /// Notes the first reading that found it gone (it takes a second one); keeps an earlier note.
    func noteGone(step number: Int, of plan: PlanID, at: Date) async throws(StoreFailure)
    /// Closes a component that two readings found gone, as `reaped`, and its environment's life when it was the last.
    /// Returns true when the environment ended.
    func closeReaped(_ component: ComponentID, environment: EnvironmentKey, at: Date) async throws(StoreFailure) -> Bool
    func storeTombstone(
        _ content: [UInt8],
        of component: ComponentID,
        plan: PlanID,
        at: Date
    ) async throws(StoreFailure)
    func hasTombstone(of component: ComponentID, plan: PlanID) async throws(StoreFailure) -> Bool
    func teardowns(since: Date) async throws(StoreFailure) -> [BegunTeardown]
    /// Writes findings of environments, guarded by the state each had.
    func setFindings(
        _ findings: [EnvironmentKey: FindingRecord],
        event: String,
        plan: PlanID?,
        at: Date
    )
        async throws(StoreFailure)
    func note(
        _ event: String,
        environment: EnvironmentKey?,
        plan: PlanID?,
        details: [String: String]
    )
        async throws(StoreFailure)
}

/// One at a time across machines.
package protocol Locks: Sendable {
    /// Runs the body while holding the named lock; nil when another process holds it.
    func holding<Value: Sendable>(
        _ name: String,
        _ body: @Sendable () async throws -> Value
    ) async throws -> Value?
}
