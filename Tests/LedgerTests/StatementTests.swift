import Core
import Foundation
import Postgres
import TestSupport
import Testing

@testable import Ledger

/// Every statement of the ledger, with values of the right types.
private let statements: [SQL] = {
    let keys = KeyColumns([key("feat-x")])
    let verdict = VerdictRecord(
        verdict: "keep",
        verdictClass: nil,
        reason: "",
        policy: nil,
        revision: 1,
        trace: [],
        changesAt: nil,
        since: day(0)
    )
    let finding = FindingRecord(state: "due", before: nil, json: [], flaggedAt: day(0), dueAt: nil)
    let owner = OwnerRecord(owner: nil, source: "none", detail: "", conflict: false)
    let plan = PlanID(1)
    let chosen = EnvironmentStatements.newestLives(of: EnvironmentName("feat-x"))
    let scans: [SQL] = [
        ScanStatements.addAccounts(["1"]),
        ScanStatements.addTargets([target]),
        ScanStatements.targetStates(), ScanStatements.newestReadings(complete: true),
        ScanStatements.newestReadings(complete: false), ScanStatements.environmentsByTarget(),
        ScanStatements.known(in: target), ScanStatements.newest(),
        ScanStatements.newestWhole(), ScanStatements.ended(ScanID(1)), ScanStatements.workers(of: ScanID(1)),
        ScanStatements.readings(of: ScanID(1)), ScanStatements.newestNaming(),
        ScanStatements.addNaming(Digest(of: ""), at: day(0)), ScanStatements.groupingInput(),
    ]
    let targets: [SQL] = [
        TargetStatements.organizationAccounts(), TargetStatements.organizationListing(),
        TargetStatements.auditListing(), TargetStatements.mergeListing(at: day(0)),
        TargetStatements.leaveOrganization(at: day(0)), TargetStatements.noteListed(at: day(0)),
        TargetStatements.noteUnlisted(ProviderFailure(.denied, "", advice: ""), at: day(0)),
        TargetStatements.regions(), TargetStatements.noteRegions([target.region], of: target.account, at: day(0)),
        TargetStatements.noteUnread(ProviderFailure(.denied, "", advice: ""), of: target.account, at: day(0)),
        TargetStatements.reopen(target, because: "", at: day(0)),
    ]
    let share = ScanShare(scan: ScanID(1), worker: WorkerID(1), joined: false)
    let claim = TargetClaim(
        scan: ScanID(1),
        worker: WorkerID(1),
        target: target,
        fence: 1,
        attempt: 1,
        accepted: false
    )
    let extent = ScanExtent(targets: [target], whole: true, full: false, naming: Digest(of: ""), isShared: true)
    let lane = PaceLane(account: target.account, region: target.region, service: "cloudformation")
    let pace = PaceLimits(perSecond: 2.5, burst: 20)
    let sharing: [SQL] = [
        SharingStatements.abandonUnheard(at: day(0)), SharingStatements.running(extent.digest),
        SharingStatements.begin(extent, at: day(0)),
        SharingStatements.addWorker("", to: ScanID(1), lease: .seconds(1)),
        SharingStatements.line(up: [target], for: ScanID(1)), SharingStatements.nextFree(in: ScanID(1)),
        SharingStatements.claim(1, for: share, lease: .seconds(1)), SharingStatements.giveBack(for: ScanID(1)),
        SharingStatements.renew(share, lease: .seconds(1)), SharingStatements.hear(share, lease: .seconds(1)),
        SharingStatements.settle(claim, target: 1), SharingStatements.giveBack(claim),
        SharingStatements.noteCalls(of: WorkerID(1), JSONB("{}"), read: 1), SharingStatements.progress(of: share),
        SharingStatements.finish(ScanID(1), isWhole: true, notes: JSONB("[]"), at: day(0)),
        PaceStatements.reserve(lane, count: 1, limits: pace), PaceStatements.throttle(lane, limits: pace),
    ]
    let readings: [SQL] = [
        ReadingStatements.lockTarget(target), ReadingStatements.everSeen([""]), ReadingStatements.takeNumbers(1),
        ReadingStatements.addComponents(target: 1, at: day(0)),
        ReadingStatements.changeComponents(at: day(0)), ReadingStatements.removeResources(),
        ReadingStatements.addResources(), ReadingStatements.markGone([""], target: 1, at: day(0)),
        ReadingStatements.addComplete(claim, target: 1, from: day(0), until: day(0), counts: [:], gone: 0),
        ReadingStatements.addIncomplete(
            claim,
            target: 1,
            outcome: "failed",
            from: day(0),
            until: day(0),
            failure: "",
            advice: nil
        ),
        ReadingStatements.trustTarget(1), ReadingStatements.suspectTarget(1, because: "", at: day(0)),
    ]
    let listings: [SQL] = [
        ListingStatements.compare([""], marks: [nil], in: target, under: 1), ListingStatements.known([""], in: target),
        ListingStatements.absent(from: target, besides: [1]),
        ListingStatements.fingerprint(), ListingStatements.grouping(),
        ListingStatements.noteGrouping(ReadingRules(naming: Digest(of: "")), present: 0, fingerprint: "0", at: day(0)),
    ]
    let functions: [SQL] = [
        FunctionStatements.known(in: target), FunctionStatements.addUnread(in: 1),
        FunctionStatements.noteRead(in: 1, listed: nil, at: day(0)),
        FunctionStatements.noteFailed(in: 1, ProviderFailure(.denied, "", advice: ""), at: day(0)),
        FunctionStatements.uses(of: chosen), FunctionStatements.all(of: EnvironmentStatements.openLives),
        FunctionStatements.merge(in: 1),
    ]
    let nowhere = HostFailure("", advice: "")
    let branches: [SQL] = [
        BranchStatements.repositories, BranchStatements.pages, BranchStatements.requests,
        BranchStatements.standing(of: chosen), BranchStatements.branches(of: chosen),
        BranchStatements.requests(of: EnvironmentStatements.openLives), BranchStatements.addRepositories(JSONB("[]")),
        BranchStatements.removeStanding(but: JSONB("[]")), BranchStatements.addStanding(JSONB("[]")),
        BranchStatements.lock(""), BranchStatements.noteFailed(1, nowhere, at: day(0)),
        BranchStatements.forgetOther(1, but: "1"),
        BranchStatements.noteRead(1, RepositoryReading(branches: .failure(nowhere)), at: day(0)),
        BranchStatements.noteDoubt(1, ListDoubt(since: day(0), kept: 1, project: nil)),
        BranchStatements.noteRequests(1, RequestListing(requests: []), at: day(0)),
        BranchStatements.noteRequestsFailed(1, nowhere), BranchStatements.removePages(1, but: []),
        BranchStatements.addPages(1, JSONB("[]")), BranchStatements.addRequests(1, JSONB("[]")),
        BranchStatements.setBranches(1, JSONB("[]")), BranchStatements.removeRequests(1, but: JSONB("[]")),
        BranchStatements.addRequestsOfEnvironments(1, JSONB("[]")),
    ]
    let costs: [SQL] = {
        let cost = ComponentCost(
            component: stackID("a"),
            month: CostMonth(containing: day(0)),
            basis: .billed,
            amounts: [Money(1, "USD")],
            readAt: day(0)
        )
        let outcome = CostReadingOutcome(
            account: target.account,
            tag: "t",
            metric: .unblended,
            at: day(0),
            costs: .success([cost])
        )
        return [
            CostStatements.readings, CostStatements.subjects(since: day(0)),
            CostStatements.parts(of: EnvironmentStatements.openLives), CostStatements.noteRead(outcome),
            CostStatements.noteFailed(outcome, ProviderFailure(.denied, "no", advice: "")),
            CostStatements.forgetOther(outcome), CostStatements.forgetOld(before: cost.month),
            CostStatements.remove([cost]), CostStatements.add([cost]), CostStatements.addAmounts([cost]),
        ]
    }()
    let signals: [SQL] = [
        SignalStatements.subjects(.everything), SignalStatements.resources(of: [1]),
        SignalStatements.records(of: chosen),
        SignalStatements.schedules(of: [stackID("a")]),
        SignalStatements.setSchedules(of: [stackID("a")], contents: [[]], [JSONB("[]")]),
        SignalStatements.set(keys, [SignalRecord(kind: .invoked, missing: "", readAt: day(0))]),
        SignalStatements.forgetEnded(),
    ]
    let regroupings: [SQL] = [
        RegroupStatements.endLives(at: day(0)), RegroupStatements.beginLives(at: day(0)), RegroupStatements.classify(),
        RegroupStatements.moveIn(at: day(0)), RegroupStatements.moveOut(), RegroupStatements.addTargets(),
        RegroupStatements.age(),
        RegroupStatements.endReleases(at: day(0)),
    ]
    var selection = EnvironmentSelection()
    selection.standing = ""
    selection.name = NameGlob("feat-*")
    selection.accounts = [target.account]
    selection.limit = 1
    let environments: [SQL] = [
        SelectionStatements.lives(selection), DecisionStatements.waitForReading(), DecisionStatements.isAlive(),
        DecisionStatements.waitNoLonger(),
        EnvironmentStatements.records(of: EnvironmentStatements.lives([1]), traces: false),
        EnvironmentStatements.records(of: chosen), EnvironmentStatements.coverage(of: EnvironmentStatements.openLives),
        EnvironmentStatements.components(of: key("feat-x")), EnvironmentStatements.components(classes: ["feature"]),
        EnvironmentStatements.resources(of: stackID("a")), EnvironmentStatements.setOwners(keys, [owner]),
        AuditStatements.entries(of: nil, limit: 1), AuditStatements.entries(of: key("feat-x"), limit: 1),
        AuditStatements.add("", environment: key("feat-x"), plan: nil, details: JSONB("{}")), AuditStatements.clock(),
        AuditStatements.login(),
    ]
    let holds: [SQL] =
        HoldStatements.Kind.allCases.flatMap { kind in
            [
                HoldStatements.set(kind, key("feat-x"), until: day(0), because: "", at: day(0)),
                HoldStatements.end(kind, key("feat-x"), event: "", at: day(0)),
            ]
        } + [
            HoldStatements.claim(key("feat-x"), owner: "", at: day(0)),
            HoldStatements.release(key("feat-x"), at: day(0)),
            HoldStatements.endReleases(key("feat-x"), because: "", at: day(0)), HoldStatements.lock(key("feat-x")),
        ]
    let accounts: [SQL] = [
        AccountStatements.all(),
        AccountStatements.setMode(target.account, .reap, of: .settings, because: "", at: day(0)),
        AccountStatements.lapseModes([], of: []),
        AccountStatements.retire(target, because: "", at: day(0)),
        AccountStatements.accept(target, because: "", at: day(0)), AccountStatements.pause(because: "", at: day(0)),
        AccountStatements.resume(at: day(0)), AccountStatements.pauseReason(),
        AccountStatements.hold([AccountHold(account: target.account, since: day(0), because: "x")], at: day(0)),
        AccountStatements.accept(target.account, because: "", at: day(0)),
    ]
    let decisions: [SQL] = [
        DecisionStatements.revisions(), DecisionStatements.newestRevision(), DecisionStatements.revision(1),
        DecisionStatements.addRevision(PolicySource(""), hash: Digest(of: ""), unwarned: ["x"], at: day(0)),
        DecisionStatements.unknown(keys),
        DecisionStatements.setVerdicts(keys, [verdict]),
        DecisionStatements.setFindings(keys, [finding], revision: nil, at: day(0)),
        DecisionStatements.findingStates(keys),
        DecisionStatements.addEvents(keys, [""], details: [JSONB("{}")], plan: nil),
        DecisionStatements.add(
            EvaluationRecord(scan: ScanID(1), revision: 1, counts: [:]),
            counts: JSONB("{}"),
            at: day(0)
        ),
        DecisionStatements.completeEvaluations(upTo: day(0)),
    ]
    let plans: [SQL] = [
        PlanStatements.addRun(at: day(0)), PlanStatements.openPlans(of: keys),
        PlanStatements.add(
            run: 1,
            state: .draft,
            document: JSONB("{}"),
            digest: Digest(of: ""),
            blockers: JSONB("[]"),
            forecast: JSONB("{}"),
            terms: JSONB("{}"),
            grounds: JSONB("{}"),
            revision: 1,
            expiresAt: nil,
            at: day(0)
        ),
        PlanStatements.addEnvironments(plan: 1, keys, classes: ["stale"]), PlanStatements.addSteps(plan: 1, keys, []),
        PlanStatements.plans(where: "plan_id = \(1)", limit: 1),
        PlanStatements.plans(where: PlanStatements.concerns(key("feat-x")), limit: 1),
        PlanStatements.approvals(of: [1]),
        PlanStatements.steps(of: [1]), PlanStatements.plansOfEnded(), PlanStatements.replacedApprovals(),
        PlanStatements.lock(plan),
        PlanStatements.said("approved", of: plan),
        PlanStatements.addApproval(
            plan,
            digest: Digest(of: ""),
            decision: "approved",
            selfApproved: false,
            because: nil,
            at: day(0)
        ),
        PlanStatements.approve(plan, expiresAt: day(0), at: day(0)),
        PlanStatements.move([1], from: [.approved], to: .running, because: nil, at: day(0)),
        PlanStatements.state(of: plan), PlanStatements.teardowns(since: day(0)),
    ]
    let steps: [SQL] =
        StepState.allCases.map {
            StepStatements.move(1, of: plan, from: .pending, to: $0, reason: nil, at: day(0))
        } + [
            StepStatements.intend(1, of: plan, fence: 1, at: day(0)),
            StepStatements.state(of: 1, plan: plan), StepStatements.noteGone(1, of: plan, at: day(0)),
            StepStatements.closeReaped(stackID("a"), at: day(0)), StepStatements.endLife(of: key("feat-x"), at: day(0)),
            StepStatements.hasEnded(key("feat-x")),
            StepStatements.addTombstone([], of: stackID("a"), plan: plan, at: day(0)),
            StepStatements.hasTombstone(of: stackID("a"), plan: plan),
        ]
    let kept = RecordsKept(scans: .seconds(1), evaluations: .seconds(1), messages: .seconds(1))
    let lease = WorkLease(name: "reap", fence: 1, remaining: .zero)
    let leases: [SQL] = [
        LeaseStatements.claim("reap", holder: "", for: .zero, signatureWindow: .zero), LeaseStatements.look(lease),
        LeaseStatements.holder(of: "reap"), LeaseStatements.renew(lease, for: .zero), LeaseStatements.release(lease),
        SealStatements.seal(), SealStatements.byIndex(), SealStatements.sealed(after: 0, limit: 1),
        SealStatements.unsealedCount(),
        SealStatements.lost(),
        TombstoneStatements.tombstones(of: key("feat-x")), TombstoneStatements.read(stackID("a"), plan: plan),
        RetentionStatements.old(keptFor: .seconds(1)), RetentionStatements.forget(keptFor: .seconds(1)),
        RetentionStatements.oldRecords(kept), RetentionStatements.forgetRecords(kept),
        LeftoverStatements.note([], at: day(0)), LeftoverStatements.leftovers(open: true),
        LeftoverStatements.check([1], seen: true, at: day(0)), LeftoverStatements.close([1], at: day(0)),
    ]
    let notice = Core.Notice(.warned, of: key("feat-x"), subject: "")
    let letter = Letter(subject: "", text: "", id: LetterID("x"), list: "notices", date: day(0))
    let draft = MessageDraft(kind: .notices, recipient: .address("a@b.c"), letter: letter, notices: [notice])
    let message = MessageID(1)
    let messages: [SQL] = [
        MessageStatements.abandon(at: day(0)), MessageStatements.repeatUncertain(at: day(0)),
        MessageStatements.history(endedAfter: day(0)), MessageStatements.queuedNotices(),
        MessageStatements.queue([draft], letters: [JSONB("{}")], at: day(0)), MessageStatements.clearNotices(of: [1]),
        MessageStatements.addNotices([notice], to: [1]), MessageStatements.drop([1], because: "", at: day(0)),
        MessageStatements.beginSending(without: [], kind: nil, at: day(0)),
        MessageStatements.concluded(message, try: 1, as: .accepted, reason: ""),
        MessageStatements.conclude(message, try: 1, as: .accepted, reason: "", nextTry: nil, at: day(0)),
        MessageStatements.bounce(message, because: "", at: day(0)), MessageStatements.messages(open: true, limit: 1),
        MessageStatements.message(message), MessageStatements.message(letter: letter.id),
        MessageStatements.deliveredWarnings(),
        EnvironmentStatements.records(of: EnvironmentStatements.lives(endedAfter: day(0))),
        EnvironmentStatements.records(of: EnvironmentStatements.lives(of: EnvironmentName("feat-x"), in: sandbox)),
        NightStatements.abandon(at: day(0)), NightStatements.begin(holder: "", lease: .zero, at: day(0)),
        NightStatements.running(),
        NightStatements.prolong(NightID(1), lease: .zero),
        NightStatements.end(NightID(1), outcome: .done, status: 0, numbers: JSONB("{}"), leftUndone: [], at: day(0)),
        NightStatements.nights(since: day(0)), NightStatements.lastGood(), NightStatements.first(),
    ]
    let reports: [SQL] = [
        ReportStatements.evaluations(since: day(0)), ReportStatements.endedTeardowns(since: day(0)),
        ReportStatements.lastCompleteScan(), ReportStatements.sealHead(),
        AuditStatements.entries(of: "", since: day(0), limit: 1),
    ]
    let registrations: [SQL] = [
        RegistrationStatements.register(
            RegistrationDraft(name: EnvironmentName("feat-x"), owner: OwnerName("anna")),
            in: sandbox
        ),
        RegistrationStatements.spaces(with: EnvironmentName("feat-x")),
    ]
    let evidence = TrailEvidence(
        component: stackID("a"),
        part: .made,
        event: "e",
        call: .createStack,
        at: day(0),
        identity: TrailIdentity(kind: "Root")
    )
    let trails: [SQL] = [
        TrailStatements.candidates(), TrailStatements.trails(of: TrailStatements.unowned),
        TrailStatements.untold(of: TrailStatements.unowned), TrailStatements.states(),
        TrailStatements.trailed(ids: [""], names: [""], in: target),
        TrailStatements.keep([evidence], identities: [JSONB("{}")]),
        TrailStatements.note(TrailState(triedAt: day(0)), of: .createStack, in: target),
    ]
    let others: [SQL] = [
        LockStatements.untilTheEnd(""), LockStatements.take(""), LockStatements.release(""), MigrationStatements.lock(),
        MigrationStatements.unlock(), MigrationStatements.hasTable(), MigrationStatements.applied(),
        MigrationStatements.add(Migrations.all[0]), MigrationStatements.owner(), MigrationStatements.grantsApplied(),
        MigrationStatements.role(""), MigrationStatements.hasSchema(), MigrationStatements.tables(),
        MigrationStatements.rows(of: "scans"), MigrationStatements.groupMembers(),
        MigrationStatements.rightsToRestore(),
    ]
    let parts =
        EnvironmentStatements.openCursor() + [EnvironmentStatements.fetch(1), EnvironmentStatements.fetchTargets(1)]
    let inventory =
        scans + sharing + readings + listings + parts + functions + branches + signals + costs + regroupings
        + environments
    return inventory + holds + accounts + decisions + plans + steps + leases
        + messages + reports + registrations + trails + targets + others
}()

/// These take no binds and cannot be prepared; every other test runs them.
private let utilities: Set<String> = [
    "stage components", "stage resources", "stage functions", "stage members", "stage organization", "make schema",
    "make migrations table",
    "use schema",
    "become owner",
    "remark on schema", "add login", "join groups", "add group", "let owner make schema",
]

@Suite struct StatementTests {
    @Test func `every statement prepares against the migrated schema`() async throws {
        try await LedgerFixture.with { fixture in
            let connection = try await Connection.open(fixture.settings)
            try await connection.transaction { connection in
                try await connection.execute(ReadingStatements.stageComponents())
                try await connection.execute(ReadingStatements.stageResources())
                try await connection.execute(FunctionStatements.stage())
                try await connection.execute(RegroupStatements.stageMembers())
                try await connection.execute(TargetStatements.stageListing())
                for statement in statements {
                    do throws(PostgresError) {
                        _ = try await connection.describe(statement)
                    } catch {
                        Issue.record("\(statement.name ?? "?"): \(error.debugDescription)")
                        throw error
                    }
                }
            }
            await connection.close()
        }
    }

    /// A statement that is added without being prepared here makes this fail.
    @Test func `no statement is left out`() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Sources/Ledger/Statements").standardizedFileURL
        var written: Set<String> = []
        for file in try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil) {
            let text = try String(contentsOf: file, encoding: .utf8)
            for match in text.matches(of: /(?:\bnamed\(\s*|\? |: )"([a-z][a-z ]*)"[,)\n]/) {
                written.insert(String(match.1))
            }
        }
        let prepared = Set(statements.compactMap(\.name)).union(utilities)
        #expect(written.count > 80)
        #expect(written.subtracting(prepared).isEmpty)
    }
}
