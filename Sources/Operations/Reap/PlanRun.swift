import Core
import Foundation

/// One plan on its way.
///
/// Each `advance` starts what can start, looks at what is under way, and returns. Everything it knows is in the
/// database: a new process goes on where this one was killed.
struct PlanRun: Sendable {
    let run: ReapRun
    let plan: PlanID
    let policies: PolicySet

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
        /// There is more to do at once.
        case working
        /// It may begin or go on as soon as others have ended.
        case queued(because: String)
    }

    /// What became of the steps that could start.
    private enum Started {
        case all
        case queued(because: String)
        case stands(because: String)
        case barred(because: String)
        case superseded(because: String)
    }

    var wiring: Wiring { run.wiring }

    func advance() async throws -> Progress {
        try await observe()
        let plan = try await wiring.store.plan(self.plan)
        guard plan.state == .approved || plan.state == .running else { return .ended }
        var tried: Set<Int> = []
        switch try await start(&tried) {
        case .all: return try await finish(queued: nil)
        case .queued(let because): return try await finish(queued: because)
        case .superseded(let because): return .stopped(because: because)
        case .stands(let because): return try await isUnderWay() ? .observing : .waits(because: because)
        case .barred(let because): return try await isUnderWay() ? .observing : .barred(because: because)
        }
    }

    private func isUnderWay() async throws -> Bool {
        try await wiring.store.plan(plan).steps.contains(where: \.isUnderWay)
    }

    private func steps(of plan: PlanRecord) -> StepRun { StepRun(run: run, plan: plan, policies: policies) }

    /// Starts what can start, environment by environment, until nothing more can that was not tried already.
    private func start(_ tried: inout Set<Int>) async throws -> Started {
        var queued: String?
        var heldBack: Started?
        while true {
            let plan = try await settled()
            await run.pace.look(plan)
            var next: EnvironmentKey?
            for (key, records) in ready(plan) where records.contains(where: { !tried.contains($0.step.number) }) {
                if let because = await holdsBack(plan, key, records) {
                    queued = because
                    continue
                }
                next = key
                break
            }
            guard let key = next else { return heldBack ?? queued.map { .queued(because: $0) } ?? .all }
            let started = try await start(plan, environment: key, &tried)
            switch started {
            case .all: break
            case .queued(let because): queued = because
            case .stands, .barred:
                // What keeps one from beginning keeps no other of the plan from being brought to its end.
                guard !plan.wasTouched(key) else { return started }
                heldBack = heldBack ?? started
                for (waiting, records) in ready(plan) where waiting == key {
                    tried.formUnion(records.map(\.step.number))
                }
            case .superseded(let because): return .superseded(because: because)
            }
        }
    }

    /// Steps that may start, by environment, in the order of the plan.
    private func ready(_ plan: PlanRecord) -> [(EnvironmentKey, [StepRecord])] {
        let numbers = Set(StepReadiness(plan.steps).ready)
        let records = plan.steps.filter { numbers.contains($0.step.number) }.sorted { $0.step.number < $1.step.number }
        var order: [EnvironmentKey] = []
        for record in records where !order.contains(record.step.environment) { order.append(record.step.environment) }
        return order.map { key in (key, records.filter { $0.step.environment == key }) }
    }

    /// Waves and alarms keep environments from beginning; the number of deletions in an account keeps back single steps.
    private func holdsBack(_ plan: PlanRecord, _ key: EnvironmentKey, _ records: [StepRecord]) async -> String? {
        if !plan.wasTouched(key), let because = await run.pace.holdsBack(now: wiring.clock()) { return because }
        for record in records {
            guard record.step.action.deletesComponent else { return nil }
            if await run.pace.hasRoom(in: record.step.target.account) { return nil }
        }
        return Self.full
    }

    private static let full = "as many stacks of its account are being deleted as reap.parallel allows"

    private func start(
        _ plan: PlanRecord,
        environment key: EnvironmentKey,
        _ tried: inout Set<Int>
    ) async throws -> Started {
        let records = ready(plan).first { $0.0 == key }?.1.filter { !tried.contains($0.step.number) } ?? []
        let gate = Gate(
            wiring: wiring,
            pausedHere: run.reap.pausedHere,
            policies: policies,
            cleared: run.cleared
        )
        switch try await gate.check(plan, environment: key, ready: records) {
        case .open: break
        case .waits(let because): return .stands(because: because)
        case .barred(let because): return .barred(because: because)
        case .moved(let because):
            try await stop(plan, environment: key, because: because)
            return try await wiring.store.plan(plan.id).state == .superseded ? .superseded(because: because) : .all
        }
        try await begin(plan, key)
        var queued: String?
        for record in records {
            if record.step.action.deletesComponent, await !run.pace.hasRoom(in: record.step.target.account) {
                queued = Self.full
                continue
            }
            tried.insert(record.step.number)
            switch try await steps(of: plan).request(record) {
            case .done, .watched: break
            case .stands(let because):
                run.progress("\(plan.id) waits: \(because)")
                return .stands(because: because)
            case .moved(let because):
                try await stop(try await wiring.store.plan(plan.id), environment: key, because: because)
                return .all
            }
            await run.pace.look(try await wiring.store.plan(plan.id))
        }
        return queued.map { .queued(because: $0) } ?? .all
    }

    private func begin(_ plan: PlanRecord, _ key: EnvironmentKey) async throws {
        // Not before its approval, by whose clock that was dated.
        let now = max(wiring.clock(), plan.approvedAt ?? .distantPast)
        if plan.state == .approved {
            try await wiring.store.move(plan.id, from: [.approved], to: .running, because: nil, at: now)
        }
        try await FindingMoves(wiring: wiring).apply(.reapStarted, toPlan: plan, only: [key], in: .planned, now: now)
    }

    /// The plan with everything that its stacks went without marked so.
    private func settled() async throws -> PlanRecord {
        let plan = try await wiring.store.plan(self.plan)
        let unneeded = StepReadiness(plan.steps).unneeded
        guard !unneeded.isEmpty else { return plan }
        for number in unneeded {
            try await wiring.store.move(
                step: number,
                of: plan.id,
                from: .pending,
                to: .unneeded,
                reason: "its stack went without it",
                at: wiring.clock()
            )
        }
        return try await wiring.store.plan(self.plan)
    }

    private func observe() async throws {
        let plan = try await wiring.store.plan(self.plan)
        let underWay = plan.steps.filter(\.isUnderWay)
        guard !underWay.isEmpty else { return }
        let retired = try await wiring.store.targetStates().filter { $0.state == .retired }.map(\.target)
        let steps = steps(of: plan)
        for record in underWay {
            // R8: nobody will ever read it again, so nobody waits for it either.
            if retired.contains(record.step.target) {
                try await steps.giveUp(record, because: "unverifiable: its target was retired")
            } else {
                try await run.lease.keep()
                try await steps.observe(record)
            }
        }
    }

    /// Before anything of it was destroyed a plan is superseded; afterwards the rest is skipped and it ends halted.
    private func stop(_ plan: PlanRecord, environment: EnvironmentKey, because: String) async throws {
        let now = wiring.clock()
        run.progress("\(plan.id) \(environment.name): \(because); nothing of it is touched")
        if plan.state == .approved {
            try await wiring.store.move(plan.id, from: [.approved], to: .superseded, because: because, at: now)
            try await FindingMoves(wiring: wiring).apply(.planEnded(.superseded), toPlan: plan, in: .planned, now: now)
            return
        }
        for record in plan.steps where record.step.environment == environment && record.state == .pending {
            try await skip(record, because: because)
        }
    }

    func skip(_ record: StepRecord, because: String) async throws {
        try await wiring.store.move(
            step: record.step.number,
            of: plan,
            from: .pending,
            to: .skipped,
            reason: because,
            at: wiring.clock()
        )
    }
}

extension StepRecord {
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
    /// Something in this environment was taken by the provider.
    func hasBegun(_ key: EnvironmentKey) -> Bool {
        steps.contains { $0.step.environment == key && $0.explainsChange }
    }

    /// Something was asked for in this environment, whether the provider took it or not.
    func wasTouched(_ key: EnvironmentKey) -> Bool {
        steps.contains { $0.step.environment == key && ($0.intendedAt != nil || $0.explainsChange) }
    }

    /// Components whose deletion our own steps asked for and the provider took.
    var explained: Set<ComponentID> {
        Set(steps.filter { $0.step.action.deletesComponent && $0.explainsChange }.map(\.step.component))
    }
}
