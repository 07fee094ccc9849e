import Core
import Foundation
import Postgres
import Testing

@testable import Ledger

@Suite struct RetentionTests {
    /// Two tombstones of an environment: one long ago, one now.
    private func kept(_ fixture: LedgerFixture) async throws -> PlanRecord {
        let plan = try await fixture.planned(running: true)
        let now = try await fixture.ledger.clock()
        try await fixture.ledger.storeTombstone([1], of: stackID("a"), plan: plan.id, at: now - 500 * 86_400)
        try await fixture.ledger.storeTombstone([2], of: stackID("b"), plan: plan.id, at: now)
        return plan
    }

    private func end(_ fixture: LedgerFixture, daysAgo: Int) async throws {
        try await fixture.sql("ALTER TABLE environments DISABLE TRIGGER USER")
        try await fixture.sql(
            "UPDATE environments SET ended_at = clock_timestamp() - make_interval(days => \(Int32(daysAgo)))"
        )
    }

    @Test func `only what is old enough, of environments that ended, is forgotten, and written down`() async throws {
        try await LedgerFixture.with { fixture in
            let plan = try await kept(fixture)
            let ledger = fixture.ledger
            let keep = Duration.seconds(400 * 86_400)
            // Its life is open.
            #expect(try await ledger.forgetTombstones(keptFor: keep).isEmpty)
            try await end(fixture, daysAgo: 399)
            #expect(try await ledger.oldTombstones(keptFor: keep).isEmpty)
            try await end(fixture, daysAgo: 401)
            let old = try await ledger.oldTombstones(keptFor: keep)
            #expect(old.map(\.component) == [stackID("a")] && old.first?.environment == key("feat-x"))
            #expect(try await ledger.hasTombstone(of: stackID("a"), plan: plan.id))
            #expect(try await ledger.forgetTombstones(keptFor: keep) == old)
            #expect(try await !ledger.hasTombstone(of: stackID("a"), plan: plan.id))
            #expect(try await ledger.hasTombstone(of: stackID("b"), plan: plan.id))
            #expect(try await ledger.forgetTombstones(keptFor: keep).isEmpty)
            let entries = try await ledger.history(of: key("feat-x"), limit: 99)
                .filter { $0.event == "tombstone forgotten" }
            #expect(entries.count == 1 && entries.first?.plan == plan.id)
            let details = entries.first.map { String(decoding: $0.details, as: UTF8.self) } ?? ""
            #expect(details.contains(Digest(of: [1]).description))
        }
    }

    @Test func `nothing younger than 30 days goes, whoever asks and however`() async throws {
        try await LedgerFixture.with { fixture in
            _ = try await kept(fixture)
            try await end(fixture, daysAgo: 500)
            let failure = await failure {
                _ = try await fixture.ledger.forgetTombstones(keptFor: .seconds(29 * 86_400))
            }
            #expect(failure?.kind == .refused)
            #expect(
                try await fixture.refusal("DELETE FROM tombstones WHERE content = '\\x02'")?.isInsufficientPrivilege
                    == true
            )
            let rest = try await fixture.number("SELECT count(*) FROM tombstones")
            #expect(rest == 2)
        }
    }

    @Test func `operators forget, and nobody else`() async throws {
        try await LedgerFixture.with { fixture in
            _ = try await kept(fixture)
            try await end(fixture, daysAgo: 500)
            for group in ["reader", "scanner", "verifier", "reaper", "registrar", "operator"] {
                let ledger = fixture.ledger(as: try await fixture.login("f\(group)", "curfew_\(group)"))
                let refused = await failure {
                    _ = try await ledger.forgetTombstones(keptFor: .seconds(400 * 86_400))
                }
                #expect(refused?.kind == (group == "operator" ? nil : .refused), "\(group)")
                await ledger.close()
            }
        }
    }

    @Test func `a tombstone takes much less room than its text`() async throws {
        try await LedgerFixture.with { fixture in
            let plan = try await fixture.planned(running: true)
            let resources = (0..<60).map { number in
                """
                "Function\(number)": {"Type": "AWS::Lambda::Function", "Properties": {"Handler": "index.handler\(number)",
                 "Runtime": "nodejs20.x", "Role": {"Fn::GetAtt": ["Role\(number % 7)", "Arn"]},
                 "Environment": {"Variables": {"TABLE": {"Ref": "Table\(number % 5)"}}}}}
                """
            }
            let template = "{\"Resources\": {\(resources.joined(separator: ",\n"))}}"
            try await fixture.ledger.storeTombstone(
                Array(template.utf8),
                of: stackID("a"),
                plan: plan.id,
                at: day(3)
            )
            let stored = try await fixture.number("SELECT pg_column_size(content)::bigint FROM tombstones")
            let length = try await fixture.number("SELECT octet_length(content)::bigint FROM tombstones")
            #expect(length == template.utf8.count && stored * 2 < length, "\(stored) of \(length) bytes")
        }
    }
}
