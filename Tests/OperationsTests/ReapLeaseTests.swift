import Core
import Foundation
import Postgres
import Synchronization
import Testing

@testable import Ledger
@testable import Operations

/// At most one executor, whoever is killed, frozen or woken.
@Suite struct ReapLeaseTests {
    /// Lets the lease run out and be taken by somebody else, as while this process is frozen.
    private static func takeOver(_ scenario: Scenario) async throws -> WorkLease {
        let connection = try await Connection.open(scenario.ledger.settings)
        try await connection.execute("UPDATE curfew.work_leases SET expires_at = clock_timestamp() - interval '1 hour'")
        await connection.close()
        let claim = try await scenario.ledger.claimLease(
            HeldLease.name,
            holder: "the successor",
            for: .seconds(60),
            signatureWindow: .zero
        )
        guard case .taken(let lease) = claim else { throw StoreFailure(.broken, "it was not free: \(claim)") }
        return lease
    }

    /// Two stacks of one environment, approved; a lease whose signature window is over at once.
    private static func pair(_ scenario: Scenario) async throws -> (Scenario, PlanRecord) {
        await scenario.world.old("app-feat-a")
        await scenario.world.old("web-feat-a")
        try await scenario.ready()
        let plan = try #require(try await scenario.approved().first)
        var short = scenario
        short.wiring.timings.signatureWindow = .zero
        return (short, plan)
    }

    @Test func `P11 an executor that was frozen before its call makes it no more`() async throws {
        try await Scenario.run { scenario in
            let (short, plan) = try await Self.pair(scenario)
            let world = scenario.world
            let taken = Mutex<WorkLease?>(nil)
            await world.setBeforeDeletion {
                guard taken.withLock({ $0 }) == nil, let lease = try? await Self.takeOver(short) else { return }
                taken.withLock { $0 = lease }
                // Its own clock says that it is too late, whatever the process slept through.
                world.instants.pass(.seconds(3_600))
            }
            let stopped = await problem { _ = try await short.reap() }
            #expect(stopped?.kind == .locked)
            #expect(await world.deletions.isEmpty)
            #expect(try await scenario.steps(plan) == [.intended, .pending])
            // The successor observes, and goes on.
            let lease = try #require(taken.withLock { $0 })
            try await scenario.ledger.releaseLease(lease)
            await world.setBeforeDeletion(nil)
            #expect(try await short.reap().plans.map(\.state) == [.done])
            #expect(await world.deletions.count == 2)
            #expect(await world.tokens == Set(plan.steps.map(\.token.text)))
        }
    }

    @Test func `P11 a woken executor completes at most the call it was in, and starts no other`() async throws {
        try await Scenario.run { scenario in
            let (short, plan) = try await Self.pair(scenario)
            let world = scenario.world
            let taken = Mutex<WorkLease?>(nil)
            await world.setBeforeDeletion {
                guard taken.withLock({ $0 }) == nil, let lease = try? await Self.takeOver(short) else { return }
                taken.withLock { $0 = lease }
            }
            let stopped = await problem { _ = try await short.reap() }
            #expect(stopped?.kind == .locked)
            #expect(stopped?.summary.contains("another reaper") == true)
            #expect(await world.deletions.count == 1)
            #expect(try await scenario.steps(plan)[1] == .pending)
            #expect(try await scenario.state(plan) == .running)
            let lease = try #require(taken.withLock { $0 })
            try await scenario.ledger.releaseLease(lease)
            await world.setBeforeDeletion(nil)
            #expect(try await short.reap().plans.map(\.state) == [.done])
            #expect(await world.deletions.count == 2)
        }
    }

    @Test func `P11 who finds it taken is told by whom, since when, and when it can be had`() async throws {
        try await Scenario.run { scenario in
            let claim = try await scenario.ledger.claimLease(
                HeldLease.name,
                holder: "process 7 on build-3",
                for: .seconds(600),
                signatureWindow: .seconds(300)
            )
            try await scenario.ready()
            let locked = await problem { _ = try await scenario.reap() }
            #expect(locked?.kind == .locked)
            #expect(locked?.summary.contains("another reaper is at work: process 7 on build-3, since ") == true)
            #expect(locked?.advice.contains("another could begin at") == true)
            guard case .taken(let lease) = claim else { throw StoreFailure(.broken, "nobody held it: \(claim)") }
            try await scenario.ledger.releaseLease(lease)
            #expect(try await scenario.reap().plans.isEmpty)
        }
    }

    @Test func `P11 one that was killed is waited for until its last call cannot arrive any more`() async throws {
        try await Scenario.run { scenario in
            await scenario.world.old("shop-feat-a")
            try await scenario.ready()
            _ = try await scenario.approved()
            let claim = try await scenario.ledger.claimLease(
                HeldLease.name,
                holder: "the dead",
                for: .seconds(600),
                signatureWindow: .seconds(300)
            )
            guard case .taken(let lease) = claim else { throw StoreFailure(.broken, "nobody held it: \(claim)") }
            let connection = try await Connection.open(scenario.ledger.settings)
            try await connection.execute("UPDATE curfew.work_leases SET expires_at = clock_timestamp()")
            await connection.close()
            let (ledger, clock) = (scenario.ledger, scenario.clock)
            let slept = Mutex<[Duration]>([])
            let reap = Reap(
                scenario.wiring,
                powers: WorldPower(world: scenario.world),
                holder: "a test",
                pausedHere: { nil },
                sleep: { duration in
                    clock.pass(duration)
                    if slept.withLock({
                        $0.append(duration)
                        return $0.count
                    }) == 1 {
                        try await ledger.releaseLease(lease)
                    }
                }
            )
            #expect(try await reap.run(nil, progress: { _ in }).plans.map(\.state) == [.done])
            let first = try #require(slept.withLock { $0.first })
            #expect(first > .seconds(200) && first <= .seconds(300))
        }
    }
}
