package import Foundation

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
    /// For each plan that waits for approvals, the superseded ones of its environments that somebody had approved, each
    /// environment's newest; none where a plan that was carried out, rejected or withdrawn came in between.
    func replacedApprovals() async throws(StoreFailure) -> [PlanID: [ReplacedApprovals]]
    /// Plans that did not start and hold an environment whose life has ended, with those environments.
    func plansOfEnded() async throws(StoreFailure) -> [PlanID: [EnvironmentKey]]
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
    /// The same for what became of one intent, known by its time: never written over a later intent, which somebody else
    /// may have committed while this was being looked at.
    func conclude(
        step number: Int,
        of plan: PlanID,
        intent: Date,
        from: StepState,
        to: StepState,
        reason: String?,
        at: Date
    ) async throws(StoreFailure)
    /// Notes the first reading that found it gone (it takes a second one); keeps an earlier note.
    func noteGone(step number: Int, of plan: PlanID, at: Date?) async throws(StoreFailure)
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
