import Core
import Foundation
import Postgres
import Testing

@testable import Ledger

@Suite struct ApprovalTests {
    @Test func `P15 an approver is who is connected, whatever the statement says`() async throws {
        try await LedgerFixture.with { fixture in
            let plan = try await fixture.planned()
            let anna = try await fixture.login("anna", "curfew_operator")
            let error = try await fixture.refusal(
                """
                INSERT INTO approvals (plan_id, digest, decision, decided_by, decided_at)
                VALUES (\(plan.id.number), \(plan.digest.bytes), 'approved', 'the boss', now())
                """,
                as: anna
            )
            #expect(error == nil)
            #expect(try await fixture.ledger.plan(plan.id).approvals.map(\.by) == [anna.overrides["user"]])
            let actors = try await fixture.sql(
                "INSERT INTO audit_log (event, actor) VALUES ('x', 'the boss') RETURNING actor",
                as: anna
            )
            #expect(try actors.only()["actor"] == anna.overrides["user"])
            // Nor is a role that was set the person.
            try await fixture.sql(SQL(raw: "GRANT curfew_verifier TO \(anna.overrides["user"] ?? "")"))
            let other = try await Connection.open(anna)
            try await other.execute("SET ROLE curfew_verifier")
            let rows = try await other.query("INSERT INTO audit_log (event) VALUES ('y') RETURNING actor")
            #expect(try rows.only()["actor"] == anna.overrides["user"])
            await other.close()
        }
    }

    @Test func `a plan moves when the quorum is reached, and not before`() async throws {
        try await LedgerFixture.with { fixture in
            var terms = onePerson
            terms.required = 2
            let plan = try await fixture.planned(terms: terms)
            for (number, name) in ["anna", "ben"].enumerated() {
                let ledger = fixture.ledger(as: try await fixture.login(name, "curfew_operator"))
                let record = try await ledger.approve(
                    plan.id,
                    digest: plan.digest,
                    selfApproved: false,
                    because: "fine",
                    expiresAt: day(9),
                    at: day(3)
                ) { $0.count >= 2 }
                #expect(record.approvals.count == number + 1)
                #expect(record.state == (number == 0 ? .awaitingApproval : .approved))
                await ledger.close()
            }
            let approved = try await fixture.ledger.plan(plan.id)
            #expect(approved.approvedAt == day(3) && approved.expiresAt == day(9))
            #expect(
                approved.approvals.allSatisfy { $0.digest == plan.digest && !$0.selfApproved && $0.because == "fine" }
            )
        }
    }

    @Test func `P2 the database counts the approvals too`() async throws {
        try await LedgerFixture.with { fixture in
            var terms = onePerson
            terms.required = 2
            let plan = try await fixture.planned(terms: terms)
            // A quorum that is satisfied too early.
            let ledger = fixture.ledger(as: try await fixture.login("anna", "curfew_operator"))
            let refused = await failure {
                _ = try await ledger.approve(
                    plan.id,
                    digest: plan.digest,
                    selfApproved: false,
                    because: nil,
                    expiresAt: day(9),
                    at: day(3)
                ) { _ in true }
            }
            #expect(refused?.kind == .refused)
            let record = try await fixture.ledger.plan(plan.id)
            #expect(record.approvals.isEmpty && record.state == .awaitingApproval)
            await ledger.close()
        }
    }

    @Test func `the requester does not count unless the terms say so`() async throws {
        for counts in [false, true] {
            try await LedgerFixture.with { fixture in
                var terms = onePerson
                terms.requesterCounts = counts
                let plan = try await fixture.planned(terms: terms)
                // The fixture's own login made the plan; it is recognised although the caller says otherwise.
                let failure = await failure {
                    _ = try await fixture.ledger.approve(
                        plan.id,
                        digest: plan.digest,
                        selfApproved: false,
                        because: nil,
                        expiresAt: day(9),
                        at: day(3)
                    ) { !$0.isEmpty }
                }
                #expect((failure == nil) == counts)
                let record = try await fixture.ledger.plan(plan.id)
                #expect(record.state == (counts ? .approved : .awaitingApproval))
                #expect(record.approvals.map(\.selfApproved) == (counts ? [true] : []))
            }
        }
    }

    @Test func `approving twice is a conflict that says so`() async throws {
        try await LedgerFixture.with { fixture in
            let plan = try await fixture.planned()
            let anna = try await fixture.login("anna", "curfew_verifier")
            let ledger = fixture.ledger(as: anna)
            for quorum in [false, true] {
                let failure = await failure {
                    _ = try await ledger.approve(
                        plan.id,
                        digest: plan.digest,
                        selfApproved: false,
                        because: nil,
                        expiresAt: day(9),
                        at: day(3)
                    ) { _ in quorum }
                }
                #expect(failure?.kind == (quorum ? .conflict : nil))
                let name = anna.overrides["user"] ?? ""
                #expect(failure == nil || failure?.summary.contains("already approved by \(name)") == true)
            }
            await ledger.close()
        }
    }

    @Test func `another digest than the plan's is not approved`() async throws {
        try await LedgerFixture.with { fixture in
            let plan = try await fixture.planned()
            let failure = await failure {
                _ = try await fixture.ledger.approve(
                    plan.id,
                    digest: Digest(of: "other"),
                    selfApproved: false,
                    because: nil,
                    expiresAt: day(9),
                    at: day(3)
                ) { _ in true }
            }
            #expect(failure?.kind == .conflict && failure?.summary.contains(plan.digest.short) == true)
            #expect(try await fixture.ledger.plan(plan.id).approvals.isEmpty)
        }
    }

    @Test func `who said yes can say no, which ends the plan`() async throws {
        try await LedgerFixture.with { fixture in
            let plan = try await fixture.planned()
            let settings = try await fixture.login("anna", "curfew_operator")
            let anna = fixture.ledger(as: settings)
            _ = try await anna.approve(
                plan.id,
                digest: plan.digest,
                selfApproved: false,
                because: nil,
                expiresAt: day(9),
                at: day(3)
            ) { !$0.isEmpty }
            let rejected = try await anna.reject(plan.id, because: "a demo tomorrow", at: day(4))
            #expect(rejected.state == .rejected && rejected.endedBecause == "a demo tomorrow")
            #expect(rejected.approvals.map(\.decision) == ["approved", "rejected"])
            let again = await failure { _ = try await anna.reject(plan.id, because: "again", at: day(4)) }
            #expect(again?.kind == .conflict)
            await anna.close()
        }
    }

    @Test func `a blocked plan cannot be approved`() async throws {
        try await LedgerFixture.with { fixture in
            try await fixture.ledger.scan([component("a")], at: day(1))
            _ = try await fixture.ledger.applyPolicy(text: "", hash: Digest(of: "policy"), at: day(1))
            let blocked = draft([(key("feat-x"), [stackID("a")])], blockers: [Blocker(.cycle, nil, "a → b → a")])
            let plan = try #require(try await fixture.ledger.store([blocked], expiresAt: nil, at: day(2)).plans.first)
            let failure = await failure { try await fixture.approve(plan, by: "anna") }
            #expect(failure?.kind == .conflict && failure?.summary.contains("draft") == true)
        }
    }
}
