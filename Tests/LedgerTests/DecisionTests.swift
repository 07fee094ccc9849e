import Core
import Foundation
import Postgres
import Testing

@testable import Ledger

@Suite struct DecisionTests {
    private struct Stored: Decodable, Equatable {
        let sightings: Int
        let policy: String
    }

    private func verdict(_ word: String, _ verdictClass: VerdictClass? = nil) -> VerdictRecord {
        VerdictRecord(
            verdict: word,
            verdictClass: verdictClass,
            reason: "idle for 9d",
            policy: "features",
            revision: 1,
            trace: Array(#"{"clauses": []}"#.utf8),
            digest: Digest(of: word),
            changesAt: day(12),
            since: day(2)
        )
    }

    private func finding(_ state: String, before: String?, dueAt: Date? = nil) -> FindingRecord {
        FindingRecord(
            state: state,
            before: before,
            json: Array(#"{"sightings": 1, "policy": "features"}"#.utf8),
            flaggedAt: day(2),
            dueAt: dueAt
        )
    }

    private func prepared(_ fixture: LedgerFixture) async throws -> ScanID {
        _ = try await fixture.ledger.applyPolicy(
            text: "policies: []",
            hash: Digest(of: "policy"),
            unwarned: ["features"],
            at: day(1)
        )
        return try await fixture.ledger.scan([component("a"), component("b", named: ["feat-y"])], at: day(1))
    }

    @Test func `the same policy text adds no revision`() async throws {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            #expect(try await ledger.policyInForce() == nil)
            let first = try await ledger.applyPolicy(text: "one", hash: Digest(of: "one"), at: day(1))
            #expect(
                try await ledger.applyPolicy(text: "one", hash: Digest(of: "one"), at: day(2)).number == first.number
            )
            let second = try await ledger.applyPolicy(text: "two", hash: Digest(of: "two"), at: day(3))
            // Going back is a revision of its own.
            let third = try await ledger.applyPolicy(text: "one", hash: Digest(of: "one"), at: day(4))
            #expect(try await ledger.policyRevisions().map(\.number) == [third.number, second.number, first.number])
            #expect(try await ledger.policyInForce()?.source == PolicySource("one"))
            #expect(try await ledger.policyRevision(second.number)?.hash == Digest(of: "two"))
            #expect(try await ledger.policyRevision(99) == nil)
        }
    }

    @Test func `a revision keeps the texts of all its files with their names, in their order`() async throws {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            _ = try await ledger.applyPolicy(text: "one", hash: Digest(of: "one"), at: day(1))
            let source = PolicySource([.init(name: "base.yaml", text: "b"), .init(name: "a.yaml", text: "")])
            let several = try await ledger.applyPolicy(source, hash: source.digest, at: day(2))
            #expect(several.source == source && several.hash == source.digest)
            #expect(try await ledger.policyRevisions().map(\.source) == [source, PolicySource("one")])
            // The same files again are no revision; in another order they are.
            #expect(try await ledger.applyPolicy(source, hash: source.digest, at: day(3)).number == several.number)
            let turned = PolicySource(source.files.reversed())
            #expect(try await ledger.applyPolicy(turned, hash: turned.digest, at: day(4)).number > several.number)
            let alone = PolicySource("one", name: "policy.yaml")
            let named = try await ledger.applyPolicy(alone, hash: alone.digest, at: day(5))
            #expect(named.source == alone && named.hash == Digest(of: "one"))
            for broken in [
                "NULL, NULL, NULL", "'x', '{a}', '{x}'", "NULL, '{a,b}', '{x}'", "NULL, '{}', '{}'",
                "NULL, '{NULL}', '{x}'",
            ] {
                await #expect(throws: (any Error).self, "\(broken)") {
                    try await fixture.sql(
                        SQL(
                            raw: "INSERT INTO curfew.policy_revisions (hash, text, file_names, file_texts, applied_at)"
                                + " VALUES (decode(repeat('00', 32), 'hex'), \(broken), now())"
                        )
                    )
                }
            }
        }
    }

    @Test func `verdicts and findings are read as they were recorded`() async throws {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            let scan = try await prepared(fixture)
            try await ledger.record(
                [
                    Decision(
                        key: key("feat-x"),
                        verdict: verdict("stale", .stale),
                        finding: finding("flagged", before: nil, dueAt: day(5)),
                        events: ["flagged: idle for 9d"]
                    ),
                    Decision(key: key("feat-y"), verdict: verdict("keep"), finding: nil, events: []),
                ],
                in: EvaluationRecord(scan: scan, revision: 1, counts: ["stale": 1, "keep": 1]),
                at: day(2)
            )
            let environments = try await ledger.environments()
            let stale = try #require(environments.first)
            #expect(
                stale.verdict?.verdict == "stale" && stale.verdict?.verdictClass == .stale
                    && stale.verdict?.policy == "features"
            )
            #expect(
                stale.verdict?.changesAt == day(12) && stale.verdict?.since == day(2) && stale.verdict?.revision == 1
            )
            #expect(stale.findingState == "flagged" && stale.dueAt == day(5) && stale.flaggedAt == day(2))
            let stored = try JSONDecoder().decode(Stored.self, from: Data(stale.finding ?? []))
            #expect(stored == Stored(sightings: 1, policy: "features"))
            #expect(environments.last?.verdict?.verdict == "keep" && environments.last?.finding == nil)
            #expect(try await ledger.history(of: key("feat-x"), limit: 1).first?.event == "flagged: idle for 9d")
            #expect(try await fixture.number("SELECT count(*) FROM evaluations") == 1)
        }
    }

    @Test func `what is read for verdicts has their digests and no traces, and what is read one by one has both`()
        async throws
    {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            let scan = try await prepared(fixture)
            try await ledger.record(
                [Decision(key: key("feat-x"), verdict: verdict("keep"), finding: nil, events: [])],
                in: EvaluationRecord(scan: scan, revision: 1, counts: [:]),
                at: day(2)
            )
            let one = try #require(try await ledger.environments(named: EnvironmentName("feat-x")).first?.verdict)
            #expect(one.digest == Digest(of: "keep") && !one.trace.isEmpty)
            var many: [EnvironmentRecord] = []
            let count = try await ledger.environments(for: .verdicts, atMost: 1) { many += $0 }
            #expect(count == 2 && many.map(\.key.name.text) == ["feat-x", "feat-y"])
            #expect(many.first?.verdict?.digest == one.digest && many.first?.verdict?.trace.isEmpty == true)
            #expect(many.allSatisfy { $0.targets.count == 1 })
        }
    }

    @Test func `parts of one evaluation are written together, or none of them`() async throws {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            let scan = try await prepared(fixture)
            func parts(second: Decision) async -> StoreFailure? {
                await failure {
                    try await ledger.recordEvaluation(under: 1, at: day(2)) { (writer) async throws(StoreFailure) in
                        let first = Decision(key: key("feat-x"), verdict: verdict("keep"), finding: nil, events: ["x"])
                        try await writer.write([first])
                        try await writer.write([second])
                        return EvaluationRecord(scan: scan, revision: 1, counts: ["keep": 2])
                    }
                }
            }
            let unknown = Decision(key: key("feat-z"), verdict: verdict("keep"), finding: nil, events: [])
            #expect(await parts(second: unknown)?.kind == .notFound)
            #expect(try await fixture.number("SELECT count(*) FROM verdicts") == 0)
            #expect(try await fixture.number("SELECT count(*) FROM evaluations") == 0)
            #expect(
                await parts(second: Decision(key: key("feat-y"), verdict: verdict("keep"), finding: nil, events: []))
                    == nil
            )
            #expect(try await fixture.number("SELECT count(*) FROM verdicts") == 2)
            #expect(try await fixture.number("SELECT count(*) FROM evaluations") == 1)
        }
    }

    @Test func `an evaluation of which most has not changed is not given up in the middle`() async throws {
        try await LedgerFixture.with { fixture in
            let scan = try await prepared(fixture)
            var impatient = fixture.settings
            impatient.options = (impatient.options ?? "") + " -c idle_in_transaction_session_timeout=1000ms"
            let ledger = PostgresLedger(settings: impatient, embedded: false)
            var tries = 0
            try await ledger.recordEvaluation(under: 1, at: day(2)) { (writer) async throws(StoreFailure) in
                tries += 1
                let first = Decision(key: key("feat-x"), verdict: verdict("keep"), finding: nil, events: [])
                try await writer.write([first])
                for _ in 0..<3 {
                    do { try await fixture.sql("SELECT pg_sleep(0.4)") } catch {
                        throw StoreFailure(.broken, "\(error)")
                    }
                    try await writer.write([])
                }
                return EvaluationRecord(scan: scan, revision: 1, counts: ["keep": 2])
            }
            #expect(tries == 1)
            #expect(try await fixture.number("SELECT count(*) FROM verdicts") == 1)
            await ledger.close()
        }
    }

    @Test func `a finding that has moved since it was read is a conflict, and nothing is written`() async throws {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            let scan = try await prepared(fixture)
            func record(_ x: FindingRecord, _ y: FindingRecord) async -> StoreFailure? {
                await failure {
                    try await ledger.record(
                        [
                            Decision(key: key("feat-x"), verdict: verdict("keep"), finding: x, events: ["x"]),
                            Decision(key: key("feat-y"), verdict: verdict("keep"), finding: y, events: ["y"]),
                        ],
                        in: EvaluationRecord(scan: scan, revision: 1, counts: [:]),
                        at: day(2)
                    )
                }
            }
            #expect(await record(finding("flagged", before: nil), finding("flagged", before: nil)) == nil)
            let moved = await record(finding("due", before: "flagged"), finding("due", before: "warned"))
            #expect(moved?.kind == .conflict && moved?.summary.contains("feat-y") == true)
            #expect(moved?.summary.contains("is flagged now") == true)
            #expect(try await ledger.environments().map(\.findingState) == ["flagged", "flagged"])
            let present = await record(finding("flagged", before: nil), finding("flagged", before: "flagged"))
            #expect(present?.kind == .conflict)
            #expect(try await fixture.number("SELECT count(*) FROM evaluations") == 1)
        }
    }

    @Test func `findings of a plan are written with its event, or not at all`() async throws {
        try await LedgerFixture.with { fixture in
            let plan = try await fixture.planned()
            let ledger = fixture.ledger
            try await ledger.setFindings(
                [key("feat-x"): finding("due", before: nil)],
                event: "due",
                plan: nil,
                at: day(2)
            )
            try await ledger.setFindings(
                [key("feat-x"): finding("planned", before: "due")],
                event: "planned",
                plan: plan.id,
                at: day(2)
            )
            #expect(try await ledger.environments().first?.findingState == "planned")
            let entry = try await ledger.history(of: key("feat-x"), limit: 1).first
            #expect(entry?.event == "planned" && entry?.plan == plan.id && entry?.environment == key("feat-x"))
            let late = await failure {
                try await ledger.setFindings(
                    [key("feat-x"): finding("planned", before: "due")],
                    event: "planned",
                    plan: plan.id,
                    at: day(2)
                )
            }
            #expect(late?.kind == .conflict)
        }
    }

    @Test func `an unknown environment is not dropped in silence`() async throws {
        try await LedgerFixture.with { fixture in
            let scan = try await prepared(fixture)
            let failure = await failure {
                try await fixture.ledger.record(
                    [Decision(key: key("feat-z"), verdict: verdict("keep"), finding: nil, events: [])],
                    in: EvaluationRecord(scan: scan, revision: 1, counts: [:]),
                    at: day(2)
                )
            }
            #expect(failure?.kind == .notFound && failure?.summary.contains("feat-z") == true)
        }
    }
}
