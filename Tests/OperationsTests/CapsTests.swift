import Core
import Foundation
import Ledger
import Testing

@testable import Operations

/// How far people can go by themselves, and how far a night can.
@Suite struct CapsTests {
    private static let day = Duration.seconds(86_400)
    private static let policy = Scenario.strict.replacing(
        "warn: none",
        with: "warn: none\n    extension: { each: 7d, at_most: 2 }\n    max_age: 60d"
    )
    private static let bob = Login(name: "bob", isOperator: false, embedded: true)

    @Test func `an extension is at most what the policy allows at a time, and so often`() async throws {
        try await Scenario.run { scenario in
            await scenario.world.add("shop-feat-a", in: Scenario.home, created: scenario.clock.now)
            try await scenario.ready(Self.policy)
            try await scenario.scan()
            let holding = Holding(scenario.wiring)
            let refusal = await problem {
                _ = try await holding.extend("feat-a", by: .seconds(7 * 86_400 + 1), because: "more")
            }
            #expect(refusal?.kind == .undone)
            #expect(refusal?.summary.contains("allows 7d at a time") == true)
            #expect(try await scenario.environment("feat-a")?.lease == nil)
            let now = scenario.clock.now
            #expect(
                try await holding.extend("feat-a", by: Self.day * 7, because: "one").until
                    == now.later(by: Self.day * 7)
            )
            // The second runs on from the end of the first.
            #expect(
                try await holding.extend("feat-a", by: Self.day, because: "two").until == now.later(by: Self.day * 8)
            )
            let third = await problem { _ = try await holding.extend("feat-a", by: Self.day, because: "three") }
            #expect(third?.kind == .undone)
            #expect(third?.summary.contains("was extended 2 times") == true)
            #expect(try await scenario.environment("feat-a")?.leaseCount == 2)
        }
    }

    @Test func `no extension passes max_age, and past it there is none`() async throws {
        try await Scenario.run { scenario in
            let start = scenario.clock.now
            await scenario.world.add("shop-feat-a", in: Scenario.home, created: start.later(by: Self.day * -55))
            await scenario.world.add("shop-feat-b", in: Scenario.home, created: start.later(by: Self.day * -61))
            try await scenario.ready(Self.policy)
            try await scenario.scan()
            let holding = Holding(scenario.wiring)
            #expect(
                try await holding.extend("feat-a", by: Self.day * 7, because: "more").until
                    == start.later(by: Self.day * 5)
            )
            #expect(try await scenario.environment("feat-a")?.lease?.until == start.later(by: Self.day * 5))
            let refusal = await problem { _ = try await holding.extend("feat-b", by: Self.day, because: "more") }
            #expect(refusal?.kind == .undone)
            #expect(refusal?.summary.contains("is past max_age (60d)") == true)
            #expect(try await scenario.environment("feat-b")?.lease == nil)
        }
    }

    @Test func `what no policy takes in cannot be extended`() async throws {
        try await Scenario.run { scenario in
            await scenario.world.add("shop-feat-a", in: Scenario.home, created: scenario.clock.now)
            try await scenario.ready(Self.policy.replacing("name: \"*\"", with: "name: \"other-*\""))
            try await scenario.scan()
            let holding = Holding(scenario.wiring)
            #expect(
                await problem { _ = try await holding.extend("feat-a", by: Self.day, because: "x") }?.kind == .undone
            )
        }
    }

    @Test func `an owner protects for ninety days, an operator for longer, and nobody into the past`() async throws {
        try await Scenario.run { scenario in
            await scenario.world.old("shop-feat-a", tags: ["owner": "bob@example.com"])
            try await scenario.ready()
            try await scenario.scan()
            let bob = Holding(scenario.being(Self.bob, owning: ["bob@example.com"]).wiring)
            let limit = scenario.clock.now.later(by: Self.day * 90)
            let refusal = await problem {
                _ = try await bob.protect("feat-a", until: limit.addingTimeInterval(1), because: "a demo")
            }
            #expect(refusal?.kind == .notAllowed)
            #expect(try await scenario.environment("feat-a")?.protection == nil)
            _ = try await bob.protect("feat-a", until: limit, because: "a demo")
            #expect(try await scenario.environment("feat-a")?.protection?.until == limit)
            let holding = Holding(scenario.wiring)
            _ = try await holding.protect("feat-a", until: limit.later(by: Self.day), because: "a longer demo")
            let past = await problem {
                _ = try await holding.protect("feat-a", until: scenario.clock.now, because: "x")
            }
            #expect(past?.kind == .usage)
        }
    }

    @Test func `what several people seem to own nobody can claim but an operator`() async throws {
        try await Scenario.run { scenario in
            await scenario.world.old("shop-feat-a", tags: ["owner": "ann@example.com"])
            await scenario.world.old("web-feat-a", tags: ["owner": "eve@example.com"])
            await scenario.world.old("shop-feat-b")
            try await scenario.ready()
            try await scenario.scan()
            let record = try #require(try await scenario.environment("feat-a"))
            #expect(record.ownerConflict)
            #expect(record.owner == nil)
            #expect(!scenario.wiring.standing(of: Self.bob, toward: record).isUnowned)
            let bob = Holding(scenario.being(Self.bob, owning: ["bob@example.com"]).wiring)
            #expect(await problem { _ = try await bob.claim("feat-a", owner: nil) }?.kind == .notAllowed)
            #expect(try await scenario.environment("feat-a")?.claim == nil)
            // What nobody owns anybody may take on.
            _ = try await bob.claim("feat-b", owner: "bob@example.com")
            #expect(try await scenario.environment("feat-b")?.owner == "bob@example.com")
            _ = try await Holding(scenario.wiring).claim("feat-a", owner: "ann@example.com")
            #expect(try await scenario.environment("feat-a")?.owner == "ann@example.com")
        }
    }

    @Test func `P7 what was begun yesterday and is begun again today counts today, and once`() async throws {
        try await Scenario.run { scenario in
            let id = await scenario.world.old("shop-feat-a") { $0.onDelete = .fails("no") }
            await scenario.world.old("shop-feat-b")
            try await scenario.ready(Scenario.strict.replacing("share: 100%", with: "per_day: 1, share: 100%"))
            for plan in try await {
                try await scenario.look()
                return try await scenario.plan("feat-a")
            }() {
                try await scenario.approve(plan)
            }
            _ = try await scenario.reap()
            let ledger = BudgetLedger(wiring: scenario.wiring)
            let (_, policies) = try await scenario.wiring.policyInForce()
            func used() async throws -> Int {
                try await ledger.use(on: policies, now: scenario.clock.now, run: nil, leavingOut: []).day
            }
            #expect(try await used() == 1)
            // The same one again on the same day is not a second one.
            try await scenario.look()
            #expect(try await scenario.plan("feat-a").map(\.state) == [.awaitingApproval])
            scenario.clock.pass(.seconds(86_400))
            #expect(try await used() == 0)
            await scenario.world.change(id) {
                $0.component.status = ComponentStatus("DELETE_FAILED")
                $0.onDelete = .goes(after: 1)
            }
            try await scenario.look()
            for plan in try await scenario.plan("feat-a") { try await scenario.approve(plan) }
            #expect(try await scenario.reap().plans.map(\.state) == [.done])
            #expect(try await used() == 1)
            // So nothing else fits into this day.
            let outcome = try await scenario.planDue()
            #expect(outcome.plans.isEmpty)
            #expect(outcome.deferred.map(\.because) == ["deferred: per_day"])
        }
    }
}
