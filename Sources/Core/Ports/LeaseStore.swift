package import Foundation

/// Work that only one may do at a time, with a fencing number, on the database's clock (P11).
package protocol LeaseStore: Sendable {
    /// Takes the named lease when nobody holds it: it was given back, or it ran out and the signature window of its last
    /// call is over too. Each taking has a higher fence than all before.
    func claimLease(
        _ name: String,
        holder: String,
        for: Duration,
        signatureWindow: Duration
    ) async throws(StoreFailure) -> LeaseClaim
    /// Prolongs it; throws `conflict` when somebody else has taken it since.
    func renewLease(_ lease: WorkLease, for: Duration) async throws(StoreFailure) -> WorkLease
    /// Gives it back, so that the next need not wait. One that was lost is left alone.
    func releaseLease(_ lease: WorkLease) async throws(StoreFailure)

    /// Commits the intent of a step under the lease, guarded by `pending`, and seals it; throws `conflict` when the lease
    /// is not ours or has run out (the database looks too).
    ///
    /// Returns how much of the lease is left, by the database's clock.
    func intend(
        step number: Int,
        of plan: PlanID,
        lease: WorkLease,
        at: Date
    ) async throws(StoreFailure) -> Duration
}

/// A lease that was taken.
package struct WorkLease: Sendable, Hashable {
    package let name: String
    package let fence: Int64
    /// By the database's clock, when the answer was made.
    package let remaining: Duration

    package init(name: String, fence: Int64, remaining: Duration) {
        self.name = name
        self.fence = fence
        self.remaining = remaining
    }
}

package enum LeaseClaim: Sendable, Hashable {
    case taken(WorkLease)
    /// `isAlive`: it has not run out. `wait`: until it can be taken if its holder never returns.
    case held(by: String, since: Date, isAlive: Bool, wait: Duration)
}
