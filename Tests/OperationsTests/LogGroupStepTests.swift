import Core
import Foundation
import Ledger
import Operations
import Testing

/// Log groups that functions made, deleted after their stack where the settings say so.
@Suite struct LogGroupStepTests {
    private static let group = "/aws/lambda/web-1"

    /// An approved plan over `feat-a`, its stack with a function and that function's log group.
    private static func approved(_ scenario: inout Scenario, beside others: [String] = []) async throws -> PlanRecord {
        await scenario.world.old("shop-feat-a") { stack in
            stack.resources = [
                ObservedResource(
                    logicalID: "Web",
                    physicalID: "web-1",
                    type: "AWS::Lambda::Function",
                    status: "CREATE_COMPLETE"
                )
            ]
        }
        for name in others { await scenario.world.old(name) }
        await scenario.world.arrange { world in
            world.groups = [LogGroupReading(name: group, bytes: 1, isDeletionProtected: false)]
        }
        scenario.wiring.teardown.deletesLogGroups = true
        try await scenario.ready()
        return try #require(try await scenario.approved().first)
    }

    private static func groups(_ scenario: Scenario) async -> [String] { await scenario.world.groups.map(\.name) }

    @Test func `a log group goes after its stack is gone`() async throws {
        try await Scenario.run { scenario in
            var scenario = scenario
            let plan = try await Self.approved(&scenario)
            #expect(try await scenario.reap().plans.map(\.state) == [.done])
            #expect(try await scenario.steps(plan) == [.gone, .done])
            #expect(await Self.groups(scenario).isEmpty)
        }
    }

    @Test func `a log group stays where its stack could not go`() async throws {
        try await Scenario.run { scenario in
            var scenario = scenario
            let plan = try await Self.approved(&scenario)
            let id = plan.steps[0].step.component
            await scenario.world.change(id) { $0.onDelete = .fails("a subnet is in use") }
            try await scenario.reap()
            #expect(try await scenario.steps(plan) == [.failed, .skipped])
            #expect(await Self.groups(scenario) == [Self.group])
        }
    }

    @Test func `D4 a log group stays when a stack of that name is there again`() async throws {
        try await Scenario.run { scenario in
            var scenario = scenario
            let plan = try await Self.approved(&scenario)
            let id = plan.steps[0].step.component
            await scenario.world.change(id) { $0.onDelete = .goes(after: 1) }
            _ = try await scenario.brief.reap()
            // Gone meanwhile, and deployed anew.
            await scenario.world.arrange { $0.stacks[id] = nil }
            await scenario.world.old("shop-feat-a")
            scenario.clock.pass(.seconds(3_600))
            try await scenario.reap()
            #expect(try await scenario.ledger.plan(plan.id).endedBecause?.contains("is there again") == true)
            #expect(await Self.groups(scenario) == [Self.group])
        }
    }

    @Test func `D6 a protection set between two stacks keeps the log group of the first`() async throws {
        try await Scenario.run { scenario in
            var scenario = scenario
            let plan = try await Self.approved(&scenario, beside: ["api-feat-a"])
            let shop = try #require(plan.steps.first { $0.step.name == "shop-feat-a" }?.step.component)
            let api = try #require(plan.steps.first { $0.step.name == "api-feat-a" }?.step.component)
            await scenario.world.change(shop) { $0.onDelete = .goes(after: 1) }
            await scenario.world.change(api) { $0.onDelete = .goes(after: 10_000) }
            _ = try await scenario.brief.reap()
            await scenario.world.arrange { $0.stacks[shop] = nil }
            let key = try #require(plan.document.environments.first?.key)
            try await scenario.ledger.protect(
                key,
                until: scenario.clock.now.addingTimeInterval(864_000),
                because: "needed after all",
                at: scenario.clock.now
            )
            scenario.clock.pass(.seconds(60))
            _ = try await scenario.brief.reap()
            scenario.clock.pass(.seconds(60))
            _ = try await scenario.brief.reap()
            #expect(await scenario.world.acts.isEmpty)
            #expect(await Self.groups(scenario) == [Self.group])
        }
    }

    @Test func `P12 a log group whose deletion was never answered is looked for, not asked for twice`() async throws {
        try await Scenario.run { scenario in
            var scenario = scenario
            let plan = try await Self.approved(&scenario)
            await scenario.world.fail("delete log group", World.down)
            _ = try await scenario.brief.reap()
            // It was taken all the same.
            await scenario.world.fail("delete log group", nil)
            await scenario.world.arrange { $0.groups = [] }
            scenario.clock.pass(.seconds(3_600))
            #expect(try await scenario.reap().plans.map(\.state) == [.done])
            #expect(try await scenario.steps(plan) == [.gone, .done])
            #expect(await scenario.world.acts.isEmpty)
        }
    }
}
