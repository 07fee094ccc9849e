import Core
import Foundation
import Postgres
import Testing

@testable import Ledger

@Suite struct RecordRetentionTests {
    private let kept = RecordsKept(
        scans: .seconds(90 * 86_400),
        evaluations: .seconds(400 * 86_400),
        messages: .seconds(180 * 86_400)
    )

    private func ago(_ days: Double, _ now: Date) -> Date { now.addingTimeInterval(-days * 86_400) }

    /// One policy and one whole scan on each of these days before now.
    private func scans(_ days: [Double], _ fixture: LedgerFixture) async throws -> (now: Date, scans: [ScanID]) {
        let now = try await fixture.ledger.clock()
        _ = try await fixture.ledger.applyPolicy(text: "x", hash: Digest(of: "x"), at: ago(1_000, now))
        var scans: [ScanID] = []
        for day in days {
            scans.append(
                try await fixture.ledger.scan([component("a", created: ago(1_000, now))], at: ago(day, now))
            )
        }
        return (now, scans)
    }

    private func evaluate(_ scan: ScanID, _ at: Date, _ complete: [AccountID], _ fixture: LedgerFixture) async throws {
        let evaluation = EvaluationRecord(
            scan: scan,
            revision: 1,
            counts: ["keep": 1],
            complete: Set(complete).sorted()
        )
        try await fixture.ledger.record([], in: evaluation, at: at)
    }

    @Test func `R1 old readings go with their scans, and the newest complete one of each target stays`() async throws {
        try await LedgerFixture.with { fixture in
            let (now, scans) = try await scans([200, 150, 91, 89], fixture)
            // The other target was read completely once, long ago, and failed ever since.
            let away = try await fixture.ledger.beginScan(of: [otherTarget], whole: false, at: ago(120, now))
            try await fixture.ledger.record(complete([], of: otherTarget, at: ago(120, now)), in: away)
            try await fixture.ledger.finishScan(away, calls: [:], at: ago(120, now))
            let before = try await fixture.ledger.environments()
            let counts = try await fixture.ledger.oldRecords(kept)
            #expect(counts == RecordCounts(readings: 3, scans: 3, evaluations: 0, letters: 0, resources: 0))
            #expect(try await fixture.ledger.forgetRecords(kept) == counts)
            let left = try await fixture.sql("SELECT scan_id FROM scans ORDER BY scan_id").decode(Int64.self)
            #expect(left == [scans[3].number, away.number])
            // Nothing that is known of the environments changed.
            let after = try await fixture.ledger.environments()
            #expect(after.map(\.targets) == before.map(\.targets) && !after.isEmpty)
            #expect(try await fixture.ledger.targetStates().allSatisfy { $0.lastCompleteAt != nil })
            #expect(try await fixture.ledger.forgetRecords(kept).isEmpty)
            let entries = try await fixture.ledger.entries(of: "records forgotten", since: ago(1, now), limit: 9)
            #expect(entries.count == 1)
        }
    }

    @Test func `P7 one evaluation a week stays, and of each account the newest complete one before that`() async throws
    {
        try await LedgerFixture.with { fixture in
            let (now, scans) = try await scans([1_000, 1], fixture)
            // Two weeks of one account each; of the first nothing newer is complete for the other account.
            let monday = Date(
                timeIntervalSince1970: (ago(600, now).timeIntervalSince1970 / 604_800).rounded(.down) * 604_800 + 4
                    * 86_400
            )
            let other = otherTarget.account
            for hour in 0..<4 {
                try await evaluate(
                    scans[0],
                    monday + Double(hour) * 3_600,
                    hour == 1 ? [other, target.account] : [target.account],
                    fixture
                )
            }
            try await evaluate(scans[0], monday + 8 * 86_400, [target.account], fixture)
            try await evaluate(scans[1], ago(1, now), [target.account], fixture)
            let breaker = try await fixture.ledger.completeEvaluations(upTo: ago(2, now))
            #expect(try await fixture.ledger.forgetRecords(kept).evaluations == 2)
            #expect(try await fixture.ledger.completeEvaluations(upTo: ago(2, now)) == breaker && breaker.count == 2)
            let left = try await fixture.sql("SELECT at FROM evaluations ORDER BY at").decode(Date.self)
            #expect(left.count == 4 && left.first == monday + 3_600)
            // What a scan is needed for keeps it.
            #expect(try await fixture.number("SELECT count(*) FROM scans") == 2)
        }
    }

    @Test func `D4 letters of what is not sent any more go, and that they were sent stays`() async throws {
        try await LedgerFixture.with { fixture in
            let (now, _) = try await scans([500], fixture)
            let ledger = fixture.ledger
            func send(_ name: String, _ kind: NoticeKind, _ state: MessageState?, daysAgo: Double) async throws {
                let at = ago(daysAgo, now)
                let letter = Letter(subject: name, text: name, id: LetterID(name), list: "notices", date: at)
                let notice = Core.Notice(kind, of: key("feat-x"), subject: "s")
                let draft = MessageDraft(
                    kind: .notices,
                    recipient: .address("\(name)@example.com"),
                    letter: letter,
                    notices: [notice]
                )
                #expect(try await ledger.queue([draft], at: at) == 1)
                guard let state, let out = try await ledger.beginSending(without: [], kind: nil, at: at) else { return }
                try await ledger.conclude(out.id, try: out.tries, as: state, reason: "it was", nextTry: nil, at: at)
            }
            try await send("taken", .warned, .accepted, daysAgo: 200)
            try await send("refused", .warned, .refused, daysAgo: 200)
            try await send("lost-report", .due, .uncertain, daysAgo: 200)
            // It warns, and may be sent once more.
            try await send("lost-warning", .warned, .uncertain, daysAgo: 200)
            try await send("young", .warned, .accepted, daysAgo: 179)
            try await send("waiting", .warned, nil, daysAgo: 200)
            let warnings = try await ledger.deliveredWarnings()
            #expect(try await ledger.forgetRecords(kept).letters == 3)
            let left = try await fixture.sql("SELECT subject FROM messages WHERE letter IS NOT NULL ORDER BY subject")
                .decode(String.self)
            #expect(left == ["lost-warning", "waiting", "young"])
            #expect(try await ledger.messages(open: false, limit: 99).count == 6)
            #expect(try await ledger.deliveredWarnings() == warnings && !warnings.isEmpty)
            // The one that may be repeated still can.
            #expect(try await ledger.recoverMessages(at: now).again == 1)
        }
    }

    @Test func `what stacks that went had inside goes, and what stacks have stays`() async throws {
        try await LedgerFixture.with { fixture in
            let now = try await fixture.ledger.clock()
            let inside = [
                ObservedResource(
                    logicalID: "Table",
                    physicalID: "t",
                    type: "AWS::DynamoDB::Table",
                    status: "CREATE_COMPLETE"
                )
            ]
            let a = component("a", created: ago(300, now))
            let b = component("b", created: ago(300, now))
            let resources = [stackID("a"): inside, stackID("b"): inside]
            try await fixture.ledger.scan([a, b], resources: resources, at: ago(200, now))
            try await fixture.ledger.scan([b], gone: [stackID("a")], resources: resources, at: ago(100, now))
            #expect(try await fixture.ledger.forgetRecords(kept).resources == 1)
            #expect(try await fixture.ledger.resources(of: stackID("b")).count == 1)
            #expect(try await fixture.ledger.resources(of: stackID("a")).isEmpty)
        }
    }

    @Test func `P14 nothing younger than 30 days is forgotten, operators alone forget, and never the audit log`()
        async throws
    {
        try await LedgerFixture.with { fixture in
            _ = try await scans([200, 150, 1], fixture)
            let audit = try await fixture.number("SELECT count(*) FROM audit_log")
            for short in [
                RecordsKept(scans: .seconds(29 * 86_400), evaluations: kept.evaluations, messages: kept.messages),
                RecordsKept(scans: kept.scans, evaluations: .seconds(29 * 86_400), messages: kept.messages),
                RecordsKept(scans: kept.scans, evaluations: kept.evaluations, messages: .seconds(29 * 86_400)),
            ] {
                let refused = await failure { _ = try await fixture.ledger.forgetRecords(short) }
                #expect(refused?.kind == .refused)
            }
            for group in ["reader", "scanner", "member", "verifier", "reaper", "operator"] {
                let login = try await fixture.login("r\(group)", "curfew_\(group)")
                let ledger = fixture.ledger(as: login)
                let refused = await failure { _ = try await ledger.forgetRecords(kept) }
                #expect(refused?.kind == (group == "operator" ? nil : .refused), "\(group)")
                await ledger.close()
                for table in ["scans", "readings", "evaluations", "audit_log", "audit_seals"] {
                    let error = try await fixture.refusal(SQL(raw: "DELETE FROM \(table)"), as: login)
                    #expect(error?.isInsufficientPrivilege == true, "\(group) \(table)")
                }
            }
            let after = try await fixture.number("SELECT count(*) FROM audit_log")
            #expect(after == audit + 1)
            // Calculated with months of 30 days this is 30 days; as a moment it lies in the future.
            let strange: SQL = "SELECT * FROM forget_records('-1200 months 36030 days', '400 days', '180 days')"
            let refused = try await fixture.refusal(strange, as: fixture.login("clever", "curfew_operator"))
            #expect(refused?.isInsufficientPrivilege == true)
        }
    }
}
