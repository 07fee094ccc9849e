import Core
import Foundation
import Ledger
import Operations
import Testing

/// Who is told what: once, in one message a night, and nothing that is not so.
@Suite struct NoticeTests {
    @Test func `one message a night names every environment of its owner, however many there are`() async throws {
        try await Scenario.run { scenario in
            let post = scenario.post()
            for number in 1...57 { await scenario.world.old("shop-feat-n\(number)", tags: ["owner": "ada"]) }
            await scenario.world.old("shop-feat-b", tags: ["owner": "ben"])
            try await scenario.ready(Scenario.warning)
            try await scenario.look()
            let outcome = try await scenario.notify(post)
            #expect(outcome.sent.accepted == 2)
            let letter = try #require(post.accepted(by: Scenario.ada).first)
            let words = Set(letter.text.split(whereSeparator: \.isWhitespace).map(String.init))
            for number in 1...57 { #expect(words.contains("feat-n\(number)")) }
            #expect(!words.contains("feat-b"))
            try await scenario.notify(post)
            #expect(post.deliveries.count == 2)
        }
    }

    @Test func `one address that is wrong holds up nobody else`() async throws {
        try await Scenario.run { scenario in
            let post = scenario.post()
            post.always(Scenario.ada, .refused("550 no such user"))
            await scenario.world.old("shop-feat-a", tags: ["owner": "ada"])
            await scenario.world.old("shop-feat-b", tags: ["owner": "ben"])
            try await scenario.ready(Scenario.warning)
            try await scenario.look()
            let outcome = try await scenario.notify(post)
            #expect(outcome.sent.accepted == 1)
            #expect(outcome.sent.refused.map(\.recipient) == [Scenario.ada])
            #expect(try await scenario.finding("feat-b") == "warned")
            #expect(try await scenario.finding("feat-a") == "flagged")
            // Not again in the same night, but in the next.
            try await scenario.notify(post)
            #expect(post.deliveries.count == 2)
            scenario.clock.pass(.seconds(86_400))
            post.always(Scenario.ada, nil)
            try await scenario.look()
            try await scenario.notify(post)
            #expect(try await scenario.finding("feat-a") == "warned")
        }
    }

    @Test func `N1 N2 a sender whom the server refuses keeps every message, and is said as wrong settings`()
        async throws
    {
        try await Scenario.run { scenario in
            let post = scenario.post()
            for owner in ["ada", "ben"] { await scenario.world.old("shop-feat-\(owner)", tags: ["owner": owner]) }
            try await scenario.ready(Scenario.warning)
            try await scenario.look()
            post.everybody(.misconfigured("550 sender rejected"))
            let outcome = try await scenario.notify(post).sent
            // Nobody else is tried: they would hear the same.
            #expect(post.deliveries.count == 1)
            #expect(outcome.refused.isEmpty && outcome.deferred.count == 1 && outcome.untried == 1)
            #expect(outcome.kinds == [.undone, .configuration])
            #expect(try await scenario.ledger.messages(open: true, limit: 10).map(\.state) == [.queued, .queued])
            scenario.clock.pass(.seconds(3_600))
            let night = try await scenario.night(post)
            #expect(night.status == Problem.Kind.configuration.rawValue)
            #expect(night.leftUndone.contains("nothing can be sent: 550 sender rejected"))
            post.everybody(nil)
            post.forget()
            scenario.clock.pass(.seconds(86_400))
            try await scenario.look()
            try await scenario.notify(post)
            #expect(Set(post.accepted.map(\.recipient)) == [Scenario.ada, Scenario.ben])
            #expect(try await scenario.finding("feat-ada") == "warned")
        }
    }

    @Test func `a way out that hangs three times in a row is left alone, and the others are used`() async throws {
        try await Scenario.run { scenario in
            let post = scenario.post()
            let channel = Recipient.channel(ChannelName("shop"))
            for number in 1...6 {
                await scenario.world.old("shop-feat-n\(number)", tags: ["owner": "o\(number)@example.com"])
            }
            await scenario.world.old("shop-feat-c", tags: ["owner": "shop"])
            var book = Scenario.book
            book.domains = ["example.com"]
            book.routes = [AddressBook.Route(owner: "shop", to: [channel])]
            for number in 1...6 { post.always(.address("o\(number)@example.com"), .deferred("no connection")) }
            try await scenario.ready(Scenario.warning)
            try await scenario.look()
            let outcome = try await scenario.notify(SlowPost(post: post, clock: scenario.clock), book: book)
            #expect(outcome.sent.deferred.count == 3)
            #expect(post.accepted.map(\.recipient) == [channel])
            #expect(try await scenario.ledger.messages(open: true, limit: 10).count == 6)
        }
    }

    @Test func `what is blocked is told as blocked, once, and as due when nothing blocks it any more`() async throws {
        try await Scenario.run { scenario in
            let post = scenario.post()
            let stack = await scenario.world.old("shop-feat-a", tags: ["owner": "ben"]) {
                $0.resources = [ForecastTests.resource("Uploads", "uploads", "AWS::S3::Bucket")]
                $0.contents = ["uploads": false]
            }
            try await scenario.ready()
            for _ in 1...2 {
                try await scenario.night(post)
                let letters = post.accepted(by: Scenario.ben)
                #expect(letters.count == 1)
                #expect(letters.first?.subject == "Curfew: feat-a is due, but blocked")
                #expect(letters.first?.text.contains("not empty: ") == true)
                scenario.clock.pass(.seconds(86_400))
            }
            await scenario.world.change(stack) { $0.contents = [:] }
            try await scenario.night(post)
            let last = try #require(post.accepted(by: Scenario.ben).last)
            #expect(post.accepted(by: Scenario.ben).count == 2)
            #expect(last.subject == "Curfew: feat-a is due for teardown" && !last.text.contains("blocked"))
        }
    }

    @Test func `what was not sent is put together anew, and nothing is said of what is gone`() async throws {
        try await Scenario.run { scenario in
            let post = scenario.post()
            let gone = await scenario.world.old("shop-feat-a", tags: ["owner": "ada"])
            await scenario.world.old("shop-feat-b", tags: ["owner": "ada"])
            try await scenario.ready(Scenario.warning)
            try await scenario.look()
            post.everybody(.deferred("451"))
            try await scenario.notify(post)
            await scenario.world.remove(gone)
            await scenario.world.old("shop-feat-c", tags: ["owner": "ada"])
            scenario.clock.pass(.seconds(86_400))
            try await scenario.look()
            post.everybody(nil)
            try await scenario.notify(post)
            let letters = post.accepted(by: Scenario.ada)
            #expect(letters.count == 1)
            #expect(letters.first?.text.contains("feat-a") == false)
            #expect(letters.first?.text.contains("feat-b") == true)
            #expect(letters.first?.text.contains("feat-c") == true)
        }
    }

    @Test func `a repeated warning that is not true any more is not sent`() async throws {
        try await Scenario.run { scenario in
            let post = scenario.post()
            let gone = await scenario.world.old("shop-feat-a", tags: ["owner": "ada"])
            await scenario.world.old("shop-feat-b", tags: ["owner": "ada"])
            try await scenario.ready(Scenario.warning)
            try await scenario.look()
            post.answer(Scenario.ada, .uncertain("broke off"))
            try await scenario.notify(post)
            await scenario.world.remove(gone)
            scenario.clock.pass(.seconds(86_400))
            try await scenario.look()
            try await scenario.notify(post)
            let letters = post.accepted(by: Scenario.ada)
            #expect(letters.count == 1)
            #expect(letters.first?.text.contains("feat-a") == false)
            #expect(try await scenario.finding("feat-b") == "warned")
        }
    }

    @Test func `only who was warned is told that it is kept, and only once`() async throws {
        try await Scenario.run { scenario in
            let post = scenario.post()
            await scenario.world.old("shop-feat-a", tags: ["owner": "ada"])
            try await scenario.ready(Scenario.warning)
            try await scenario.look()
            try await scenario.notify(post)
            post.forget()
            _ = try await Holding(scenario.wiring).protect(
                "feat-a",
                until: scenario.clock.now.addingTimeInterval(86_400 * 10),
                because: "needed"
            )
            await scenario.world.old("shop-feat-new", tags: ["owner": "ben"])
            try await scenario.apply(
                Scenario.warning.replacing("stale_when: { age: 1d }", with: "stale_when: { age: 999d }")
            )
            try await scenario.look()
            try await scenario.notify(post)
            try await scenario.notify(post)
            #expect(post.accepted.map(\.recipient) == [Scenario.ada])
            #expect(post.accepted.first?.letter.text.contains("KEPT AFTER ALL (1)") == true)
        }
    }

    @Test(arguments: ["report", "held"])
    func `D2 P7 nobody is warned of an end that cannot come`(what: String) async throws {
        try await Scenario.run { scenario in
            let post = scenario.post()
            await scenario.world.old("shop-feat-a", tags: ["owner": "ada"])
            try await scenario.ready(Scenario.warning)
            if what == "report" {
                try await scenario.mode(.report)
            } else {
                let hold = AccountHold(account: Scenario.shop, since: scenario.clock.now, because: "a test")
                try await scenario.scan()
                let scan = try #require(try await scenario.ledger.newestScan())
                try await scenario.ledger.record(
                    [],
                    in: EvaluationRecord(scan: scan.id, revision: 1, counts: [:], complete: [], holds: [hold]),
                    at: scenario.clock.now
                )
            }
            try await scenario.look()
            try await scenario.notify(post)
            #expect(post.deliveries.isEmpty)
            #expect(try await scenario.finding("feat-a") == "flagged")
        }
    }

    @Test func `what was reaped is told to its owner with the way back, and a plan to who can approve it`() async throws
    {
        try await Scenario.run { scenario in
            let post = scenario.post()
            await scenario.world.old("shop-feat-a", tags: ["owner": "ben"])
            try await scenario.ready()
            try await scenario.look()
            let plan = try #require(try await scenario.planDue().plans.first)
            var book = Scenario.book
            book.people[0].logins = []
            try await scenario.notify(post, book: book)
            // Ben owns it: he hears that it is due. Ada can approve.
            #expect(post.accepted(by: Scenario.ben).first?.text.contains("DUE (1)") == true)
            #expect(post.accepted(by: Scenario.ada).first?.text.contains("curfew approve \(plan.id)") == true)
            post.forget()
            try await scenario.approve(plan)
            try await scenario.reap()
            #expect(try await scenario.finding("feat-a") == "reaped")
            try await scenario.notify(post, book: book)
            try await scenario.notify(post, book: book)
            #expect(post.accepted.map(\.recipient) == [Scenario.ben])
            #expect(post.accepted.first?.letter.text.contains("curfew restore feat-a") == true)
        }
    }

    @Test func `what cannot be told to anybody is said`() async throws {
        try await Scenario.run { scenario in
            let post = scenario.post()
            await scenario.world.old("shop-feat-a", tags: ["owner": "mallory@elsewhere.example"])
            try await scenario.ready(Scenario.warning)
            try await scenario.look()
            var book = Scenario.book
            book.platform = []
            book.domains = ["example.com"]
            let outcome = try await scenario.notify(post, book: book)
            #expect(post.deliveries.isEmpty)
            #expect(outcome.unreachable.map(\.key.name.text) == ["feat-a"])
            // With a platform list it is told in the owner's place.
            try await scenario.notify(post)
            #expect(post.accepted.map(\.recipient) == [Scenario.desk])
        }
    }

    @Test func `each of several who were warned is told that it is kept`() async throws {
        try await Scenario.run { scenario in
            let post = scenario.post()
            var book = Scenario.book
            book.routes = [AddressBook.Route(owner: "both", to: [Scenario.ada, Scenario.desk])]
            await scenario.world.old("shop-feat-a", tags: ["owner": "both"])
            try await scenario.ready(Scenario.warning)
            try await scenario.look()
            try await scenario.notify(post, book: book)
            try await scenario.apply(Scenario.warning.replacing("age: 1d", with: "age: 999d"))
            try await scenario.look()
            post.forget()
            post.answer(Scenario.desk, .deferred("451"))
            try await scenario.notify(post, book: book)
            scenario.clock.pass(.seconds(86_400))
            try await scenario.notify(post, book: book)
            try await scenario.notify(post, book: book)
            #expect(post.accepted.map(\.recipient) == [Scenario.ada, Scenario.desk])
        }
    }

    @Test func `who can approve is asked again for the same plan when it was made again`() async throws {
        try await Scenario.run { scenario in
            let post = scenario.post()
            var book = Scenario.book
            book.people[0].logins = []
            await scenario.world.old("shop-feat-a", tags: ["owner": "ben"])
            try await scenario.ready()
            try await scenario.look()
            let first = try #require(try await scenario.planDue().plans.first)
            try await scenario.notify(post, book: book)
            try await scenario.approve(first)
            scenario.clock.pass(.seconds(4 * 86_400))
            try await scenario.look()
            let second = try #require(try await scenario.planDue().plans.first)
            #expect(second.digest == first.digest && second.id != first.id)
            post.forget()
            try await scenario.notify(post, book: book)
            #expect(post.accepted(by: Scenario.ada).first?.text.contains("curfew approve \(second.id)") == true)
        }
    }

    @Test func `trying again says nothing new, and nothing that is not so any more`() async throws {
        try await Scenario.run { scenario in
            let post = scenario.post()
            let gone = await scenario.world.old("shop-feat-a", tags: ["owner": "ada"])
            await scenario.world.old("shop-feat-b", tags: ["owner": "ada"])
            try await scenario.ready(Scenario.warning)
            try await scenario.look()
            post.everybody(.deferred("451"))
            try await scenario.notify(post)
            post.everybody(nil)
            post.forget()
            await scenario.world.remove(gone)
            await scenario.world.old("shop-feat-c", tags: ["owner": "ben"])
            try await scenario.look()
            scenario.clock.pass(.seconds(60))
            _ = try await scenario.notifying(post).again(until: nil)
            #expect(post.accepted.map(\.recipient) == [Scenario.ada])
            #expect(post.accepted.first?.letter.text.contains("feat-a") == false)
            #expect(post.accepted.first?.letter.text.contains("feat-b") == true)
        }
    }

    @Test func `a server that hangs after each message is left alone, too`() async throws {
        try await Scenario.run { scenario in
            let post = scenario.post()
            post.everybody(.uncertain("no answer after DATA"))
            var book = Scenario.book
            book.domains = ["example.com"]
            for number in 1...6 {
                await scenario.world.old("shop-feat-n\(number)", tags: ["owner": "o\(number)@example.com"])
            }
            try await scenario.ready(Scenario.warning)
            try await scenario.look()
            let outcome = try await scenario.notify(SlowPost(post: post, clock: scenario.clock), book: book)
            #expect(post.deliveries.count == 3)
            #expect(outcome.sent.untried == 3)
        }
    }

    @Test func `servers that put off each recipient hold up none of the others`() async throws {
        try await Scenario.run { scenario in
            let post = scenario.post()
            var book = Scenario.book
            book.domains = ["example.com"]
            for number in 1...6 {
                await scenario.world.old("shop-feat-n\(number)", tags: ["owner": "o\(number)@example.com"])
                post.always(.address("o\(number)@example.com"), .deferred("451 greylisted"))
            }
            await scenario.world.old("shop-feat-z", tags: ["owner": "z@example.com"])
            try await scenario.ready(Scenario.warning)
            try await scenario.look()
            let outcome = try await scenario.notify(post, book: book)
            #expect(outcome.sent.deferred.count == 6)
            #expect(outcome.sent.accepted == 1)
        }
    }

    @Test func `an owner who is nobody in the settings is not asked for an approval that would not count`() async throws
    {
        try await Scenario.run { scenario in
            let post = scenario.post()
            var book = Scenario.book
            book.domains = ["example.com"]
            await scenario.world.old("shop-feat-a", tags: ["owner": "stranger@example.com"])
            try await scenario.ready(
                Scenario.strict.replacing("by: [group:platform]", with: "by: [owner, group:platform]")
            )
            try await scenario.look()
            _ = try await scenario.planDue()
            try await scenario.notify(post, book: book)
            let letter = try #require(post.accepted(by: .address("stranger@example.com")).first)
            #expect(letter.text.contains("DUE (1)"))
            #expect(!letter.text.contains("curfew approve"))
        }
    }

    @Test func `D4 a warning that was refused is missing until it is taken, however often one looks`() async throws {
        try await Scenario.run { scenario in
            let post = scenario.post()
            post.always(Scenario.ada, .refused("550 no such user"))
            await scenario.world.old("shop-feat-a", tags: ["owner": "ada"])
            try await scenario.ready(Scenario.warning)
            try await scenario.look()
            try await scenario.notify(post)
            let again = try await scenario.notify(post)
            #expect(post.deliveries.count == 1)
            #expect(again.unreachable.map(\.key.name.text) == ["feat-a"])
        }
    }
}
