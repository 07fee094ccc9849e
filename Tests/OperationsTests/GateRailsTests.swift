import Core
import Foundation
import Ledger
import Synchronization
import Testing

@testable import Operations

/// What is looked at between the approval and each call.
@Suite struct GateRailsTests {
    @Test(arguments: ["pause", "clocks"])
    func `P8 D9 what stands everything still after one call keeps back the next of the same environment`(
        what: String
    ) async throws {
        try await Scenario.run { scenario in
            await scenario.world.old("app-feat-a")
            await scenario.world.old("web-feat-a")
            try await scenario.ready()
            let plan = try #require(try await scenario.approved().first)
            let (world, wiring) = (scenario.world, scenario.wiring)
            await world.setBeforeDeletion {
                switch what {
                case "pause": try? await Administering(wiring).pause(because: "stop")
                default: await world.setSkew(.seconds(2_000_000_000))
                }
            }
            _ = try await scenario.reap()
            #expect(await world.deletions.count == 1)
            #expect(await world.present.count == 1)
            #expect(try await scenario.state(plan) == .running)
            #expect(try await Set(scenario.steps(plan)) == [.gone, .pending])
            await world.setSkew(.zero)
            await world.setBeforeDeletion(nil)
            _ = try await Administering(wiring).resume()
            #expect(try await scenario.reap().plans.map(\.state) == [.done])
        }
    }

    @Test func `P9 credentials of another account tear nothing down, and the plan waits for somebody to look`()
        async throws
    {
        try await Scenario.run { scenario in
            let id = await scenario.world.old("shop-feat-a")
            try await scenario.ready()
            let plan = try #require(try await scenario.approved().first)
            await scenario.world.setIdentity(Scenario.shop, Scenario.payments)
            let outcome = try await scenario.reap()
            #expect(await scenario.world.has(id))
            #expect(outcome.troubled.map(\.plan) == [plan.id])
            #expect(outcome.isUndone)
            #expect(outcome.troubled.first?.because.contains("belong to account \(Scenario.payments)") == true)
            #expect(try await scenario.state(plan) == .approved)
            await scenario.world.setIdentity(Scenario.shop, nil)
            await scenario.world.fail("identity", World.denied)
            #expect(try await scenario.reap().isUndone)
            #expect(await scenario.world.has(id))
            await scenario.world.fail("identity", nil)
            #expect(try await scenario.reap().plans.map(\.state) == [.done])
        }
    }

    @Test(arguments: [true, false])
    func `D1 P3 what a permanent stack names by now is not torn down, scanned or not`(scanned: Bool) async throws {
        try await Scenario.run { scenario in
            let id = await scenario.world.old("shop-feat-a")
            try await scenario.ready()
            let plan = try #require(try await scenario.approved().first)
            // Another stack that is permanent and names the feature holds it back, although its own stack is as it was.
            await scenario.world.old("web-feat-a", tags: ["environment": "production"])
            if scanned { try await scenario.scan() }
            let outcome = try await scenario.reap()
            #expect(await scenario.world.has(id))
            #expect(outcome.stopped.map(\.plan) == [plan.id])
            if scanned { #expect(outcome.stopped.first?.because == "it is permanent now") }
            #expect(try await scenario.state(plan) == .superseded)
        }
    }

    @Test func `D1 P3 a naming rule that makes it permanent holds although nothing was scanned`() async throws {
        try await Scenario.run { scenario in
            let id = await scenario.world.old("shop-feat-a")
            try await scenario.ready()
            let plan = try #require(try await scenario.approved().first)
            var other = scenario
            other.wiring.rules.names.permanentWords = ["shop"]
            let outcome = try await other.reap()
            #expect(await scenario.world.has(id))
            #expect(outcome.stopped.map(\.plan) == [plan.id])
            #expect(try await scenario.state(plan) == .superseded)
        }
    }

    @Test func `P3 a stack that is redeployed while its neighbour is asked for is not asked for`() async throws {
        try await Scenario.run { scenario in
            let stacks = [await scenario.world.old("app-feat-a"), await scenario.world.old("web-feat-a")]
            try await scenario.ready()
            let plan = try #require(try await scenario.approved().first)
            let (world, now) = (scenario.world, scenario.clock.now)
            let second = plan.steps[1].step.component
            await world.setBeforeDeletion { await world.redeploy(second, at: now) }
            let outcome = try await scenario.reap()
            #expect(await world.deletedIDs == stacks.filter { $0 != second })
            #expect(await world.present == [second])
            #expect(outcome.stopped.map(\.plan) == [plan.id])
            #expect(try await scenario.steps(plan) == [.gone, .skipped])
            #expect(try await scenario.state(plan) == .halted)
            #expect(try await scenario.because(plan).contains("was changed since the approval"))
        }
    }

    @Test(arguments: ["filled bucket", "nested", "importer"])
    func `P5 P6 what blocks a plan blocks its teardown`(what: String) async throws {
        try await Scenario.run { scenario in
            let bucket = ObservedResource(
                logicalID: "B",
                physicalID: "files",
                type: "AWS::S3::Bucket",
                status: "CREATE_COMPLETE"
            )
            let id = await scenario.world.old("shop-feat-a") {
                $0.resources = [bucket]
                $0.contents = ["files": true]
                $0.exports = ["out"]
            }
            let other = await scenario.world.old("shop-staging")
            try await scenario.ready()
            let plan = try #require(try await scenario.approved().first)
            switch what {
            case "filled bucket": await scenario.world.change(id) { $0.contents = ["files": false] }
            case "nested": await scenario.world.change(id) { $0.component.parent = other }
            default: await scenario.world.change(other) { $0.imports = ["out"] }
            }
            let outcome = try await scenario.reap()
            #expect(await scenario.world.has(id))
            let because = outcome.stopped.first?.because ?? ""
            switch what {
            case "filled bucket": #expect(because.contains("is not empty"))
            case "nested": #expect(because.contains("is part of another stack"))
            default: #expect(because.contains("which shop-staging outside this plan imports"))
            }
            #expect(try await scenario.state(plan) == .superseded)
        }
    }

    @Test(arguments: [false, true])
    func `D6 a protection set after the approval holds, for what a person named as well`(named: Bool) async throws {
        try await Scenario.run { scenario in
            let id = await scenario.world.old("shop-feat-a")
            try await scenario.ready(named ? Scenario.twice : Scenario.strict)
            try await scenario.look()
            let plans = named ? try await scenario.plan("feat-a") : try await scenario.planDue().plans
            let plan = try await scenario.approve(try #require(plans.first))
            let until = scenario.clock.now.addingTimeInterval(86_400)
            _ = try await Holding(scenario.wiring).protect("feat-a", until: until, because: "a demo")
            let outcome = try await scenario.reap()
            #expect(await scenario.world.has(id))
            #expect(outcome.stopped.first?.because.hasPrefix("it is protected by ") == true)
            #expect(outcome.stopped.first?.because.hasSuffix(": a demo") == true)
            #expect(try await scenario.state(plan) == .superseded)
        }
    }

    @Test func `P10 an exporter is not asked for before two readings found its importer gone`() async throws {
        try await Scenario.run { scenario in
            let importer = await scenario.world.old("app-feat-a") {
                $0.imports = ["x"]
                $0.onDelete = .goes(after: 4)
            }
            let exporter = await scenario.world.old("net-feat-a") { $0.exports = ["x"] }
            try await scenario.ready()
            let plan = try #require(try await scenario.approved().first)
            let (world, ledger) = (scenario.world, scenario.ledger)
            let seen = Mutex<[(present: Bool, step: StepState?, noted: Date?)]>([])
            await world.setBeforeDeletion {
                let step = try? await ledger.plan(plan.id).steps.first
                let present = await world.has(importer)
                seen.withLock { $0.append((present, step?.state, step?.firstGoneAt)) }
            }
            #expect(try await scenario.reap().plans.map(\.state) == [.done])
            #expect(await world.deletedIDs == [importer, exporter])
            let calls = seen.withLock { $0 }
            #expect(calls.map(\.present) == [true, false])
            #expect(calls.map(\.step) == [.intended, .gone])
            #expect(calls.last?.noted != nil)
        }
    }

    @Test func `R2 it is gone when two readings say so, far enough apart, and not before`() async throws {
        try await Scenario.run { scenario in
            await scenario.world.old("shop-feat-a") { $0.onDelete = .goes(after: 0) }
            try await scenario.ready()
            let plan = try #require(try await scenario.approved().first)
            let brief = scenario.brief
            _ = try await brief.reap()
            #expect(try await scenario.steps(plan) == [.requested])
            // Gone at the first reading; the second comes too early, and another one does as well.
            for _ in 1...3 {
                scenario.clock.pass(.seconds(9))
                _ = try await brief.reap()
                #expect(await scenario.world.present.isEmpty)
                #expect(try await scenario.steps(plan) == [.requested])
                #expect(try await scenario.environment("feat-a")?.endedAt == nil)
                #expect(try await scenario.finding("feat-a") == "reaping")
            }
            scenario.clock.pass(.seconds(12))
            _ = try await brief.reap()
            #expect(try await scenario.state(plan) == .done)
            #expect(try await scenario.finding("feat-a") == "reaped")
        }
    }
}
