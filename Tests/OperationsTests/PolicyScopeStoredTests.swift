import Core
import Foundation
import Ledger
import Testing

@testable import Operations

/// What the inventory knows of an environment decides which policy does, and how long its grace is.
@Suite struct PolicyScopeStoredTests {
    /// The narrow policy calls everything stale, the wide one nothing.
    private func policies(_ scope: String, staleWhen: String = "{ age: 1d }") -> String {
        Scenario.strict
            .replacing("name: \"*\"", with: scope)
            .replacing("{ age: 1d }", with: staleWhen)
            .replacing(
                "budgets:",
                with: "  - { name: rest, applies_to: { name: \"*\" }, stale_when: { age: 3000d } }\nbudgets:"
            )
    }

    private func policy(_ scenario: Scenario, _ name: String) async throws -> String? {
        let verdict = try await scenario.environment(name)?.verdict
        return verdict.map { "\($0.verdict) \($0.policy ?? "")" }
    }

    @Test func `tags, tools and regions are those of all its stacks`() async throws {
        let other = Target(account: Scenario.shop, region: Region("us-east-1"))
        try await Scenario.run(targets: [Scenario.home, other]) { scenario in
            await scenario.world.old("shop-feat-a", tags: ["Purpose": "Load-Test"])
            await scenario.world.old("pay-feat-a", in: other)
            await scenario.world.old("shop-feat-b") { $0.component.summary = "Exported by architect/package@9 on x" }
            await scenario.world.old("shop-feat-c", tags: ["amplify:app-id": "d1"])
            try await scenario.ready(policies("tag: { key: purpose, value: \"load-*\" }"))
            try await scenario.look()
            #expect(try await policy(scenario, "feat-a") == "stale features")
            #expect(try await policy(scenario, "feat-b") == "keep rest")
            try await scenario.apply(policies("tool: [architect, amplify]"))
            try await scenario.evaluate()
            #expect(try await policy(scenario, "feat-a") == "keep rest")
            #expect(try await policy(scenario, "feat-b") == "stale features")
            #expect(try await policy(scenario, "feat-c") == "stale features")
            try await scenario.apply(policies("region: eu-west-1"))
            try await scenario.evaluate()
            #expect(try await policy(scenario, "feat-a") == "keep rest")
            #expect(try await policy(scenario, "feat-b") == "stale features")
            try await scenario.apply(policies("region: [eu-west-1, us-east-1]"))
            try await scenario.evaluate()
            #expect(try await policy(scenario, "feat-a") == "stale features")
        }
    }

    @Test func `D3 what nobody owns is undecided where an owner decides, and plans of it are none`() async throws {
        try await Scenario.run { scenario in
            for owner in ["ada@example.com", "ben@example.com"] {
                await scenario.world.old("shop-feat-\(owner.prefix(3))", tags: ["owner": owner])
            }
            await scenario.world.old("shop-feat-x")
            try await scenario.ready(policies("owner: \"ada@*\""))
            try await scenario.look()
            #expect(try await policy(scenario, "feat-ada") == "stale features")
            #expect(try await policy(scenario, "feat-ben") == "keep rest")
            #expect(try await policy(scenario, "feat-x") == "undecided ")
            #expect(try await scenario.finding("feat-x") == nil)
            let judgement = try await Explaining(scenario.wiring).explain("feat-x", at: nil).judgement
            #expect(judgement.reason.contains("no owner is known") && judgement.hint.contains("curfew claim"))
            #expect(
                try await scenario.planDue().plans.flatMap(\.document.environments).map(\.key.name.text) == ["feat-ada"]
            )
            // Said for what nobody owns, it decides.
            try await scenario.apply(policies("owner: [unknown]", staleWhen: "{ owner: unknown }"))
            try await scenario.evaluate()
            #expect(try await policy(scenario, "feat-x") == "stale features")
            #expect(try await policy(scenario, "feat-ada") == "keep rest")
        }
    }

    @Test func `D4 what nobody owns is warned of at the fallback, and due after its own longer grace`() async throws {
        try await Scenario.run { scenario in
            let post = scenario.post()
            await scenario.world.old("shop-feat-ada", tags: ["owner": "ada"])
            await scenario.world.old("shop-feat-x")
            try await scenario.ready(Scenario.warning)
            try await scenario.look()
            #expect(try await scenario.notify(post).sent.accepted == 2)
            let letters = try await scenario.ledger.messages(open: false, limit: 10)
            #expect(Set(letters.map(\.recipient)) == [Scenario.ada, Scenario.desk])
            let warned = try #require(try await scenario.environment("feat-x")?.dueAt)
            #expect(warned.timeIntervalSince(scenario.clock.now) > 13 * 86_400)
            scenario.clock.pass(.seconds(4 * 86_400))
            try await scenario.look()
            #expect(try await scenario.finding("feat-ada") == "due")
            #expect(try await scenario.finding("feat-x") == "warned")
            scenario.clock.pass(.seconds(10 * 86_400))
            try await scenario.look()
            #expect(try await scenario.finding("feat-x") == "due")
        }
    }

    @Test func `D5 a stricter policy that came while nothing could be decided starts the grace again, too`()
        async throws
    {
        try await Scenario.run { scenario in
            let post = scenario.post()
            await scenario.world.old("shop-feat-a")
            try await scenario.ready(
                Scenario.warning.replacing("before: 3d, remind: [1d]", with: "before: 9d, unowned: 9d")
            )
            try await scenario.look()
            try await scenario.notify(post)
            scenario.clock.pass(.seconds(4 * 86_400))
            // Nobody is known to own it, so it is not known whether the policy is about it.
            let owned = policies("owner: \"ada@*\"").replacing("warn: none", with: "warn: { before: 3d, unowned: 3d }")
            try await scenario.apply(owned)
            try await scenario.look()
            #expect(try await scenario.environment("feat-a")?.verdict?.verdict == "undecided")
            #expect(try await scenario.finding("feat-a") == "warned")
            _ = try await Holding(scenario.wiring).claim("feat-a", owner: "ada@example.com")
            scenario.clock.pass(.seconds(60))
            try await scenario.look()
            #expect(try await scenario.environment("feat-a")?.verdict?.verdict == "stale")
            #expect(try await scenario.finding("feat-a") == "flagged")
        }
    }

    /// Nobody's things have a month after the warning, and everybody's a day.
    private var orphans: String {
        policies("owner: unknown", staleWhen: "{ age: 10d }")
            .replacing("warn: none", with: "warn: { before: 7d, unowned: 30d }")
            .replacing("{ age: 3000d }", with: "{ age: 10d }, sightings: { count: 1, apart: 0s }, not_before: 1h")
            .replacing("not_before: 1h }", with: "not_before: 1h, warn: { before: 1d, unowned: 1d } }")
    }

    @Test(arguments: [false, true])
    func `D5 another policy that decides without a new revision, and hurries, starts the grace again`(
        withRevision: Bool
    ) async throws {
        try await Scenario.run { scenario in
            let post = scenario.post()
            await scenario.world.old("shop-feat-a")
            await scenario.world.old("shop-feat-b")
            try await scenario.ready(orphans)
            try await scenario.look()
            try await scenario.notify(post)
            scenario.clock.pass(.seconds(5 * 86_400))
            _ = try await Holding(scenario.wiring).claim("feat-a", owner: "ada@example.com")
            // A claim counts as asking for it, so the rule is one of age.
            if withRevision { try await scenario.apply(orphans + "# another text\n") }
            try await scenario.look()
            #expect(try await policy(scenario, "feat-a") == "stale rest")
            #expect(try await scenario.finding("feat-a") == "flagged")
            #expect(try await policy(scenario, "feat-b") == "stale features")
            #expect(try await scenario.finding("feat-b") == "warned")
            // It starts again once, and the new owner is warned and has the time of the new policy.
            try await scenario.notify(post)
            scenario.clock.pass(.seconds(43_200))
            try await scenario.look()
            #expect(try await scenario.finding("feat-a") == "warned")
            scenario.clock.pass(.seconds(46_800))
            try await scenario.look()
            #expect(try await scenario.finding("feat-a") == "due")
            #expect(try await scenario.finding("feat-b") == "warned")
        }
    }

    @Test func `another policy that decides, and leaves as much time, keeps the grace`() async throws {
        try await Scenario.run { scenario in
            let post = scenario.post()
            await scenario.world.old("shop-feat-a")
            try await scenario.ready(
                orphans.replacing("before: 7d, unowned: 30d", with: "before: 1d, unowned: 1d")
                    .replacing("{ before: 1d, unowned: 1d } }", with: "{ before: 7d, unowned: 30d } }")
            )
            try await scenario.look()
            try await scenario.notify(post)
            _ = try await Holding(scenario.wiring).claim("feat-a", owner: "ada@example.com")
            try await scenario.look()
            #expect(try await policy(scenario, "feat-a") == "stale rest")
            #expect(try await scenario.finding("feat-a") == "warned")
        }
    }

    @Test func `where it is not known which policy decides, a plan by name has the strictest terms of all that may`()
        async throws
    {
        try await Scenario.run { scenario in
            await scenario.world.old("shop-feat-x")
            let rest = "approval: { required: 3, by: [group:platform, group:ops], expires: 2d }"
            try await scenario.ready(
                policies("owner: \"ada@*\"", staleWhen: "{ age: 1d }")
                    .replacing("required: 1, by: [group:platform]", with: "required: 2, by: [group:platform]")
                    .replacing(", requester: counts", with: "")
                    .replacing("{ age: 3000d } }", with: "{ age: 3000d }, \(rest) }")
            )
            try await scenario.look()
            #expect(try await policy(scenario, "feat-x") == "undecided ")
            let terms = try #require(try await scenario.plan("feat-x").first?.terms)
            #expect(terms.required == 3 && terms.by == ["group:platform"], "\(terms)")
            #expect(terms.expiresSeconds == 2 * 86_400 && !terms.automatic && !terms.requesterCounts)
        }
    }
}
