import Core
import Foundation

/// Asks for deletions, one at a time, and looks at what became of them.
struct StepRun: Sendable {
    let reap: Reap
    let plan: PlanRecord
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
        let gate = Gate(wiring: wiring, pausedHere: reap.pausedHere, policies: policies)
        if let reason = try await gate.standstill() {
            progress("\(plan.id) waits: \(reason)")
            return false
        }
        if try await !wiring.store.hasTombstone(of: step.component, plan: plan.id) {
            let tombstone = try await Tombstone.take(step, plan: plan.id, provider: wiring.provider)
            try await wiring.store.storeTombstone(tombstone, of: step.component, plan: plan.id, at: wiring.clock())
        }
        if record.state == .pending {
            try await move(record, from: .pending, to: .intended, reason: nil)
        }
        do throws(ProviderFailure) {
            // P4: the provider's own id, so that a component made anew under the same name survives.
            try await reap.deleter.requestDeletion(of: step.component, in: step.target, token: record.token)
        } catch {
            return try await refused(record, error)
        }
        try await move(record, from: .intended, to: .requested, reason: nil)
        progress("\(plan.id) \(step.environment.name): deletion of \(step.name) in \(step.target) requested")
        return true
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
        if record.firstGoneAt != nil { return }
        if component.status.isDeleting {
            if record.state == .intended { try await move(record, from: .intended, to: .requested, reason: nil) }
            return
        }
        let events = try await wiring.provider.events(of: step.component, in: step.target, atMost: 200)
        let ours = events.filter { $0.token == record.token.text }
        // The call was never taken: it is made again, with the same token, when its turn comes.
        if record.state == .intended, ours.isEmpty { return }
        // Accepted a moment ago and not begun yet.
        if ours.isEmpty, let asked = record.requestedAt, now < asked.later(by: Self.begins) { return }
        let reason = Self.failure(component, ours.isEmpty ? events : ours)
        if record.state == .intended { try await move(record, from: .intended, to: .requested, reason: nil) }
        try await move(record, from: .requested, to: .failed, reason: reason)
        progress("\(plan.id) \(step.environment.name): \(step.name) was not deleted: \(reason)")
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
