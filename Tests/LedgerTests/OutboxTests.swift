import Core
import Foundation
import Postgres
import Testing

@testable import Ledger

private let ada = Recipient.address("ada@example.com")

/// What the outbox's tables refuse, whatever SQL is sent, and whoever sends it.
@Suite struct OutboxTests {
    private static func draft(_ kind: NoticeKind, _ id: String = "one", to recipient: Recipient = ada) -> MessageDraft {
        MessageDraft(
            kind: .notices,
            recipient: recipient,
            letter: Letter(subject: "s", text: "t", id: LetterID(id), list: "notices", date: day(2)),
            notices: [Core.Notice(kind, of: key("feat-x"), subject: Core.Notice.grace(since: day(1)))]
        )
    }

    private static func with(
        _ kind: NoticeKind = .warned,
        _ body: (LedgerFixture, MessageID) async throws -> Void
    ) async throws {
        try await LedgerFixture.with { fixture in
            try await fixture.ledger.scan([component("a")], at: day(1))
            _ = try await fixture.ledger.applyPolicy(text: "policies: []", hash: Digest(of: "policy"), at: day(1))
            _ = try await fixture.ledger.queue([draft(kind)], at: day(2))
            let message = try #require(try await fixture.ledger.messages(open: true, limit: 1).first)
            try await body(fixture, message.id)
        }
    }

    private static func end(
        _ fixture: LedgerFixture,
        _ id: MessageID,
        _ state: MessageState,
        at moment: Date = day(2)
    ) async throws {
        let begun = try #require(try await fixture.ledger.beginSending(without: [], kind: nil, at: day(4)))
        #expect(begun.id == id)
        try await fixture.ledger.conclude(id, try: begun.tries, as: state, reason: "a test", nextTry: nil, at: moment)
    }

    @Test(arguments: ["queued", "sending", "refused", "uncertain"])
    func `N2 what was accepted stays accepted, whatever SQL says`(state: String) async throws {
        try await Self.with { fixture, id in
            try await Self.end(fixture, id, .accepted)
            let refused = try await fixture.refusal(
                "UPDATE messages SET state = \(state), repeated = true, ended_at = NULL WHERE message_id = \(id.number)"
            )
            #expect(refused?.isInsufficientPrivilege == true)
            let deleted = try await fixture.refusal("DELETE FROM messages WHERE message_id = \(id.number)")
            #expect(deleted?.isInsufficientPrivilege == true)
            #expect(try await fixture.ledger.message(id).state == .accepted)
        }
    }

    @Test func `N2 what a message says is fixed from its first try on`() async throws {
        try await Self.with { fixture, id in
            try await Self.end(fixture, id, .uncertain)
            for statement: SQL in [
                "UPDATE messages SET letter = '{}', subject = 'other' WHERE message_id = \(id.number)",
                "UPDATE messages SET recipient = 'mail:eve@example.com' WHERE message_id = \(id.number)",
                "DELETE FROM message_notices WHERE message_id = \(id.number)",
                """
                INSERT INTO message_notices SELECT message_id, environment_id, 'due', '' FROM message_notices
                WHERE message_id = \(id.number)
                """,
            ] { #expect(try await fixture.refusal(statement)?.isInsufficientPrivilege == true) }
            // Only the letter may be forgotten, once it has ended.
            #expect(
                try await fixture.refusal("UPDATE messages SET letter = NULL WHERE message_id = \(id.number)") == nil
            )
        }
    }

    @Test func `N2 a message is sent once more only where it warns, and no third time`() async throws {
        try await Self.with { fixture, id in
            try await Self.end(fixture, id, .uncertain)
            let again: SQL = """
                UPDATE messages SET state = 'queued', repeated = true, ended_at = NULL WHERE message_id = \(id.number)
                """
            #expect(try await fixture.refusal(again) == nil)
            try await Self.end(fixture, id, .uncertain)
            #expect(try await fixture.refusal(again)?.isInsufficientPrivilege == true)
            #expect(try await fixture.ledger.recoverMessages(at: day(5)).again == 0)
        }
        try await Self.with(.reaped) { fixture, id in
            try await Self.end(fixture, id, .uncertain)
            #expect(try await fixture.ledger.recoverMessages(at: day(5)).again == 0)
            let again: SQL = """
                UPDATE messages SET state = 'queued', repeated = true, ended_at = NULL WHERE message_id = \(id.number)
                """
            #expect(try await fixture.refusal(again)?.isInsufficientPrivilege == true)
        }
    }

    @Test func `N2 what came of an earlier try says nothing about the one under way`() async throws {
        try await Self.with { fixture, id in
            let ledger = fixture.ledger
            let first = try #require(try await ledger.beginSending(without: [], kind: nil, at: day(3)))
            #expect(try await ledger.recoverMessages(at: day(4)) == RecoveredMessages(uncertain: 1, again: 1))
            let second = try #require(try await ledger.beginSending(without: [], kind: nil, at: day(4)))
            #expect((first.tries, second.tries) == (1, 2))
            for state in [MessageState.accepted, .refused, .uncertain, .queued] {
                let late = await failure {
                    try await ledger.conclude(id, try: first.tries, as: state, reason: "x", nextTry: nil, at: day(5))
                }
                #expect(late?.kind == .conflict)
            }
            #expect(try await ledger.message(id).state == .sending)
            try await ledger.conclude(id, try: 2, as: .refused, reason: "550", nextTry: nil, at: day(5))
            // The same again is no conflict, anything else is.
            try await ledger.conclude(id, try: 2, as: .refused, reason: "550", nextTry: nil, at: day(5))
            let other = await failure {
                try await ledger.conclude(id, try: 2, as: .accepted, reason: "250", nextTry: nil, at: day(5))
            }
            #expect(other?.kind == .conflict)
            #expect(try await ledger.message(id).state == .refused)
        }
    }

    @Test(arguments: [MessageState.queued, .refused, .uncertain, .accepted])
    func `D4 no finding is warned before the outbox says that a warning was taken`(state: MessageState) async throws {
        try await Self.with { fixture, id in
            let finding = FindingRecord(
                state: "warned",
                before: nil,
                json: Array("{}".utf8),
                flaggedAt: day(1),
                dueAt: nil
            )
            if state != .queued { try await Self.end(fixture, id, state) }
            let failure = await failure {
                try await fixture.ledger.setFindings([key("feat-x"): finding], event: "x", plan: nil, at: day(3))
            }
            #expect((failure == nil) == (state == .accepted), "\(state): \(String(describing: failure))")
            guard state == .accepted else { return }
            // A grace that began anew wants its own.
            let restarted: SQL = "UPDATE findings SET flagged_at = flagged_at + interval '1 day'"
            #expect(try await fixture.refusal(restarted)?.isInsufficientPrivilege == true)
            // And not after it came back.
            #expect(try await fixture.ledger.noteBounce(id, because: "550", at: day(3)))
            let again: SQL = "UPDATE findings SET changed_at = now() WHERE state = 'warned'"
            #expect(try await fixture.refusal(again)?.isInsufficientPrivilege == true)
        }
    }

    /// What a program that is wrong, or somebody with psql, might write.
    private static func ripe(_ state: String, policy: String = "features", since flagged: Date = day(1)) -> SQL {
        """
        INSERT INTO findings (environment_id, state, finding, flagged_at, changed_at, revision)
        SELECT environment_id, \(state), jsonb_build_object('policy', \(policy)::text), \(flagged), \(day(3)), 1
        FROM environments WHERE name = 'feat-x'
        ON CONFLICT (environment_id) DO UPDATE SET state = excluded.state, finding = excluded.finding,
            flagged_at = excluded.flagged_at
        """
    }

    @Test(arguments: ["due", "planned", "held", "reaping", "reaped"])
    func `D4 no finding gets where something is taken down without a delivered warning, whatever SQL says`(
        state: String
    ) async throws {
        try await Self.with { fixture, id in
            let operating = try await fixture.login("operating", "curfew_operator")
            func refusal(_ statement: SQL) async throws -> Bool {
                let mine = try await fixture.refusal(statement)
                let theirs = try await fixture.refusal(statement, as: operating)
                #expect((mine == nil) == (theirs == nil), "\(String(describing: mine)) \(String(describing: theirs))")
                return mine?.isInsufficientPrivilege == true
            }
            // From nothing, from flagged, and after a try of which nobody knows.
            #expect(try await refusal(Self.ripe(state)))
            #expect(try await fixture.refusal(Self.ripe("flagged")) == nil)
            #expect(try await refusal(Self.ripe(state)))
            try await Self.end(fixture, id, .accepted)
            // A warning of another grace is none of this one.
            #expect(try await refusal(Self.ripe(state, since: day(2))))
            #expect(try await fixture.ledger.noteBounce(id, because: "550", at: day(3)))
            #expect(try await refusal(Self.ripe(state)))
            _ = try await fixture.ledger.queue([Self.draft(.warned, "again")], at: day(4))
            let again = try #require(try await fixture.ledger.beginSending(without: [], kind: nil, at: day(5)))
            try await fixture.ledger.conclude(again.id, try: 1, as: .accepted, reason: "250", nextTry: nil, at: day(5))
            #expect(try await refusal(Self.ripe(state)) == false)
        }
    }

    @Test func `D4 a release, or a policy in force that warns of nothing, lets a finding become due`() async throws {
        try await Self.with { fixture, _ in
            func apply(_ text: String, unwarned: [String]) async throws {
                _ = try await fixture.ledger.applyPolicy(
                    text: text,
                    hash: Digest(of: text),
                    unwarned: unwarned,
                    at: day(2)
                )
            }
            try await apply("1", unwarned: ["features"])
            #expect(try await fixture.refusal(Self.ripe("due", policy: "others"))?.isInsufficientPrivilege == true)
            #expect(try await fixture.refusal(Self.ripe("due")) == nil)
            #expect(try await fixture.refusal(Self.ripe("flagged")) == nil)
            // The one before it says nothing any more.
            try await apply("2", unwarned: [])
            #expect(try await fixture.refusal(Self.ripe("due"))?.isInsufficientPrivilege == true)
            try await fixture.ledger.release(key("feat-x"), at: day(3))
            #expect(try await fixture.refusal(Self.ripe("due")) == nil)
            #expect(try await fixture.refusal(Self.ripe("flagged")) == nil)
            try await fixture.ledger.claim(key("feat-x"), owner: "ada", at: day(4))
            #expect(try await fixture.refusal(Self.ripe("due"))?.isInsufficientPrivilege == true)
        }
    }

    @Test func `only who scans or operates writes messages and nights, and nobody empties them`() async throws {
        try await Self.with { fixture, id in
            let statements: [SQL] = [
                "UPDATE messages SET state = 'refused', ended_at = now() WHERE message_id = \(id.number)",
                "INSERT INTO nights (holder, lease_until, started_at) VALUES ('x', now(), now())",
                "DELETE FROM messages", "TRUNCATE messages CASCADE",
            ]
            for group in ["reader", "member", "reaper", "verifier", "registrar"] {
                let login = try await fixture.login("o\(group)", "curfew_\(group)")
                for statement in statements {
                    let error = try await fixture.refusal(statement, as: login)
                    #expect(error?.isInsufficientPrivilege == true, "\(group): \(statement.text)")
                }
            }
            #expect(try await fixture.refusal("TRUNCATE messages CASCADE")?.isInsufficientPrivilege == true)
            let scanner = fixture.ledger(as: try await fixture.login("nightly", "curfew_scanner"))
            _ = try await scanner.queue([Self.draft(.due, "two", to: .address("ben@example.com"))], at: day(3))
            guard case .begun(let night) = try await scanner.beginNight(holder: "x", lease: .seconds(60), at: day(3))
            else { throw StoreFailure(.broken, "no night began") }
            try await scanner.prolongNight(night, lease: .seconds(60))
            try await scanner.endNight(
                night,
                outcome: .done,
                status: 0,
                numbers: ["x": 1],
                leftUndone: [],
                at: day(3)
            )
            await scanner.close()
            #expect(try await fixture.ledger.nights(since: day(0)).map(\.numbers) == [["x": 1]])
        }
    }

    @Test func `what is queued for somebody is put together anew, and is one message`() async throws {
        try await Self.with { fixture, id in
            _ = try await fixture.ledger.queue([Self.draft(.due, "two")], at: day(3))
            let queued = try await fixture.ledger.queuedNotices()
            #expect(queued.map(\.id) == [id])
            #expect(queued.first?.notices.map(\.kind) == [.due])
            // It leaves under the id that bounces will name.
            let sent = try #require(try await fixture.ledger.beginSending(without: [], kind: nil, at: day(4)))
            #expect(try await fixture.ledger.message(letter: sent.letter.id)?.id == id)
            try await fixture.ledger.conclude(
                id,
                try: sent.tries,
                as: .queued,
                reason: "451",
                nextTry: day(5),
                at: day(4)
            )
            try await fixture.ledger.drop([id], because: "a test", at: day(3))
            #expect(try await fixture.ledger.messages(open: false, limit: 10).isEmpty)
        }
    }
}
