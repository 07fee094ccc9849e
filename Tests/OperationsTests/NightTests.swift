import Core
import Foundation
import Ledger
import Operations
import Reports
import Testing

extension Scenario {
    func nightly(
        _ post: any Courier,
        book: AddressBook = Scenario.book,
        within: Duration = .seconds(7_200),
        provider: (any ProviderReading)? = nil,
        stop: StopRequest = .never
    ) -> Nightly {
        Nightly(
            wiring,
            scan: Scan(provider: provider ?? world, store: wiring.store, rules: wiring.rules, locks: ledger),
            notify: notifying(post, book: book, stop: stop),
            holder: "a test",
            within: within,
            stop: stop,
            sleep: { try await Task.sleep(for: $0) }
        )
    }

    @discardableResult
    func night(_ post: any Courier, book: AddressBook = Scenario.book) async throws -> Nightly.Outcome {
        clock.pass(.seconds(1))
        return try await nightly(post, book: book).run(progress: { _ in })
    }
}

/// One night: what it does, what it says when it could not, and that there is only one.
@Suite struct NightTests {
    @Test func `a night scans, judges, plans and tells, and says what waits for whom`() async throws {
        try await Scenario.run { scenario in
            let post = scenario.post()
            await scenario.world.old("shop-feat-a", tags: ["owner": "ben"])
            try await scenario.ready()
            let outcome = try await scenario.night(post)
            #expect(outcome.steps.map(\.step) == [.scan, .evaluate, .plan, .notify])
            #expect(outcome.status == 0)
            #expect(outcome.waiting == ["1 plan waits for approval: curfew plan list"])
            #expect(post.accepted(by: Scenario.ben).count == 1)
            let nights = try await scenario.ledger.nights(since: .distantPast)
            #expect(nights.map(\.outcome) == [.done])
            #expect(nights.first?.numbers["plans_made"] == 1)
            // The same plan stands the next night: it was not made again.
            scenario.clock.pass(.seconds(86_400))
            let next = try await scenario.night(post)
            #expect(next.numbers["plans_made"] == 0 && next.numbers["plans_kept"] == 1)
            #expect(next.steps.first { $0.step == .plan }?.line == "0 new plans, 1 as before, 0 blocked, 0 deferred")
            #expect(await scenario.world.deletedIDs.isEmpty)
        }
    }

    @Test func `N1 a night that could not read a target goes on with the rest, says so, and is not done`() async throws
    {
        try await Scenario.run(targets: [Scenario.home, Scenario.away]) { scenario in
            let post = scenario.post()
            await scenario.world.old("shop-feat-a", tags: ["owner": "ben"])
            await scenario.world.old("pay-feat-b", in: Scenario.away, tags: ["owner": "ben"])
            try await scenario.ready()
            let failure = ProviderFailure(.throttled, "too many calls", advice: "wait")
            await scenario.world.fail("components \(Scenario.away)", failure)
            let outcome = try await scenario.night(post)
            #expect(outcome.status == Problem.Kind.partial.rawValue)
            #expect(outcome.leftUndone.contains { $0.contains("222222222222") && $0.contains("too many calls") })
            // What could be read is judged, planned and told.
            #expect(post.accepted(by: Scenario.ben).first?.text.contains("feat-a") == true)
            #expect(post.accepted(by: Scenario.ben).first?.text.contains("feat-b") == false)
            #expect(try await scenario.ledger.nights(since: .distantPast).map(\.outcome) == [.undone])
            #expect(try await scenario.ledger.lastGoodNight() == nil)
        }
    }

    @Test func `N1 a night without time left says what it did not begin, and the next begins with it`() async throws {
        try await Scenario.run(targets: [Scenario.home, Scenario.away]) { scenario in
            let post = scenario.post()
            await scenario.world.old("shop-feat-a", tags: ["owner": "ben"])
            try await scenario.ready()
            try await scenario.scan(only: [Scenario.home])
            await scenario.world.clearLog()
            let none = try await scenario.nightly(post, within: .zero).run(progress: { _ in })
            #expect(none.status == Problem.Kind.undone.rawValue)
            #expect(none.leftUndone.count == 4)
            #expect(await scenario.world.log.isEmpty)
            // The one that was never read comes first.
            var brief = scenario
            brief.wiring.rules.width = 1
            try await brief.night(post)
            let read = await scenario.world.log.filter { $0.hasPrefix("components") }
            #expect(read.prefix(2) == ["components \(Scenario.away)", "components \(Scenario.home)"])
        }
    }

    @Test func `a scan whose time is over records what it did not read as not read`() async throws {
        try await Scenario.run(targets: [Scenario.home, Scenario.away]) { scenario in
            await scenario.world.old("shop-feat-a")
            try await scenario.ready()
            let end = scenario.clock.now
            let outcome = try await Scan(
                provider: scenario.world,
                store: scenario.ledger,
                rules: scenario.wiring.rules,
                locks: scenario.ledger
            ).run(only: nil, full: false, until: end, clock: scenario.wiring.clock, progress: { _ in })
            #expect(!outcome.isComplete)
            #expect(outcome.summary.readings.allSatisfy { $0.failure?.contains("time of this run") == true })
            #expect(try await scenario.finding("feat-a") == nil)
        }
    }

    @Test func `two nights never work at once, and a dead one is followed when its lease has run out`() async throws {
        try await Scenario.run { scenario in
            let post = scenario.post()
            try await scenario.ready()
            var brief = scenario
            brief.wiring.timings.executorLease = .milliseconds(400)
            let claim = try await scenario.ledger.beginNight(
                holder: "another",
                lease: .milliseconds(400),
                at: scenario.clock.now
            )
            guard case .begun(let dead) = claim else { throw Problem(.bug, "no night began") }
            let refused = await problem { try await brief.night(post) }
            #expect(refused?.kind == .locked)
            #expect(refused?.summary.contains("another") == true)
            try await Task.sleep(for: .milliseconds(500))
            try await brief.night(post)
            let nights = try await scenario.ledger.nights(since: .distantPast)
            #expect(nights.map(\.outcome) == [.done, .abandoned])
            // Whoever wakes up is told, and writes nothing over it.
            await #expect(throws: StoreFailure.self) {
                try await scenario.ledger.prolongNight(dead, lease: .seconds(1))
            }
        }
    }

    @Test func `P1 a dry run says what a night would do, and keeps, plans and sends nothing`() async throws {
        try await Scenario.run { scenario in
            let post = scenario.post()
            await scenario.world.old("shop-feat-a", tags: ["owner": "ben"])
            try await scenario.ready()
            try await scenario.scan()
            let entries = try await scenario.ledger.history(of: nil, limit: 1_000).count
            let preview = try await scenario.nightly(post).preview()
            #expect(preview.due.map(\.name.text) == ["feat-a"])
            #expect(preview.contents.map(\.recipient) == [Scenario.ben])
            #expect(try await scenario.finding("feat-a") == nil)
            #expect(try await scenario.ledger.history(of: nil, limit: 1_000).count == entries)
            #expect(post.deliveries.isEmpty)
            #expect(try await scenario.ledger.messages(open: false, limit: 10).isEmpty)
            #expect(try await scenario.ledger.plans(open: false, run: nil, limit: 10).isEmpty)
            // And the night does exactly that.
            try await scenario.night(post)
            #expect(try await scenario.finding("feat-a") == "planned")
        }
    }

    @Test func `N1 a night whose planning could not read what it needs is not done`() async throws {
        try await Scenario.run { scenario in
            let post = scenario.post()
            await scenario.world.old("shop-feat-a", tags: ["owner": "ben"])
            try await scenario.ready()
            await scenario.world.fail(
                "template",
                ProviderFailure(.denied, "not allowed to GetTemplate", advice: "allow")
            )
            let outcome = try await scenario.night(post)
            #expect(outcome.status == Problem.Kind.partial.rawValue, "\(outcome.leftUndone)")
            #expect(outcome.leftUndone.contains { $0.hasPrefix("feat-a is blocked: ") })
        }
    }

    @Test func `a scan that takes all the time it has leaves time for everything else`() async throws {
        try await Scenario.run(targets: [Scenario.home, Scenario.away]) { scenario in
            let post = scenario.post()
            await scenario.world.old("shop-feat-a", tags: ["owner": "ben"])
            try await scenario.ready()
            var slow = scenario
            slow.wiring.rules.width = 1
            let clock = scenario.clock
            let late = ProviderInBetween(world: scenario.world, onComponents: { clock.pass(.seconds(5_000)) })
            let nightly = Nightly(
                slow.wiring,
                scan: Scan(provider: late, store: scenario.ledger, rules: slow.wiring.rules, locks: scenario.ledger),
                notify: slow.notifying(post),
                holder: "a test",
                within: .seconds(7_200),
                sleep: { try await Task.sleep(for: $0) }
            )
            let outcome = try await nightly.run(progress: { _ in })
            #expect(outcome.steps.map(\.step) == [.scan, .evaluate, .plan, .notify])
            #expect(outcome.leftUndone.contains { $0.contains(TargetState.notTried) })
        }
    }
}
