import Core
import Foundation
import Postgres
import Testing

@testable import Ledger

/// What the database itself refuses, with raw SQL.
@Suite struct GuardTests {
    @Test func `P14 the audit log refuses every change, even by its owner and by a replica session`() async throws {
        try await LedgerFixture.with { fixture in
            try await fixture.ledger.note("something", environment: nil, plan: nil, details: ["a": "b"])
            let connection = try await Connection.open(fixture.settings)
            for preparation: SQL in [
                "SELECT", "SET session_replication_role = replica", "SET SESSION AUTHORIZATION curfew_owner",
            ] {
                try await connection.execute("RESET SESSION AUTHORIZATION")
                try await connection.execute("RESET session_replication_role")
                try await connection.execute(preparation)
                for change: SQL in [
                    "UPDATE audit_log SET event = 'nothing'", "DELETE FROM audit_log", "TRUNCATE audit_log",
                ] {
                    await #expect("\(preparation.text): \(change.text)") {
                        try await connection.execute(change)
                    } throws: {
                        ($0 as? PostgresError)?.isInsufficientPrivilege == true
                    }
                }
            }
            await connection.close()
            #expect(try await fixture.number("SELECT count(*) FROM audit_log") == 1)
        }
    }

    @Test func `P14 no group may change the audit log`() async throws {
        try await LedgerFixture.with { fixture in
            let groups = ["owner", "reader", "scanner", "member", "operator", "reaper", "verifier", "registrar"]
            for group in groups {
                for right in ["UPDATE", "DELETE", "TRUNCATE", "TRIGGER", "REFERENCES"] {
                    let rows = try await fixture.sql(
                        "SELECT has_table_privilege(\("curfew_" + group), 'curfew.audit_log', \(right)) AS may"
                    )
                    #expect(try rows.only()["may"] == false, "\(group) \(right)")
                }
            }
        }
    }

    @Test func `P2 the content of a plan is fixed`() async throws {
        try await LedgerFixture.with { fixture in
            _ = try await fixture.planned()
            let changes: [SQL] = [
                "UPDATE plans SET document = '{}'", "UPDATE plans SET digest = decode(repeat('00', 32), 'hex')",
                "UPDATE plans SET blockers = '[1]'", "UPDATE plans SET approval = '{\"automatic\": true}'",
                "UPDATE plans SET made_by = 'somebody else'", "UPDATE plans SET expires_at = now()",
                // Also where its state may move.
                "UPDATE plans SET state = 'withdrawn', ended_at = now(), document = '{}'",
                "UPDATE plans SET state = 'withdrawn', ended_at = now(), made_by = 'somebody else'",
                "DELETE FROM plans",
                "UPDATE steps SET component_id = (SELECT max(component_id) FROM components)",
                "UPDATE steps SET token = 'mine' WHERE number = 1", "DELETE FROM steps", "TRUNCATE plans CASCADE",
            ]
            for change in changes {
                #expect(try await fixture.refusal(change)?.isInsufficientPrivilege == true, "\(change.text)")
            }
        }
    }

    @Test func `P2 a step that is not in the document cannot be added`() async throws {
        try await LedgerFixture.with { fixture in
            let plan = try await fixture.planned()
            try await fixture.ledger.scan([component("prod", kind: .permanent, named: ["prod"])], at: day(3))
            let error = try await fixture.refusal(
                """
                INSERT INTO steps (plan_id, number, environment_id, component_id, token)
                SELECT \(plan.id.number), 3, e.environment_id, c.component_id, 'mine'
                FROM environments e, components c WHERE c.name = 'prod'
                """
            )
            #expect(error?.isInsufficientPrivilege == true)
        }
    }

    @Test func `P2 nothing runs without approvals that stand, under any group`() async throws {
        try await LedgerFixture.with { fixture in
            let plan = try await fixture.planned()
            let tries: [SQL] = [
                "UPDATE plans SET state = 'running', started_at = now()",
                """
                UPDATE plans SET state = 'approved', approved_at = now(), expires_at = now() + interval '1 day'
                """,
                "UPDATE steps SET state = 'intended', intended_at = now() WHERE number = 1",
                "UPDATE steps SET state = 'requested', requested_at = now() WHERE number = 1",
            ]
            let groups = ["scanner", "member", "operator", "reaper", "verifier", "registrar", "owner"]
            for group in groups {
                let login = try await fixture.login(group, "curfew_\(group)")
                for attempt in tries {
                    let error = try await fixture.refusal(attempt, as: login)
                    #expect(error?.isInsufficientPrivilege == true, "\(group): \(attempt.text)")
                }
            }
            for attempt in tries {
                #expect(try await fixture.refusal(attempt)?.isInsufficientPrivilege == true, "\(attempt.text)")
            }
            #expect(try await fixture.ledger.plan(plan.id).state == .awaitingApproval)
        }
    }

    @Test func `P2 an approval that has expired or was taken back starts nothing`() async throws {
        try await LedgerFixture.with { fixture in
            let plan = try await fixture.planned()
            try await fixture.approve(plan, by: "anna")
            let late = await failure {
                try await fixture.ledger.move(plan.id, from: [.approved], to: .running, because: nil, at: day(10))
            }
            #expect(late?.kind == .refused)
            let ben = try await fixture.login("ben", "curfew_verifier")
            try await fixture.sql(
                """
                INSERT INTO approvals (plan_id, digest, decision, decided_at)
                VALUES (\(plan.id.number), \(plan.digest.bytes), 'rejected', now())
                """,
                as: ben
            )
            let rejected = await failure {
                try await fixture.ledger.move(plan.id, from: [.approved], to: .running, because: nil, at: day(3))
            }
            #expect(rejected?.kind == .refused)
        }
    }

    @Test func `a deletion is not intended before the tombstone is stored`() async throws {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            let plan = try await fixture.planned(running: true)
            func intend() async -> StoreFailure? {
                await failure { try await fixture.intend(1, of: plan, at: day(3)) }
            }
            #expect(await intend()?.summary.contains("tombstone") == true)
            try await ledger.storeTombstone([1], of: stackID("a"), plan: plan.id, at: day(3))
            #expect(await intend() == nil)
        }
    }

    @Test func `approvals and tombstones only grow`() async throws {
        try await LedgerFixture.with { fixture in
            let plan = try await fixture.planned(running: true)
            try await fixture.ledger.storeTombstone([1], of: stackID("a"), plan: plan.id, at: day(3))
            let changes: [SQL] = [
                "UPDATE approvals SET decided_by = 'x'", "DELETE FROM approvals", "TRUNCATE approvals",
                "UPDATE tombstones SET content = ''", "DELETE FROM tombstones", "TRUNCATE tombstones",
            ]
            for change in changes {
                #expect(try await fixture.refusal(change)?.isInsufficientPrivilege == true, "\(change.text)")
            }
        }
    }

    @Test func `every trigger is always on, and every function is pinned to the schema`() async throws {
        try await LedgerFixture.with { fixture in
            let off = try await fixture.number(
                """
                SELECT count(*) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
                WHERE c.relnamespace = 'curfew'::regnamespace AND NOT t.tgisinternal AND t.tgenabled <> 'A'
                """
            )
            #expect(off == 0)
            let loose = try await fixture.number(
                """
                SELECT count(*) FROM pg_proc WHERE pronamespace = 'curfew'::regnamespace
                    AND NOT coalesce('search_path=curfew, pg_temp' = ANY (proconfig), false)
                """
            )
            #expect(loose == 0)
        }
    }
}
