import Core
import Foundation
import Postgres
import Testing

@testable import Ledger

/// Approvals that somebody else wrote down.
@Suite struct VerifierTests {
    private func record(_ name: String, proof: String?, _ plan: PlanRecord) -> SQL {
        """
        INSERT INTO approvals (plan_id, digest, decision, decided_by, proof, decided_at)
        VALUES (\(plan.id.number), \(plan.digest.bytes), 'approved', \(name), \(proof as String?), now())
        """
    }

    private func approvals(_ fixture: LedgerFixture) async throws -> [String] {
        try await fixture.sql(
            """
            SELECT decided_by || '|' || coalesce(recorded_by, '') || '|' || coalesce(proof, '') || '|' || self
            FROM approvals ORDER BY approval_id
            """
        ).decode(String.self)
    }

    @Test func `P15 a verifier records somebody else with a proof, and nobody else does`() async throws {
        try await LedgerFixture.with { fixture in
            var terms = onePerson
            terms.required = 9
            let plan = try await fixture.planned(terms: terms)
            let server = try await fixture.login("server", "curfew_verifier")
            let serverName = server.overrides["user"] ?? ""
            try await fixture.sql(record("anna", proof: "slack signature 1", plan), as: server)
            #expect(try await approvals(fixture) == ["anna|\(serverName)|slack signature 1|false"])
            // Without a proof it speaks for itself.
            try await fixture.sql(record("ben", proof: nil, plan), as: server)
            #expect(try await approvals(fixture).last == "\(serverName)|||false")
            for group in ["member", "operator"] {
                let login = try await fixture.login(group, "curfew_\(group)")
                try await fixture.sql(record("the boss", proof: "mine", plan), as: login)
                #expect(try await approvals(fixture).last == "\(login.overrides["user"] ?? "")|||false")
            }
            // A superuser is taken for a member of every group, and is none of this one.
            try await fixture.sql(record("the boss", proof: "mine", plan))
            #expect(try await approvals(fixture).last == "\(fixture.settings.overrides["user"] ?? "")|||true")
        }
    }

    @Test func `P15 membership counts through other groups`() async throws {
        try await LedgerFixture.with { fixture in
            let plan = try await fixture.planned()
            let between = try await fixture.login("between", "curfew_verifier")
            let server = try await fixture.login("server", between.overrides["user"] ?? "")
            try await fixture.sql(record("anna", proof: "a token", plan), as: server)
            #expect(try await approvals(fixture) == ["anna|\(server.overrides["user"] ?? "")|a token|false"])
        }
    }

    @Test func `P15 nobody is recorded twice, and who asked stays who asked`() async throws {
        try await LedgerFixture.with { fixture in
            let plan = try await fixture.planned()
            let server = try await fixture.login("server", "curfew_verifier")
            try await fixture.sql(record("anna", proof: "1", plan), as: server)
            #expect(
                try await fixture.refusal(record("anna", proof: "2", plan), as: server)?.sqlState == .uniqueViolation
            )
            try await fixture.sql(record(plan.madeBy, proof: "3", plan), as: server)
            #expect(try await approvals(fixture).last?.hasSuffix("|true") == true)
        }
    }
}
