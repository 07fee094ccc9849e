import Core
import Foundation

/// One reap under its lease: rounds over all plans until they end or its time is over.
struct ReapRun: Sendable {
    let reap: Reap
    let lease: HeldLease
    let powers: Powers
    let pace: Pace
    /// P9: asked before the first call of each environment, and again every minute.
    let cleared = ClearedAccounts()
    let progress: @Sendable (String) -> Void
    let began: Date

    init(reap: Reap, lease: HeldLease, progress: @escaping @Sendable (String) -> Void) {
        self.reap = reap
        self.lease = lease
        powers = Powers(reap.powers)
        pace = Pace(reap.pacing, provider: reap.wiring.provider, targets: reap.wiring.rules.targets)
        self.progress = progress
        began = reap.wiring.clock()
    }

    var wiring: Wiring { reap.wiring }

    func carryOut(_ named: [PlanID]?) async throws -> Reap.Outcome {
        // What a crash left unsealed, before anything of it is taken up.
        try await wiring.store.seal()
        for plan in try await PlanExpiry(wiring: wiring).run(now: wiring.clock()) {
            progress("\(plan) is not carried out: its approval ran out; plan again: curfew plan --due")
        }
        for (plan, because) in try await EndedEnvironments(wiring: wiring).run(now: wiring.clock()) {
            progress("\(plan.id) is not carried out: \(because)")
        }
        try await FindingRepair(wiring: wiring).run(now: wiring.clock())
        let (_, policies) = try await wiring.policyInForce()
        var chosen = try await choose(named)
        if named != nil { try await refuseOverBudget(chosen, policies: policies) }
        // What was interrupted comes first, then in the order of approval.
        chosen.sort {
            ($0.state == .running ? 0 : 1, $0.approvedAt ?? .distantFuture, $0.id) < (
                $1.state == .running ? 0 : 1, $1.approvedAt ?? .distantFuture, $1.id
            )
        }
        try await prime(chosen, named: named != nil)
        let runs = chosen.map { PlanRun(run: self, plan: $0.id, policies: policies) }
        var outcome = try await rounds(runs)
        for run in runs {
            let plan = try await wiring.store.plan(run.plan)
            outcome.plans.append(plan)
            outcome.deleting += plan.steps.filter(\.isUnderWay).map { (plan.id, $0.step.component) }
        }
        return outcome
    }

    /// What began earlier in the same runs counts for their waves, unless a person names what is to be done now.
    private func prime(_ chosen: [PlanRecord], named: Bool) async throws {
        if !named {
            for run in Set(chosen.compactMap(\.run)).sorted() {
                for plan in try await wiring.store.plans(open: false, run: run, limit: 10_000) {
                    await pace.look(plan)
                }
            }
        }
        for plan in try await wiring.store.plans(open: true, run: nil, limit: 10_000) where plan.state == .running {
            await pace.look(plan, counts: false)
        }
        for plan in chosen { await pace.look(plan) }
    }

    private func rounds(_ runs: [PlanRun]) async throws -> Reap.Outcome {
        var outcome = Reap.Outcome()
        let deadline = wiring.clock().later(by: wiring.timings.observe)
        var open = runs
        var queued: [PlanID: String] = [:]
        while !open.isEmpty {
            await pace.beginRound()
            var still: [PlanRun] = []
            var (isMoving, isWorking) = (false, false)
            for run in open {
                try await lease.keep()
                queued[run.plan] = nil
                // P10: one plan's failure never blocks another. A lost database does: then everything stops (P8).
                do {
                    let state = try await run.advance()
                    await pace.look(try await wiring.store.plan(run.plan))
                    switch state {
                    case .ended: isMoving = true
                    case .stopped(let because):
                        outcome.stopped.append((run.plan, because))
                        isMoving = true
                    case .waits(let because):
                        outcome.waiting.append((run.plan, because))
                        try await letGo(run.plan, as: .halted)
                        isMoving = true
                    case .barred(let because):
                        outcome.troubled.append((run.plan, because))
                        try await letGo(run.plan, as: .failed)
                        isMoving = true
                    case .observing: still.append(run)
                    case .working:
                        still.append(run)
                        isWorking = true
                    case .queued(let because):
                        queued[run.plan] = because
                        still.append(run)
                    }
                } catch let failure as StoreFailure where failure.kind == .unreachable {
                    throw failure
                } catch let cancelled as CancellationError {
                    throw cancelled
                } catch let lost as HeldLease.Lost {
                    throw lost
                } catch {
                    // What ran out in the middle may have been our lease: then nobody goes on here.
                    try await lease.keep()
                    let problem = Problem(error)
                    progress("\(run.plan) cannot go on now: \(problem.summary)")
                    outcome.troubled.append((run.plan, problem.line))
                    try await letGo(run.plan, as: .failed)
                    isMoving = true
                }
            }
            let onlyQueued = still.allSatisfy { queued[$0.plan] != nil }
            open = still
            if open.isEmpty || wiring.clock() >= deadline || (onlyQueued && !isMoving) { break }
            if !isWorking, !onlyQueued { try await sleep() }
        }
        for run in open {
            guard let because = queued[run.plan] else { continue }
            outcome.waiting.append((run.plan, because))
        }
        return outcome
    }

    private func letGo(_ plan: PlanID, as end: PlanState) async throws {
        await pace.letGo(of: try await wiring.store.plan(plan), as: end)
    }

    /// Until the next look, with the lease kept all the while.
    private func sleep() async throws {
        var left = wiring.timings.poll
        while left > .zero {
            let piece = min(left, lease.longestSleep)
            try await reap.sleep(piece)
            try await lease.keep()
            left -= piece
        }
    }

    private func choose(_ named: [PlanID]?) async throws -> [PlanRecord] {
        guard let named else {
            return try await wiring.store.plans(open: true, run: nil, limit: 10_000)
                .filter { $0.state == .approved || $0.state == .running }
        }
        var chosen: [PlanRecord] = []
        for id in named {
            let plan = try await wiring.store.plan(id)
            guard plan.state == .approved || plan.state == .running else {
                throw Problem(
                    .undone,
                    "plan \(id) is \(plan.state.rawValue) and cannot be carried out",
                    advice: plan.state == .awaitingApproval
                        ? "approve it first: curfew approve \(id)" : "see: curfew plan show \(id)"
                )
            }
            chosen.append(plan)
        }
        return chosen
    }

    /// P7: what a person names goes whole or not at all.
    private func refuseOverBudget(_ plans: [PlanRecord], policies: PolicySet) async throws {
        let fresh = plans.filter { $0.state == .approved }
        guard !fresh.isEmpty else { return }
        let environments = try await wiring.store.environments()
        let asked = fresh.map { $0.budgeted(environments) }
        let use = try await BudgetLedger(wiring: wiring)
            .use(on: policies, now: wiring.clock(), run: fresh.first?.run, leavingOut: Set(asked.flatMap(\.keys)))
        let population = try await BudgetLedger(wiring: wiring)
            .population(environments, on: policies, now: wiring.clock())
        do {
            try policies.budgets.check(
                named: asked,
                used: use,
                population: population
            )
        } catch {
            throw Problem(.undone, "nothing was reaped: \(error)")
        }
    }
}

extension PlanRecord {
    /// The plan as the budgets see it, with owners as they are now.
    func budgeted(_ environments: [EnvironmentRecord]) -> BudgetedPlan {
        let records = Dictionary(environments.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        return BudgetedPlan(
            document.environments.map { planned in
                let record = records[planned.key]
                let accounts = document.steps.filter { $0.environment == planned.key }.map(\.target.account)
                return BudgetedEnvironment(
                    key: planned.key,
                    accounts: Set(accounts),
                    owner: record?.owner,
                    dueSince: record?.dueAt ?? madeAt,
                    partlyReaped: record?.partlyReaped != nil
                )
            }
        )
    }
}
