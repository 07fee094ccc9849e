import Core
import Foundation
import Synchronization
import Testing

@testable import Operations

/// What one command asks the provider no more than once, and what it asks again although it has asked already.
@Suite struct AskedOnceTests {
    /// Three stacks, each built on an export of the one before: three gates, one after the other.
    private static func chain(_ scenario: Scenario) async throws -> PlanRecord {
        let world = scenario.world
        await world.old("net-feat-a") { $0.exports = ["net"] }
        await world.old("data-feat-a") { ($0.imports, $0.exports) = (["net"], ["data"]) }
        await world.old("app-feat-a") { $0.imports = ["data"] }
        try await scenario.ready()
        return try #require(try await scenario.approved().first)
    }

    @Test func `P9 whose account it is is asked before its first deletion, and again a minute later`() async throws {
        try await Scenario.run { scenario in
            _ = try await Self.chain(scenario)
            let world = scenario.world
            await world.clearLog()
            let before = scenario.clock.now
            #expect(try await scenario.reap().plans.map(\.state) == [.done])
            let took = scenario.clock.now.timeIntervalSince(before)
            let log = await world.log
            let first = try #require(log.firstIndex { $0.hasPrefix("delete ") })
            #expect(log.prefix(first).contains { $0.hasPrefix("identity") })
            #expect(log.prefix(first).contains { $0.hasPrefix("aliases") })
            // Once more by who looks for leftovers.
            let asked = log.count { $0.hasPrefix("identity") } - 1
            #expect(asked >= 2 && Double(asked) <= 1 + took / 60, "\(asked) times in \(took) s")
            #expect(log.count { $0.hasPrefix("aliases") } == asked)
        }
    }

    @Test func `P9 an account that is called live in the middle of a reap is left alone a minute later`() async throws {
        try await Scenario.run { scenario in
            let plan = try await Self.chain(scenario)
            let world = scenario.world
            await world.setBeforeDeletion { await world.setAliases(Scenario.shop, ["acme-live"]) }
            let outcome = try await scenario.reap()
            #expect(await world.deletions.count < 3)
            #expect(outcome.troubled.map(\.plan) == [plan.id])
            #expect(outcome.troubled.first?.because.contains("acme-live") == true)
        }
    }

    @Test func `P9 it is asked again before each environment`() async throws {
        try await Scenario.run { scenario in
            for name in ["shop-feat-a", "shop-feat-b", "shop-feat-c"] { await scenario.world.old(name) }
            try await scenario.ready()
            _ = try await scenario.approved()
            await scenario.world.clearLog()
            let plans = try await scenario.reap(pacing: Pacing(waves: false)).plans
            #expect(plans.map(\.state) == [.done, .done, .done])
            #expect(await scenario.world.log.count { $0.hasPrefix("identity") } >= 3)
        }
    }

    @Test func `P9 only what was found good is not asked again, and not for long`() async throws {
        let cleared = ClearedAccounts()
        let now = Date(timeIntervalSince1970: 1_760_000_000)
        await cleared.note([Scenario.home], for: nil, at: now)
        #expect(await cleared.targets(for: nil, at: now.addingTimeInterval(59)) == [Scenario.home])
        #expect(await cleared.targets(for: nil, at: now.addingTimeInterval(60)).isEmpty)
        await cleared.note([Scenario.home], for: nil, at: now)
        #expect(await cleared.targets(for: nil, at: now.addingTimeInterval(-1)).isEmpty)
        try await Scenario.run { scenario in
            let check = AccountCheck(wiring: scenario.wiring, cleared: ClearedAccounts())
            let world = scenario.world
            await world.fail("aliases", World.down)
            let unread = try await check.alarms(for: [Scenario.home])
            #expect(unread.count == 1)
            await world.fail("aliases", nil)
            await world.setAliases(Scenario.shop, ["acme-live"])
            for _ in 1...2 {
                let alarms = try await check.alarms(for: [Scenario.home])
                #expect(alarms.count == 1)
            }
            await world.setAliases(Scenario.shop, [])
            await world.clearLog()
            for _ in 1...2 {
                let alarms = try await check.alarms(for: [Scenario.home])
                #expect(alarms.isEmpty)
            }
            #expect(await world.log.count == 2)
        }
    }

    @Test(arguments: [false, true])
    func `a stack is read for its gate and again right before its deletion, and no more`(
        isTransformed: Bool
    ) async throws {
        try await Scenario.run { scenario in
            let world = scenario.world
            await world.old("shop-feat-a") { stack in
                if isTransformed { stack.template = World.transformed }
            }
            try await scenario.ready()
            _ = try await scenario.approved()
            await world.clearLog()
            #expect(try await scenario.reap().plans.map(\.state) == [.done])
            let before = await world.log.prefix { !$0.hasPrefix("delete ") }.map { $0.prefix { $0 != " " } }
            #expect(before.count { $0 == "component" } == 2)
            #expect(before.count { $0 == "resources" } == 2)
            // Original and processed are two only where a macro makes one of the other.
            #expect(before.count { $0 == "template" } == (isTransformed ? 4 : 2))
            #expect(before.count { $0 == "components" } == 1)
            #expect(before.last == "stackPolicy")
        }
    }

    @Test func `a function that answers for many stacks, and a bucket that is empty, are asked about once`()
        async throws
    {
        try await Scenario.run { scenario in
            let world = scenario.world
            for number in 1...5 {
                await world.old("shop-feat-\(number)") { stack in
                    stack.template = """
                        Resources:
                          Seed:
                            Type: Custom::Seed
                            Properties: { ServiceToken: "arn:aws:lambda:eu-west-1:111111111111:function:seeder" }
                          Files: { Type: AWS::S3::Bucket }
                        """
                    stack.resources = [
                        ForecastTests.resource("Seed", "seed-\(number)", "Custom::Seed"),
                        ForecastTests.resource("Files", "files-\(number)", "AWS::S3::Bucket"),
                    ]
                    stack.contents = ["files-\(number)": true]
                }
            }
            try await scenario.ready()
            try await scenario.look()
            await world.clearLog()
            let plans = try await scenario.planDue().plans
            #expect(plans.count == 5)
            #expect(plans.allSatisfy { $0.blockers.map(\.kind) == [.customResource] })
            let calls = await world.calls()
            #expect(calls["function"] == 1)
            #expect(calls["isEmpty"] == 5)
            #expect(calls["content"] == nil)
            let losses = plans.flatMap(\.forecast.environments).flatMap(\.losses)
            #expect(losses.map(\.content) == Array(repeating: ResourceContent(items: 0, bytes: 0), count: 5))
        }
    }

    @Test func `a function that cannot be asked about is said for each stack that builds on it`() async throws {
        try await Scenario.run { scenario in
            let world = scenario.world
            for number in 1...2 {
                await world.old("shop-feat-\(number)") { stack in
                    stack.template = """
                        Resources:
                          Seed:
                            Type: Custom::Seed
                            Properties: { ServiceToken: "arn:aws:lambda:eu-west-1:111111111111:function:seeder" }
                        """
                    stack.resources = [ForecastTests.resource("Seed", "seed-\(number)", "Custom::Seed")]
                }
            }
            await world.fail("function", World.denied)
            try await scenario.ready()
            try await scenario.look()
            let plans = try await scenario.planDue().plans
            #expect(plans.count == 2)
            #expect(plans.allSatisfy { $0.blockers.isEmpty })
            let unread = plans.flatMap(\.forecast.environments).map { $0.unread.joined() }
            #expect(unread.allSatisfy { $0.contains("the function seeder that answers for Seed") })
        }
    }

    @Test func `a scan reads all environments once`() async throws {
        try await Scenario.run { scenario in
            for name in ["shop-feat-a", "shop-feat-b"] { await scenario.world.old(name) }
            let readings = Mutex(0)
            let store = StoreInBetween(
                store: scenario.ledger,
                onEnvironments: { readings.withLock { $0 += 1 } }
            )
            let scan = Scan(
                provider: scenario.world,
                store: store,
                rules: scenario.wiring.rules,
                locks: scenario.ledger
            )
            let outcome = try await scan.run(
                only: nil,
                full: false,
                clock: scenario.wiring.clock,
                progress: { _ in }
            )
            #expect(outcome.environments == 2)
            #expect(readings.withLock { $0 } == 1)
        }
    }
}
