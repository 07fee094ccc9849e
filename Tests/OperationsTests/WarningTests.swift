import Core
import Foundation
import Ledger
import Operations
import Testing

/// Nothing is due before a warning that names it was delivered (D4), and messages follow the outbox (N2).
@Suite struct WarningTests {
    @Test func `D4 what was warned of is due a whole grace after the delivery, and not before`() async throws {
        try await Scenario.run { scenario in
            let post = scenario.post()
            await scenario.world.old("shop-feat-a", tags: ["owner": "ada"])
            try await scenario.ready(Scenario.warning)
            try await scenario.look()
            #expect(try await scenario.finding("feat-a") == "flagged")
            try await scenario.notify(post)
            #expect(try await scenario.finding("feat-a") == "warned")
            let letter = try #require(post.accepted(by: Scenario.ada).first)
            #expect(letter.text.contains("feat-a"))
            #expect(letter.text.contains("curfew extend feat-a 7d"))
            scenario.clock.pass(.seconds(3 * 86_400 - 120))
            try await scenario.evaluate()
            #expect(try await scenario.finding("feat-a") == "warned")
            scenario.clock.pass(.seconds(180))
            try await scenario.evaluate()
            #expect(try await scenario.finding("feat-a") == "due")
            #expect(post.deliveries.count == 1)
        }
    }

    @Test(arguments: [
        DeliveryOutcome.deferred("451 try later"), .refused("550 no such user"), .uncertain("broke off after DATA"),
    ])
    func `D4 a warning that was not taken makes nothing due, however long it is ago`(
        outcome: DeliveryOutcome
    ) async throws {
        try await Scenario.run { scenario in
            let post = scenario.post()
            post.everybody(outcome)
            await scenario.world.old("shop-feat-a", tags: ["owner": "ada"])
            try await scenario.ready(Scenario.warning)
            for _ in 0..<6 {
                try await scenario.look()
                try await scenario.notify(post)
                scenario.clock.pass(.seconds(86_400))
            }
            try await scenario.look()
            #expect(try await scenario.finding("feat-a") == "flagged")
            #expect(try await scenario.planDue().plans.isEmpty)
            // Late, but delivered: the deadline moves with it.
            post.everybody(nil)
            try await scenario.notify(post)
            #expect(try await scenario.finding("feat-a") == "warned")
            scenario.clock.pass(.seconds(2 * 86_400))
            try await scenario.look()
            #expect(try await scenario.finding("feat-a") == "warned")
            scenario.clock.pass(.seconds(86_400))
            try await scenario.look()
            #expect(try await scenario.finding("feat-a") == "due")
        }
    }

    @Test func `N2 a warning of which nobody knows whether it went is sent once more, as the same message`()
        async throws
    {
        try await Scenario.run { scenario in
            let post = scenario.post()
            await scenario.world.old("shop-feat-a", tags: ["owner": "ada"])
            try await scenario.ready(Scenario.warning)
            try await scenario.look()
            post.answer(Scenario.ada, .uncertain("no answer after DATA"))
            try await scenario.notify(post)
            #expect(try await scenario.finding("feat-a") == "flagged")
            try await scenario.notify(post)
            #expect(try await scenario.finding("feat-a") == "warned")
            let ids = post.deliveries.map(\.letter.id)
            #expect(ids.count == 2)
            #expect(Set(ids).count == 1)
            try await scenario.notify(post)
            #expect(post.deliveries.count == 2)
        }
    }

    @Test func `N2 a sender that was killed while sending leaves a message that is sent once more and no third time`()
        async throws
    {
        try await Scenario.run { scenario in
            let post = scenario.post()
            await scenario.world.old("shop-feat-a", tags: ["owner": "ada"])
            try await scenario.ready(Scenario.warning)
            try await scenario.look()
            post.everybody(.deferred("451"))
            try await scenario.notify(post)
            for _ in 0..<2 {
                // What a killed sender leaves behind: the try is committed, and nothing more is known.
                scenario.clock.pass(.seconds(86_400 / 2))
                let begun = try await scenario.ledger.beginSending(without: [], kind: nil, at: scenario.clock.now)
                #expect(begun != nil)
                let recovered = try await scenario.ledger.recoverMessages(at: scenario.clock.now)
                #expect(recovered.uncertain == 1)
            }
            let left = try await scenario.ledger.messages(open: false, limit: 10)
            #expect(left.map(\.state) == [.uncertain])
            #expect(try await scenario.ledger.beginSending(without: [], kind: nil, at: scenario.clock.now) == nil)
        }
    }

    @Test func `D4 a warning that came back counts no more`() async throws {
        try await Scenario.run { scenario in
            let post = scenario.post()
            await scenario.world.old("shop-feat-a", tags: ["owner": "ada"])
            try await scenario.ready(Scenario.warning)
            try await scenario.look()
            try await scenario.notify(post)
            scenario.clock.pass(.seconds(86_400))
            let sent = try #require(try await scenario.ledger.messages(open: false, limit: 1).first)
            let isNews = try await scenario.ledger.noteBounce(sent.id, because: "550 unknown", at: scenario.clock.now)
            #expect(isNews)
            scenario.clock.pass(.seconds(5 * 86_400))
            try await scenario.look()
            #expect(try await scenario.finding("feat-a") == "flagged")
            // The next night tries again, and its delivery begins the grace.
            try await scenario.notify(post)
            #expect(try await scenario.finding("feat-a") == "warned")
            #expect(post.accepted(by: Scenario.ada).count == 2)
        }
    }

    @Test func `D4 a reminder comes once, before the end, and moves no deadline`() async throws {
        try await Scenario.run { scenario in
            let post = scenario.post()
            await scenario.world.old("shop-feat-a", tags: ["owner": "ada"])
            try await scenario.ready(Scenario.warning)
            try await scenario.look()
            try await scenario.notify(post)
            let due = try #require(try await scenario.environment("feat-a")?.dueAt)
            for _ in 0..<11 {
                scenario.clock.pass(.seconds(6 * 3_600))
                try await scenario.look()
                try await scenario.notify(post)
            }
            #expect(try await scenario.environment("feat-a")?.dueAt == due)
            #expect(post.accepted(by: Scenario.ada).map(\.subject.isEmpty) == [false, false])
            #expect(post.accepted(by: Scenario.ada).last?.text.contains("SOON DUE (1)") == true)
            scenario.clock.pass(.seconds(7 * 3_600))
            try await scenario.look()
            #expect(try await scenario.finding("feat-a") == "due")
        }
    }

    @Test func `D5 a grace that begins anew is warned of anew`() async throws {
        try await Scenario.run { scenario in
            let post = scenario.post()
            await scenario.world.old("shop-feat-a", tags: ["owner": "ada"])
            try await scenario.ready(Scenario.warning)
            try await scenario.look()
            try await scenario.notify(post)
            scenario.clock.pass(.seconds(2 * 86_400))
            try await scenario.mode(.report)
            try await scenario.mode(.reap)
            try await scenario.look()
            #expect(try await scenario.finding("feat-a") == "flagged")
            scenario.clock.pass(.seconds(2 * 86_400))
            try await scenario.look()
            #expect(try await scenario.finding("feat-a") == "flagged")
            try await scenario.notify(post)
            #expect(post.accepted(by: Scenario.ada).count == 2)
            #expect(try await scenario.finding("feat-a") == "warned")
        }
    }

    @Test func `D4 a delivery that was noted nowhere but in the outbox counts at the next evaluation`() async throws {
        try await Scenario.run { scenario in
            let post = scenario.post()
            await scenario.world.old("shop-feat-a", tags: ["owner": "ada"])
            try await scenario.ready(Scenario.warning)
            try await scenario.look()
            post.everybody(.deferred("451"))
            try await scenario.notify(post)
            scenario.clock.pass(.seconds(3_600))
            let begun = try #require(
                try await scenario.ledger.beginSending(without: [], kind: nil, at: scenario.clock.now)
            )
            try await scenario.ledger.conclude(
                begun.id,
                try: begun.tries,
                as: .accepted,
                reason: "250",
                nextTry: nil,
                at: scenario.clock.now
            )
            #expect(try await scenario.finding("feat-a") == "flagged")
            try await scenario.evaluate()
            #expect(try await scenario.finding("feat-a") == "warned")
        }
    }

    @Test(arguments: [0, 3])
    func `D4 a warning that comes back in the middle of an evaluation is judged anew, and stops nothing`(
        days: Int64
    ) async throws {
        try await Scenario.run { scenario in
            let post = scenario.post()
            for owner in ["ada", "ben"] { await scenario.world.old("shop-feat-\(owner)", tags: ["owner": owner]) }
            try await scenario.ready(Scenario.warning)
            try await scenario.look()
            try await scenario.notify(post)
            scenario.clock.pass(.seconds(days * 86_400 + 60))
            let ledger = scenario.ledger
            let clock = scenario.clock
            let messages = try await ledger.messages(open: false, limit: 10)
            let bouncing = try #require(messages.first { $0.recipient == Scenario.ada })
            var store = StoreInBetween(store: ledger)
            store.onRecord = { () throws(StoreFailure) in
                _ = try await ledger.noteBounce(bouncing.id, because: "550", at: clock.now)
            }
            var judging = scenario
            judging.wiring.store = store
            try await judging.evaluate()
            #expect(try await scenario.finding("feat-ada") == "flagged")
            #expect(try await scenario.finding("feat-ben") == (days == 0 ? "warned" : "due"))
        }
    }

    @Test func `D4 a warning that comes back as soon as it was taken leaves its finding as it is`() async throws {
        try await Scenario.run { scenario in
            let post = scenario.post()
            for owner in ["ada", "ben"] { await scenario.world.old("shop-feat-\(owner)", tags: ["owner": owner]) }
            try await scenario.ready(Scenario.warning)
            try await scenario.look()
            let ledger = scenario.ledger
            let clock = scenario.clock
            var store = StoreInBetween(store: ledger)
            store.onFindings = { () throws(StoreFailure) in
                let taken = try await ledger.messages(open: false, limit: 10).first { $0.recipient == Scenario.ada }
                if let taken { _ = try await ledger.noteBounce(taken.id, because: "550", at: clock.now) }
            }
            var telling = scenario
            telling.wiring.store = store
            #expect(try await telling.notify(post).sent.accepted == 2)
            #expect(try await scenario.finding("feat-ada") == "flagged")
            #expect(try await scenario.finding("feat-ben") == "warned")
        }
    }
}
