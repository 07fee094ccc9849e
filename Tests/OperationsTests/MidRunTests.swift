import Core
import Foundation
import Ledger
import Synchronization
import Testing

@testable import Operations

/// What happens while a teardown is under way.
@Suite struct MidRunTests {
    @Test func `P2 an approval that runs out in the middle starts no further environment`() async throws {
        try await Scenario.run { scenario in
            let first = await scenario.world.old("app-feat-b") { $0.imports = ["x"] }
            let second = await scenario.world.old("net-feat-a") { $0.exports = ["x"] }
            try await scenario.ready()
            let plan = try #require(try await scenario.approved().first)
            await scenario.pauseAtFirstDeletion()
            _ = try await scenario.reap()
            try await scenario.resume()
            #expect(await scenario.world.has(first) == false)
            scenario.clock.pass(.seconds(4 * 86_400))
            _ = try await scenario.reap()
            #expect(await scenario.world.present == [second])
            #expect(try await scenario.state(plan) == .halted)
            #expect(try await scenario.because(plan) == "its approval ran out")
            #expect(try await scenario.finding("feat-b") == "reaped")
            #expect(try await scenario.finding("feat-a") == "due")
        }
    }

    @Test func `P2 an environment that was begun under an approval is carried to its end after it`() async throws {
        try await Scenario.run { scenario in
            await scenario.world.old("app-feat-a") { $0.imports = ["x"] }
            await scenario.world.old("net-feat-a") { $0.exports = ["x"] }
            try await scenario.ready()
            let plan = try #require(try await scenario.approved().first)
            await scenario.pauseAtFirstDeletion()
            _ = try await scenario.reap()
            try await scenario.resume()
            scenario.clock.pass(.seconds(4 * 86_400))
            _ = try await scenario.reap()
            #expect(try await scenario.state(plan) == .done)
            #expect(await scenario.world.present.isEmpty)
        }
    }

    @Test func `P10 one plan's trouble stops no other plan`() async throws {
        try await Scenario.run { scenario in
            let troubled = await scenario.world.old("shop-feat-a") { $0.onDelete = .neverArrives }
            await scenario.world.old("shop-feat-b")
            await scenario.world.old("shop-feat-c")
            try await scenario.ready()
            let plans = try await scenario.approved()
            let outcome = try await scenario.reap()
            #expect(await scenario.world.present == [troubled])
            let plan = try #require(plans.first { $0.steps[0].step.component == troubled })
            #expect(outcome.troubled.map(\.plan) == [plan.id])
            #expect(outcome.plans.filter { $0.state == .done }.count == 2)
            #expect(outcome.isUndone)
        }
    }

    @Test func `P10 a template that can never be read ends the plan instead of running for ever`() async throws {
        try await Scenario.run { scenario in
            let id = await scenario.world.old("shop-feat-a") { $0.template = World.transformed }
            try await scenario.ready()
            let plan = try #require(try await scenario.approved().first)
            var blind = scenario
            blind.wiring.provider = ProviderInBetween(world: scenario.world, processed: World.denied)
            let outcome = try await blind.reap()
            #expect(await scenario.world.has(id))
            #expect(outcome.isUndone)
            #expect(try await scenario.state(plan) == .halted)
            #expect(try await scenario.because(plan).contains("no tombstone could be taken"))
            #expect(try await scenario.finding("feat-a") == "due")
        }
    }

    @Test func `P10 a template that cannot be read just now is tried again`() async throws {
        try await Scenario.run { scenario in
            let id = await scenario.world.old("shop-feat-a") { $0.template = World.transformed }
            try await scenario.ready()
            let plan = try #require(try await scenario.approved().first)
            var blind = scenario
            blind.wiring.provider = ProviderInBetween(world: scenario.world, processed: World.down)
            let outcome = try await blind.reap()
            #expect(await scenario.world.has(id))
            #expect(outcome.troubled.map(\.plan) == [plan.id])
            #expect(try await scenario.reap().plans.map(\.state) == [.done])
        }
    }

    @Test func `R8 a target that is retired in the middle ends its step, and the plan with it`() async throws {
        let spaces = [Scenario.shop: SpaceName("all"), Scenario.payments: SpaceName("all")]
        try await Scenario.run(targets: [Scenario.home, Scenario.away], spaces: spaces) { scenario in
            await scenario.world.old("shop-feat-a")
            let lost = await scenario.world.old("pay-feat-a", in: Scenario.away) { $0.onDelete = .goes(after: 1_000) }
            try await scenario.ready()
            let plan = try #require(try await scenario.approved().first)
            _ = try await scenario.reap()
            #expect(try await scenario.state(plan) == .running)
            for call in ["component", "components", "identity", "aliases", "events"] {
                await scenario.world.fail("\(call) \(Scenario.away)", World.denied)
            }
            #expect(try await scenario.reap().troubled.map(\.plan) == [plan.id])
            try await Administering(scenario.wiring).retire(Scenario.away, because: "the account is closed")
            _ = try await scenario.reap()
            #expect(try await scenario.state(plan) == .failed)
            #expect(try await scenario.because(plan) == "unverifiable: its target was retired")
            let step = try await scenario.ledger.plan(plan.id).steps.first { $0.step.component == lost }
            #expect(step?.state == .failed)
            #expect(try await scenario.reap().plans.isEmpty)
        }
    }

    @Test func `R2 a false reading that it is gone is forgotten when the stack answers again`() async throws {
        try await Scenario.run { scenario in
            let id = await scenario.world.old("shop-feat-a") { $0.onDelete = .goes(after: 1_000) }
            try await scenario.ready()
            let plan = try #require(try await scenario.approved().first)
            let brief = scenario.brief
            _ = try await brief.reap()
            let there = try #require(await scenario.world.stacks[id])
            await scenario.world.remove(id)
            _ = try await brief.reap()
            #expect(try await scenario.ledger.plan(plan.id).steps[0].firstGoneAt != nil)
            await scenario.world.put(there)
            scenario.clock.pass(.seconds(60))
            _ = try await brief.reap()
            #expect(try await scenario.ledger.plan(plan.id).steps[0].firstGoneAt == nil)
            #expect(try await scenario.steps(plan) == [.requested])
            // One more false reading is one reading, not the second.
            await scenario.world.remove(id)
            scenario.clock.pass(.seconds(60))
            _ = try await brief.reap()
            #expect(try await scenario.steps(plan) == [.requested])
            await scenario.world.put(there)
            await scenario.world.setStatus(id, "DELETE_FAILED")
            scenario.clock.pass(.seconds(600))
            _ = try await brief.reap()
            #expect(try await scenario.state(plan) == .failed)
            #expect(try await scenario.environment("feat-a")?.endedAt == nil)
        }
    }

    @Test func `a running plan keeps back only its own environments`() async throws {
        try await Scenario.run { scenario in
            await scenario.world.old("shop-feat-a") { $0.onDelete = .goes(after: 1_000) }
            await scenario.world.old("shop-feat-b")
            try await scenario.ready(Scenario.twice)
            try await scenario.look()
            let plan = try #require(try await scenario.plan("feat-a").first)
            try await scenario.approve(plan)
            _ = try await scenario.brief.reap()
            #expect(try await scenario.state(plan) == .running)
            scenario.clock.pass(.seconds(13 * 3_600))
            try await scenario.look()
            let outcome = try await scenario.planDue()
            #expect(outcome.plans.flatMap { $0.document.environments.map(\.key.name.text) } == ["feat-b"])
            #expect(outcome.plans.map(\.state) == [.awaitingApproval])
            #expect(outcome.deferred.map(\.because) == ["plan \(plan.id) is being carried out"])
            await #expect(throws: Problem.self) { try await scenario.plan("feat-a") }
        }
    }

    @Test func `the plan ends although the stack with the TTL tag went first`() async throws {
        try await Scenario.run { scenario in
            await scenario.world.old("app-feat-a", tags: ["ttl": "1d"]) { $0.imports = ["x"] }
            await scenario.world.old("net-feat-a") { $0.exports = ["x"] }
            try await scenario.ready(Scenario.strict.replacing("age: 1d", with: "ttl_tag: expired"))
            _ = try await scenario.approved()
            #expect(try await scenario.reap().plans.map(\.state) == [.done])
            #expect(await scenario.world.present.isEmpty)
        }
    }

    @Test func `P12 a status that is older than the events does not fail a deletion that began`() async throws {
        try await Scenario.run { scenario in
            let id = await scenario.world.old("shop-feat-a") { $0.onDelete = .losesTheAnswer }
            try await scenario.ready()
            let plan = try #require(try await scenario.approved().first)
            _ = try await scenario.reap()
            #expect(try await scenario.steps(plan) == [.intended])
            await scenario.world.change(id) { $0.onDelete = .goes(after: 3) }
            let readings = Mutex(0)
            var late = scenario
            late.wiring.provider = LateStatus.provider(
                scenario.world,
                readings: {
                    readings.withLock {
                        $0 += 1
                        return $0
                    }
                }
            )
            #expect(try await late.reap().plans.map(\.state) == [.done])
            #expect(await scenario.world.deletions.count == 1)
        }
    }

    @Test func `a redeployment in the middle of a teardown ends “partly reaped”`() async throws {
        try await Scenario.run { scenario in
            await scenario.world.old("app-feat-a") { $0.imports = ["x"] }
            let net = await scenario.world.old("net-feat-a") { $0.exports = ["x"] }
            try await scenario.ready(Scenario.idle)
            let plan = try #require(try await scenario.approved().first)
            await scenario.pauseAtFirstDeletion()
            _ = try await scenario.reap()
            try await scenario.resume()
            scenario.clock.pass(.seconds(3_600))
            let now = scenario.clock.now
            let again = await scenario.world.add("app-feat-a", in: Scenario.home, created: now) { $0.imports = ["x"] }
            await scenario.world.redeploy(net, at: now)
            scenario.clock.pass(.seconds(3_600))
            _ = try await scenario.reap()
            #expect(try await scenario.state(plan) == .halted)
            try await scenario.look()
            let record = try #require(try await scenario.environment("feat-a"))
            #expect(record.partlyReaped == nil)
            #expect(record.verdict?.verdict == "keep")
            #expect(try await scenario.planDue().plans.isEmpty)
            #expect(await scenario.world.present == [again, net])
        }
    }
}

private enum LateStatus {
    /// The first reading still has the status from before the deletion.
    static func provider(_ world: World, readings: @escaping @Sendable () -> Int) -> ProviderInBetween {
        ProviderInBetween(
            world: world,
            onComponent: { component in
                guard readings() == 1, var late = component else { return component }
                late.status = ComponentStatus("CREATE_COMPLETE")
                return late
            }
        )
    }
}
