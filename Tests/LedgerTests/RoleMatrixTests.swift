import Core
import Foundation
import Postgres
import Testing

@testable import Ledger

/// What no group may do, whatever SQL it sends.
@Suite struct RoleMatrixTests {
    private static let groups = ["reader", "scanner", "member", "operator", "reaper", "verifier", "registrar"]

    /// Every row that a forbidden statement could have changed, as text.
    private func state(_ fixture: LedgerFixture) async throws -> [String] {
        try await fixture.sql(
            """
            SELECT p::text FROM plans p UNION ALL SELECT a::text FROM approvals a UNION ALL SELECT s::text FROM steps s
            UNION ALL SELECT e::text FROM plan_environments e UNION ALL SELECT l::text FROM work_leases l ORDER BY 1
            """
        ).decode(String.self)
    }

    /// Each statement is refused under each group, and nothing is different afterwards.
    private func expectRefused(
        _ statements: [SQL],
        _ fixture: LedgerFixture,
        but allowed: [(group: String, statement: Int)] = []
    ) async throws {
        let before = try await state(fixture)
        for group in Self.groups {
            let login = try await fixture.login("m\(group)", "curfew_\(group)")
            for (index, statement) in statements.enumerated() {
                let error = try await fixture.refusal(statement, as: login)
                #expect(error?.sqlState != nil, "\(group): \(statement.text)")
                #expect(error?.isInsufficientPrivilege == true || error?.sqlState == .checkViolation)
                #expect(try await state(fixture) == before, "\(group): \(index) \(statement.text)")
            }
        }
    }

    @Test func `P2 P15 no group starts, changes or approves a plan without a quorum`() async throws {
        try await LedgerFixture.with { fixture in
            var terms = onePerson
            terms.required = 2
            let plan = try await fixture.planned(terms: terms)
            let anna = fixture.ledger(as: try await fixture.login("anna", "curfew_member"))
            _ = try await anna.approve(
                plan.id,
                digest: plan.digest,
                selfApproved: false,
                because: nil,
                expiresAt: day(9),
                at: day(3)
            ) { _ in false }
            await anna.close()
            let id = plan.id.number
            try await expectRefused(
                [
                    "UPDATE plans SET state = 'running', started_at = now()",
                    """
                    UPDATE plans SET state = 'running', started_at = now(), approved_at = now(),
                        expires_at = now() + interval '1 day'
                    """,
                    "UPDATE plans SET state = 'approved', approved_at = now(), expires_at = now() + interval '1 day'",
                    "UPDATE plans SET document = '{}'", "UPDATE plans SET forecast = '{}'",
                    "UPDATE plans SET digest = decode(repeat('00', 32), 'hex')",
                    "UPDATE plans SET approval = jsonb_set(approval, '{required}', '1')",
                    "UPDATE plans SET made_by = 'somebody else'", "UPDATE plans SET blockers = '[1]'",
                    "DELETE FROM plans", "TRUNCATE plans CASCADE",
                    """
                    INSERT INTO approvals (plan_id, digest, decision, decided_at)
                    VALUES (\(id), decode(repeat('00', 32), 'hex'), 'approved', now())
                    """,
                    "UPDATE approvals SET decided_by = 'somebody'", "DELETE FROM approvals", "TRUNCATE approvals",
                    "UPDATE approvals SET proof = 'x', recorded_by = 'y'",
                    "UPDATE steps SET state = 'intended', intended_at = now(), fence = 1 WHERE number = 1",
                    "UPDATE steps SET state = 'requested', requested_at = now() WHERE number = 1",
                    "UPDATE steps SET token = 'mine' WHERE number = 1", "DELETE FROM steps", "TRUNCATE steps",
                    """
                    INSERT INTO steps (plan_id, number, environment_id, component_id, token)
                    SELECT plan_id, 3, environment_id, component_id, 'mine' FROM steps WHERE number = 1
                    """,
                    "UPDATE plan_environments SET class = 'named'", "DELETE FROM plan_environments",
                    """
                    INSERT INTO plan_environments (plan_id, environment_id, class)
                    SELECT plan_id, environment_id, 'named' FROM plan_environments
                    """,
                ],
                fixture
            )
            #expect(try await fixture.ledger.plan(plan.id).state == .awaitingApproval)
        }
    }

    @Test func `P2 P11 P13 once it runs, no group withdraws a plan or begins a step beside the reaper`() async throws {
        try await LedgerFixture.with { fixture in
            let plan = try await fixture.planned(running: true)
            try await fixture.ledger.storeTombstone([1], of: stackID("a"), plan: plan.id, at: day(3))
            // The lease is the superuser's: also another login of the reaper's group is kept out.
            try await fixture.reaping { lease in
                let ends = ["withdrawn", "rejected", "superseded", "expired", "approved", "awaiting approval"].map {
                    SQL(raw: "UPDATE plans SET state = '\($0)', ended_at = now()")
                }
                let approvals = ["approved", "rejected"].map { decision -> SQL in
                    """
                    INSERT INTO approvals (plan_id, digest, decision, decided_at)
                    VALUES (\(plan.id.number), \(plan.digest.bytes), \(decision), now())
                    """
                }
                let others: [SQL] = [
                    "UPDATE plans SET expires_at = expires_at + interval '1 year'",
                    "UPDATE steps SET state = 'intended', intended_at = now(), fence = \(lease.fence) WHERE number = 1",
                    "UPDATE steps SET state = 'requested', requested_at = now() WHERE number = 1",
                    "UPDATE work_leases SET expires_at = now() + interval '1 minute'",
                    "UPDATE work_leases SET released_at = now()", "UPDATE work_leases SET fence = fence + 1",
                    "DELETE FROM work_leases", "DELETE FROM tombstones", "UPDATE tombstones SET content = ''",
                ]
                try await expectRefused(ends + approvals + others, fixture)
            }
            for group in ["scanner", "member", "operator", "verifier"] {
                let login = try await fixture.login("e\(group)", "curfew_\(group)")
                for end in ["done", "failed", "halted"] {
                    let error = try await fixture.refusal(
                        SQL(raw: "UPDATE plans SET state = '\(end)', ended_at = now()"),
                        as: login
                    )
                    #expect(error?.isInsufficientPrivilege == true, "\(group) \(end)")
                }
            }
            #expect(try await fixture.ledger.plan(plan.id).state == .running)
        }
    }

    @Test func `P2 an approval that has run out starts nothing, whatever time the statement claims`() async throws {
        try await LedgerFixture.with { fixture in
            let plan = try await fixture.planned()
            let past = Date().addingTimeInterval(-86_400)
            let anna = fixture.ledger(as: try await fixture.login("anna", "curfew_member"))
            _ = try await anna.approve(
                plan.id,
                digest: plan.digest,
                selfApproved: false,
                because: nil,
                expiresAt: past.addingTimeInterval(3_600),
                at: past
            ) { !$0.isEmpty }
            await anna.close()
            let reaper = try await fixture.login("reaper", "curfew_reaper")
            let error = try await fixture.refusal(
                "UPDATE plans SET state = 'running', started_at = \(past.addingTimeInterval(60))",
                as: reaper
            )
            #expect(error?.isInsufficientPrivilege == true && error?.description.contains("ran out") == true)
        }
    }
}
