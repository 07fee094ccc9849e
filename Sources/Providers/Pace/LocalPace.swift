import Core

/// One lane's turns where this process has to keep them by itself.
///
/// Half of the rate, and none saved up: others may be doing the same.
struct LocalPace: Sendable {
    private let limits: PaceLimits
    private var rate: Double
    private var freeAt: ContinuousClock.Instant
    private var adaptedAt: ContinuousClock.Instant
    private var throttledAt: ContinuousClock.Instant?

    init(_ limits: PaceLimits, now: ContinuousClock.Instant) {
        self.limits = PaceLimits(perSecond: limits.perSecond / 2, burst: 0)
        rate = self.limits.perSecond
        freeAt = now
        adaptedAt = now
    }

    mutating func turn(now: ContinuousClock.Instant) -> ContinuousClock.Instant {
        recover(now)
        let turn = max(freeAt, now)
        freeAt = turn + .seconds(1 / rate)
        return turn
    }

    mutating func throttled(now: ContinuousClock.Instant) {
        if let last = throttledAt, now - last < .seconds(PaceLimits.apart) { return }
        recover(now)
        rate = max(limits.slowest, rate / 2)
        throttledAt = now
        freeAt = max(freeAt, now)
    }

    private mutating func recover(_ now: ContinuousClock.Instant) {
        let passed = (now - adaptedAt) / .seconds(1)
        rate = min(limits.perSecond, rate + limits.perSecond * max(0, passed) / PaceLimits.recovery)
        adaptedAt = now
    }
}
