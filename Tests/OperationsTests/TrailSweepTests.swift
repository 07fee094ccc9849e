import Core
import Foundation
import Synchronization
import Testing

@testable import Ledger
@testable import Operations

/// One sweep of each region, what it costs, and what is kept of it.
@Suite struct TrailSweepTests {
    struct Swept {
        let scenario: Scenario
        let trails = ScriptedTrails()
        let sleeps = Sleeps()
        var pages = 100
        var rules = OwnerRules()

        @discardableResult
        func scan(full: Bool = false, until end: Date? = nil) async throws -> ScanOutcome {
            scenario.clock.pass(.seconds(60))
            var rules = scenario.wiring.rules
            rules.owners = self.rules
            let sweep = TrailSweep(
                trails: trails,
                store: scenario.ledger,
                targets: rules.configured,
                rules: self.rules,
                pages: pages,
                clock: { scenario.clock.now },
                sleep: { sleeps.add($0) }
            )
            return try await Scan(
                provider: scenario.world,
                store: scenario.ledger,
                rules: rules,
                locks: scenario.ledger,
                evidence: [sweep]
            ).run(only: nil, full: full, until: end, clock: scenario.wiring.clock, progress: { _ in })
        }

        func owner(_ name: String) async throws -> String {
            let record = try #require(try await scenario.environment(name))
            return "\(record.owner ?? (record.ownerConflict ? "several" : "nobody")) by \(record.ownerSource)"
        }

        var calls: [String] { trails.asked.map { "\($0.target) \($0.question.call.rawValue)" } }
    }

    final class Sleeps: Sendable {
        private let durations = Mutex<[Duration]>([])
        var all: [Duration] { durations.withLock { $0 } }
        func add(_ duration: Duration) { durations.withLock { $0.append(duration) } }
    }

    private func event(
        _ number: Int,
        _ id: ComponentID?,
        at: Date,
        by user: String = "ada",
        call: TrailCall = .createStack,
        name: String? = nil
    ) -> TrailEvent {
        TrailEvent(
            id: "event-\(number)",
            call: call,
            at: at,
            identity: TrailIdentity(kind: "IAMUser", userName: user),
            component: id,
            name: name,
            makes: call != .executeChangeSet
        )
    }

    /// Made three hours before the first scan: CloudTrail knows of it.
    private func made(_ scenario: Scenario) -> Date { scenario.clock.now.addingTimeInterval(-3 * 3_600) }

    @Test func `who made a stack owns its environment where nothing better is known`() async throws {
        try await Scenario.run(targets: [Scenario.home, Scenario.away]) { scenario in
            let swept = Swept(scenario: scenario)
            let made = made(scenario)
            let world = scenario.world
            let mine = await world.add("shop-feat-a", in: Scenario.home, created: made)
            let tagged = await world.add("shop-feat-b", in: Scenario.home, created: made, tags: ["owner": "ben"])
            let built = await world.add("shop-feat-c", in: Scenario.home, created: made)
            await world.add("pay-feat-d", in: Scenario.away, created: made, tags: ["owner": "dora"])
            swept.trails.arrange {
                $0.events[Scenario.home] = [
                    event(1, mine, at: made), event(2, tagged, at: made, by: "cleo"),
                    event(3, built, at: made, by: "gitlab-12"),
                ]
            }
            let outcome = try await swept.scan()
            #expect(outcome.isComplete && outcome.notes.isEmpty)
            #expect(try await swept.owner("feat-a") == "ada by CloudTrail")
            #expect(try await swept.owner("feat-b") == "ben by tag")
            #expect(try await swept.owner("feat-c") == "nobody by none")
            // Where all are tagged nobody is asked; in the other region once for each kind of call, half a second apart.
            #expect(swept.calls == TrailCall.allCases.map { "\(Scenario.home) \($0.rawValue)" })
            #expect(swept.sleeps.all == [.milliseconds(500), .milliseconds(500)])
            let record = try #require(try await scenario.environment("feat-a"))
            #expect(
                record.ownerDetail.contains("CloudTrail CreateStack of") && record.ownerDetail.hasSuffix("IAM user")
            )
            let passedOver = OwnerFinding(
                of: try #require(try await scenario.environment("feat-c")),
                rules: swept.rules
            ).passedOver
            #expect(passedOver.count == 1 && passedOver[0].contains("gitlab-12"))
        }
    }

    @Test func `N4 unchanged stacks cost no call, and what is made later is asked for from there on`() async throws {
        try await Scenario.run { scenario in
            let swept = Swept(scenario: scenario)
            await scenario.world.add("shop-feat-a", in: Scenario.home, created: made(scenario))
            try await swept.scan()
            #expect(swept.calls.count == 3)
            for _ in 1...3 {
                scenario.clock.pass(.seconds(86_400))
                try await swept.scan()
            }
            #expect(swept.calls.count == 3)
            let now = scenario.clock.now
            let id = await scenario.world.add("shop-feat-b", in: Scenario.home, created: now)
            // CloudTrail lags.
            try await swept.scan()
            #expect(swept.calls.count == 6)
            #expect(try await swept.owner("feat-b") == "nobody by none")
            try await swept.scan()
            #expect(swept.calls.count == 6)
            swept.trails.arrange { $0.events[Scenario.home] = [event(1, id, at: now)] }
            scenario.clock.pass(.seconds(3_600))
            try await swept.scan()
            #expect(swept.calls.count == 9)
            #expect(try await swept.owner("feat-b") == "ada by CloudTrail")
            // Only what is new, and what may have come late.
            let last = try #require(swept.trails.asked.last?.question)
            #expect(last.from > scenario.clock.now.addingTimeInterval(-2 * 3_600))
            scenario.clock.pass(.seconds(3_600))
            try await swept.scan()
            #expect(swept.calls.count == 9)
        }
    }

    @Test func `a refusal is told, spoils nothing, and the next scan asks for all of it`() async throws {
        try await Scenario.run(targets: [Scenario.home, Scenario.away]) { scenario in
            let swept = Swept(scenario: scenario)
            let made = made(scenario)
            let mine = await scenario.world.add("shop-feat-a", in: Scenario.home, created: made)
            let other = await scenario.world.add("pay-feat-b", in: Scenario.away, created: made)
            swept.trails.arrange {
                $0.events = [Scenario.home: [event(1, mine, at: made)], Scenario.away: [event(2, other, at: made)]]
                $0.failures["\(Scenario.home)"] = World.denied
            }
            let outcome = try await swept.scan()
            #expect(outcome.isComplete)
            #expect(outcome.notes.map(\.summary) == ["who made stacks in \(Scenario.home)"])
            #expect(outcome.notes.first?.why == "access denied")
            #expect(outcome.notes.first?.advice.contains("cloudtrail:LookupEvents") == true)
            // One question is enough to know; the other region is read.
            #expect(swept.calls.count { $0.hasPrefix("\(Scenario.home)") } == 1)
            #expect(try await swept.owner("feat-b") == "ada by CloudTrail")
            #expect(try await swept.owner("feat-a") == "nobody by none")
            swept.trails.arrange { $0.failures = [:] }
            // Not at once: others may be asking, too.
            try await swept.scan()
            #expect(try await swept.owner("feat-a") == "nobody by none")
            scenario.clock.pass(.seconds(900))
            #expect(try await swept.scan().notes.isEmpty)
            #expect(try await swept.owner("feat-a") == "ada by CloudTrail")
        }
    }

    @Test func `a reading that is cut off is told, counts only as far as it went, and is ended later`() async throws {
        try await Scenario.run { scenario in
            var swept = Swept(scenario: scenario)
            swept.pages = 2
            let start = made(scenario)
            var events: [TrailEvent] = []
            var oldest: ComponentID?
            for number in 1...9 {
                let at = start.addingTimeInterval(Double(number) * 60)
                let id = await scenario.world.add("shop-feat-\(number)", in: Scenario.home, created: at)
                if number == 1 { oldest = id }
                events.append(event(number, id, at: at))
            }
            #expect(oldest != nil)
            swept.trails.arrange { [events] in
                $0.events[Scenario.home] = events
                $0.pageSize = 3
            }
            let first = try await swept.scan()
            #expect(first.notes.count == 1 && first.notes[0].advice == "the next scan goes on there")
            #expect(first.notes[0].why == "one scan reads 2 pages of a region's history")
            #expect(first.notes[0].summary.contains("(CreateStack, before "))
            #expect(try await swept.owner("feat-9") == "ada by CloudTrail")
            #expect(try await swept.owner("feat-4") == "ada by CloudTrail")
            #expect(try await swept.owner("feat-3") == "nobody by none")
            for _ in 1...6 {
                scenario.clock.pass(.seconds(3_600))
                try await swept.scan()
            }
            for number in 1...9 { #expect(try await swept.owner("feat-\(number)") == "ada by CloudTrail") }
            // Everything has an owner: nothing is asked any more, whatever was not read.
            let before = swept.calls.count
            scenario.clock.pass(.seconds(3_600))
            try await swept.scan()
            #expect(swept.calls.count == before)
        }
    }

    @Test func `no question is asked when there is no time left`() async throws {
        try await Scenario.run { scenario in
            let swept = Swept(scenario: scenario)
            await scenario.world.add("shop-feat-a", in: Scenario.home, created: made(scenario))
            try await swept.scan()
            let asked = swept.calls.count
            await scenario.world.add("shop-feat-b", in: Scenario.home, created: scenario.clock.now)
            scenario.clock.pass(.seconds(3_600))
            // The stacks were read before; the clock turns at the end of the reading.
            let end = scenario.clock.now.addingTimeInterval(61)
            let sweep = TrailSweep(
                trails: swept.trails,
                store: scenario.ledger,
                targets: [Scenario.home],
                rules: OwnerRules(),
                clock: { end },
                sleep: { _ in }
            )
            try await scenario.scan()
            let notes = try await sweep.read(full: false, until: end, clock: { end })
            #expect(notes.map(\.why) == ["there was no time left"])
            #expect(swept.calls.count == asked)
        }
    }

    @Test func `entries that cannot be read are counted and said, and a token that comes twice ends the reading`()
        async throws
    {
        try await Scenario.run { scenario in
            let swept = Swept(scenario: scenario)
            let made = made(scenario)
            let id = await scenario.world.add("shop-feat-a", in: Scenario.home, created: made)
            swept.trails.arrange {
                $0.events[Scenario.home] = [event(1, id, at: made)]
                $0.unreadable = 2
            }
            let outcome = try await swept.scan()
            #expect(outcome.notes.count == 3)
            #expect(outcome.notes[0].summary == "2 of CloudTrail's entries of CreateStack in \(Scenario.home)")
            #expect(try await swept.owner("feat-a") == "ada by CloudTrail")
            await scenario.world.add("shop-feat-b", in: Scenario.home, created: scenario.clock.now)
            swept.trails.arrange {
                $0.unreadable = 0
                $0.repeatsTokens = true
            }
            scenario.clock.pass(.seconds(3_600))
            let again = try await swept.scan()
            #expect(again.notes.map(\.why) == ["CloudTrail gave the same page twice"])
        }
    }

    @Test func `different people who made the stacks of one environment are several owners`() async throws {
        try await Scenario.run { scenario in
            var swept = Swept(scenario: scenario)
            let made = made(scenario)
            let api = await scenario.world.add("api-feat-a", in: Scenario.home, created: made)
            let web = await scenario.world.add("web-feat-a", in: Scenario.home, created: made)
            swept.trails.arrange {
                $0.events[Scenario.home] = [event(1, api, at: made), event(2, web, at: made, by: "ben")]
            }
            try await swept.scan()
            #expect(try await swept.owner("feat-a") == "several by conflict")
            // What is known of pipelines later counts for what was read before.
            swept.rules.machines = ["ben"]
            try await swept.scan()
            #expect(try await swept.owner("feat-a") == "ada by CloudTrail")
            swept.rules.asksCloudTrail = false
            try await swept.scan()
            #expect(try await swept.owner("feat-a") == "nobody by none")
        }
    }

    @Test func `a change set that somebody runs by hand names an owner, by its stack's name and time`() async throws {
        try await Scenario.run { scenario in
            let swept = Swept(scenario: scenario)
            let made = made(scenario)
            await scenario.world.add("shop-feat-a", in: Scenario.home, created: made)
            await scenario.world.add("shop-feat-b", in: Scenario.home, created: made)
            swept.trails.arrange {
                $0.events[Scenario.home] = [
                    event(1, nil, at: made.addingTimeInterval(60), call: .executeChangeSet, name: "shop-feat-a"),
                    // Of a stack of that name that is gone.
                    event(2, nil, at: made.addingTimeInterval(-60), call: .executeChangeSet, name: "shop-feat-b"),
                ]
            }
            try await swept.scan()
            #expect(try await swept.owner("feat-a") == "ada by CloudTrail")
            #expect(try await swept.owner("feat-b") == "nobody by none")
        }
    }

    @Test func `R7 credentials of another account are asked nothing`() async throws {
        try await Scenario.run { scenario in
            let swept = Swept(scenario: scenario)
            await scenario.world.add("shop-feat-a", in: Scenario.home, created: made(scenario))
            try await swept.scan()
            let asked = swept.calls.count
            await scenario.world.add("shop-feat-b", in: Scenario.home, created: scenario.clock.now)
            scenario.clock.pass(.seconds(3_600))
            try await swept.scan()
            #expect(swept.calls.count == asked + 3)
            await scenario.world.setIdentity(Scenario.shop, Scenario.payments)
            scenario.clock.pass(.seconds(3_600))
            try await swept.scan(full: true)
            #expect(swept.calls.count == asked + 3)
        }
    }
}
