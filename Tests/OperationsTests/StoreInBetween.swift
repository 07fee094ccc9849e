import Core
import Foundation
import Operations

/// A store whose answers a test can change on their way: one that lies about its plans, or about who is connected.
struct StoreInBetween: ScanStore, EnvironmentStore, DecisionStore, PlanStore, LeaseStore, SealStore, TombstoneStore,
    LeftoverStore, OutboxStore, NightStore, TargetStore
{
    let store: any Store
    var onPlan: @Sendable (PlanRecord) -> PlanRecord = { $0 }
    var onLogin: @Sendable (Login) -> Login = { $0 }
    /// Before a target's reading is written.
    var onReading: @Sendable (TargetClaim) async throws(StoreFailure) -> Void = { _ in }
    /// All environments are read.
    var onEnvironments: @Sendable () -> Void = {}
    /// Before an evaluation, and before findings alone, are written.
    var onRecord: @Sendable () async throws(StoreFailure) -> Void = {}
    var onFindings: @Sendable () async throws(StoreFailure) -> Void = {}
    /// Before what came of a message is written, and after that.
    var onConclude: @Sendable () throws(StoreFailure) -> Void = {}
    var afterConclude: @Sendable () throws(StoreFailure) -> Void = {}
    /// Before a plan is moved on.
    var onMove: @Sendable () throws(StoreFailure) -> Void = {}

    func targetStates() async throws(StoreFailure) -> [TargetState] {
        try await store.targetStates()
    }
    func known(in target: Target) async throws(StoreFailure) -> [ComponentID: KnownComponent] {
        try await store.known(in: target)
    }
    func compare(
        _ listed: [ListedComponent],
        in target: Target,
        under rules: ReadingRules,
        anew: Bool
    ) async throws(StoreFailure) -> ListingDifference {
        try await store.compare(listed, in: target, under: rules, anew: anew)
    }
    func known(_ ids: [ComponentID], in target: Target) async throws(StoreFailure) -> [KnownComponent] {
        try await store.known(ids, in: target)
    }
    func known(in target: Target, besides numbers: Set<Int64>) async throws(StoreFailure) -> [KnownComponent] {
        try await store.known(in: target, besides: numbers)
    }
    func knownFunctions(in target: Target) async throws(StoreFailure) -> KnownFunctions {
        try await store.knownFunctions(in: target)
    }
    func newestScan() async throws(StoreFailure) -> ScanSummary? {
        try await store.newestScan()
    }
    func coverage() async throws(StoreFailure) -> [CoverageRecord] {
        try await store.coverage()
    }
    func noteNaming(hash: Digest, at: Date) async throws(StoreFailure) -> Bool {
        try await store.noteNaming(hash: hash, at: at)
    }
    func login() async throws(StoreFailure) -> Login {
        onLogin(try await store.login())
    }
    func clock() async throws(StoreFailure) -> Date {
        try await store.clock()
    }
    func environments() async throws(StoreFailure) -> [EnvironmentRecord] {
        onEnvironments()
        return try await store.environments()
    }
    func environments(
        for purpose: EnvironmentPurpose,
        atMost limit: Int,
        each body: ([EnvironmentRecord]) async throws(StoreFailure) -> Void
    ) async throws(StoreFailure) -> Int {
        onEnvironments()
        return try await store.environments(for: purpose, atMost: limit, each: body)
    }
    func environments(_ selection: EnvironmentSelection) async throws(StoreFailure) -> [EnvironmentRecord] {
        try await store.environments(selection)
    }
    func environments(named: EnvironmentName) async throws(StoreFailure) -> [EnvironmentRecord] {
        try await store.environments(named: named)
    }
    func components(of key: EnvironmentKey) async throws(StoreFailure) -> [ComponentRecord] {
        try await store.components(of: key)
    }
    func components(classes: Set<ComponentClass>) async throws(StoreFailure) -> [ComponentRecord] {
        try await store.components(classes: classes)
    }
    func resources(of id: ComponentID) async throws(StoreFailure) -> [ObservedResource] {
        try await store.resources(of: id)
    }
    func functions() async throws(StoreFailure) -> [FunctionRecord] {
        try await store.functions()
    }
    func history(of key: EnvironmentKey?, limit: Int) async throws(StoreFailure) -> [AuditEntry] {
        try await store.history(of: key, limit: limit)
    }
    func protect(_ key: EnvironmentKey, until: Date, because: String, at: Date) async throws(StoreFailure) {
        try await store.protect(key, until: until, because: because, at: at)
    }
    func unprotect(_ key: EnvironmentKey, at: Date) async throws(StoreFailure) -> Int {
        try await store.unprotect(key, at: at)
    }
    func extend(_ key: EnvironmentKey, until: Date, because: String, at: Date) async throws(StoreFailure) {
        try await store.extend(key, until: until, because: because, at: at)
    }
    func claim(_ key: EnvironmentKey, owner: String, at: Date) async throws(StoreFailure) {
        try await store.claim(key, owner: owner, at: at)
    }
    func release(_ key: EnvironmentKey, at: Date) async throws(StoreFailure) {
        try await store.release(key, at: at)
    }
    func setOwners(_ owners: [EnvironmentKey: OwnerRecord]) async throws(StoreFailure) {
        try await store.setOwners(owners)
    }
    func accounts() async throws(StoreFailure) -> [AccountRecord] {
        try await store.accounts()
    }
    func setMode(
        _ account: AccountID,
        _ mode: AccountRecord.Mode,
        of origin: AccountOverview.Origin,
        because: String,
        at: Date
    ) async throws(StoreFailure) {
        try await store.setMode(account, mode, of: origin, because: because, at: at)
    }
    func lapseModes(_ origins: [AccountID: AccountOverview.Origin]) async throws(StoreFailure) {
        try await store.lapseModes(origins)
    }
    func retire(_ target: Target, because: String, at: Date) async throws(StoreFailure) {
        try await store.retire(target, because: because, at: at)
    }
    func accept(_ target: Target, because: String, at: Date) async throws(StoreFailure) {
        try await store.accept(target, because: because, at: at)
    }
    func pause(because: String, at: Date) async throws(StoreFailure) {
        try await store.pause(because: because, at: at)
    }
    func resume(at: Date) async throws(StoreFailure) -> Bool {
        try await store.resume(at: at)
    }
    func pauseReason() async throws(StoreFailure) -> String? {
        try await store.pauseReason()
    }
    func policyInForce() async throws(StoreFailure) -> PolicyRevision? {
        try await store.policyInForce()
    }
    func policyRevisions() async throws(StoreFailure) -> [PolicyRevision] {
        try await store.policyRevisions()
    }
    func policyRevision(_ number: Int64) async throws(StoreFailure) -> PolicyRevision? {
        try await store.policyRevision(number)
    }
    func applyPolicy(
        _ source: PolicySource,
        hash: Digest,
        unwarned: [String],
        at: Date
    ) async throws(StoreFailure) -> PolicyRevision {
        try await store.applyPolicy(source, hash: hash, unwarned: unwarned, at: at)
    }
    func recordEvaluation(
        under revision: Int64,
        at: Date,
        _ body: (any DecisionWriting) async throws(StoreFailure) -> EvaluationRecord
    ) async throws(StoreFailure) {
        try await store.recordEvaluation(under: revision, at: at) { (writer) async throws(StoreFailure) in
            try await body(WriterInBetween(writer: writer, onRecord: onRecord))
        }
    }
    func completeEvaluations(upTo: Date) async throws(StoreFailure) -> [AccountID: Date] {
        try await store.completeEvaluations(upTo: upTo)
    }
    func accept(_ account: AccountID, because: String, at: Date) async throws(StoreFailure) {
        try await store.accept(account, because: because, at: at)
    }
    func replacedApprovals() async throws(StoreFailure) -> [PlanID: [ReplacedApprovals]] {
        try await store.replacedApprovals()
    }
    func store(
        _ plans: [DraftPlan],
        expiresAt: Date?,
        at: Date
    ) async throws(StoreFailure) -> (run: RunID?, plans: [PlanRecord]) {
        try await store.store(plans, expiresAt: expiresAt, at: at)
    }
    func plan(_ id: PlanID) async throws(StoreFailure) -> PlanRecord {
        onPlan(try await store.plan(id))
    }
    func plansOfEnded() async throws(StoreFailure) -> [PlanID: [EnvironmentKey]] {
        try await store.plansOfEnded()
    }
    func plans(open: Bool, run: RunID?, limit: Int) async throws(StoreFailure) -> [PlanRecord] {
        try await store.plans(open: open, run: run, limit: limit)
    }
    func approve(
        _ id: PlanID,
        digest: Digest,
        selfApproved: Bool,
        because: String?,
        expiresAt: Date,
        at: Date,
        quorum: @Sendable ([ApprovalRecord]) -> Bool
    ) async throws(StoreFailure) -> PlanRecord {
        try await store.approve(
            id,
            digest: digest,
            selfApproved: selfApproved,
            because: because,
            expiresAt: expiresAt,
            at: at,
            quorum: quorum
        )
    }
    func reject(_ id: PlanID, because: String, at: Date) async throws(StoreFailure) -> PlanRecord {
        try await store.reject(id, because: because, at: at)
    }
    func move(_ id: PlanID, from: Set<PlanState>, to: PlanState, because: String?, at: Date) async throws(StoreFailure)
    {
        try onMove()
        try await store.move(id, from: from, to: to, because: because, at: at)
    }
    func move(
        step number: Int,
        of plan: PlanID,
        from: StepState,
        to: StepState,
        reason: String?,
        at: Date
    ) async throws(StoreFailure) {
        try await store.move(step: number, of: plan, from: from, to: to, reason: reason, at: at)
    }
    func conclude(
        step number: Int,
        of plan: PlanID,
        intent: Date,
        from: StepState,
        to: StepState,
        reason: String?,
        at: Date
    ) async throws(StoreFailure) {
        try await store.conclude(step: number, of: plan, intent: intent, from: from, to: to, reason: reason, at: at)
    }
    func noteGone(step number: Int, of plan: PlanID, at: Date?) async throws(StoreFailure) {
        try await store.noteGone(step: number, of: plan, at: at)
    }
    func closeReaped(_ component: ComponentID, environment: EnvironmentKey, at: Date) async throws(StoreFailure) -> Bool
    {
        try await store.closeReaped(component, environment: environment, at: at)
    }
    func storeTombstone(
        _ content: [UInt8],
        of component: ComponentID,
        plan: PlanID,
        at: Date
    ) async throws(StoreFailure) {
        try await store.storeTombstone(content, of: component, plan: plan, at: at)
    }
    func hasTombstone(of component: ComponentID, plan: PlanID) async throws(StoreFailure) -> Bool {
        try await store.hasTombstone(of: component, plan: plan)
    }
    func teardowns(since: Date) async throws(StoreFailure) -> [BegunTeardown] {
        try await store.teardowns(since: since)
    }
    func setFindings(
        _ findings: [EnvironmentKey: FindingRecord],
        event: String,
        plan: PlanID?,
        at: Date
    ) async throws(StoreFailure) {
        try await onFindings()
        try await store.setFindings(findings, event: event, plan: plan, at: at)
    }
    func note(
        _ event: String,
        environment: EnvironmentKey?,
        plan: PlanID?,
        details: [String: String]
    ) async throws(StoreFailure) {
        try await store.note(event, environment: environment, plan: plan, details: details)
    }
    func claimLease(
        _ name: String,
        holder: String,
        for time: Duration,
        signatureWindow: Duration
    ) async throws(StoreFailure) -> LeaseClaim {
        try await store.claimLease(name, holder: holder, for: time, signatureWindow: signatureWindow)
    }
    func renewLease(_ lease: WorkLease, for time: Duration) async throws(StoreFailure) -> WorkLease {
        try await store.renewLease(lease, for: time)
    }
    func releaseLease(_ lease: WorkLease) async throws(StoreFailure) {
        try await store.releaseLease(lease)
    }
    func intend(
        step number: Int,
        of plan: PlanID,
        lease: WorkLease,
        at: Date
    ) async throws(StoreFailure) -> Duration {
        try await store.intend(step: number, of: plan, lease: lease, at: at)
    }
    func seal() async throws(StoreFailure) -> Int {
        try await store.seal()
    }
    func sealed(after number: Int64, limit: Int) async throws(StoreFailure) -> [SealedEntry] {
        try await store.sealed(after: number, limit: limit)
    }
    func unsealedCount() async throws(StoreFailure) -> Int {
        try await store.unsealedCount()
    }
    func lostBeforeSealing() async throws(StoreFailure) -> [Int64] {
        try await store.lostBeforeSealing()
    }
    func tombstones(of key: EnvironmentKey) async throws(StoreFailure) -> [TombstoneRecord] {
        try await store.tombstones(of: key)
    }
    func tombstone(of component: ComponentID, plan: PlanID) async throws(StoreFailure) -> [UInt8] {
        try await store.tombstone(of: component, plan: plan)
    }
    func note(_ leftovers: [Leftover], at: Date) async throws(StoreFailure) {
        try await store.note(leftovers, at: at)
    }
    func leftovers(open: Bool) async throws(StoreFailure) -> [LeftoverRecord] {
        try await store.leftovers(open: open)
    }
    func check(_ ids: [LeftoverID], seen: Bool, at: Date) async throws(StoreFailure) {
        try await store.check(ids, seen: seen, at: at)
    }
    func close(_ ids: [LeftoverID], at: Date) async throws(StoreFailure) {
        try await store.close(ids, at: at)
    }
    func recoverMessages(at: Date) async throws(StoreFailure) -> RecoveredMessages {
        try await store.recoverMessages(at: at)
    }
    func noticeHistory(endedAfter: Date) async throws(StoreFailure) -> [NoticeRecord] {
        try await store.noticeHistory(endedAfter: endedAfter)
    }
    func queuedNotices() async throws(StoreFailure) -> [QueuedNotices] {
        try await store.queuedNotices()
    }
    func queue(_ drafts: [MessageDraft], at: Date) async throws(StoreFailure) -> Int {
        try await store.queue(drafts, at: at)
    }
    func drop(_ ids: [MessageID], because: String, at: Date) async throws(StoreFailure) {
        try await store.drop(ids, because: because, at: at)
    }
    func beginSending(
        without: Set<String>,
        kind: MessageKind?,
        at: Date
    ) async throws(StoreFailure) -> OutgoingMessage? {
        try await store.beginSending(without: without, kind: kind, at: at)
    }
    func conclude(
        _ id: MessageID,
        try number: Int,
        as state: MessageState,
        reason: String,
        nextTry: Date?,
        at: Date
    ) async throws(StoreFailure) {
        try onConclude()
        try await store.conclude(id, try: number, as: state, reason: reason, nextTry: nextTry, at: at)
        try afterConclude()
    }
    func noteBounce(_ id: MessageID, because: String, at: Date) async throws(StoreFailure) -> Bool {
        try await store.noteBounce(id, because: because, at: at)
    }
    func messages(open: Bool, limit: Int) async throws(StoreFailure) -> [MessageRecord] {
        try await store.messages(open: open, limit: limit)
    }
    func message(_ id: MessageID) async throws(StoreFailure) -> MessageRecord {
        try await store.message(id)
    }
    func message(letter: LetterID) async throws(StoreFailure) -> MessageRecord? {
        try await store.message(letter: letter)
    }
    func deliveredWarnings() async throws(StoreFailure) -> [DeliveredWarning] {
        try await store.deliveredWarnings()
    }
    func environments(endedAfter: Date) async throws(StoreFailure) -> [EnvironmentRecord] {
        try await store.environments(endedAfter: endedAfter)
    }
}

private struct WriterInBetween: DecisionWriting {
    let writer: any DecisionWriting
    let onRecord: @Sendable () async throws(StoreFailure) -> Void

    func write(_ decisions: [Decision]) async throws(StoreFailure) {
        // With nothing to write it only says that the work goes on.
        if !decisions.isEmpty { try await onRecord() }
        try await writer.write(decisions)
    }
}
