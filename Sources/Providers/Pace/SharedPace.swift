package import AWS
package import Core

/// The request rate of each account, region and service, shared with every other process through the database (N4).
///
/// While the database cannot be asked, this process keeps a rate of its own: it is never without one.
package actor SharedPace {
    /// A lane as this process sees it.
    private struct Lane {
        /// Taken and not used yet, in order.
        var turns: [ContinuousClock.Instant] = []
        var local: LocalPace?
    }

    /// For CloudFormation; what other services take is a multiple of it.
    private let limits: PaceLimits
    private let now: @Sendable () -> ContinuousClock.Instant
    private let sleep: @Sendable (Duration) async throws -> Void
    private let tell: @Sendable (String) -> Void
    private var store: (any PaceStore)?
    private var aloneUntil: ContinuousClock.Instant?
    private var hasTold = false
    private var lanes: [PaceLane: Lane] = [:]

    /// A database that did not answer is not asked again for so long.
    private static let alone = Duration.seconds(30)
    /// A turn that was not used for so long is not saved up.
    private static let kept = Duration.seconds(1)
    private static let mostAtOnce = 50

    /// `tell`: said once, when the rate is kept by this process alone.
    package init(
        _ limits: PaceLimits,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) },
        tell: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.limits = limits
        self.now = now
        self.sleep = sleep
        self.tell = tell
    }

    /// From now on the turns are everybody's.
    package func share(through store: any PaceStore) { self.store = store }

    /// One account's part.
    package nonisolated func of(_ account: AccountID) -> any RequestPace { AccountPace(account: account, pace: self) }

    /// Returns when it is the caller's turn, or the task is cancelled.
    func turn(_ lane: PaceLane, _ limits: PaceLimits) async {
        let turn = await next(lane, limits)
        let wait = turn - now()
        guard wait > .zero else { return }
        // Whoever is cancelled sends nothing; the turn is lost.
        do { try await sleep(wait) } catch { return }
    }

    func throttled(_ lane: PaceLane, _ limits: PaceLimits) async {
        lanes[lane]?.turns = []
        let now = now()
        lanes[lane]?.local?.throttled(now: now)
        guard let store, aloneUntil.map({ $0 <= now }) ?? true else { return }
        do throws(StoreFailure) { try await store.noteThrottled(lane, limits: limits) } catch { goAlone(error) }
    }

    private func next(_ lane: PaceLane, _ limits: PaceLimits) async -> ContinuousClock.Instant {
        let asked = now()
        var turns = lanes[lane, default: Lane()].turns.drop { $0 < asked - Self.kept }
        if let turn = turns.popFirst() {
            lanes[lane]?.turns = Array(turns)
            return turn
        }
        guard let store, aloneUntil.map({ $0 <= asked }) ?? true else { return alone(lane, limits) }
        // At the usual rates one at a time; where the rate is high, a fifth of a second's worth.
        let count = max(1, min(Self.mostAtOnce, Int(limits.perSecond / 5)))
        do throws(StoreFailure) {
            let reserved = try await store.reserveTurns(lane, count: count, limits: limits)
            let first = now() + reserved.wait
            let further = (1..<max(1, reserved.count)).map { first + reserved.apart * $0 }
            lanes[lane, default: Lane()].turns += further
            return first
        } catch {
            goAlone(error)
            return alone(lane, limits)
        }
    }

    private func alone(_ lane: PaceLane, _ limits: PaceLimits) -> ContinuousClock.Instant {
        let now = now()
        var local = lanes[lane]?.local ?? LocalPace(limits, now: now)
        let turn = local.turn(now: now)
        lanes[lane, default: Lane()].local = local
        return turn
    }

    private func goAlone(_ failure: StoreFailure) {
        aloneUntil = now() + Self.alone
        guard !hasTold else { return }
        hasTold = true
        tell("requests to AWS go at half the rate, which no other process knows of: \(failure.summary)")
    }

    fileprivate nonisolated func limits(of service: AWSService) -> PaceLimits? {
        service.share.map { PaceLimits(perSecond: limits.perSecond * $0, burst: Int(Double(limits.burst) * $0)) }
    }
}

/// One account's part of the shared pace.
private struct AccountPace: RequestPace {
    let account: AccountID
    let pace: SharedPace

    func turn(_ service: AWSService, region: String) async {
        guard let limits = pace.limits(of: service) else { return }
        await pace.turn(lane(service, region), limits)
    }

    func throttled(_ service: AWSService, region: String) async {
        guard let limits = pace.limits(of: service) else { return }
        await pace.throttled(lane(service, region), limits)
    }

    private func lane(_ service: AWSService, _ region: String) -> PaceLane {
        PaceLane(account: account, region: Region(region), service: service.rawValue)
    }
}

extension AWSService {
    /// How many times CloudFormation's rate it takes; nil where the rate is no concern.
    ///
    /// CloudFormation's control plane is what deployments need, and its limits are low and not published. The others take
    /// several times as much. STS is asked once for each target and session; S3 takes thousands a second for each bucket;
    /// mail, secrets and parameters are asked a few times in all.
    fileprivate var share: Double? {
        switch self {
        case .cloudformation: 1
        case .sts, .s3, .secretsmanager, .ssm, .email: nil
        default: 4
        }
    }
}
