import Core
import Foundation
import Ledger
import Testing

@testable import Operations

/// An account in which many environments turned stale at once is held until a person has looked (P7).
@Suite struct HeldAccountTests {
    private static let names = (1...8).map { "shop-feat-\($0)" }

    /// Eight environments that are young at the first evaluation.
    private static func young(_ scenario: Scenario, _ names: [String] = names) async throws {
        for name in names { await scenario.world.add(name, in: Scenario.home, created: scenario.clock.now) }
        try await scenario.ready()
        try await scenario.look()
        #expect(try await scenario.account()?.hold == nil)
    }

    /// All of them have become stale meanwhile.
    private static func aDayLater(_ scenario: Scenario, hours: Int = 30) async throws -> Evaluate.Outcome {
        scenario.clock.pass(.seconds(hours * 3_600))
        try await scenario.scan()
        return try await scenario.evaluate()
    }

    @Test func `P7 many that turn stale at once hold their account until somebody accepts it`() async throws {
        try await Scenario.run { scenario in
            try await Self.young(scenario)
            let outcome = try await Self.aDayLater(scenario)
            let hold = try #require(outcome.held.first)
            #expect(hold.because.hasPrefix("8 of its 8 environments turned stale since"))
            #expect(try await scenario.account()?.hold == hold)

            let planned = try await scenario.planDue()
            #expect(planned.plans.isEmpty && planned.isHeld)
            #expect(planned.deferred.count == 8)
            #expect(planned.deferred.allSatisfy { $0.because.contains("is held since") })
            let named = await problem { _ = try await scenario.plan("feat-1") }
            #expect(named?.summary.contains("is held since") == true)
            #expect(named?.advice.contains("curfew accounts accept") == true)

            // The hold outlives what it was compared with.
            #expect(try await Self.aDayLater(scenario).held.map(\.since) == [hold.since])
            try await Administering(scenario.wiring).accept(Scenario.shop, because: "they are stale indeed")
            #expect(try await Self.aDayLater(scenario, hours: 1).held.isEmpty)
            #expect(try await scenario.planDue().plans.isEmpty == false)
            let events = try await scenario.ledger.history(of: nil, limit: 1_000).map(\.event)
            #expect(events.count { $0 == "account held" } == 1)
            #expect(events.count { $0 == "account accepted" } == 1)
        }
    }

    @Test func `P7 what was approved before stays approved while its account is held, and is not begun`() async throws {
        try await Scenario.run { scenario in
            await scenario.world.old("shop-feat-old")
            try await Self.young(scenario)
            let plan = try await scenario.approve(try #require(try await scenario.planDue().plans.first))
            _ = try await Self.aDayLater(scenario)
            let outcome = try await scenario.reap()
            #expect(outcome.troubled.first?.because.contains("is held since") == true)
            #expect(outcome.isUndone)
            #expect(await scenario.world.deletions.isEmpty)
            #expect(try await scenario.state(plan) == .approved)
            try await Administering(scenario.wiring).accept(Scenario.shop, because: "they are stale indeed")
            try await scenario.look()
            #expect(try await scenario.reap().plans.map(\.state) == [.done])
        }
    }

    @Test func `P7 a teardown that has begun is brought to its end`() async throws {
        try await Scenario.run { scenario in
            let id = await scenario.world.old("shop-feat-old")
            let second = await scenario.world.old("api-feat-old") { $0.onDelete = .goes(after: 10_000) }
            await scenario.world.change(id) { $0.onDelete = .goes(after: 1) }
            try await Self.young(scenario)
            try await scenario.approve(try #require(try await scenario.planDue().plans.first))
            _ = try await scenario.brief.reap()
            _ = try await Self.aDayLater(scenario)
            #expect(try await scenario.account()?.hold != nil)
            await scenario.world.remove(second)
            #expect(try await scenario.reap().plans.map(\.state) == [.done])
        }
    }

    @Test func `P7 one that may not begin keeps no other of its plan from being brought to its end`() async throws {
        try await Scenario.run { scenario in
            // The first of x leans on both others: when it is gone, y's comes before what is left of x.
            let first = await scenario.world.old("a-feat-x") {
                ($0.imports, $0.onDelete) = (["b", "c"], .goes(after: 1))
            }
            let other = await scenario.world.old("b-feat-y") { $0.exports = ["b"] }
            let last = await scenario.world.old("c-feat-x") { $0.exports = ["c"] }
            try await scenario.ready()
            let plan = try #require(try await scenario.approved().first)
            #expect(plan.document.steps.map(\.component) == [first, other, last])
            _ = try await scenario.brief.reap()
            let scan = try #require(try await scenario.ledger.newestScan()?.id)
            let hold = AccountHold(account: Scenario.shop, since: scenario.clock.now, because: "many turned stale")
            let evaluation = EvaluationRecord(scan: scan, revision: 1, counts: [:], holds: [hold])
            try await scenario.ledger.record([], in: evaluation, at: scenario.clock.now)
            _ = try await scenario.reap()
            #expect(await scenario.world.deletedIDs == [first, last])
            try await Administering(scenario.wiring).accept(Scenario.shop, because: "they are stale indeed")
            scenario.clock.pass(.seconds(60))
            try await scenario.reap()
            #expect(await scenario.world.deletedIDs == [first, last, other])
        }
    }

    @Test func `few, or nothing to compare with, hold nothing`() async throws {
        try await Scenario.run { scenario in
            // The first evaluation finds everything stale.
            for name in Self.names { await scenario.world.old(name) }
            try await scenario.ready()
            try await scenario.look()
            #expect(try await scenario.account()?.hold == nil)
            // Five more are always allowed; what was stale before does not count.
            for name in (11...15).map({ "shop-feat-\($0)" }) {
                await scenario.world.add(name, in: Scenario.home, created: scenario.clock.now)
            }
            try await scenario.look()
            #expect(try await Self.aDayLater(scenario).held.isEmpty)
        }
    }

    @Test func `a night in which an account could not be read makes nothing newly stale`() async throws {
        try await Scenario.run { scenario in
            for name in Self.names { await scenario.world.old(name) }
            try await scenario.ready()
            try await scenario.look()
            await scenario.world.fail("components", World.down)
            scenario.clock.pass(.seconds(30 * 3_600))
            try await scenario.scan()
            #expect(try await scenario.evaluate().verdicts == [.undecided: 8])
            await scenario.world.fail("components", nil)
            let outcome = try await Self.aDayLater(scenario)
            #expect(outcome.verdicts == [.stale: 8])
            #expect(outcome.held.isEmpty)
        }
    }

    @Test func `only operators accept, and only what is held`() async throws {
        try await Scenario.run { scenario in
            try await Self.young(scenario)
            let nothing = await problem {
                try await Administering(scenario.wiring).accept(Scenario.shop, because: "x")
            }
            #expect(nothing?.summary.contains("is not held") == true)
        }
    }
}

extension Scenario {
    fileprivate func account() async throws -> AccountRecord? {
        try await ledger.accounts().first { $0.account == Scenario.shop }
    }
}
