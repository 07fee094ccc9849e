import Core
import Foundation
import Ledger
import Operations
import Synchronization
import Testing

/// Targets whose reading was told to stop.
private final class Cancelled: Sendable {
    private let found = Mutex<Set<Target>>([])

    var targets: Set<Target> { found.withLock { $0 } }

    func note(_ target: Target) { found.withLock { _ = $0.insert(target) } }
}

@Suite struct TimeLimitTests {
    private static let targets = (10...30).map {
        Target(account: AccountID("1111111111\($0)"), region: Region("eu-west-1"))
    }

    /// A provider that never answers in some targets; cancelled, it says so.
    private func provider(_ world: World, hanging: Set<Target>, cancelled: Cancelled) -> ProviderInBetween {
        var provider = ProviderInBetween(world: world)
        provider.beforeComponents = { target in
            guard hanging.contains(target) else { return }
            do { try await Task.sleep(for: .seconds(3_600)) } catch { cancelled.note(target) }
        }
        return provider
    }

    @Test func `R1 a target that takes too long is cut off, and twenty others are read as if it were not there`()
        async throws
    {
        try await Scenario.run(targets: Self.targets) { scenario in
            for target in Self.targets {
                await scenario.world.add("shop-feat-a", in: target, created: Scenario.longAgo)
            }
            try await scenario.ready()
            try await scenario.scan()
            let slow = Self.targets[3]
            for target in Self.targets {
                let id = ComponentID(
                    try #require(await scenario.world.present.first { $0.text.contains(target.account.text) }).text
                )
                if target == slow || target == Self.targets[4] { await scenario.world.remove(id) }
            }
            scenario.clock.pass(.seconds(60))
            let read = Mutex(0)
            let cancelled = Cancelled()
            let clock = ContinuousClock.now
            // The slow one's time is over when all others have been read; theirs never is.
            let limits = ReadingLimits(perTarget: .seconds(300)) { time in
                #expect(time == .seconds(300))
                while read.withLock({ $0 }) < 20 { try await Task.sleep(for: .milliseconds(5)) }
            }
            let outcome = try await Scan(
                provider: provider(scenario.world, hanging: [slow], cancelled: cancelled),
                store: scenario.ledger,
                rules: scenario.wiring.rules,
                locks: scenario.ledger,
                limits: limits
            ).run(only: nil, full: false, clock: scenario.wiring.clock) { _ in read.withLock { $0 += 1 } }
            #expect(ContinuousClock.now - clock < .seconds(120))
            #expect(!outcome.isComplete && !outcome.readNothing)
            let failed = outcome.summary.readings.filter { $0.outcome != "complete" }
            #expect(failed.map(\.target) == [slow] && outcome.summary.readings.count == 21)
            #expect(failed.first?.failure == "\(slow) took longer than 5m and was cut off")
            #expect(failed.first?.advice?.contains("scan: { per_target: … }") == true)
            #expect(cancelled.targets == [slow])
            // Both are gone from the world, and only the one that was read is known to be.
            let environments = try await scenario.ledger.environments(named: EnvironmentName("feat-a"))
            let ended = Set(environments.filter { $0.endedAt != nil }.map(\.key.space.text))
            #expect(ended == [Self.targets[4].account.text])
        }
    }

    @Test func `the time of the whole scan cuts off what is under way, and what was not begun is said as such`()
        async throws
    {
        let targets = Array(Self.targets.prefix(3))
        try await Scenario.run(targets: targets) { scenario in
            for target in targets { await scenario.world.add("shop-feat-a", in: target, created: Scenario.longAgo) }
            try await scenario.ready()
            var rules = scenario.wiring.rules
            rules.width = 2
            let cancelled = Cancelled()
            let times = Mutex<[Duration]>([])
            let isOver = Mutex(false)
            let clock = scenario.clock
            let limits = ReadingLimits(perTarget: .seconds(300)) { time in
                times.withLock { $0.append(time) }
                // Both at work have begun; then the time is over for them and for the third, before either goes on.
                while times.withLock({ $0.count }) < 2 { try await Task.sleep(for: .milliseconds(5)) }
                isOver.withLock { isOver in
                    if !isOver { clock.pass(.seconds(60)) }
                    isOver = true
                }
            }
            let outcome = try await Scan(
                provider: provider(scenario.world, hanging: Set(targets), cancelled: cancelled),
                store: scenario.ledger,
                rules: rules,
                locks: scenario.ledger,
                limits: limits
            ).run(only: nil, full: false, until: clock.now.later(by: .seconds(60)), clock: scenario.wiring.clock) { _ in
            }
            #expect(times.withLock { $0 } == [.seconds(60), .seconds(60)])
            let failures = outcome.summary.readings.map { $0.failure ?? "" }
            #expect(failures.count { $0.hasSuffix("was cut off: the time of this scan was over") } == 2)
            #expect(failures.count { $0.hasSuffix(TargetState.notTried) } == 1)
            #expect(outcome.readNothing)
        }
    }
}
