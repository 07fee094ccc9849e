import Core
import Foundation

/// How a plan ends.
extension PlanRun {
    /// Ends the plan when nothing is under way and nothing more can be asked for.
    ///
    /// `queued`: why something that could be asked for was kept back.
    func finish(queued: String?) async throws -> Progress {
        let plan = try await wiring.store.plan(self.plan)
        let readiness = StepReadiness(plan.steps)
        // Something is emptied in portions: the next one needs no waiting.
        let ready = plan.steps.filter { readiness.ready.contains($0.step.number) }
        if plan.state == .running, ready.contains(where: \.step.action.empties) { return .working }
        if plan.steps.contains(where: \.isUnderWay) { return .observing }
        if let queued { return .queued(because: queued) }
        guard plan.state == .running else { return .barred(because: "it has no step that could be carried out") }
        // Tried and not begun, such as a stack that is found gone before it was asked for and has to be looked at twice.
        if !ready.isEmpty { return .observing }
        let now = wiring.clock()
        for record in plan.steps where record.state == .pending {
            try await skip(record, because: "something before it did not go")
        }
        let steps = try await wiring.store.plan(plan.id).steps
        let end = TeardownProgress.end(of: steps.map(\.state))
        let because = steps.first { $0.state == .failed }?.reason ?? steps.first { $0.state == .skipped }?.reason
        // Findings before the plan: a crash in between leaves a running plan, which comes here again.
        try await close(steps, now: now)
        if end != .done {
            let left = Set(plan.document.environments.map(\.key)).filter { key in
                TeardownProgress(of: key, in: steps) != .over(.done)
            }
            let event = FindingEvent.reapEnded(end == .failed ? .failed : .halted)
            let moves = FindingMoves(wiring: wiring)
            try await moves.apply(event, toPlan: plan, only: left, in: .reaping, now: now)
            // Environments of the plan that were never begun go back too.
            try await moves.apply(.planEnded(.superseded), toPlan: plan, only: left, in: .planned, now: now)
        }
        try await wiring.store.move(plan.id, from: [.running], to: end, because: end == .done ? nil : because, at: now)
        // A plan has ended whether this can be written down or not.
        do { try await noteForecast(of: plan, steps) } catch {
            run.progress(
                "\(plan.id): where its forecast was wrong could not be written down: \(Problem(error).summary)"
            )
        }
        // Why a step failed was said when it did.
        run.progress("\(plan.id) \(end.rawValue)\(end == .halted ? because.map { ": \($0)" } ?? "" : "")")
        return end == .halted ? .stopped(because: because ?? "an environment had moved") : .ended
    }

    /// Records where the forecast was wrong; what stayed behind is found later, by whoever follows leftovers.
    private func noteForecast(of plan: PlanRecord, _ steps: [StepRecord]) async throws {
        for forecast in plan.forecast.environments {
            let mine = steps.filter { $0.step.environment == forecast.key }
            try await ForecastNotes(store: wiring.store).note(outcome(of: mine), against: forecast, plan: plan.id)
        }
    }

    /// How long it took is known only where nothing of it was asked for before this reap: waiting for the next one, or
    /// for the window, is not the provider's time.
    private func outcome(of steps: [StepRecord]) -> TeardownOutcome {
        var outcome = TeardownOutcome()
        outcome.failures = steps.filter { $0.state == .failed }.map { "\($0.step.what): \($0.reason ?? "no reason")" }
        let asked = steps.compactMap(\.intendedAt)
        // When it was first found gone; the second look comes later by itself.
        let gone = steps.compactMap { $0.firstGoneAt ?? $0.endedAt }
        if outcome.failures.isEmpty, let first = asked.min(), let last = gone.max(), first >= run.began {
            outcome.seconds = Int(last.timeIntervalSince(first))
        }
        return outcome
    }

    /// Closes what is gone, also where a crash came between the step and its component.
    private func close(_ steps: [StepRecord], now: Date) async throws {
        var ended: Set<EnvironmentKey> = []
        for record in steps where record.state == .gone && record.step.action.deletesComponent {
            let step = record.step
            if try await wiring.store.closeReaped(step.component, environment: step.environment, at: now),
                TeardownProgress.isDeleted(step.environment, in: steps)
            {
                ended.insert(step.environment)
            }
        }
        guard !ended.isEmpty else { return }
        let plan = try await wiring.store.plan(self.plan)
        try await FindingMoves(wiring: wiring).apply(.reaped, toPlan: plan, only: ended, in: .reaping, now: now)
    }
}

extension StepAction {
    /// It takes what is in something, in portions.
    var empties: Bool { kind == .emptyBucket || kind == .deleteImages }
}
