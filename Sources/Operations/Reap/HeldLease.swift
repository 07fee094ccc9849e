import Core
import Foundation

/// The right to be the only executor, while it lasts (P11).
actor HeldLease {
    /// Somebody else has it now: nothing more may be started or written.
    struct Lost: Error {}

    static let name = "reap"

    private let store: any LeaseStore
    private let duration: Duration
    private let instant: @Sendable () -> ContinuousClock.Instant
    private var lease: WorkLease
    /// Taken before the database was asked, so that it is never later than it should be.
    private var asked: ContinuousClock.Instant

    init(
        _ lease: WorkLease,
        in store: any LeaseStore,
        for duration: Duration,
        asked: ContinuousClock.Instant,
        instant: @escaping @Sendable () -> ContinuousClock.Instant
    ) {
        self.store = store
        self.duration = duration
        self.instant = instant
        self.lease = lease
        self.asked = asked
    }

    /// Half of what a sleep may last at most, so that no pause outlives the lease.
    nonisolated var longestSleep: Duration { max(duration / 3, .milliseconds(100)) }

    /// Prolongs it when less than two thirds are left.
    func keep() async throws {
        guard asked + lease.remaining < instant() + duration / 3 * 2 else { return }
        try await renew()
    }

    private func renew() async throws {
        let asking = instant()
        do throws(StoreFailure) {
            lease = try await store.renewLease(lease, for: duration)
            asked = asking
        } catch {
            throw error.kind == .conflict ? Lost() : error as any Error
        }
    }

    /// Commits and seals the intent of a step; the one call that follows fits into the window.
    func intend(_ record: StepRecord, of plan: PlanID, at now: Date) async throws -> CallWindow {
        try await keep()
        var asking = instant()
        do throws(StoreFailure) {
            let left = try await store.intend(step: record.step.number, of: plan, lease: lease, at: now)
            return CallWindow(signedAt: now, notAfter: asking + left)
        } catch {
            guard error.kind == .conflict else { throw error }
            // Either the step has moved, or the lease is over: then renewing says whether somebody has taken it.
            try await renew()
        }
        asking = instant()
        let left = try await store.intend(step: record.step.number, of: plan, lease: lease, at: now)
        return CallWindow(signedAt: now, notAfter: asking + left)
    }

    /// The window of one more call under an intent of this same executor, with the lease prolonged.
    func window(at now: Date) async throws -> CallWindow {
        try await renew()
        return CallWindow(signedAt: now, notAfter: asked + lease.remaining)
    }

    /// After a call that was answered late: whether what it answered may still be written.
    func stillHeld(after window: CallWindow) async throws {
        if instant() >= window.notAfter { try await renew() }
    }

    /// One that was lost, or cannot be given back now, runs out by itself.
    func release() async {
        _ = await gathering { () async throws(StoreFailure) in try await store.releaseLease(lease) }
    }
}
