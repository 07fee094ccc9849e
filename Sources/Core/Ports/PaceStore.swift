/// What has a request rate of its own: a service in a region of an account.
package struct PaceLane: Sendable, Hashable {
    package let account: AccountID
    package let region: Region
    /// As the provider calls it.
    package let service: String

    package init(account: AccountID, region: Region, service: String) {
        self.account = account
        self.region = region
        self.service = service
    }
}

/// How fast a lane may be, and how it adapts: halved where it was throttled, at most once in two seconds and to a
/// sixteenth, and given back bit by bit, in two minutes from nothing.
package struct PaceLimits: Sendable, Hashable {
    package let perSecond: Double
    /// Turns that may be taken at once by whoever comes after a pause.
    package let burst: Int

    package static let recovery = 120.0
    package static let apart = 2.0

    package init(perSecond: Double, burst: Int) {
        self.perSecond = perSecond
        self.burst = burst
    }

    package var slowest: Double { perSecond / 16 }
}

/// Turns that were taken: the first is due after a wait, each further one a moment later.
package struct ReservedTurns: Sendable, Hashable {
    /// Negative where it could have been taken before.
    package let wait: Duration
    package let apart: Duration
    package let count: Int

    package init(wait: Duration, apart: Duration, count: Int) {
        self.wait = wait
        self.apart = apart
        self.count = count
    }
}

/// Where all processes on all machines take their turns (N4).
package protocol PaceStore: Sendable {
    /// One statement, on the database's clock; what is taken counts as used.
    func reserveTurns(
        _ lane: PaceLane,
        count: Int,
        limits: PaceLimits
    ) async throws(StoreFailure) -> ReservedTurns
    /// Halves the lane's rate; of several throttled at once, the first alone does.
    func noteThrottled(_ lane: PaceLane, limits: PaceLimits) async throws(StoreFailure)
}
