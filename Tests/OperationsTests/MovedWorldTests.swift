import Core
import Foundation
import Ledger
import Testing

@testable import Operations

/// The world moves between one look and the next.
@Suite struct MovedWorldTests {
    @Test(arguments: ["redeployed", "protected", "new template"])
    func `P3 P12 an intent that was never taken does not excuse what was changed since`(what: String) async throws {
        try await Scenario.run { scenario in
            let id = await scenario.world.old("shop-feat-a") { $0.onDelete = .neverArrives }
            try await scenario.ready()
            let plan = try #require(try await scenario.approved().first)
            _ = try await scenario.reap()
            #expect(try await scenario.steps(plan) == [.intended])
            scenario.clock.pass(.seconds(86_400))
            let now = scenario.clock.now
            await scenario.world.change(id) {
                $0.onDelete = .goes(after: 1)
                switch what {
                case "redeployed": $0.component.updated = now
                case "protected": $0.component.terminationProtection = true
                default: $0.template = "{\"Resources\":{\"New\":{}}}"
                }
            }
            let outcome = try await scenario.reap()
            #expect(await scenario.world.deletions.isEmpty)
            #expect(try await scenario.state(plan) == .halted)
            #expect(try await scenario.steps(plan) == [.skipped])
            #expect(outcome.stopped.map(\.plan) == [plan.id])
            #expect(try await scenario.finding("feat-a") == "due")
        }
    }

    @Test func `P3 what was deployed after the last scan is blocked until it is scanned and evaluated again`()
        async throws
    {
        try await Scenario.run { scenario in
            let id = await scenario.world.old("shop-feat-a")
            try await scenario.ready(Scenario.idle)
            try await scenario.look()
            scenario.clock.pass(.seconds(3_600))
            await scenario.world.redeploy(id, at: scenario.clock.now)
            let plan = try #require(try await scenario.planDue().plans.first)
            #expect(plan.state == .draft)
            #expect(plan.blockers.map(\.kind) == [.changed])
            #expect(plan.blockers.first?.text.contains("was changed since the last scan") == true)
            await #expect(throws: Problem.self) { try await scenario.approve(plan) }
            try await scenario.look()
            #expect(try await scenario.finding("feat-a") == "cleared")
            #expect(try await scenario.planDue().plans.isEmpty)
        }
    }

    @Test(arguments: ["permanent", "another environment", "ambiguous"])
    func `D1 P3 what stopped being this feature after the last scan is blocked`(what: String) async throws {
        try await Scenario.run { scenario in
            let id = await scenario.world.old("shop-feat-a")
            await scenario.world.old("web-feat-a")
            try await scenario.ready()
            try await scenario.look()
            await scenario.world.change(id) {
                switch what {
                case "permanent": $0.component.tags = ["environment": "production"]
                case "ambiguous": $0.component.tags = ["feature": "feat-zzz"]
                default: $0.component.name = "shop-feat-b"
                }
            }
            let plan = try #require(try await scenario.planDue().plans.first)
            #expect(plan.state == .draft)
            #expect(plan.blockers.contains { $0.kind == .changed && $0.component == id })
            // That the environment itself is another kind now is said too.
            let kind = ["permanent": "permanent now", "ambiguous": "ambiguous now"][what]
            if let kind { #expect(plan.blockers.contains { $0.component == nil && $0.text.contains(kind) }) }
            try await scenario.look()
            #expect(await scenario.world.deletions.isEmpty)
        }
    }

    @Test func `D1 a naming rule that changed after the last scan blocks although no stack moved`() async throws {
        try await Scenario.run { scenario in
            await scenario.world.old("shop-feat-a")
            try await scenario.ready()
            try await scenario.look()
            var other = scenario
            other.wiring.rules.names.permanentWords = ["shop"]
            let plan = try #require(try await other.planDue().plans.first)
            #expect(plan.state == .draft)
            #expect(plan.blockers.contains { $0.kind == .changed && $0.text.contains("permanent now") })
        }
    }

    @Test func `P3 a stack that joined after the last scan blocks, and so does one that is gone`() async throws {
        try await Scenario.run { scenario in
            await scenario.world.old("shop-feat-a")
            let gone = await scenario.world.old("web-feat-b")
            await scenario.world.old("shop-feat-b")
            try await scenario.ready()
            try await scenario.look()
            let joined = await scenario.world.old("web-feat-a")
            await scenario.world.remove(gone)
            let plans = try await scenario.planDue().plans
            #expect(plans.map(\.state) == [.draft, .draft])
            #expect(Set(plans.flatMap(\.blockers).compactMap(\.component)) == [joined, gone])
            #expect(plans.flatMap(\.blockers).allSatisfy { $0.kind == .changed })
        }
    }

    @Test func `P3 a plan whose stacks have vanished is blocked, and stops no other plan`() async throws {
        try await Scenario.run { scenario in
            let vanished = await scenario.world.old("shop-feat-a")
            let other = await scenario.world.old("shop-feat-b")
            try await scenario.ready()
            try await scenario.look()
            await scenario.world.remove(vanished)
            let plans = try await scenario.planDue().plans
            #expect(Set(plans.map(\.state)) == [.draft, .awaitingApproval])
            let blocked = try #require(plans.first { $0.state == .draft })
            #expect(blocked.steps.isEmpty)
            #expect(blocked.blockers.map(\.kind) == [.changed])
            for plan in plans where plan.state == .awaitingApproval { try await scenario.approve(plan) }
            #expect(try await scenario.reap().plans.map(\.state) == [.done])
            #expect(await scenario.world.has(other) == false)
        }
    }

    @Test func `R1 a target that left the settings is read no more: partial, frozen and never planned`() async throws {
        try await Scenario.run(targets: [Scenario.home, Scenario.away]) { scenario in
            await scenario.world.old("shop-feat-a", in: Scenario.away)
            await scenario.world.old("shop-feat-b")
            try await scenario.ready()
            try await scenario.look()
            var less = scenario
            less.wiring.rules.targets = [Scenario.home]
            let outcome = try await less.evaluate()
            #expect(outcome.isPartial)
            #expect(outcome.frozen.map(\.key.name.text) == ["feat-a"])
            #expect(outcome.frozen.first?.because.contains("not in the settings file any more") == true)
            let planned = try await less.planDue()
            #expect(planned.plans.flatMap { $0.document.environments.map(\.key.name.text) } == ["feat-b"])
            #expect(planned.deferred.map(\.key.name.text) == ["feat-a"])
            await #expect(throws: Problem.self) { try await less.plan("feat-a") }
        }
    }

    @Test func `R1 a plan in a target that left the settings is not carried out`() async throws {
        try await Scenario.run(targets: [Scenario.home, Scenario.away]) { scenario in
            let id = await scenario.world.old("shop-feat-a", in: Scenario.away)
            try await scenario.ready()
            let plan = try #require(try await scenario.approved().first)
            var less = scenario
            less.wiring.rules.targets = [Scenario.home]
            let outcome = try await less.reap()
            #expect(await scenario.world.has(id))
            #expect(outcome.waiting.map(\.plan) == [plan.id])
            #expect(try await scenario.state(plan) == .approved)
        }
    }

    @Test func `R1 a scan that failed leaves an approved plan approved and waiting`() async throws {
        try await Scenario.run { scenario in
            let id = await scenario.world.old("shop-feat-a")
            try await scenario.ready()
            let plan = try #require(try await scenario.approved().first)
            await scenario.world.fail("components", World.down)
            try await scenario.look()
            await scenario.world.fail("components", nil)
            let outcome = try await scenario.reap()
            #expect(await scenario.world.has(id))
            #expect(outcome.waiting.map(\.plan) == [plan.id])
            #expect(outcome.stopped.isEmpty)
            #expect(try await scenario.state(plan) == .approved)
            #expect(try await scenario.finding("feat-a") == "planned")
            // A complete reading, and it goes on under the same approval.
            try await scenario.look()
            #expect(try await scenario.reap().plans.map(\.state) == [.done])
        }
    }
}
