import Core
import Foundation
import Ledger
import Operations
import Postgres
import Reports
import Testing

/// Whatever becomes of scans, evaluations and letters: why something was deleted can be told for ever.
@Suite struct HistoryTests {
    private let kept = RecordsKept(
        scans: .seconds(30 * 86_400),
        evaluations: .seconds(30 * 86_400),
        messages: .seconds(30 * 86_400)
    )

    /// A life from its first sight to its end, and another one after it.
    private func lived(_ scenario: Scenario) async throws -> (plan: PlanRecord, lives: [EnvironmentLife]) {
        let post = scenario.post()
        let stack = await scenario.world.old("shop-feat-a", tags: ["owner": "ada"])
        try await scenario.ready(Scenario.warning)
        try await scenario.look()
        post.answer(Scenario.ada, .refused("550 no such user"))
        try await scenario.notify(post)
        // Another grace, another warning.
        _ = try await Holding(scenario.wiring).extend("feat-a", by: .seconds(86_400), because: "a demo for Ben")
        scenario.clock.pass(.seconds(86_400))
        try await scenario.look()
        scenario.clock.pass(.seconds(86_400))
        try await scenario.look()
        try await scenario.notify(post)
        scenario.clock.pass(.seconds(3 * 86_400))
        try await scenario.look()
        let plan = try #require(try await scenario.planDue().plans.first)
        try await scenario.approve(plan)
        try await scenario.reap()
        #expect(await scenario.world.stacks[stack] == nil)
        // The name comes back, and is judged by another policy: the verdict on the first life is not the newest any more.
        await scenario.world.old("shop-feat-a", tags: ["owner": "ben"])
        _ = try await ApplyingPolicy(scenario.wiring).apply(text: Scenario.strict)
        try await scenario.look()
        let lives = try await Remembering(scenario.wiring, history: scenario.ledger).lives(named: "feat-a")
        return (plan, lives)
    }

    @Test func `why something was deleted: signals, rule, warnings, approvals, plan, calls, what stayed`() async throws
    {
        try await Scenario.run { scenario in
            let (plan, lives) = try await lived(scenario)
            #expect(lives.map(\.environment.key.incarnation) == [2, 1])
            let life = try #require(lives.last)
            let canvas = Canvas(now: scenario.clock.now, zone: .gmt)
            let text = StoryText.text([life], on: canvas)
            let token = try #require(plan.steps.first?.token.text)
            for part in [
                "torn down by \(plan.id)", "ada", "policy      features, revision 1",
                "age: 1d is true: oldest component created",
                "ada@example.com was not told: warned (refused: 550 no such user)", "warned      ada@example.com",
                "extended", "a demo for Ben", "seen stale", "\(plan.id), digest \(plan.digest.short)", "approved",
                "self-approved", "delete stack shop-feat-a, asked",
                "will ask for delete stack shop-feat-a, token \(token)",
                "gone: shop-feat-a", "environment ended",
            ] { #expect(text.contains(part), "\(part) in \(text)") }
        }
    }

    @Test func `the answer about a life of long ago is the same when its scans and letters are forgotten`() async throws
    {
        try await Scenario.run { scenario in
            let (_, lives) = try await lived(scenario)
            let canvas = Canvas(now: scenario.clock.now, zone: .gmt)
            let before = StoryText.text(lives, on: canvas)
            let counts = try await scenario.ledger.forgetRecords(kept)
            #expect(counts.scans > 0 && counts.readings > 0 && counts.letters > 0)
            let after = try await Remembering(scenario.wiring, history: scenario.ledger).lives(named: "feat-a")
            #expect(StoryText.text(after, on: canvas) == before)
            #expect(!before.isEmpty)
            // And the night goes on as if nothing had been forgotten.
            try await scenario.look()
            #expect(try await scenario.finding("feat-a") == "due")
        }
    }

    @Test func `an answer for programs has the same in members`() async throws {
        try await Scenario.run { scenario in
            let (plan, lives) = try await lived(scenario)
            let key = try #require(lives.first?.environment.key)
            let json = JSONText.render(StoryJSON(lives, named: key))
            for part in [
                "\"policy\":\"features\"", "\"clause\":\"age: 1d\"", "\"outcome\":\"refused\"",
                "\"outcome\":\"taken\"", "\"plan\":\"\(plan.id)\"", "\"self_approved\":true",
                "\"token\":\"\(try #require(plan.steps.first?.token.text))\"", "\"reason\":\"550 no such user\"",
            ] { #expect(json.contains(part), "\(part) in \(json)") }
        }
    }

    @Test func `a plan that was named says on what it rests, and that the environment was not stale`() async throws {
        try await Scenario.run { scenario in
            await scenario.world.old("shop-feat-a")
            try await scenario.ready(Scenario.strict.replacing("age: 1d", with: "age: 3000d"))
            try await scenario.look()
            let plan = try #require(try await scenario.plan("feat-a").first)
            try await scenario.approve(plan)
            try await scenario.reap()
            let lives = try await Remembering(scenario.wiring, history: scenario.ledger).lives(named: "feat-a")
            let text = StoryText.text(lives, on: Canvas(now: scenario.clock.now, zone: .gmt))
            #expect(text.contains("named: ") || text.contains("keep: "), "\(text)")
            #expect(text.contains("age: 3000d is false"), "\(text)")
        }
    }
}

/// The audit log as a file that verifies on its own.
@Suite struct ArchiveTests {
    private func archive(_ ledger: PostgresLedger, before: Date? = nil) async throws -> (Data, AuditChain) {
        var data = Data()
        let chain = try await ArchivingAudit(ledger, page: 3).run(before: before) { data.append($0) }
        return (data, chain)
    }

    private func write(_ count: Int, _ ledger: PostgresLedger) async throws {
        for number in 0..<count {
            try await ledger.note("event \(number)", environment: nil, plan: nil, details: ["ü": "\"\(number)\"\n🌒"])
        }
        try await ledger.seal()
    }

    @Test func `P14 an archive verifies on its own, says whether the database goes on from it, and takes nothing out`()
        async throws
    {
        try await LedgerFixture.withLedger { ledger in
            try await write(10, ledger)
            let (data, chain) = try await archive(ledger)
            #expect(chain.checked == 10)
            let outcome = try await VerifyingArchive(ledger).run(data)
            #expect(outcome.isRight && outcome.chain.head == chain.head && outcome.chain.checked == 10)
            try await write(2, ledger)
            #expect(try await VerifyingArchive(ledger).run(data).isRight)
            #expect(try await VerifyingAudit(ledger).run().checked == 12)
            // Of another database.
            try await LedgerFixture.withLedger { other in
                try await write(10, other)
                #expect(try await VerifyingArchive(other).run(data).continues == false)
            }
        }
    }

    @Test func `P14 what is changed, taken out or put into an archive is named`() async throws {
        try await LedgerFixture.withLedger { ledger in
            try await write(6, ledger)
            let (data, _) = try await archive(ledger)
            let lines = String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
            #expect(lines.count == 6)
            func verify(_ change: (inout [String]) -> Void) async throws -> VerifyingArchive.Outcome {
                var changed = lines
                change(&changed)
                return try await VerifyingArchive(ledger).run(Data(changed.joined(separator: "\n").utf8))
            }
            let entry = try #require(try await ledger.sealed(after: 3, limit: 1).first?.entryID)
            let edited = try await verify { $0[3] = $0[3].replacing("event 3", with: "event 4") }
            #expect(edited.chain.fault == .entryChanged(entry) && !edited.isRight)
            let missing = try await verify { $0.remove(at: 3) }
            #expect(missing.chain.fault == .sealMissing(number: 4))
            let doubled = try await verify { $0.insert($0[3], at: 3) }
            #expect(doubled.chain.fault == .sealMissing(number: 5))
            let torn = try await verify { $0[5] = String($0[5].dropLast(9)) }
            #expect(torn.unreadable == 6 && torn.chain.checked == 5 && !torn.isRight)
            #expect(try await !VerifyingArchive(ledger).run(Data()).isRight)
        }
    }

    @Test func `only what is old enough is archived, from the first entry on`() async throws {
        try await LedgerFixture.withLedger { ledger in
            try await write(4, ledger)
            let then = try await ledger.clock()
            try await write(3, ledger)
            #expect(try await archive(ledger, before: then).1.checked == 4)
            #expect(try await archive(ledger, before: Date(timeIntervalSince1970: 0)).0.isEmpty)
        }
    }
}
