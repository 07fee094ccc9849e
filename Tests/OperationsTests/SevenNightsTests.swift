import Core
import Foundation
import Operations
import Postgres
import Reports
import Testing

@testable import Ledger

/// A week over a changing fleet, with something going wrong in four of its nights.
@Suite struct SevenNightsTests {
    private static let day = Duration.seconds(86_400)

    /// Night 3 dies while it is sending, the database is away in night 4, mail is refused in night 5, AWS throttles in
    /// night 6.
    @Test func `D4 N1 N2 seven nights lose no message, repeat none, and reap nothing without a delivered warning`()
        async throws
    {
        try await Scenario.run(targets: [Scenario.home, Scenario.away]) { scenario in
            let week = Week(scenario)
            try await week.begin()
            for number in 1...9 {
                try await week.fleetChanges(before: number)
                try await week.night(number)
                scenario.clock.pass(.seconds(6 * 3_600))
                try await week.peopleApprove()
                try await scenario.reap()
                scenario.clock.pass(.seconds(18 * 3_600 - 200))
            }
            try await week.everybodyWasTold()
            try await week.nothingWasSaidTwice()
            try await week.nothingWentUnwarned()
            try await week.theNightsAreTold()
        }
    }

    /// The fleet, its people, and what they heard.
    final class Week {
        let scenario: Scenario
        let post: PostOffice
        private var stacks: [String: ComponentID] = [:]
        fileprivate var begun: [Date] = []

        init(_ scenario: Scenario) {
            var scenario = scenario
            scenario.wiring.timings.executorLease = .milliseconds(300)
            self.scenario = scenario
            post = scenario.post()
        }

        func begin() async throws {
            try await add("a", "ada")
            try await add("b", "ben")
            try await add("renewed", "ben")
            try await add("extended", "ada")
            try await add("released", "ben")
            try await add("nobodys", nil)
            stacks["away"] = await scenario.world.old("pay-feat-away", in: Scenario.away, tags: ["owner": "ada"])
            let lasting = "stale_when: { idle: 1d }"
            try await scenario.ready(Scenario.warning.replacing("stale_when: { age: 1d }", with: lasting))
        }

        private func add(_ name: String, _ owner: String?) async throws {
            stacks[name] = await scenario.world.old("shop-feat-\(name)", tags: owner.map { ["owner": $0] } ?? [:])
        }

        func fleetChanges(before number: Int) async throws {
            switch number {
            case 2:
                try await add("new", "ben")
                if let id = stacks["renewed"] { await scenario.world.redeploy(id, at: scenario.clock.now) }
            case 3:
                try await add("third", "ada")
                _ = try await Holding(scenario.wiring).extend(
                    "feat-extended",
                    by: .seconds(7 * 86_400),
                    because: "demo"
                )
            case 5: _ = try await Holding(scenario.wiring).release("feat-released")
            case 6: try await add("sixth", "ben")
            case 8:
                // Reaped by now, and deployed again under its name.
                #expect(try await scenario.finding("feat-a") == "reaped")
                try await add("a", "ada")
            default: break
            }
        }

        func night(_ number: Int) async throws {
            begun.append(scenario.clock.now)
            switch number {
            case 3: try await dyingNight()
            case 4: try await nightWithoutDatabase()
            case 5:
                post.everybody(.refused("550 we take nothing today"))
                try await plainNight(expecting: Problem.Kind.undone.rawValue)
                post.everybody(nil)
            case 6:
                let throttled = ProviderFailure(.throttled, "Rate exceeded", advice: "wait")
                await scenario.world.fail("components \(Scenario.home)", throttled)
                try await plainNight(expecting: Problem.Kind.partial.rawValue)
                await scenario.world.fail("components \(Scenario.home)", nil)
            default: try await plainNight(expecting: 0)
            }
        }

        private func plainNight(expecting status: Int32) async throws {
            let outcome = try await scenario.night(post)
            #expect(outcome.status == status, "\(begun.count): \(outcome.leftUndone)")
        }

        /// Its process is killed right after the other side took the first letter: nothing of that is written down.
        private func dyingNight() async throws {
            var dying = scenario
            let own = PostgresLedger(settings: scenario.ledger.settings, embedded: false, maximum: 2)
            dying.wiring.store = own
            let mortal = MortalCourier(post: post, ledger: own)
            let nightly = Nightly(
                dying.wiring,
                scan: Scan(provider: scenario.world, store: own, rules: scenario.wiring.rules, locks: own),
                notify: dying.notifying(mortal, locks: own),
                holder: "a night that dies",
                within: .seconds(7_200),
                sleep: { try await Task.sleep(for: $0) }
            )
            let ended = await problem { _ = try await nightly.run(progress: { _ in }) }
            #expect(ended != nil)
            await own.close()
            try await Task.sleep(for: .milliseconds(400))
        }

        private func nightWithoutDatabase() async throws {
            var away = scenario
            var settings = scenario.ledger.settings
            settings.overrides["port"] = "1"
            let own = PostgresLedger(settings: settings, embedded: false, maximum: 2)
            away.wiring.store = own
            let ended = await problem { try await away.night(post) }
            #expect(ended?.kind == .unavailable)
            await own.close()
        }

        /// Whoever may, approves everything they were asked for.
        func peopleApprove() async throws {
            for plan in try await scenario.ledger.plans(open: true, run: nil, limit: 100)
            where plan.state == .awaitingApproval {
                try await scenario.approve(plan)
            }
        }
    }
}

/// Hands letters on until the first was taken; then its process is gone.
private struct MortalCourier: Courier {
    let post: PostOffice
    let ledger: PostgresLedger

    func deliver(_ letter: Letter, to recipient: Recipient) async -> DeliveryOutcome {
        let outcome = await post.deliver(letter, to: recipient)
        await ledger.close()
        return outcome
    }
}

extension SevenNightsTests.Week {
    private struct Said: Hashable {
        let recipient: Recipient
        let notice: Core.Notice
    }

    /// Every warning, end and clearing of every environment reached its owner.
    func everybodyWasTold() async throws {
        let rows = try await scenario.ledger.noticeHistory(endedAfter: .distantPast)
        func told(_ name: String, _ kind: NoticeKind, _ recipient: Recipient) -> Bool {
            rows.contains {
                $0.notice.environment.name.text == "feat-\(name)" && $0.notice.kind == kind
                    && $0.recipient == recipient && $0.isDelivered
            }
        }
        for (name, owner) in [
            ("a", Scenario.ada), ("b", Scenario.ben), ("renewed", Scenario.ben), ("extended", Scenario.ada),
            ("nobodys", Scenario.desk), ("away", Scenario.ada), ("new", Scenario.ben), ("third", Scenario.ada),
            ("sixth", Scenario.ben),
        ] { #expect(told(name, .warned, owner), "\(name) was warned of") }
        for (name, owner) in [("a", Scenario.ada), ("b", Scenario.ben), ("released", Scenario.ben)] {
            #expect(told(name, .reaped, owner), "\(name) was told as reaped")
        }
        for (name, owner) in [("renewed", Scenario.ben), ("extended", Scenario.ada)] {
            #expect(told(name, .cleared, owner), "\(name) was told as kept")
        }
        #expect(rows.contains { $0.notice.environment.name.text == "feat-a" && $0.notice.environment.incarnation == 2 })
    }

    /// But for what the letter said that was on its way when the third night died: that may come twice.
    func nothingWasSaidTwice() async throws {
        let night = begun[2]...begun[3]
        var doubtful: Set<Said> = []
        var counts: [Said: Int] = [:]
        for delivery in post.accepted {
            let message = try #require(try await scenario.ledger.message(letter: delivery.letter.id))
            let rows = try await scenario.ledger.noticeHistory(endedAfter: .distantPast)
            for row in rows where row.message == message.id {
                let said = Said(recipient: delivery.recipient, notice: row.notice)
                counts[said, default: 0] += 1
                if night.contains(delivery.at) { doubtful.insert(said) }
            }
        }
        #expect(!doubtful.isEmpty)
        let twice = Set(counts.filter { $0.value > 1 }.keys)
        #expect(twice.isSubset(of: doubtful))
        #expect(!twice.isEmpty)
        #expect(counts.values.allSatisfy { $0 <= 2 })
        // One message a night.
        for (number, start) in begun.enumerated() {
            let end = start.addingTimeInterval(3_600)
            let letters = post.accepted.filter { (start...end).contains($0.at) }
            #expect(Set(letters.map(\.recipient)).count == letters.count, "night \(number + 1)")
        }
    }

    func nothingWentUnwarned() async throws {
        let rows = try await scenario.ledger.noticeHistory(endedAfter: .distantPast)
        let ended = try await scenario.ledger.environments(endedAfter: .distantPast)
        #expect(ended.count >= 3)
        for record in ended {
            let finding = try #require(record.finding)
            let reaped = try FindingCoding.decode(finding)
            guard reaped.state == .reaped, reaped.verdictClass != .released else { continue }
            let warned = rows.filter {
                $0.notice == Notice(.warned, of: record.key, subject: Notice.grace(since: reaped.flaggedAt))
                    && $0.isDelivered
            }
            let first = try #require(warned.map(\.at).min(), "\(record.key.name) was reaped without a warning")
            let due = try #require(reaped.dueSince)
            #expect(due.timeIntervalSince(first) >= 3 * 86_400, "\(record.key.name)")
            // The letter itself named it.
            #expect(post.accepted.contains { $0.letter.text.contains(record.key.name.text) && $0.at <= due })
        }
    }

    /// The weekly mail tells the truth about each night.
    func theNightsAreTold() async throws {
        let nights = try await scenario.ledger.nights(since: .distantPast)
        let first = try #require(try await scenario.ledger.firstNight())
        let zone = try #require(TimeZone(identifier: "UTC"))
        let days = WeeklyNight.days(
            of: nights,
            first: first,
            every: .seconds(26 * 3_600),
            now: try #require(begun.last).addingTimeInterval(3_600),
            zone: zone
        )
        #expect(days.map(\.outcome) == [.failed, .missing, .partial, .partial, .complete, .complete, .complete])
    }
}
