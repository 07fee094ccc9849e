import Core
import Foundation
import Ledger
import Testing

@testable import Operations

/// Whoever owns an environment gets the whole grace again when the ground changes (D5), and is never passed over.
@Suite struct GraceTests {
    @Test(arguments: ["account", "policy", "cleared"])
    func `D5 what restarts the grace ends the open plan with the evaluation`(what: String) async throws {
        try await Scenario.run { scenario in
            let id = await scenario.world.old("shop-feat-a")
            try await scenario.ready(Scenario.twice)
            try await scenario.look()
            scenario.clock.pass(.seconds(13 * 3_600))
            let plan = try #require(try await scenario.approved().first)
            switch what {
            case "account":
                try await scenario.mode(.report)
                try await scenario.mode(.reap)
            case "policy": try await scenario.apply(Scenario.strict)
            default: try await scenario.apply(Scenario.twice.replacing("age: 1d", with: "age: 999d"))
            }
            try await scenario.evaluate()
            #expect(try await scenario.state(plan) == (what == "cleared" ? .withdrawn : .superseded))
            #expect(try await scenario.finding("feat-a") == (what == "cleared" ? "cleared" : "flagged"))
            if what == "cleared" {
                // The strict policy again brings no old sighting back.
                try await scenario.apply(Scenario.twice)
                try await scenario.evaluate()
                try await scenario.look()
                #expect(try await scenario.finding("feat-a") == "flagged")
            }
            #expect(try await scenario.reap().plans.isEmpty)
            #expect(try await scenario.planDue().plans.isEmpty)
            #expect(await scenario.world.has(id))
        }
    }

    @Test(arguments: ["flagged", "cleared", "held"])
    func `D5 the reaper refuses a plan whose finding is not planned any more`(state: String) async throws {
        try await Scenario.run { scenario in
            let id = await scenario.world.old("shop-feat-a")
            try await scenario.ready()
            let plan = try #require(try await scenario.approved().first)
            switch state {
            case "flagged": try await scenario.move("feat-a", .graceRestarted(because: .stricterPolicy))
            case "cleared": try await scenario.move("feat-a", .cleared(because: "a test"))
            default: try await scenario.move("feat-a", .planRejected(holdUntil: .distantFuture))
            }
            let outcome = try await scenario.reap()
            #expect(await scenario.world.has(id))
            #expect(outcome.stopped.map(\.because) == ["its finding is \(state) now"])
            #expect(try await scenario.state(plan) == .superseded)
        }
    }

    @Test(arguments: ["stricter policy", "account", "regrouped"])
    func `D5 the grace is the whole grace: every sighting is counted anew`(what: String) async throws {
        try await Scenario.run { scenario in
            await scenario.world.old("shop-feat-a")
            let other = await scenario.world.old("web-feat-b")
            let before = what == "stricter policy" ? Scenario.twice.replacing("12h", with: "24h") : Scenario.twice
            try await scenario.ready(before)
            try await scenario.look()
            scenario.clock.pass(.seconds(25 * 3_600))
            try await scenario.look()
            #expect(try await scenario.finding("feat-a") == "due")
            switch what {
            case "stricter policy": try await scenario.apply(Scenario.twice)
            case "account": try await scenario.mode(.reap)
            default: await scenario.world.change(other) { $0.component.name = "web-feat-a" }
            }
            if what == "regrouped" { try await scenario.scan() }
            let events = try await scenario.evaluate().changes.filter { $0.key.name.text == "feat-a" }.map(\.event)
            let reason: FindingEvent.RestartReason =
                switch what {
                case "stricter policy": .stricterPolicy
                case "account": .accountToReap
                default: .namingRuleChanged
                }
            #expect(events.first == FindingEvent.graceRestarted(because: reason).description)
            #expect(try await scenario.finding("feat-a") == "flagged")
            // A sighting now is the first of two, and the second has to come twelve hours later.
            try await scenario.look()
            #expect(try await scenario.finding("feat-a") == "flagged")
            scenario.clock.pass(.seconds(11 * 3_600))
            try await scenario.look()
            #expect(try await scenario.finding("feat-a") == "flagged")
            scenario.clock.pass(.seconds(3_600))
            try await scenario.look()
            #expect(try await scenario.finding("feat-a") == "due")
        }
    }

    @Test(arguments: ["account", "policy", "regrouped"])
    func `D5 nothing is planned that was not evaluated since its ground changed`(what: String) async throws {
        try await Scenario.run { scenario in
            await scenario.world.old("shop-feat-a")
            let other = await scenario.world.old("web-feat-b")
            try await scenario.apply(Scenario.strict)
            if what != "account" { try await scenario.mode(.reap) }
            scenario.clock.pass(.seconds(1))
            try await scenario.look()
            #expect(try await scenario.finding("feat-a") == "due")
            switch what {
            case "account": try await scenario.mode(.reap)
            case "policy": try await scenario.apply(Scenario.strict + "# another text\n")
            default:
                await scenario.world.change(other) { $0.component.name = "web-feat-a" }
                try await scenario.scan()
            }
            let outcome = try await scenario.planDue()
            #expect(outcome.plans.isEmpty)
            let because = outcome.deferred.first { $0.key.name.text == "feat-a" }?.because
            #expect(because?.contains("it was not evaluated") == true)
        }
    }

    @Test(arguments: ["account", "policy"])
    func `D5 nothing is reaped that was not evaluated since its ground changed`(what: String) async throws {
        try await Scenario.run { scenario in
            let id = await scenario.world.old("shop-feat-a")
            try await scenario.ready(Scenario.twice)
            try await scenario.look()
            scenario.clock.pass(.seconds(13 * 3_600))
            let plan = try #require(try await scenario.approved().first)
            if what == "account" {
                try await scenario.mode(.report)
                try await scenario.mode(.reap)
            } else {
                try await scenario.apply(Scenario.strict)
            }
            let outcome = try await scenario.reap()
            #expect(await scenario.world.has(id))
            #expect(outcome.waiting.map(\.plan) == [plan.id])
            #expect(outcome.waiting.first?.because.contains("it was not evaluated") == true)
            #expect(try await scenario.state(plan) == .approved)
            try await scenario.evaluate()
            #expect(try await scenario.state(plan) == .superseded)
            #expect(try await scenario.reap().plans.isEmpty)
            #expect(await scenario.world.has(id))
        }
    }

    @Test func `D7 a sighting is dated with its reading, however late it is evaluated`() async throws {
        try await Scenario.run { scenario in
            await scenario.world.add("shop-feat-a", in: Scenario.home, created: scenario.clock.now)
            try await scenario.ready(Scenario.twice.replacing("age: 1d", with: "idle: 7d"))
            try await scenario.scan()
            scenario.clock.pass(.seconds(7 * 86_400 + 60))
            // Stale by now, but nobody has seen it stale.
            try await scenario.evaluate()
            #expect(try await scenario.finding("feat-a") == nil)
            try await scenario.look()
            #expect(try await scenario.finding("feat-a") == "flagged")
            scenario.clock.pass(.seconds(11 * 3_600))
            try await scenario.look()
            #expect(try await scenario.finding("feat-a") == "flagged")
            scenario.clock.pass(.seconds(3_600))
            try await scenario.look()
            #expect(try await scenario.finding("feat-a") == "due")
        }
    }

    @Test func `D2 what became due in report mode gets its grace when the account goes to reap`() async throws {
        try await Scenario.run { scenario in
            let id = await scenario.world.old("shop-feat-a")
            try await scenario.apply(Scenario.strict)
            try await scenario.look()
            #expect(try await scenario.finding("feat-a") == "due")
            try await scenario.mode(.reap)
            #expect(try await scenario.planDue().plans.isEmpty)
            try await scenario.evaluate()
            #expect(try await scenario.finding("feat-a") == "flagged")
            #expect(try await scenario.planDue().plans.isEmpty)
            #expect(await scenario.world.has(id))
        }
    }
}
