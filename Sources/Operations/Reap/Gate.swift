import Core
import Foundation

/// Everything that is checked before the first destructive call, and again before each environment.
struct Gate: Sendable {
    let wiring: Wiring
    let pausedHere: @Sendable () -> String?
    let policies: PolicySet
    var cleared: ClearedAccounts?

    enum Answer: Sendable {
        case open
        /// Not now; nothing about the plan has changed.
        case waits(because: String)
        /// Not now, and somebody has to look into it.
        case barred(because: String)
        /// What was approved is not what is there.
        case moved(because: String)
    }

    /// `ready`: the steps that would start.
    func check(
        _ plan: PlanRecord,
        environment key: EnvironmentKey,
        ready: [StepRecord]
    ) async throws -> Answer {
        if let reason = try await standstill() { return .waits(because: reason) }
        if let reason = try approval(of: plan, key) { return .moved(because: reason) }
        if plan.terms.automatic, !wiring.automaticAllowed {
            return .barred(because: "it needs no person's approval, which is possible only against an emulator")
        }
        let environments = try await wiring.store.environments()
        guard let record = environments.first(where: { $0.key == key }) else {
            // What stays behind the last stack outlives its environment, about which there is nothing more to ask.
            if ready.allSatisfy({ $0.step.action.kind == .deleteLogGroup }) { return try await leftBehind(ready, key) }
            return .moved(because: "\(key.name) is not in the inventory any more")
        }
        if let reason = try await overBudget(plan, record, environments) { return .waits(because: reason) }
        switch try await verdict(plan, record) {
        case .open: break
        case .waits(let because): return .waits(because: because)
        case .barred(let because): return .barred(because: because)
        case .moved(let because): return .moved(because: because)
        }
        return try await worldMoved(plan, record)
    }

    /// P8: pause as a row, a file or the environment, the window and the clocks; read before every destructive call.
    func standstill() async throws -> String? {
        if let because = pausedHere() { return "paused here: \(because)" }
        if let because = try await wiring.store.pauseReason() { return "paused: \(because)" }
        let now = wiring.clock()
        if let window = policies.window, !window.isOpen(at: now) {
            let opens = window.nextOpening(after: now).map { "opens \($0.minuteText)" } ?? "never opens again"
            return "the window is shut; it \(opens)"
        }
        do { try await wiring.checkClocks() } catch { return error.summary }
        return nil
    }

    /// P2: enough people said yes to exactly what is stored, and their yes has not run out.
    private func approval(of plan: PlanRecord, _ key: EnvironmentKey) throws -> String? {
        guard plan.document.digest == plan.digest else {
            return "its content does not match the digest that was approved"
        }
        let reached = Quorum.reached(
            plan.approvals,
            terms: plan.terms,
            requester: plan.madeBy,
            digest: plan.digest,
            person: wiring.personName(of:)
        )
        guard reached else {
            return "not enough people approved this digest"
        }
        // An environment that has begun is carried to its end; expiry keeps each one from beginning.
        if !plan.hasBegun(key), let expires = plan.expiresAt, expires <= wiring.clock() {
            return "its approval ran out"
        }
        return nil
    }

    /// P7: rechecked per environment against committed intents.
    ///
    /// One that has begun is counted already.
    private func overBudget(
        _ plan: PlanRecord,
        _ record: EnvironmentRecord,
        _ environments: [EnvironmentRecord]
    ) async throws -> String? {
        if plan.hasBegun(record.key) { return nil }
        // The plan counts as a whole, or one of several environments would stop half-way at its own share.
        let use = try await BudgetLedger(wiring: wiring)
            .use(
                on: policies,
                now: wiring.clock(),
                run: plan.run,
                leavingOut: Set(plan.document.environments.map(\.key))
            )
        let population = try await BudgetLedger(wiring: wiring)
            .population(environments, on: policies, now: wiring.clock())
        let pick = policies.budgets.pick(
            [plan.budgeted(environments)],
            used: use,
            population: population
        )
        return (pick.deferred + pick.blocked).first.map { "deferred: \($0.budget)" }
    }

    /// Protection, leases and the ground that the plan rests on.
    private func verdict(_ plan: PlanRecord, _ record: EnvironmentRecord) async throws -> Answer {
        let now = wiring.clock()
        if let hold = record.protection, hold.until > now {
            return .moved(because: "it is protected by \(hold.by): \(hold.because)")
        }
        let accounts = Dictionary(uniqueKeysWithValues: try await wiring.accounts().map { ($0.account, $0) })
        for coverage in record.targets where accounts[coverage.target.account]?.mode != .reap {
            return .moved(because: "account \(coverage.target.account) is in report mode")
        }
        // P7: what has begun is brought to its end.
        if !plan.hasBegun(record.key),
            let hold = record.targets.compactMap({ accounts[$0.target.account]?.hold }).first
        {
            return .barred(because: "\(hold.text); \(hold.remedy)")
        }
        guard let planned = plan.document.environments.first(where: { $0.key == record.key }) else {
            return .moved(because: "it is not in the plan")
        }
        guard record.kind == .feature else { return .moved(because: "it is \(record.kind.rawValue) now") }
        // The finding follows every change of mind: cleared, or its grace begun anew (D5).
        let ripe: Set<FindingState> = [.planned, .reaping]
        let state = record.findingState.flatMap(FindingState.init(rawValue:))
        if planned.verdictClass != .named, !(state.map(ripe.contains) ?? false) {
            return .moved(because: "its finding is \(state?.rawValue ?? "gone") now")
        }
        let revision = try await wiring.store.policyInForce()?.number
        if planned.verdictClass != .named, !plan.hasBegun(record.key),
            let reason = record.isOutdated(revision: revision, accounts: accounts)
        {
            return .waits(because: "\(reason): curfew evaluate comes first")
        }
        let facts = wiring.facts(record)
        // R1: a partial reading concludes nothing, not even that the plan is void.
        switch facts.reading {
        case .partial(let why), .suspect(let why):
            return .waits(because: "its targets were not read completely: \(why)")
        case .complete: break
        }
        // Whatever ground a plan has, naming it included.
        if case .inProgress(let text, _) = facts.rollout, !plan.hasBegun(record.key) {
            return .moved(because: "a new version is being rolled out: \(text)")
        }
        if !plan.hasBegun(record.key), let reason = shortfall(plan, planned, facts, now: now) {
            return .moved(because: reason)
        }
        let judgement = judge(facts, policies, now: now)
        let moved = Answer.moved(because: "it is \(judgement.verdict.rawValue) now: \(judgement.reason)")
        switch judgement.verdict {
        case .permanent, .protected, .ambiguous, .leased: return moved
        case .undecided: return planned.verdictClass == .named ? .open : .waits(because: judgement.reason)
        case .stale, .keep: break
        }
        if planned.verdictClass == .named { return .open }
        // A teardown under way changes what the rules see (the stack with the TTL tag may go first), so from there on
        // only what people said since counts, besides the fingerprint.
        if plan.hasBegun(record.key) {
            let said = record.claimedAt.map { claimed in plan.approvedAt.map { claimed > $0 } ?? true } ?? false
            return said ? .moved(because: "\(record.claim ?? "somebody") claimed it since the approval") : .open
        }
        return judgement.verdictClass == planned.verdictClass ? .open : moved
    }

    /// P2: a plan is carried out on what the policy in force asks for, not on what one asked for that is none any more.
    private func shortfall(
        _ plan: PlanRecord,
        _ planned: PlannedEnvironment,
        _ facts: EnvironmentFacts,
        now: Date
    ) -> String? {
        let candidates = policies.choice(for: facts).candidates
        let terms = ApprovalTerms.strictest(
            candidates.map { ApprovalTerms($0, byPerson: planned.verdictClass == .named) }
        )
        return plan.shortfall(under: terms, of: policies, now: now, person: wiring.personName(of:))
    }

    /// Who we are and what may be done there, for what a stack that is gone has left.
    private func leftBehind(_ ready: [StepRecord], _ key: EnvironmentKey) async throws -> Answer {
        let targets = Set(ready.map(\.step.target))
        let accounts = Dictionary(uniqueKeysWithValues: try await wiring.accounts().map { ($0.account, $0) })
        for target in targets.sorted() where accounts[target.account]?.mode != .reap {
            return .moved(because: "account \(target.account) is in report mode")
        }
        let check = AccountCheck(wiring: wiring, cleared: cleared, environment: key)
        let alarms = try await check.alarms(for: targets)
        return alarms.values.first.map { .barred(because: $0.text) } ?? .open
    }

    /// P3, P5, P6, P9: the account, the live fingerprint and everything that blocks, read now.
    private func worldMoved(_ plan: PlanRecord, _ record: EnvironmentRecord) async throws -> Answer {
        let targets = Set(record.targets.map(\.target))
        let check = AccountCheck(wiring: wiring, cleared: cleared, environment: record.key)
        if let alarm = try await check.alarms(for: targets).values.first {
            return .barred(because: alarm.text)
        }
        // A protection that was switched off, for one, does not explain that the stack is another than before.
        let explained = plan.explained
        let explainedNames = Set(plan.steps.filter { explained.contains($0.step.component) }.map(\.step.name))
        let mine = Set(plan.document.steps.filter { $0.environment == record.key }.map(\.component)).subtracting(
            explained
        )
        let known = try await wiring.store.components(of: record.key)
            .filter { mine.contains($0.id) }
            // The inventory may already call a component gone that the plan still names; it is read by id all the same.
            .map { component in
                var component = component
                component.gone = nil
                return component
            }
        let nested = Set(try await wiring.store.components(classes: [.nested]).map(\.id))
        let survey = await Surveyor(wiring)
            .survey([record], components: known, nested: nested)
            .withProtectionAsApproved(plan.protectionSwitchedOff)
        let all = Set(plan.document.steps.map(\.component))
        let lifted = LiftedBlockers(plan.document.steps)
        let found = Blockers(survey: survey, inside: mine, lifted: lifted).all().filter { blocker in
            // Importers inside the plan go before; only those outside block.
            blocker.kind != .importer || !insideOnly(blocker, survey: survey, plan: all.union(explained))
        }
        if let blocker = found.first { return .moved(because: blocker.text) }
        switch survey.fingerprint(of: [record], components: mine) {
        case .failure(let failure): return .moved(because: "a part of it could not be read: \(failure.summary)")
        case .success(let live):
            let then = plan.document.fingerprint.restricted(to: record.key, components: mine)
                .limitedImporters(to: survey, targets: mine)
            let differences = live.leavingOut(explained, names: explainedNames)
                .differences(from: then.leavingOut(explained, names: explainedNames))
            return differences.isEmpty ? .open : .moved(because: differences.prefix(3).joined(separator: "; "))
        }
    }

    private func insideOnly(_ blocker: Blocker, survey: Survey, plan: Set<ComponentID>) -> Bool {
        guard let id = blocker.component, let component = survey.components[id] else { return false }
        return component.exports.flatMap(\.importers).allSatisfy { $0.id.map(plan.contains) ?? false }
    }
}

extension Fingerprint {
    /// The approved importers, of the exports of the components that were read again.
    fileprivate func limitedImporters(to survey: Survey, targets ids: Set<ComponentID>) -> Fingerprint {
        var result = self
        let exports = Set(
            ids.compactMap { survey.components[$0] }.flatMap { component in
                component.exports.map { "\(component.observed.target) \($0.name)" }
            }
        )
        result.importers = importers.filter { exports.contains($0.key) }
        return result
    }
}
