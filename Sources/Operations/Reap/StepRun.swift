import Core
import Foundation

/// Asks for deletions, one at a time, and looks at what became of them.
struct StepRun: Sendable {
    let reap: Reap
    let plan: PlanRecord
    let lease: WorkLease
    let policies: PolicySet
    let progress: @Sendable (String) -> Void

    private var wiring: Wiring { reap.wiring }

    /// How long an accepted deletion may take to show before it counts as cancelled.
    private static let begins = Duration.seconds(120)

    /// Tombstone, committed intent, call, result: in this order (P13).
    ///
    /// False when nothing more may be started now.
    func request(_ record: StepRecord) async throws -> Bool {
        let step = record.step
        guard try await keep(record) else { return false }
        // P8: read last, right before the intent and its call.
        let gate = Gate(wiring: wiring, pausedHere: reap.pausedHere, policies: policies)
        if let reason = try await gate.standstill() {
            progress("\(plan.id) waits: \(reason)")
            return false
        }
        // The lease is looked at on the database's clock; what it leaves counts from before the look.
        let clock = ContinuousClock()
        _ = try await wiring.store.renewLease(lease, for: wiring.timings.executorLease)
        let before = clock.now
        let remaining = try await wiring.store.intend(step: step.number, of: plan.id, lease: lease, at: wiring.clock())
        do throws(ProviderFailure) {
            // P4: the provider's own id, so that a component made anew under the same name survives.
            try await reap.deleter.requestDeletion(
                of: step.component,
                in: step.target,
                token: record.token,
                retaining: [],
                window: CallWindow(signedAt: Date(), notAfter: before + remaining)
            )
        } catch {
            return try await refused(record, error)
        }
        try await move(record, from: .intended, to: .requested, reason: nil)
        progress("\(plan.id) \(step.environment.name): deletion of \(step.name) in \(step.target) requested")
        return true
    }

    /// Keeps the tombstone, and compares what was read for it with what was approved: the last look before the call.
    ///
    /// False when it has moved or will never be readable; then the step is skipped with its reason.
    private func keep(_ record: StepRecord) async throws -> Bool {
        let step = record.step
        let tombstone: Tombstone
        do {
            tombstone = try await Tombstone.take(step, provider: wiring.provider)
        } catch let failure as ProviderFailure {
            switch failure.kind {
            case .unreachable, .throttled, .credentials: throw failure
            case .denied, .refused, .malformed, .configuration, .wrongAccount:
                try await skip(record, because: "no tombstone could be taken: \(failure.summary)")
                return false
            }
        }
        guard tombstone.digest == plan.document.fingerprint.components[step.component] else {
            try await skip(record, because: "\(step.name) was changed since the approval")
            return false
        }
        if try await !wiring.store.hasTombstone(of: step.component, plan: plan.id) {
            try await wiring.store.storeTombstone(
                try tombstone.encoded(),
                of: step.component,
                plan: plan.id,
                at: wiring.clock()
            )
        }
        return true
    }

    private func skip(_ record: StepRecord, because: String) async throws {
        try await move(record, from: .pending, to: .skipped, reason: because)
        progress("\(plan.id) \(record.step.environment.name): \(because); it is not touched")
    }

    /// Ends a step that nobody can look at any more.
    func giveUp(_ record: StepRecord, because: String) async throws {
        try await move(record, from: record.state, to: .failed, reason: because)
        progress("\(plan.id) \(record.step.environment.name): \(record.step.name): \(because)")
    }

    /// A refusal is final for the step; anything else may have been taken, so it is observed before it is called again.
    private func refused(_ record: StepRecord, _ failure: ProviderFailure) async throws -> Bool {
        switch failure.kind {
        case .refused, .denied, .configuration, .wrongAccount, .credentials:
            try await move(record, from: .intended, to: .failed, reason: "\(failure.summary); \(failure.advice)")
            progress("\(plan.id) \(record.step.environment.name): \(record.step.name) was refused: \(failure.summary)")
            return false
        case .unreachable, .throttled, .malformed:
            progress(
                "\(plan.id) \(record.step.environment.name): no answer for \(record.step.name): \(failure.summary)"
            )
            throw failure
        }
    }

    func observe(_ record: StepRecord) async throws {
        let step = record.step
        let now = wiring.clock()
        let component = try await wiring.provider.component(step.component, in: step.target)
        guard let component, !component.status.isGone else { return try await foundGone(record, now: now) }
        // It answers again: the reading that did not find it was wrong.
        if record.firstGoneAt != nil { try await wiring.store.noteGone(step: step.number, of: plan.id, at: nil) }
        if component.status.isDeleting { return try await goesOn(record) }
        let events = try await wiring.provider.events(of: step.component, in: step.target, atMost: 200)
        let ours = events.filter { $0.token == record.token.text }
        if record.state == .intended, ours.isEmpty {
            // The call was never taken. Whoever deployed since is found by the checks that come before it is made.
            return try await move(record, from: .intended, to: .pending, reason: "the request was never taken")
        }
        // Accepted a moment ago and not begun yet.
        if ours.isEmpty, let asked = record.requestedAt, now < asked.later(by: Self.begins) { return }
        // The status may be older than the events: only what it says after them counts.
        let later = try await wiring.provider.component(step.component, in: step.target)
        guard let later, !later.status.isGone else { return }
        if later.status.isDeleting { return try await goesOn(record) }
        let reason = Self.failure(later, ours.isEmpty ? events : ours)
        try await goesOn(record)
        try await move(record, from: .requested, to: .failed, reason: reason)
        progress("\(plan.id) \(step.environment.name): \(step.name) was not deleted: \(reason)")
    }

    /// The provider took the request, whether we heard its answer or not.
    private func goesOn(_ record: StepRecord) async throws {
        if record.state == .intended { try await move(record, from: .intended, to: .requested, reason: nil) }
    }

    /// Two readings by id, some time apart, before anything is said to be gone.
    private func foundGone(_ record: StepRecord, now: Date) async throws {
        let step = record.step
        guard let first = record.firstGoneAt else {
            try await wiring.store.noteGone(step: step.number, of: plan.id, at: now)
            return
        }
        guard now >= first.later(by: wiring.timings.goneApart) else { return }
        try await move(record, from: record.state, to: .gone, reason: nil)
        let ended = try await wiring.store.closeReaped(step.component, environment: step.environment, at: now)
        progress(
            "\(plan.id) \(step.environment.name): \(step.name) is gone\(ended ? "; \(step.environment.name) is reaped" : "")"
        )
        guard ended else { return }
        try await FindingMoves(wiring: wiring).apply(
            .reaped,
            toPlan: plan,
            only: [step.environment],
            in: .reaping,
            now: now
        )
    }

    private func move(_ record: StepRecord, from: StepState, to: StepState, reason: String?) async throws {
        try await wiring.store.move(
            step: record.step.number,
            of: plan.id,
            from: from,
            to: to,
            reason: reason,
            at: wiring.clock()
        )
    }

    /// Why a deletion that was asked for did not happen, from the component's own history.
    static func failure(_ component: ObservedComponent, _ events: [ObservedEvent]) -> String {
        let failed = events.filter { $0.status == "DELETE_FAILED" && $0.logicalID != component.name }
        let reasons = failed.prefix(3).compactMap { event in
            event.reason.map { "\(event.logicalID) (\(event.type)): \($0)" }
        }
        if !reasons.isEmpty { return reasons.joined(separator: "; ") }
        if component.status.deleteFailed { return component.statusReason ?? "the provider says DELETE_FAILED" }
        let cancelled = events.first { $0.reason?.localizedCaseInsensitiveContains("cannot") == true }?.reason
        return
            "the provider cancelled it, the stack is \(component.status) again: \(cancelled ?? component.statusReason ?? "no reason given")"
    }
}
