import Core
import Foundation
import Ledger
import Testing

@testable import Operations

@Suite struct ReadingRailsTests {
    @Test func `R1 a failed target flags, clears and ends nothing that has or had a component in it`() async throws {
        let spaces = [Scenario.shop: SpaceName("all"), Scenario.payments: SpaceName("all")]
        try await Scenario.run(targets: [Scenario.home, Scenario.away], spaces: spaces) { scenario in
            let here = await scenario.world.add("shop-feat-a", in: Scenario.home, created: Scenario.longAgo)
            let there = await scenario.world.add("pay-feat-a", in: Scenario.away, created: Scenario.longAgo)
            await scenario.world.add("shop-feat-b", in: Scenario.home, created: Scenario.longAgo)
            try await scenario.ready()
            try await scenario.scan()
            await scenario.world.fail("components \(Scenario.away)", World.denied)
            await scenario.world.remove(here)
            await scenario.world.remove(there)
            let outcome = try await scenario.scan()
            #expect(!outcome.isComplete)
            let evaluated = try await scenario.evaluate()
            #expect(try await scenario.finding("feat-a") == nil)
            #expect(evaluated.frozen.map(\.key.name.text) == ["feat-a"])
            let kept = try await scenario.ledger.components(of: #require(scenario.environment("feat-a")).key)
            #expect(kept.first { $0.id == there }?.gone == nil)
            #expect(try await scenario.environment("feat-a")?.endedAt == nil)
            // What stands only where reading worked is judged all the same.
            #expect(try await scenario.finding("feat-b") == "due")
        }
    }

    @Test func `R1 an unreadable target clears nothing either`() async throws {
        try await Scenario.run { scenario in
            await scenario.world.add("shop-feat-a", in: Scenario.home, created: Scenario.longAgo)
            try await scenario.ready()
            try await scenario.look()
            #expect(try await scenario.finding("feat-a") == "due")
            await scenario.world.fail("components", World.down)
            try await scenario.look()
            #expect(try await scenario.finding("feat-a") == "due")
            let plans = try await scenario.planDue()
            #expect(plans.plans.isEmpty)
            #expect(plans.deferred.map(\.key.name.text) == ["feat-a"])
        }
    }

    @Test func `R2 what a listing leaves out is gone only when a reading by id says so`() async throws {
        try await Scenario.run { scenario in
            let hidden = await scenario.world.add("shop-feat-a", in: Scenario.home, created: Scenario.longAgo)
            let removed = await scenario.world.add("shop-feat-b", in: Scenario.home, created: Scenario.longAgo)
            try await scenario.ready()
            try await scenario.scan()
            await scenario.world.hide([hidden])
            await scenario.world.remove(removed)
            let outcome = try await scenario.scan()
            #expect(outcome.isComplete)
            #expect(try await scenario.environment("feat-a")?.endedAt == nil)
            #expect(try await scenario.environment("feat-b")?.endedAt != nil)
            await scenario.world.fail("component", World.down)
            let failed = try await scenario.scan()
            #expect(!failed.isComplete)
            #expect(try await scenario.environment("feat-a")?.endedAt == nil)
        }
    }

    @Test func `R3 tags that are suddenly all empty conclude nothing until a person accepts them`() async throws {
        try await Scenario.run { scenario in
            let ids = await withTags(scenario, ["feat-a", "feat-b"])
            try await scenario.ready()
            try await scenario.scan()
            for id in ids { await scenario.world.change(id) { $0.component.tags = [:] } }
            let outcome = try await scenario.scan()
            #expect(outcome.summary.readings.map(\.outcome) == ["suspect"])
            try await scenario.evaluate()
            #expect(try await scenario.finding("feat-a") == nil)
            #expect(try await scenario.environment("feat-a")?.owner == "ada@example.com")
            try await Administering(scenario.wiring).accept(Scenario.home, because: "the tags were removed on purpose")
            let accepted = try await scenario.scan()
            #expect(accepted.isComplete)
        }
    }

    @Test func `R3 a population that drops by half without an explanation by id is suspect`() async throws {
        try await Scenario.run { scenario in
            var ids: [ComponentID] = []
            for index in 1...9 {
                ids.append(await scenario.world.add("shop-feat-\(index)", in: Scenario.home, created: Scenario.longAgo))
            }
            try await scenario.ready()
            try await scenario.scan()
            await scenario.world.hide(Set(ids.prefix(5)))
            let suspect = try await scenario.scan()
            #expect(suspect.summary.readings.map(\.outcome) == ["suspect"])
            #expect(try await scenario.planDue().plans.isEmpty)
            // Explained by id: all five are really gone.
            for id in ids.prefix(5) { await scenario.world.remove(id) }
            let explained = try await scenario.scan()
            #expect(explained.isComplete)
            #expect(try await scenario.environment("feat-1")?.endedAt != nil)
        }
    }

    @Test func `R6 everything the provider returned is accounted for`() async throws {
        try await Scenario.run { scenario in
            let world = scenario.world
            await world.add("shop-feat-a", in: Scenario.home, created: Scenario.longAgo)
            await world.add("shop-prod", in: Scenario.home, created: Scenario.longAgo)
            await world.add("payments-api", in: Scenario.home, created: Scenario.longAgo)
            await world.add("CDKToolkit", in: Scenario.home, created: Scenario.longAgo)
            await world.add("x-feat-b", in: Scenario.home, created: Scenario.longAgo, tags: ["feature": "feat-c"])
            let nested = await world.add("shop-feat-a-Nested-1A2B", in: Scenario.home, created: Scenario.longAgo)
            let parent = await world.add("api-feat-a", in: Scenario.home, created: Scenario.longAgo)
            await world.change(parent) {
                $0.resources = [
                    ObservedResource(
                        logicalID: "Nested",
                        physicalID: nested.text,
                        type: "AWS::CloudFormation::Stack",
                        status: "CREATE_COMPLETE"
                    )
                ]
            }
            let outcome = try await scenario.scan()
            let counts = outcome.summary.readings[0].counts
            #expect(counts == [.feature: 2, .permanent: 1, .unmatched: 1, .excluded: 1, .ambiguous: 1, .nested: 1])
            // The same again, without reading any resource: nested stays nested.
            let again = try await scenario.scan()
            #expect(again.summary.readings[0].counts == counts)
        }
    }

    @Test func `R7 credentials of another account read nothing`() async throws {
        try await Scenario.run { scenario in
            await scenario.world.add("shop-feat-a", in: Scenario.home, created: Scenario.longAgo)
            try await scenario.scan()
            await scenario.world.setIdentity(Scenario.shop, AccountID("999999999999"))
            await scenario.world.clearLog()
            let outcome = try await scenario.scan()
            #expect(!outcome.isComplete)
            #expect(await scenario.world.log.contains { $0.hasPrefix("components") } == false)
            #expect(outcome.summary.readings[0].failure?.contains("999999999999") == true)
        }
    }

    private func withTags(_ scenario: Scenario, _ names: [String]) async -> [ComponentID] {
        var ids: [ComponentID] = []
        for name in names {
            ids.append(
                await scenario.world.add(
                    "shop-\(name)",
                    in: Scenario.home,
                    created: Scenario.longAgo,
                    tags: ["owner": "ada@example.com"]
                )
            )
        }
        return ids
    }
}
