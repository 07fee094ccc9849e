import Core
import Foundation
import Testing

@testable import Operations

/// Environments in which a new version is brought out in steps.
@Suite struct RolloutTests {
    private static let alias = "arn:aws:lambda:eu-west-1:111111111111:function:a-api:live"
    private static let denied = ProviderFailure(.denied, "AccessDenied", advice: "give the role the right")

    private func ready(
        _ scenario: Scenario,
        _ resources: ObservedResource...,
        name: String = "shop-feat-a"
    ) async throws {
        if try await scenario.wiring.store.policyInForce() == nil { try await scenario.ready() }
        await scenario.world.add(name, in: Scenario.home, created: Scenario.longAgo) { $0.resources = resources }
    }

    private static let rules = SignalRules(invocations: false)

    @Test func `a deployment, a divided alias and a canary keep their environments, and nobody else's`() async throws {
        try await Scenario.run { scenario in
            let (scenario, signals) = (scenario.seeing(Self.rules), SignalWorld())
            try await ready(scenario, resource(.alias, "Live", Self.alias))
            try await ready(scenario, resource(.restAPI, "Api", "rest1"), name: "shop-feat-b")
            try await ready(scenario, resource(.deploymentGroup, "G", "group-c"), name: "shop-feat-c")
            try await ready(scenario, resource(.deploymentGroup, "G", "group-d"), name: "shop-feat-d")
            try await ready(scenario, name: "shop-feat-e")
            await signals.arrange { signals in
                signals.divide(Self.alias, ["7"])
                signals.canary("rest1", ["prod"])
                signals.deploy([OpenDeployment(id: "d-1", application: "app", group: "group-c", status: "Baking")])
            }
            try await scenario.scan(signals, rules: Self.rules)
            try await scenario.evaluate()
            for (name, reason) in [
                ("feat-a", "alias \(Self.alias) also sends invocations to version 7"),
                ("feat-b", "API rest1 sends requests to a canary in prod"),
                ("feat-c", "CodeDeploy's d-1 of app/group-c is Baking"),
            ] {
                #expect(try await scenario.verdict(name) == "keep")
                #expect(try await scenario.environment(name)?.verdict?.reason.hasPrefix(reason) == true)
            }
            #expect(try await scenario.verdict("feat-d") == "stale")
            #expect(try await scenario.verdict("feat-e") == "stale")
            // Not by name either.
            for record in [try await scenario.plan("feat-d")] { #expect(record.first?.state == .awaitingApproval) }
            await #expect(throws: Problem.self) { try await scenario.plan("feat-a") }
        }
    }

    @Test func `a rollout is looked at again by every scan, and its end counted anew`() async throws {
        try await Scenario.run { scenario in
            let (scenario, signals) = (scenario.seeing(Self.rules), SignalWorld())
            try await ready(scenario, resource(.alias, "Live", Self.alias))
            try await ready(scenario, resource(.alias, "Live", Self.alias + "2"), name: "shop-feat-b")
            await signals.divide(Self.alias, ["7"])
            try await scenario.scan(signals, rules: Self.rules)
            try await scenario.scan(signals, rules: Self.rules)
            #expect(await signals.log.count { $0 == "alias \(Self.alias)" } == 2)
            #expect(await signals.log.count == 3)
            await signals.divide(Self.alias, [])
            try await scenario.scan(signals, rules: Self.rules)
            try await scenario.evaluate()
            #expect(try await scenario.verdict("feat-a") == "stale")
            await signals.clearLog()
            try await scenario.scan(signals, rules: Self.rules)
            #expect(await signals.log.isEmpty)
        }
    }

    @Test func `D3 a rollout that cannot be read is told, makes nothing stale, and costs one refusal`() async throws {
        try await Scenario.run { scenario in
            let (scenario, signals) = (scenario.seeing(Self.rules), SignalWorld())
            try await ready(scenario, resource(.alias, "A", Self.alias), resource(.alias, "B", Self.alias + "2"))
            await signals.fail("alias", Self.denied)
            let outcome = try await scenario.scan(signals, rules: Self.rules)
            #expect(await signals.log.count == 1)
            #expect(outcome.notes.map(\.why) == ["AccessDenied"] && outcome.isComplete)
            try await scenario.evaluate()
            #expect(try await scenario.verdict("feat-a") == "undecided")
            // One that is certain outweighs what could not be read.
            await signals.arrange { signals in
                signals.fail("alias", nil)
                signals.divide(Self.alias, ["2"])
            }
            try await scenario.scan(signals, rules: Self.rules)
            try await scenario.evaluate()
            #expect(try await scenario.verdict("feat-a") == "keep")
        }
    }

    @Test func `a rollout that began after the approval stops the teardown, planned by name or by the rules`()
        async throws
    {
        try await Scenario.run { scenario in
            let (scenario, signals) = (scenario.seeing(Self.rules), SignalWorld())
            try await ready(scenario, resource(.restAPI, "Api", "rest1"))
            try await scenario.scan(signals, rules: Self.rules)
            let plan = try #require(try await scenario.plan("feat-a").first)
            try await scenario.approve(plan)
            await signals.canary("rest1", ["live"])
            try await scenario.scan(signals, rules: Self.rules, full: true)
            let outcome = try await scenario.reap()
            #expect(try await scenario.wiring.store.plan(plan.id).state == .superseded, "\(outcome)")
            #expect(await !scenario.world.log.contains { $0.hasPrefix("delete") })
        }
    }
}
