import Core
import Foundation
import Ledger
import Synchronization
import Testing

@testable import Operations

/// How many things are under way at once.
@Suite struct ReapPaceTests {
    @Test(arguments: [1, 3]) func `at most so many deletions are under way in an account`(parallel: Int) async throws {
        try await Scenario.run { scenario in
            for name in ["a", "b", "c", "d", "e"] {
                await scenario.world.old("\(name)-feat-a") { $0.onDelete = .goes(after: 4) }
            }
            try await scenario.ready()
            _ = try await scenario.approved()
            let world = scenario.world
            let most = Mutex(0)
            await world.setBeforeDeletion {
                let deleting = await world.stacks.values.count { $0.component.status.isDeleting }
                most.withLock { $0 = max($0, deleting + 1) }
            }
            #expect(try await scenario.reap(pacing: Pacing(parallel: parallel)).plans.map(\.state) == [.done])
            #expect(most.withLock { $0 } == parallel)
        }
    }

    /// Environments feat-a, feat-b, … of one stack each, approved.
    private func fleet(_ names: String, _ scenario: Scenario) async throws -> [PlanRecord] {
        for name in names { await scenario.world.old("shop-feat-\(name)") }
        // All of one owner.
        try await scenario.ready(Scenario.strict.replacing("share: 100%", with: "share: 100%, per_owner: 20"))
        return try await scenario.approved()
    }

    @Test func `environments begin in waves of one, two, four`() async throws {
        try await Scenario.run { scenario in
            _ = try await fleet("abcdef", scenario)
            let lines = Mutex<[String]>([])
            let outcome = try await scenario.reap(progress: { line in lines.withLock { $0.append(line) } })
            #expect(outcome.plans.allSatisfy { $0.state == .done })
            #expect(outcome.waiting.isEmpty)
            var (begun, ended) = (0, 0)
            var waves: [Int: Int] = [:]
            for line in lines.withLock({ $0 }) {
                if line.contains("requested") {
                    begun += 1
                    waves[ended, default: 0] += 1
                }
                if line.contains("is reaped") { ended += 1 }
            }
            // Nobody begins while somebody of the wave before is under way.
            #expect(waves == [0: 1, 1: 2, 3: 3])
            #expect(begun == 6)
        }
    }

    @Test func `a wave that does not end in time is gone on with by the next run`() async throws {
        try await Scenario.run { scenario in
            let plans = try await fleet("abc", scenario)
            let first = await scenario.world.stacks.keys.min()
            let slow = try #require(first)
            await scenario.world.change(slow) { $0.onDelete = .goes(after: 3) }
            let outcome = try await scenario.brief.reap()
            #expect(await scenario.world.deletions.count == 1)
            #expect(outcome.waiting.count == 2)
            #expect(outcome.waiting.allSatisfy { $0.because.contains("the wave before") })
            #expect(!outcome.isUndone)
            #expect(try await scenario.reap().plans.allSatisfy { $0.state == .done })
            for plan in plans { #expect(try await scenario.state(plan) == .done) }
        }
    }

    @Test func `P10 what takes longer than an hour holds no wave back, and is gone on with`() async throws {
        try await Scenario.run { scenario in
            let plans = try await fleet("abc", scenario)
            let first = await scenario.world.stacks.keys.min()
            let stuck = try #require(first)
            await scenario.world.change(stuck) { $0.onDelete = .goes(after: 10_000) }
            _ = try await scenario.brief.reap()
            scenario.clock.pass(.seconds(3_500))
            #expect(try await scenario.brief.reap().waiting.count == 2)
            scenario.clock.pass(.seconds(120))
            let outcome = try await scenario.reap()
            #expect(outcome.plans.count { $0.state == .done } == 2)
            #expect(outcome.plans.count { $0.state == .running } == 1)
            await scenario.world.remove(stuck)
            _ = try await scenario.reap()
            for plan in plans { #expect(try await scenario.state(plan) == .done) }
        }
    }

    @Test func `a chain that goes on after a long night holds the next wave back`() async throws {
        try await Scenario.run { scenario in
            await scenario.world.old("net-feat-a") { $0.exports = ["net"] }
            let app = await scenario.world.old("app-feat-a") { $0.imports = ["net"] }
            _ = try await fleet("b", scenario)
            _ = try await scenario.brief.reap()
            // Gone in the evening, and nobody looked before the morning: that is news, and the chain goes on.
            await scenario.world.remove(app)
            for _ in 1...6 {
                scenario.clock.pass(.seconds(7_200))
                _ = try await scenario.brief.reap()
            }
            let names = await scenario.world.deletedIDs.map { Blockers.name($0) }
            #expect(names == ["app-feat-a", "net-feat-a", "shop-feat-b"])
        }
    }

    @Test func `P10 what could not be asked in one account holds up no other environment`() async throws {
        try await Scenario.run { scenario in
            _ = try await fleet("abcdef", scenario)
            for id in await scenario.world.present {
                await scenario.world.change(id) { $0.onDelete = .goes(after: 100) }
            }
            let pacing = Pacing(parallel: 2, waves: false)
            _ = try await scenario.brief.reap(pacing: pacing)
            let begun = await scenario.world.deletedIDs
            #expect(begun.count == 2)
            let refused = ProviderFailure(.credentials, "the security token is expired", advice: "renew it")
            for id in begun { await scenario.world.fail("component \(id)", refused) }
            let outcome = try await scenario.brief.reap(pacing: Pacing(parallel: 10, waves: false))
            #expect(outcome.troubled.count == 2)
            #expect(await scenario.world.deletedIDs.count == 6)
        }
    }

    @Test func `waves can be switched off`() async throws {
        try await Scenario.run { scenario in
            _ = try await fleet("abc", scenario)
            _ = try await scenario.brief.reap(pacing: Pacing(waves: false))
            #expect(await scenario.world.deletions.count == 3)
        }
    }

    @Test func `after too many failures no other environment begins, and its plan stays approved`() async throws {
        try await Scenario.run { scenario in
            let plans = try await fleet("abcdef", scenario)
            for id in await scenario.world.present {
                await scenario.world.change(id) { $0.onDelete = .fails("no") }
            }
            let outcome = try await scenario.reap()
            // One, then two: more than one and more than a quarter failed.
            #expect([2, 3].contains(await scenario.world.deletions.count))
            let waiting = outcome.waiting
            #expect(waiting.allSatisfy { $0.because.contains("reap.stop_after_failures") })
            #expect(waiting.count + outcome.plans.filter { $0.state == .failed }.count == plans.count)
            let held = try #require(waiting.last?.plan)
            #expect(try await scenario.ledger.plan(held).state == .approved)
            // The next run stands as well; what a person names goes.
            let before = await scenario.world.deletions.count
            #expect(try await scenario.reap().waiting.count == waiting.count)
            #expect(await scenario.world.deletions.count == before)
            for id in await scenario.world.present
            where await scenario.world.stacks[id]?.component.status.deleteFailed == false {
                await scenario.world.change(id) { $0.onDelete = .goes(after: 1) }
            }
            #expect(try await scenario.reap([held]).plans.map(\.state) == [.done])
        }
    }

    @Test(arguments: ["ALARM", "missing", "unreadable", "OK", "INSUFFICIENT_DATA"])
    func `a named alarm that is in ALARM, is not there or cannot be read lets nothing begin`(what: String) async throws
    {
        try await Scenario.run { scenario in
            let plan = try #require(try await fleet("a", scenario).first)
            await scenario.world.arrange { world in
                world.alarms = ["errors": what == "ALARM" ? "ALARM" : what == "OK" ? "OK" : "INSUFFICIENT_DATA"]
                if what == "missing" { world.alarms = ["others": "OK"] }
            }
            if what == "unreadable" { await scenario.world.fail("alarmStates", World.denied) }
            let outcome = try await scenario.reap(pacing: Pacing(alarms: ["errors"]))
            let isFine = what == "OK" || what == "INSUFFICIENT_DATA"
            #expect(await scenario.world.deletions.count == (isFine ? 1 : 0))
            #expect(try await scenario.state(plan) == (isFine ? .done : .approved))
            #expect(outcome.waiting.map(\.plan) == (isFine ? [] : [plan.id]))
            #expect(!outcome.isUndone)
        }
    }
}
