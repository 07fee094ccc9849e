import Core
import Foundation
import Postgres
import Testing

@testable import Ledger

@Suite struct RegistrationTests {
    private func draft(
        _ name: String = "feat-x",
        owner: String = "team-shop",
        _ change: (inout RegistrationDraft) -> Void = { _ in }
    ) -> RegistrationDraft {
        var draft = RegistrationDraft(name: EnvironmentName(name), owner: OwnerName(owner))
        change(&draft)
        return draft
    }

    /// As the superuser, who may try out other times.
    private func insert(_ fixture: LedgerFixture, owner: String, at: Date, name: String = "feat-x") async throws {
        try await fixture.sql(
            "INSERT INTO registrations (space, name, owner, registered_at) VALUES ('sandbox', \(name), \(owner), \(at))"
        )
    }

    private func pipeline(_ fixture: LedgerFixture) async throws -> (settings: ConnectionSettings, name: String) {
        let settings = try await fixture.login("pipeline", "curfew_registrar")
        return (settings, settings.overrides["user"] ?? "")
    }

    @Test func `a pipeline registers before anything is known, and the database says who and when`() async throws {
        try await LedgerFixture.with { fixture in
            let login = try await pipeline(fixture)
            let ledger = fixture.ledger(as: login.settings)
            let made = try await ledger.register(
                draft {
                    $0.branch = "feature/x"
                    $0.repository = "https://github.com/shop/api"
                    $0.commit = "0123456789abcdef"
                    $0.lifetime = .seconds(14 * 86_400)
                },
                in: sandbox
            )
            #expect(made.life == nil && made.owner == nil)
            #expect(made.registration.by == login.name)
            #expect(abs(made.registration.at.timeIntervalSince(Date())) < 60)
            #expect(made.registration.expiresAt == made.registration.at.addingTimeInterval(14 * 86_400))
            #expect(ledger.needsSealing)
            _ = try await ledger.seal()
            await ledger.close()
            let entry = try #require(try await fixture.ledger.history(of: nil, limit: 1).first)
            #expect(entry.event == "registered" && entry.actor == login.name)
            let details = String(decoding: entry.details, as: UTF8.self)
            for word in ["feat-x", "team-shop", "feature/x", "https://github.com/shop/api", "0123456789abcdef"] {
                #expect(details.contains(word))
            }
        }
    }

    @Test func `the next life takes what was registered for it, and nothing of the one before`() async throws {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            try await insert(fixture, owner: "long before", at: day(0.9))
            try await insert(fixture, owner: "first", at: day(1).addingTimeInterval(-3_600))
            try await ledger.scan([component("a", created: day(1))], at: day(1.5))
            #expect(try await ledger.environments().first?.registration?.owner.text == "first")
            try await insert(fixture, owner: "first again", at: day(2))
            #expect(try await ledger.environments().first?.registration?.owner.text == "first again")
            try await ledger.scan([], gone: [stackID("a")], at: day(3))
            try await ledger.scan([component("b", created: day(3.01))], at: day(4))
            let second = try await ledger.environments().first
            #expect(second?.key == key("feat-x", 2) && second?.registration == nil)
            try await insert(fixture, owner: "second", at: day(4))
            #expect(try await ledger.environments().first?.registration?.owner.text == "second")
            // The life that ended keeps what was said of it.
            try await ledger.scan([], gone: [stackID("b")], at: day(5))
            try await insert(fixture, owner: "third", at: day(5))
            let ended = try await ledger.environments(named: EnvironmentName("feat-x")).first
            #expect(ended?.endedAt == day(5) && ended?.registration?.owner.text == "second")
        }
    }

    @Test func `schema and program agree which registration is about which life`() async throws {
        try await LedgerFixture.with { fixture in
            let moments: [TimeInterval] = [-3_601, -3_600, -3_599, -1_800, -1, 0, 1, 3_600, 7_199, 7_200, 7_201]
            for at in moments {
                for ended in [nil, 3_600, 7_200] as [TimeInterval?] {
                    for former in [nil, -7_200, -1_800, -1, 0, 1, 7_200] as [TimeInterval?] {
                        func date(_ offset: TimeInterval) -> Date { day(1).addingTimeInterval(offset) }
                        let life = RegisteredLife(
                            oldest: day(1),
                            ended: ended.map(date),
                            formerEnded: former.map(date)
                        )
                        let said: [[Bool]] = try await fixture.ledger.read(
                            """
                            SELECT registration_counts(g.registered_at, e.oldest_at, e.ended_at, f.ended_at) AS schema,
                                \(RegistrationStatements.counts) AS statement
                            FROM (SELECT \(date(at)) AS registered_at) g,
                                (SELECT \(day(1)) AS oldest_at, \(ended.map(date) as Date?) AS ended_at) e,
                                (SELECT \(former.map(date) as Date?) AS ended_at) f
                            """
                        ) { (row) throws(PostgresError) in [try row["schema"], try row["statement"]] }
                        let counts = life.counts(date(at))
                        #expect(said == [[counts, counts]], "\(at) \(ended as Any) \(former as Any)")
                    }
                }
            }
        }
    }

    @Test func `where nothing better is known, who registers names the owner at once; a tag and a claim stay`()
        async throws
    {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            // Made a moment ago, by the clock that dates registrations.
            try await ledger.scan(
                ["x", "y", "z", "w"].map { component($0, created: Date(), named: ["feat-\($0)"]) },
                at: Date()
            )
            try await ledger.setOwners([
                key("feat-y"): OwnerRecord(owner: "anna", source: "tag", detail: "tag owner", conflict: false),
                key("feat-z"): OwnerRecord(owner: nil, source: "conflict", detail: "a; b", conflict: true),
                key("feat-w"): OwnerRecord(owner: "web", source: "pattern", detail: "name", conflict: false),
            ])
            let login = try await pipeline(fixture)
            let registrar = fixture.ledger(as: login.settings)
            func owner(_ name: String) async throws -> OwnerRecord? {
                try await registrar.register(draft(name) { $0.answers = OwnerName("shop@example.com") }, in: sandbox)
                    .owner
            }
            let registered = OwnerRecord(
                owner: "shop@example.com",
                source: "registration",
                detail: "registered by \(login.name)",
                conflict: false
            )
            #expect(try await owner("feat-x") == registered)
            #expect(try await owner("feat-w") == registered)
            #expect(try await owner("feat-y")?.owner == "anna")
            #expect(try await owner("feat-z")?.conflict == true)
            // Again: nothing about the owner is new.
            #expect(try await owner("feat-x") == registered)
            await registrar.close()
            try await ledger.claim(key("feat-x"), owner: "ben", at: Date())
            try await ledger.setOwners([
                key("feat-x"): OwnerRecord(owner: "ben", source: "claim", detail: "claimed", conflict: false)
            ])
            _ = try await ledger.register(draft("feat-x"), in: sandbox)
            let owners = try await ledger.environments().map { $0.owner }
            #expect(owners == ["shop@example.com", "ben", "anna", nil])
            let found = try await ledger.history(of: key("feat-x"), limit: 99).map(\.event)
            #expect(found.filter { $0 == "owner found" }.count == 2)
            #expect(found.filter { $0 == "registered" }.count == 3)
        }
    }

    @Test func `registrations only grow, whoever is connected`() async throws {
        try await LedgerFixture.with { fixture in
            _ = try await fixture.ledger.register(draft(), in: sandbox)
            let changes: [SQL] = [
                "UPDATE registrations SET owner = 'eve'", "UPDATE registrations SET expires_at = now()",
                "UPDATE registrations SET registered_by = 'eve', registered_at = now()", "DELETE FROM registrations",
                "TRUNCATE registrations",
            ]
            let groups = [
                "reader", "scanner", "member", "operator", "reaper", "verifier", "registrar", "owner",
            ]
            for group in groups {
                let login = try await fixture.login("g\(group)", "curfew_\(group)")
                for change in changes {
                    let refusal = try await fixture.refusal(change, as: login)
                    #expect(refusal?.isInsufficientPrivilege == true, "\(group): \(change.text)")
                }
            }
            for change in changes {
                let refusal = try await fixture.refusal(change)
                #expect(refusal?.isInsufficientPrivilege == true, "\(change.text)")
            }
            #expect(try await fixture.number("SELECT count(*) FROM registrations WHERE owner = 'team-shop'") == 1)
        }
    }

    @Test func `P15 who registers is who is connected, now, whatever the statement says`() async throws {
        try await LedgerFixture.with { fixture in
            let owner = try await fixture.login("schema", "curfew_owner")
            try await fixture.sql(
                """
                INSERT INTO registrations (space, name, owner, lifetime, registered_by, registered_at, expires_at)
                VALUES ('sandbox', 'feat-x', 'anna', '1 day', 'somebody else', now() - interval '1 year', now())
                """,
                as: owner
            )
            let right = try await fixture.number(
                """
                SELECT count(*) FROM registrations WHERE registered_by = \(owner.overrides["user"] ?? "")
                    AND registered_at > now() - interval '1 minute' AND expires_at = registered_at + interval '1 day'
                """
            )
            #expect(right == 1)
        }
    }

    @Test func `who registers does that and nothing else`() async throws {
        try await LedgerFixture.with { fixture in
            try await fixture.ledger.scan([component("a")], at: day(1))
            let login = try await pipeline(fixture)
            #expect(try await fixture.ledger(as: login.settings).spaces(with: EnvironmentName("feat-x")) == [sandbox])
            let refused: [SQL] = [
                """
                INSERT INTO registrations (space, name, owner, registered_by, registered_at)
                VALUES ('sandbox', 'feat-x', 'eve', 'eve', now())
                """,
                "SELECT FROM registrations", "SELECT owner FROM environments", "SELECT tags FROM components",
                "SELECT FROM plans", "SELECT FROM audit_log", "SELECT FROM tombstones", "SELECT FROM messages",
                "UPDATE environments SET owner = 'eve'", "INSERT INTO audit_log (event) VALUES ('x')",
                "INSERT INTO claims (environment_id, owner, set_at) VALUES (1, 'eve', now())",
                "INSERT INTO releases (environment_id, set_at) VALUES (1, now())",
                "INSERT INTO approvals (plan_id, digest, decision, decided_at) VALUES (1, '', 'approved', now())",
            ]
            for statement in refused {
                let error = try await fixture.refusal(statement, as: login.settings)
                #expect(error?.isInsufficientPrivilege == true, "\(statement.text)")
            }
            for group in ["reader", "scanner", "member", "reaper", "verifier", "operator"] {
                let other = fixture.ledger(as: try await fixture.login("r\(group)", "curfew_\(group)"))
                let failed = await failure { _ = try await other.register(draft(), in: sandbox) }
                #expect(failed?.kind == (group == "operator" ? nil : .refused), "\(group)")
                await other.close()
            }
        }
    }

    @Test func `P17 the schema keeps no address with a password, whatever a program sends`() async throws {
        try await LedgerFixture.with { fixture in
            let tries: [(inout RegistrationDraft) -> Void] = [
                { $0.repository = "https://token@github.com/shop/api" },
                { $0.repository = "https://user:secret@github.com/shop/api" },
                { $0.repository = "ssh://git:secret@github.com/shop/api" },
                { $0.repository = "https://github.com/shop/api?private_token=secret" },
                { $0.repository = "https://github.com/a\u{1B}[31m" }, { $0.branch = "a\nb" }, { $0.commit = "main" },
                { $0.lifetime = .seconds(-1) }, { $0.lifetime = .seconds(4_000 * 86_400) },
                { $0.answers = OwnerName("") },
            ]
            for (index, change) in tries.enumerated() {
                let failed = await failure {
                    _ = try await fixture.ledger.register(draft("feat-x", change), in: sandbox)
                }
                #expect(failed != nil, "\(index)")
            }
            let failed = await failure { _ = try await fixture.ledger.register(draft("-"), in: sandbox) }
            #expect(failed != nil)
            #expect(try await fixture.number("SELECT count(*) FROM registrations") == 0)
            _ = try await fixture.ledger.register(draft { $0.repository = "ssh://git@host/a" }, in: sandbox)
        }
    }
}
