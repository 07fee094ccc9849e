import Core
import Foundation

/// How long the readings of one scan may take, each and together.
package struct ReadingLimits: Sendable {
    /// A target that takes longer is cut off.
    package var perTarget: Duration
    package var sleep: @Sendable (Duration) async throws -> Void

    /// `sleep` ends early, by an error, when its task is cancelled.
    package init(
        perTarget: Duration,
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.perTarget = perTarget
        self.sleep = sleep
    }

    /// Longer than anything; nothing is cut off.
    package static let none = ReadingLimits(perTarget: .seconds(366 * 86_400))
}

/// What came of one target first: its reading, or the end of its time.
private enum TimedOutcome: Sendable {
    case read(Result<TargetReading, StoreFailure>)
    case late(because: String, advice: String)
    /// The clock's own task was told to stop.
    case stopped
}

extension TargetScan {
    /// Reads one target, but no longer than its time: then its requests are cancelled, and it is a failed reading.
    ///
    /// `end`: when the time of the whole scan is over.
    func read(
        _ target: Target,
        accepted: Bool,
        limits: ReadingLimits,
        until end: Date?,
        clock: @escaping @Sendable () -> Date
    ) async throws(StoreFailure) -> TargetReading {
        let began = clock()
        let left = end.map { Duration.seconds(max(0, $0.timeIntervalSince(began))) }
        let isWhole = left.map { $0 < limits.perTarget } ?? false
        let time = isWhole ? left ?? limits.perTarget : limits.perTarget
        let outcome = await withTaskGroup(of: TimedOutcome.self) { group in
            group.addTask {
                await .read(
                    gathering { () async throws(StoreFailure) in
                        try await read(target, accepted: accepted, clock: clock)
                    }
                )
            }
            group.addTask {
                do { try await limits.sleep(time) } catch { return .stopped }
                return Self.cutOff(target, perTarget: isWhole ? nil : limits.perTarget)
            }
            var first = TimedOutcome.stopped
            for await outcome in group {
                // The other one ends by itself, or by being cancelled here; what came first counts.
                if case .stopped = first { first = outcome }
                if case .stopped = outcome { continue }
                group.cancelAll()
            }
            return first
        }
        switch outcome {
        case .read(let result): return try result.get()
        case .late(let because, let advice): return failed(target, because, advice, from: began, at: clock())
        case .stopped: return failed(target, "was stopped", "run the scan again", from: began, at: clock())
        }
    }

    /// `perTarget`: nil where the time of the whole scan was over first.
    private static func cutOff(_ target: Target, perTarget: Duration?) -> TimedOutcome {
        guard let perTarget else {
            return .late(
                because: "was cut off: the time of this scan was over",
                advice:
                    "the next scan begins with those not read for longest; give it more with `scan: { within: … }`, "
                    + "or a night with `night: { within: … }`"
            )
        }
        return .late(
            because: "took longer than \(DurationText.format(perTarget)) and was cut off",
            advice: "the first reading asks once for every stack there and is the long one; where it needs it, give it "
                + "more with `scan: { per_target: … }`"
        )
    }

    private func failed(
        _ target: Target,
        _ because: String,
        _ advice: String,
        from began: Date,
        at now: Date
    ) -> TargetReading {
        let failure = ProviderFailure(.unreachable, "\(target) \(because)", advice: advice)
        return TargetReading(target: target, startedAt: began, finishedAt: now, outcome: .failed(failure))
    }
}
