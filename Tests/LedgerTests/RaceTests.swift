import Core
import Foundation
import Postgres
import Testing

@testable import Ledger

/// Two at the same instant, in real transactions: whoever comes to the plan's row first is first.
@Suite struct RaceTests {
    /// What can happen to a plan.
    enum Move: String, Sendable {
        case approve, withdraw, reject, expire, start
    }

    /// Holds the plan's row until all have come to it, one after the other, and lets it go.
    private func race(
        _ plan: PlanRecord,
        _ fixture: LedgerFixture,
        _ works: [@Sendable () async throws -> Void]
    ) async throws -> [StoreFailure.Kind?] {
        let door = try await Connection.open(fixture.settings)
        try await door.execute("BEGIN")
        _ = try await door.query("SELECT FROM plans WHERE plan_id = \(plan.id.number) FOR UPDATE")
        var outcomes: [StoreFailure.Kind?] = works.map { _ in nil }
        await withTaskGroup(of: (Int, StoreFailure.Kind?).self) { group in
            for (index, work) in works.enumerated() {
                group.addTask { (index, await failure { try await work() }?.kind) }
                await expectWaiting(index + 1, fixture)
            }
            do { try await door.execute("COMMIT") } catch { Issue.record(error) }
            for await (index, kind) in group { outcomes[index] = kind }
        }
        await door.close()
        return outcomes
    }

    private func expectWaiting(_ count: Int, _ fixture: LedgerFixture) async {
        for _ in 0..<2_000 {
            let waiting = try? await fixture.number(
                """
                SELECT count(*) FROM pg_stat_activity
                WHERE datname = current_database() AND wait_event_type = 'Lock' AND pg_sleep(0.002) IS NOT NULL
                """
            )
            if waiting == count { return }
        }
        Issue.record("fewer than \(count) came to the plan")
    }

    private func work(
        _ move: Move,
        _ plan: PlanRecord,
        _ ledger: PostgresLedger,
        started: Bool
    ) -> @Sendable () async throws -> Void {
        {
            switch move {
            case .approve:
                _ = try await ledger.approve(
                    plan.id,
                    digest: plan.digest,
                    selfApproved: false,
                    because: nil,
                    expiresAt: day(9),
                    at: day(3)
                ) { $0.count >= plan.terms.required }
            case .withdraw:
                let from: Set<PlanState> = [.draft, .awaitingApproval, .approved]
                try await ledger.move(plan.id, from: from, to: .withdrawn, because: nil, at: day(3))
            case .reject: _ = try await ledger.reject(plan.id, because: "no", at: day(3))
            case .expire:
                let from: Set<PlanState> = started ? [.approved] : [.awaitingApproval]
                try await ledger.move(plan.id, from: from, to: .expired, because: nil, at: day(3))
            case .start: try await ledger.move(plan.id, from: [.approved], to: .running, because: nil, at: day(3))
            }
        }
    }

    @Test(arguments: [
        (Move.approve, Move.withdraw, true, PlanState.withdrawn), (.withdraw, .approve, false, .withdrawn),
        (.approve, .expire, false, .approved), (.expire, .approve, false, .expired),
        (.approve, .reject, true, .rejected), (.reject, .approve, false, .rejected),
    ]) func `P2 an approval races a withdrawal, an expiry or a rejection`(
        first: Move,
        second: Move,
        bothHappen: Bool,
        end: PlanState
    ) async throws {
        try await LedgerFixture.with { fixture in
            let plan = try await fixture.planned()
            let anna = fixture.ledger(as: try await fixture.login("anna", "curfew_member"))
            let ben = fixture.ledger(as: try await fixture.login("ben", "curfew_operator"))
            let outcomes = try await race(
                plan,
                fixture,
                [
                    work(first, plan, first == .approve ? anna : ben, started: false),
                    work(second, plan, second == .approve ? anna : ben, started: false),
                ]
            )
            #expect(outcomes == [nil, bothHappen ? nil : .conflict], "\(first), then \(second)")
            let after = try await fixture.ledger.plan(plan.id)
            #expect(after.state == end, "\(first), then \(second)")
            // A yes that came too late is not there at all.
            #expect(after.approvals.contains { $0.decision == "approved" } == (first == .approve))
            await anna.close()
            await ben.close()
        }
    }

    @Test(arguments: [
        (Move.start, Move.withdraw, PlanState.running), (.withdraw, .start, .withdrawn),
        (.start, .expire, .running), (.expire, .start, .expired),
        (.start, .reject, .running), (.reject, .start, .rejected),
    ]) func `P2 a start races a withdrawal, an expiry or a rejection: one of them happens`(
        first: Move,
        second: Move,
        end: PlanState
    ) async throws {
        try await LedgerFixture.with { fixture in
            let plan = try await fixture.planned()
            try await fixture.approve(plan, by: "anna")
            let reaper = fixture.ledger(as: try await fixture.login("reaper", "curfew_reaper"))
            let ben = fixture.ledger(as: try await fixture.login("ben", "curfew_operator"))
            let outcomes = try await race(
                plan,
                fixture,
                [
                    work(first, plan, first == .start ? reaper : ben, started: true),
                    work(second, plan, second == .start ? reaper : ben, started: true),
                ]
            )
            #expect(outcomes == [nil, .conflict], "\(first), then \(second)")
            #expect(try await fixture.ledger.plan(plan.id).state == end, "\(first), then \(second)")
            await reaper.close()
            await ben.close()
        }
    }

    @Test(arguments: [1, 2, 3]) func `P2 approvers at the same instant are counted one after the other`(
        required: Int
    ) async throws {
        try await LedgerFixture.with { fixture in
            var terms = onePerson
            terms.required = required
            let plan = try await fixture.planned(terms: terms)
            let ledgers = [
                fixture.ledger(as: try await fixture.login("anna", "curfew_member")),
                fixture.ledger(as: try await fixture.login("ben", "curfew_operator")),
            ]
            let outcomes = try await race(plan, fixture, ledgers.map { work(.approve, plan, $0, started: false) })
            #expect(outcomes == [nil, required == 1 ? .conflict : nil])
            let after = try await fixture.ledger.plan(plan.id)
            #expect(after.approvals.count == min(required, 2))
            #expect(after.state == (required > 2 ? .awaitingApproval : .approved))
            let events = try await fixture.ledger.history(of: nil, limit: 99).map(\.event)
            #expect(events.count { $0 == "plan approved" } == (required > 2 ? 0 : 1))
            for ledger in ledgers { await ledger.close() }
        }
    }

    @Test func `P2 one person who approves twice at the same instant is heard once`() async throws {
        try await LedgerFixture.with { fixture in
            var terms = onePerson
            terms.required = 2
            let plan = try await fixture.planned(terms: terms)
            let anna = fixture.ledger(as: try await fixture.login("anna", "curfew_member"))
            let yes = work(.approve, plan, anna, started: false)
            #expect(try await race(plan, fixture, [yes, yes]) == [nil, .conflict])
            let after = try await fixture.ledger.plan(plan.id)
            #expect(after.approvals.count == 1 && after.state == .awaitingApproval)
            await anna.close()
        }
    }
}
