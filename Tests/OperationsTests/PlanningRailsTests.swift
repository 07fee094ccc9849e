import Core
import Foundation
import Ledger
import Operations
import Testing

@Suite struct PlanningRailsTests {
    @Test func `P1 planning calls nothing that changes anything, and has no way to`() async throws {
        try await Scenario.run { scenario in
            await scenario.world.add("shop-feat-a", in: Scenario.home, created: Scenario.longAgo)
            try await scenario.ready()
            try await scenario.look()
            let plans = try await scenario.planDue().plans
            #expect(plans.map(\.state) == [.awaitingApproval])
            #expect(await scenario.world.deletions.isEmpty)
            #expect(await scenario.world.log.contains { $0.hasPrefix("delete") } == false)
        }
    }

    @Test func `R5 finding, judging, holding and planning ask the provider for nothing but readings`() async throws {
        try await Scenario.run { scenario in
            await scenario.world.add("shop-feat-a", in: Scenario.home, created: Scenario.longAgo)
            await scenario.world.add("shop-feat-b", in: Scenario.home, created: Scenario.longAgo)
            try await scenario.ready()
            let before = await scenario.world.stacks.mapValues(\.component)
            try await scenario.look()
            _ = try await Holding(scenario.wiring).claim("feat-a", owner: nil)
            _ = try await Holding(scenario.wiring).extend("feat-b", by: .seconds(3_600), because: "a test")
            _ = try await Holding(scenario.wiring).release("feat-a")
            try await scenario.look()
            _ = try await scenario.planDue()
            #expect(await scenario.world.stacks.mapValues(\.component) == before)
            let readings: Set = [
                "identity", "aliases", "components", "component", "resources", "template", "events", "exports",
                "importers", "isEmpty",
            ]
            let calls = Set(await scenario.world.log.compactMap { $0.split(separator: " ").first.map(String.init) })
            #expect(calls.isSubset(of: readings))
        }
    }

    @Test func `D2 an account that nobody set to reap is only reported`() async throws {
        try await Scenario.run { scenario in
            await scenario.world.add("shop-feat-a", in: Scenario.home, created: Scenario.longAgo)
            _ = try await ApplyingPolicy(scenario.wiring).apply(text: Scenario.strict)
            try await scenario.look()
            #expect(try await scenario.finding("feat-a") == "due")
            #expect(try await scenario.planDue().plans.isEmpty)
            await #expect(throws: Problem.self) { try await scenario.plan("feat-a") }
        }
    }

    @Test func `P5 an importer outside the plan blocks, and the plan never grows by itself`() async throws {
        try await Scenario.run { scenario in
            let exporter = await scenario.world.add("net-feat-a", in: Scenario.home, created: Scenario.longAgo) {
                $0.exports = ["vpc"]
            }
            await scenario.world.add("shop-staging", in: Scenario.home, created: Scenario.longAgo) {
                $0.imports = ["vpc"]
            }
            try await scenario.ready()
            try await scenario.look()
            let plan = try #require(try await scenario.planDue().plans.first)
            #expect(plan.state == .draft)
            #expect(plan.blockers.map(\.kind) == [.importer])
            #expect(plan.document.steps.map(\.component) == [exporter])
            await #expect(throws: Problem.self) { try await scenario.approve(plan) }
        }
    }

    @Test func `environments bound by exports that are each due make one plan in the right order`() async throws {
        try await Scenario.run { scenario in
            let exporter = await scenario.world.add("net-feat-a", in: Scenario.home, created: Scenario.longAgo) {
                $0.exports = ["vpc"]
            }
            let importer = await scenario.world.add("app-feat-b", in: Scenario.home, created: Scenario.longAgo) {
                $0.imports = ["vpc"]
            }
            try await scenario.ready()
            try await scenario.look()
            let plans = try await scenario.planDue().plans
            #expect(plans.count == 1)
            #expect(plans[0].document.steps.map(\.component) == [importer, exporter])
            #expect(plans[0].document.steps[1].after == [1])
            #expect(plans[0].blockers.isEmpty)
        }
    }

    @Test func `imports in a circle are a named blocker`() async throws {
        try await Scenario.run { scenario in
            await scenario.world.add("x-feat-a", in: Scenario.home, created: Scenario.longAgo) {
                $0.exports = ["one"]
                $0.imports = ["two"]
            }
            await scenario.world.add("y-feat-a", in: Scenario.home, created: Scenario.longAgo) {
                $0.exports = ["two"]
                $0.imports = ["one"]
            }
            try await scenario.ready()
            try await scenario.look()
            let plan = try #require(try await scenario.planDue().plans.first)
            #expect(plan.blockers.map(\.kind) == [.cycle])
            #expect(plan.blockers[0].text.contains("x-feat-a → y-feat-a"))
        }
    }

    @Test(arguments: ["protection", "unknown protection", "busy", "bucket", "unread bucket", "unread"])
    func `one blocked member blocks the whole environment before the first call`(what: String) async throws {
        try await Scenario.run { scenario in
            await scenario.world.add("web-feat-a", in: Scenario.home, created: Scenario.longAgo)
            let id = await scenario.world.add("shop-feat-a", in: Scenario.home, created: Scenario.longAgo) { stack in
                switch what {
                case "protection": stack.component.terminationProtection = true
                case "unknown protection": stack.component.terminationProtection = nil
                case "busy": stack.component.status = ComponentStatus("UPDATE_IN_PROGRESS")
                case "bucket", "unread bucket":
                    stack.resources = [
                        ObservedResource(
                            logicalID: "B",
                            physicalID: "files",
                            type: "AWS::S3::Bucket",
                            status: "CREATE_COMPLETE"
                        )
                    ]
                    stack.contents = ["files": false]
                default: break
                }
            }
            try await scenario.ready()
            try await scenario.look()
            if what == "unread bucket" { await scenario.world.fail("isEmpty", World.denied) }
            if what == "unread" { await scenario.world.fail("component \(id)", World.denied) }
            let plan = try #require(try await scenario.planDue().plans.first)
            #expect(plan.state == .draft)
            let expected: Blocker.Kind =
                switch what {
                case "protection": .terminationProtection
                case "busy": .busy
                case "bucket": .notEmpty
                default: .unread
                }
            #expect(plan.blockers.contains { $0.kind == expected })
        }
    }

    @Test func `P6 a nested stack is never a step of its own`() async throws {
        try await Scenario.run { scenario in
            let root = await scenario.world.add("shop-feat-a", in: Scenario.home, created: Scenario.longAgo)
            await scenario.world.add("shop-feat-a-Sub-X", in: Scenario.home, created: Scenario.longAgo) {
                $0.component.parent = root
                $0.component.root = root
            }
            try await scenario.ready()
            try await scenario.look()
            let plan = try #require(try await scenario.planDue().plans.first)
            #expect(plan.document.steps.map(\.component) == [root])
        }
    }

    @Test func `P9 an account called prod is never planned for carrying out, nor one that cannot be asked`()
        async throws
    {
        try await Scenario.run { scenario in
            await scenario.world.add("shop-feat-a", in: Scenario.home, created: Scenario.longAgo)
            await scenario.world.setAliases(Scenario.shop, ["acme-prod"])
            try await scenario.ready()
            try await scenario.look()
            let plan = try #require(try await scenario.planDue().plans.first)
            #expect(plan.blockers.map(\.kind) == [.account])
            await scenario.world.setAliases(Scenario.shop, [])
            await scenario.world.fail("aliases", World.denied)
            let unread = try #require(try await scenario.planDue().plans.first)
            #expect(unread.blockers.map(\.kind) == [.account])
            await scenario.world.fail("aliases", nil)
            #expect(try await scenario.planDue().plans.map(\.state) == [.awaitingApproval])
        }
    }

    @Test func `P7 the picker defers by name and a named run over budget is refused whole`() async throws {
        try await Scenario.run { scenario in
            for name in ["a", "b", "c"] {
                await scenario.world.add("shop-feat-\(name)", in: Scenario.home, created: Scenario.longAgo)
            }
            let policy = Scenario.strict.replacingOccurrences(
                of: "budgets: { share: 100% }",
                with: "budgets: { per_day: 2, share: 100% }"
            )
            try await scenario.ready(policy)
            try await scenario.look()
            let outcome = try await scenario.planDue()
            #expect(outcome.plans.count == 2)
            #expect(outcome.deferred.map(\.because) == ["deferred: per_day"])
            await #expect(throws: Problem.self) { try await scenario.plan("feat-a", "feat-b", "feat-c") }
        }
    }

    @Test func `the same plan made again keeps its approvals, another one supersedes it`() async throws {
        try await Scenario.run { scenario in
            let id = await scenario.world.add("shop-feat-a", in: Scenario.home, created: Scenario.longAgo)
            try await scenario.ready()
            let plan = try #require(try await scenario.approved().first)
            scenario.clock.pass(.seconds(3_600))
            try await scenario.look()
            let again = try #require(try await scenario.planDue().plans.first)
            #expect(again.id == plan.id)
            #expect(again.state == .approved)
            await scenario.world.change(id) { $0.template = "{\"Resources\":{\"New\":{}}}" }
            let other = try #require(try await scenario.planDue().plans.first)
            #expect(other.id != plan.id)
            #expect(other.digest != plan.digest)
            #expect(try await scenario.ledger.plan(plan.id).state == .superseded)
            // Who had said yes is told, until they say it again.
            let login = try await scenario.ledger.login().name
            let replaced = ReplacedApprovals(plan: plan.id, by: [login])
            #expect(try await scenario.ledger.replacedApprovals() == [other.id: [replaced]])
            await scenario.world.change(id) { $0.template = "{\"Resources\":{\"Newer\":{}}}" }
            let third = try #require(try await scenario.planDue().plans.first)
            #expect(try await scenario.ledger.replacedApprovals() == [third.id: [replaced]])
            try await scenario.approve(third)
            #expect(try await scenario.ledger.replacedApprovals().isEmpty)
        }
    }

    @Test(arguments: ["shop-prod", "x-feat-b"])
    func `D1 permanent and ambiguous things can never be planned, by name either`(name: String) async throws {
        try await Scenario.run { scenario in
            await scenario.world.add(
                name,
                in: Scenario.home,
                created: Scenario.longAgo,
                tags: name == "x-feat-b" ? ["feature": "feat-c"] : [:]
            )
            try await scenario.ready()
            try await scenario.look()
            #expect(try await scenario.planDue().plans.isEmpty)
            let environment = try #require(try await scenario.ledger.environments().first)
            await #expect(throws: Problem.self) { try await scenario.plan(environment.key.name.text) }
        }
    }

    @Test func `D6 what is protected or leased is never planned, and regrouping lifts no protection`() async throws {
        try await Scenario.run { scenario in
            let id = await scenario.world.add("shop-feat-a", in: Scenario.home, created: Scenario.longAgo)
            await scenario.world.add("shop-feat-b", in: Scenario.home, created: Scenario.longAgo)
            try await scenario.ready()
            try await scenario.look()
            let holding = Holding(scenario.wiring)
            _ = try await holding.protect(
                "feat-a",
                until: scenario.clock.now.addingTimeInterval(86_400),
                because: "demo"
            )
            _ = try await holding.extend("feat-b", by: .seconds(86_400), because: "one more day")
            try await scenario.evaluate()
            #expect(try await scenario.finding("feat-a") == "cleared")
            #expect(try await scenario.finding("feat-b") == "cleared")
            #expect(try await scenario.planDue().plans.isEmpty)
            await #expect(throws: Problem.self) { try await scenario.plan("feat-a") }
            await #expect(throws: Problem.self) { try await scenario.plan("feat-b") }
            // The tag moves the stack to another environment; the protection goes with it.
            await scenario.world.change(id) { $0.component.name = "shop-feat-z" }
            try await scenario.look()
            #expect(try await scenario.environment("feat-z")?.protection?.because == "demo")
            await #expect(throws: Problem.self) { try await scenario.plan("feat-z") }
        }
    }

    @Test func `D9 clocks that differ by more than two minutes stop evaluation, planning and reaping`() async throws {
        try await Scenario.run { scenario in
            await scenario.world.add("shop-feat-a", in: Scenario.home, created: Scenario.longAgo)
            try await scenario.ready()
            try await scenario.look()
            var strict = scenario
            strict.wiring.timings.clockTolerance = .seconds(120)
            // The test's clock is years away from the database's.
            await #expect(throws: Problem.self) { try await strict.evaluate() }
            await #expect(throws: Problem.self) { try await strict.planDue() }
            await #expect(throws: Problem.self) { try await strict.reap() }
            // The database agrees, the provider does not.
            strict.wiring.clock = { Date() }
            await strict.world.setSkew(.seconds(-300))
            await #expect(throws: Problem.self) { try await strict.evaluate() }
            await strict.world.setSkew(.seconds(-100))
            try await strict.evaluate()
        }
    }
}
