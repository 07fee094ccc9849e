import Core
import Foundation
import Postgres
import Testing

@testable import Ledger

extension LedgerFixture {
    /// As if the lease had been taken and renewed that much earlier; no rule of the database is in the way.
    fileprivate func pass(_ duration: Duration) async throws {
        try await unguarded("work_leases") {
            try await sql(
                """
                UPDATE work_leases SET claimed_at = claimed_at - \(duration), renewed_at = renewed_at - \(duration),
                    expires_at = expires_at - \(duration)
                """
            )
        }
    }
}

@Suite struct LeaseTests {
    private func claim(
        _ ledger: PostgresLedger,
        _ holder: String = "one",
        for time: Duration = .seconds(60),
        window: Duration = .seconds(100)
    ) async throws -> LeaseClaim {
        try await ledger.claimLease("reap", holder: holder, for: time, signatureWindow: window)
    }

    private func take(_ ledger: PostgresLedger, _ holder: String = "one") async throws -> WorkLease {
        let answer = try await claim(ledger, holder)
        guard case .taken(let lease) = answer else { throw StoreFailure(.conflict, "\(answer)") }
        return lease
    }

    @Test func `P11 a lease is taken once, and others are told who has it, since when, and for how long`() async throws
    {
        try await LedgerFixture.with { fixture in
            let claims = await withTaskGroup(of: LeaseClaim?.self) { group in
                for number in 0..<8 {
                    group.addTask { try? await claim(fixture.ledger, "process \(number)") }
                }
                var claims: [LeaseClaim] = []
                for await claim in group { if let claim { claims.append(claim) } }
                return claims
            }
            #expect(claims.count == 8)
            var holders: Set<String> = []
            for case .held(let holder, let since, let isAlive, let wait) in claims {
                holders.insert(holder)
                #expect(isAlive && wait > .seconds(100) && wait <= .seconds(160))
                #expect(abs(since.timeIntervalSinceNow) < 60)
            }
            #expect(holders.count == 1)
            #expect(claims.count { if case .taken = $0 { true } else { false } } == 1)
        }
    }

    @Test func `P11 a lease that was given back is free at once, and every taking has a higher fence`() async throws {
        try await LedgerFixture.with { fixture in
            var fences: [Int64] = []
            for _ in 0..<3 {
                let lease = try await take(fixture.ledger)
                #expect(lease.remaining > .seconds(50) && lease.remaining <= .seconds(60))
                fences.append(lease.fence)
                try await fixture.ledger.releaseLease(lease)
            }
            #expect(fences == [1, 2, 3])
        }
    }

    @Test func `P11 a successor waits for the lease and for the former holder's signature window`() async throws {
        try await LedgerFixture.with { fixture in
            let first = try await take(fixture.ledger)
            for (passes, isAlive) in [(Duration.seconds(30), true), (.seconds(40), false), (.seconds(40), false)] {
                try await fixture.pass(passes)
                // Whatever window the successor would like to have.
                let answer = try await claim(fixture.ledger, "two", window: .zero)
                guard case .held(_, _, let alive, let wait) = answer else {
                    Issue.record("taken too early: \(answer)")
                    return
                }
                #expect(alive == isAlive && wait > .zero)
            }
            try await fixture.pass(.seconds(60))
            let second = try await take(fixture.ledger, "two")
            #expect(second.fence == first.fence + 1)
        }
    }

    @Test func `P11 an executor that wakes up after its lease was taken renews nothing and begins nothing`()
        async throws
    {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            let plan = try await fixture.planned(running: true)
            try await ledger.storeTombstone([1], of: stackID("a"), plan: plan.id, at: day(3))
            let frozen = try await take(ledger)
            try await fixture.pass(.seconds(161))
            let second = try await take(ledger, "two")
            let renewal = await failure { _ = try await ledger.renewLease(frozen, for: .seconds(60)) }
            #expect(renewal?.kind == .conflict)
            let late = await failure { _ = try await ledger.intend(step: 1, of: plan.id, lease: frozen, at: day(3)) }
            #expect(late?.kind == .conflict && late?.summary.contains("held by two") == true)
            // Nor does the database believe the old number.
            let raw = try await fixture.refusal(
                "UPDATE steps SET state = 'intended', intended_at = now(), fence = \(frozen.fence) WHERE number = 1"
            )
            #expect(raw?.isInsufficientPrivilege == true)
            // It cannot give back what it does not have either.
            try await ledger.releaseLease(frozen)
            let renewed = try await ledger.renewLease(second, for: .seconds(60))
            #expect(renewed.fence == second.fence)
            let steps = try await ledger.plan(plan.id).steps
            #expect(steps.map(\.state) == [.pending, .pending])
            _ = try await ledger.intend(step: 1, of: plan.id, lease: second, at: day(3))
        }
    }

    @Test func `P11 a lease that has run out begins nothing until it is renewed, which nobody else prevented`()
        async throws
    {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            let plan = try await fixture.planned(running: true)
            try await ledger.storeTombstone([1], of: stackID("a"), plan: plan.id, at: day(3))
            let lease = try await take(ledger)
            try await fixture.pass(.seconds(61))
            let late = await failure { _ = try await ledger.intend(step: 1, of: plan.id, lease: lease, at: day(3)) }
            #expect(late?.kind == .conflict && late?.summary.contains("run out") == true)
            let raw = try await fixture.refusal(
                "UPDATE steps SET state = 'intended', intended_at = now(), fence = \(lease.fence) WHERE number = 1"
            )
            #expect(raw?.isInsufficientPrivilege == true)
            let renewed = try await ledger.renewLease(lease, for: .seconds(60))
            #expect(renewed.fence == lease.fence && renewed.remaining > .seconds(50))
            let left = try await ledger.intend(step: 1, of: plan.id, lease: lease, at: day(3))
            #expect(left > .seconds(50) && left <= .seconds(60))
        }
    }

    @Test func `P11 a lease serves the login that took it alone`() async throws {
        try await LedgerFixture.with { fixture in
            let plan = try await fixture.planned(running: true)
            try await fixture.ledger.storeTombstone([1], of: stackID("a"), plan: plan.id, at: day(3))
            let lease = try await take(fixture.ledger)
            let settings = try await fixture.login("other", "curfew_reaper")
            let other = fixture.ledger(as: settings)
            let refused: [StoreFailure?] = [
                await failure { _ = try await other.intend(step: 1, of: plan.id, lease: lease, at: day(3)) },
                await failure { _ = try await other.renewLease(lease, for: .seconds(60)) },
                await failure { try await other.releaseLease(lease) },
            ]
            #expect(refused.map { $0?.kind } == [.refused, .refused, .refused])
            await other.close()
        }
    }

    @Test func `P11 no statement takes a lease that is alive, or makes its number smaller`() async throws {
        try await LedgerFixture.with { fixture in
            _ = try await take(fixture.ledger)
            let reaper = try await fixture.login("reaper", "curfew_reaper")
            let tries: [SQL] = [
                "UPDATE work_leases SET fence = fence + 1, holder = 'me', expires_at = now() + interval '1 minute'",
                "UPDATE work_leases SET fence = 0", "UPDATE work_leases SET signature_window = interval '0'",
                "UPDATE work_leases SET name = 'other'", "UPDATE work_leases SET holder_login = 'somebody'",
                "UPDATE work_leases SET holder = 'me'", "DELETE FROM work_leases", "TRUNCATE work_leases",
            ]
            for attempt in tries {
                for login in [fixture.settings, reaper] {
                    let error = try await fixture.refusal(attempt, as: login)
                    #expect(error?.isInsufficientPrivilege == true, "\(attempt.text)")
                }
            }
            // As the owner's login it could be renewed, but by nobody else.
            let error = try await fixture.refusal(
                "UPDATE work_leases SET expires_at = now() + interval '5 minutes'",
                as: reaper
            )
            #expect(error?.isInsufficientPrivilege == true)
            // It has run out, but a call that it signed may still arrive.
            try await fixture.pass(.seconds(61))
            for login in [fixture.settings, reaper] {
                #expect(try await fixture.refusal(tries[0], as: login)?.isInsufficientPrivilege == true)
            }
            try await fixture.pass(.seconds(100))
            #expect(try await fixture.refusal(tries[0], as: reaper) == nil)
        }
    }

    @Test func `P11 a process that is frozen inside a transaction holds nobody up for long`() async throws {
        try await LedgerFixture.with { fixture in
            let shown = try await fixture.sql("SHOW idle_in_transaction_session_timeout").only()
            #expect(try shown[0] == "30s")
            let waits = try await fixture.sql("SHOW lock_timeout").only()
            #expect(try waits[0] == "1min")
        }
    }
}
