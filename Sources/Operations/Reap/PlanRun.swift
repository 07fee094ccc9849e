import Core
import Foundation

/// One plan on its way.
///
/// Each `advance` starts what can start, looks at what is under way, and returns. Everything it knows is in the
/// database: a new process goes on where this one was killed.
struct PlanRun: Sendable {
    let reap: Reap
    let plan: PlanID
    let lease: WorkLease
    let policies: PolicySet
    /// A person named the plan: over budget it is refused, not deferred.
    let named: Bool
    let progress: @Sendable (String) -> Void

    enum Progress: Sendable {
        case ended
        /// Something moved: the plan is superseded or halted.
        case stopped(because: String)
        /// It may not be started now; it stays as it is.
        case waits(because: String)
        /// The same, and somebody has to look into it.
        case barred(because: String)
        /// Deletions are under way.
        case observing
    }

    private var wiring: Wiring { reap.wiring }

    func advance() async throws -> Progress {
        try await observe()
        var plan = try await wiring.store.plan(self.plan)
        guard plan.state == .approved || plan.state == .running else { return .ended }
        while let environment = nextEnvironment(of: plan) {
            switch try await Gate(wiring: wiring, pausedHere: reap.pausedHere, policies: policies)
                .check(plan, environment: environment)
            {
            case .open: break
            case .waits(let because):
                return plan.steps.contains { $0.state == .requested } ? .observing : .waits(because: because)
            case .barred(let because):
                return plan.steps.contains { $0.state == .requested } ? .observing : .barred(because: because)
            case .moved(let because):
                try await stop(plan, environment: environment, because: because)
                plan = try await wiring.store.plan(self.plan)
                if plan.state == .superseded { return .stopped(because: because) }
                continue
            }
            try await start(plan, environment: environment)
            plan = try await wiring.store.plan(self.plan)
        }
        return try await finish(plan)
    }

    /// The first environment that has a step which can be asked for now.
    private func nextEnvironment(of plan: PlanRecord) -> EnvironmentKey? {
        ready(plan).first?.step.environment
    }

    /// Steps that nothing holds back: pending, everything before them gone, and nothing of their environment failed.
    private func ready(_ plan: PlanRecord) -> [StepRecord] {
        let gone = Set(plan.steps.filter { $0.state == .gone }.map(\.step.number))
        let broken = Set(plan.steps.filter { $0.state == .failed || $0.state == .skipped }.map(\.step.environment))
        return plan.steps.filter {
            $0.state == .pending
                && !broken.contains($0.step.environment) && gone.isSuperset(of: $0.step.after)
        }
    }

    private func start(_ plan: PlanRecord, environment: EnvironmentKey) async throws {
        // Not before its approval, by whose clock that was dated.
        let now = max(wiring.clock(), plan.approvedAt ?? .distantPast)
        if plan.state == .approved {
            try await wiring.store.move(plan.id, from: [.approved], to: .running, because: nil, at: now)
        }
        try await FindingMoves(wiring: wiring).apply(
            .reapStarted,
            toPlan: plan,
            only: [environment],
            in: .planned,
            now: now
        )
        let steps = StepRun(reap: reap, plan: plan, lease: lease, policies: policies, progress: progress)
        for record in ready(plan) where record.step.environment == environment {
            guard try await steps.request(record) else { return }
        }
    }

    private func observe() async throws {
        let plan = try await wiring.store.plan(self.plan)
        let steps = StepRun(reap: reap, plan: plan, lease: lease, policies: policies, progress: progress)
        let underWay = plan.steps.filter(\.isUnderWay)
        guard !underWay.isEmpty else { return }
        let retired = try await wiring.store.targetStates().filter { $0.state == .retired }.map(\.target)
        for record in underWay {
            // R8: nobody will ever read it again, so nobody waits for it either.
            if retired.contains(record.step.target) {
                try await steps.giveUp(record, because: "unverifiable: its target was retired")
            } else {
                try await steps.observe(record)
            }
        }
    }

    /// Before anything of it was destroyed a plan is superseded; afterwards the rest is skipped and it ends halted.
    private func stop(_ plan: PlanRecord, environment: EnvironmentKey, because: String) async throws {
        let now = wiring.clock()
        progress("\(plan.id) \(environment.name): \(because); nothing of it is touched")
        if plan.state == .approved {
            try await wiring.store.move(plan.id, from: [.approved], to: .superseded, because: because, at: now)
            try await FindingMoves(wiring: wiring).apply(.planEnded(.superseded), toPlan: plan, in: .planned, now: now)
            return
        }
        for record in plan.steps where record.step.environment == environment && record.state == .pending {
            try await wiring.store.move(
                step: record.step.number,
                of: plan.id,
                from: .pending,
                to: .skipped,
                reason: because,
                at: now
            )
        }
    }

    /// Ends the plan when nothing is under way and nothing more can be asked for.
    private func finish(_ plan: PlanRecord) async throws -> Progress {
        if plan.steps.contains(where: \.isUnderWay) { return .observing }
        guard plan.state == .running else { return .barred(because: "it has no step that could be carried out") }
        let now = wiring.clock()
        for record in plan.steps where record.state == .pending {
            try await wiring.store.move(
                step: record.step.number,
                of: plan.id,
                from: .pending,
                to: .skipped,
                reason: "something before it did not go",
                at: now
            )
        }
        let steps = try await wiring.store.plan(plan.id).steps
        let failed = steps.filter { $0.state == .failed }
        let skipped = steps.filter { $0.state == .skipped }
        let end: PlanState = !failed.isEmpty ? .failed : !skipped.isEmpty ? .halted : .done
        let because = failed.first?.reason ?? skipped.first?.reason
        // Findings before the plan: a crash in between leaves a running plan, which comes here again.
        try await close(steps, now: now)
        if end != .done {
            let left = Set(steps.filter { $0.state != .gone }.map(\.step.environment))
            let event = FindingEvent.reapEnded(end == .failed ? .failed : .halted)
            let moves = FindingMoves(wiring: wiring)
            try await moves.apply(event, toPlan: plan, only: left, in: .reaping, now: now)
            // Environments of the plan that were never begun go back too.
            try await moves.apply(.planEnded(.superseded), toPlan: plan, only: left, in: .planned, now: now)
        }
        try await wiring.store.move(plan.id, from: [.running], to: end, because: because, at: now)
        progress("\(plan.id) \(end.rawValue)\(because.map { ": \($0)" } ?? "")")
        return end == .halted ? .stopped(because: because ?? "an environment had moved") : .ended
    }
}

extension PlanRun {
    /// Closes what is gone, also where a crash came between the step and its component.
    private func close(_ steps: [StepRecord], now: Date) async throws {
        var ended: Set<EnvironmentKey> = []
        for record in steps where record.state == .gone {
            let step = record.step
            if try await wiring.store.closeReaped(step.component, environment: step.environment, at: now) {
                ended.insert(step.environment)
            }
        }
        guard !ended.isEmpty else { return }
        let plan = try await wiring.store.plan(self.plan)
        try await FindingMoves(wiring: wiring).apply(.reaped, toPlan: plan, only: ended, in: .reaping, now: now)
    }
}

extension StepRecord {
    /// Asked for, and not known to be over.
    var isUnderWay: Bool { state == .requested || state == .intended }

    /// The provider took the request, so what is gone or going is our own doing.
    ///
    /// An intent alone explains nothing: the call may never have been made, and somebody may have deployed since.
    var explainsChange: Bool {
        switch state {
        case .requested, .gone, .done, .obstructed: true
        case .failed: requestedAt != nil
        case .intended: firstGoneAt != nil
        case .pending, .unneeded, .skipped: false
        }
    }
}

extension PlanRecord {
    /// A deletion of something in this environment was taken by the provider.
    func hasBegun(_ key: EnvironmentKey) -> Bool {
        steps.contains { $0.step.environment == key && $0.explainsChange }
    }
}
