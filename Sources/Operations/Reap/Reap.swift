package import Core
import Foundation

/// `curfew reap`: carries out approved plans, and takes up what was interrupted.
///
/// It alone is given the power to delete.
package struct Reap: Sendable {
    let wiring: Wiring
    let deleter: any ProviderDeleting
    /// Which process this is, for whoever finds it at work.
    let holder: String
    /// Reasons of this machine to stand still (a pause file, the environment at start); nil when there is none.
    let pausedHere: @Sendable () -> String?
    let sleep: @Sendable (Duration) async throws -> Void

    package init(
        _ wiring: Wiring,
        deleter: any ProviderDeleting,
        holder: String,
        pausedHere: @escaping @Sendable () -> String?,
        sleep: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.wiring = wiring
        self.deleter = deleter
        self.holder = holder
        self.pausedHere = pausedHere
        self.sleep = sleep
    }

    /// What became of the plans that were looked at.
    package struct Outcome: Sendable {
        package var plans: [PlanRecord] = []
        /// Plans that could not be started or go on, and why; they stay as they are.
        package var waiting: [(plan: PlanID, because: String)] = []
        /// Plans whose environments had moved.
        package var stopped: [(plan: PlanID, because: String)] = []
        /// Plans whose provider did not answer, or whose account may not be touched; the next run looks again.
        package var troubled: [(plan: PlanID, because: String)] = []
        /// Components still being deleted; the next run takes them up.
        package var deleting: [(plan: PlanID, component: ComponentID)] = []

        package var isUndone: Bool {
            !stopped.isEmpty || !troubled.isEmpty || plans.contains { $0.state == .failed || $0.state == .halted }
        }
    }

    /// `plans`: nil carries out everything approved or running; named ones are refused whole over a budget.
    ///
    /// `progress`: one line for each thing that happens.
    package func run(
        _ plans: [PlanID]?,
        progress: @escaping @Sendable (String) -> Void
    ) async throws(Problem) -> Outcome {
        try await wiring.checkClocks()
        let (login, standing) = try await wiring.standing()
        try wiring.demand(.reap, standing, login: login, what: "reap")
        return try await reporting {
            let lease = try await claim()
            do {
                let outcome = try await carryOut(plans, lease: lease, progress: progress)
                try await wiring.store.releaseLease(lease)
                return outcome
            } catch {
                // It runs out by itself where it cannot be given back now.
                try? await wiring.store.releaseLease(lease)
                throw error
            }
        }
    }

    /// P11: one executor at a time; the next takes over when nothing of the last one can arrive any more.
    private func claim() async throws -> WorkLease {
        let claim = try await wiring.store.claimLease(
            "reap",
            holder: holder,
            for: wiring.timings.executorLease,
            signatureWindow: wiring.timings.signatureWindow
        )
        switch claim {
        case .taken(let lease): return lease
        case .held(let holder, let since, let isAlive, let wait):
            let seconds = Int(wait.inSeconds.rounded(.up))
            throw Problem(
                .locked,
                isAlive
                    ? "another reaper is at work: \(holder), since \(since.minuteText)"
                    : "another reaper is at work or was stopped in the middle: \(holder), since \(since.minuteText)",
                advice: "at most one works at a time; if it never returns, the next may begin in \(seconds) s"
            )
        }
    }

    private func carryOut(
        _ named: [PlanID]?,
        lease: WorkLease,
        progress: @escaping @Sendable (String) -> Void
    ) async throws -> Outcome {
        // What a crash left unsealed, before anything of it is taken up.
        try await wiring.store.seal()
        for plan in try await PlanExpiry(wiring: wiring).run(now: wiring.clock()) {
            progress("\(plan) is not carried out: its approval ran out; plan again: curfew plan --due")
        }
        try await FindingRepair(wiring: wiring).run(now: wiring.clock())
        let (_, policies) = try await wiring.policyInForce()
        var outcome = Outcome()
        var chosen = try await choose(named)
        if named != nil { try await refuseOverBudget(chosen, policies: policies) }
        let deadline = wiring.clock().later(by: wiring.timings.observe)
        var runs: [PlanRun] = []
        // What was interrupted comes first, then in the order of approval.
        chosen.sort {
            ($0.state == .running ? 0 : 1, $0.approvedAt ?? .distantFuture, $0.id) < (
                $1.state == .running ? 0 : 1, $1.approvedAt ?? .distantFuture, $1.id
            )
        }
        for plan in chosen {
            runs.append(
                PlanRun(
                    reap: self,
                    plan: plan.id,
                    lease: lease,
                    policies: policies,
                    named: named != nil,
                    progress: progress
                )
            )
        }
        var open = runs
        while !open.isEmpty {
            // Whoever has lost it stops here; nothing was begun since.
            _ = try await wiring.store.renewLease(lease, for: wiring.timings.executorLease)
            var still: [PlanRun] = []
            for run in open {
                // P10: one plan's failure never blocks another. A lost database does: then everything stops (P8).
                do {
                    switch try await run.advance() {
                    case .ended: break
                    case .stopped(let because): outcome.stopped.append((run.plan, because))
                    case .waits(let because): outcome.waiting.append((run.plan, because))
                    case .barred(let because): outcome.troubled.append((run.plan, because))
                    case .observing: still.append(run)
                    }
                } catch let failure as StoreFailure where failure.kind == .unreachable {
                    throw failure
                } catch is CancellationError {
                    throw CancellationError()
                } catch {
                    let problem = Problem(error)
                    progress("\(run.plan) cannot go on now: \(problem.summary)")
                    outcome.troubled.append((run.plan, problem.summary))
                }
            }
            open = still
            if open.isEmpty || wiring.clock() >= deadline { break }
            try await sleep(wiring.timings.poll)
        }
        for run in runs {
            let plan = try await wiring.store.plan(run.plan)
            outcome.plans.append(plan)
            outcome.deleting += plan.steps.filter { $0.state == .requested || $0.state == .intended }
                .map { (plan.id, $0.step.component) }
        }
        return outcome
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
        do {
            try policies.budgets.check(
                named: asked,
                used: use,
                population: BudgetLedger.population(environments)
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
