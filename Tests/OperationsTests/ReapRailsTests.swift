import Core
import Foundation
import Ledger
import Operations
import Synchronization
import Testing

@Suite struct ReapRailsTests {
    @Test func `an approved plan takes exactly its environment down and says reaped after two readings`() async throws {
        try await Scenario.run { scenario in
            let gone = await scenario.world.add("shop-feat-a", in: Scenario.home, created: Scenario.longAgo)
            let kept = await scenario.world.add("shop-staging", in: Scenario.home, created: Scenario.longAgo)
            try await scenario.ready()
            _ = try await scenario.approved()
            let outcome = try await scenario.reap()
            #expect(outcome.plans.map(\.state) == [.done])
            #expect(await scenario.world.present == [kept])
            #expect(await scenario.world.deletedIDs == [gone])
            #expect(try await scenario.finding("feat-a") == "reaped")
            #expect(try await scenario.environment("feat-a")?.endedAt != nil)
        }
    }

    @Test func `P2 without a yes to exactly this digest nothing is torn down`() async throws {
        try await Scenario.run { scenario in
            await scenario.world.add("shop-feat-a", in: Scenario.home, created: Scenario.longAgo)
            try await scenario.ready()
            try await scenario.look()
            let plan = try #require(try await scenario.planDue().plans.first)
            await #expect(throws: Problem.self) { try await scenario.reap([plan.id]) }
            #expect(try await scenario.reap().plans.isEmpty)
            #expect(await scenario.world.deletions.isEmpty)
        }
    }

    @Test func `P2 an approval that ran out starts nothing`() async throws {
        try await Scenario.run { scenario in
            await scenario.world.add("shop-feat-a", in: Scenario.home, created: Scenario.longAgo)
            try await scenario.ready()
            let plan = try #require(try await scenario.approved().first)
            scenario.clock.pass(.seconds(3 * 86_400 + 60))
            _ = try await scenario.reap()
            #expect(try await scenario.ledger.plan(plan.id).state == .expired)
            #expect(try await scenario.finding("feat-a") == "due")
            #expect(await scenario.world.deletions.isEmpty)
        }
    }

    @Test(arguments: [
        "updated", "tags", "template", "resources", "protection", "new member", "gone", "unreadable", "importer",
    ])
    func `P3 what moved since the plan is not touched`(what: String) async throws {
        try await Scenario.run { scenario in
            let id = await scenario.world.add("shop-feat-a", in: Scenario.home, created: Scenario.longAgo) {
                $0.exports = ["out"]
            }
            try await scenario.ready()
            let plan = try #require(try await scenario.approved().first)
            await scenario.world.change(id) { stack in
                switch what {
                case "updated": stack.component.updated = scenario.clock.now
                case "tags": stack.component.tags = ["owner": "eve@example.com"]
                case "template": stack.template += " "
                case "protection": stack.component.terminationProtection = true
                case "resources":
                    stack.resources = [
                        ObservedResource(
                            logicalID: "T",
                            physicalID: "t",
                            type: "AWS::SNS::Topic",
                            status: "CREATE_COMPLETE"
                        )
                    ]
                default: break
                }
            }
            if what == "new member" {
                await scenario.world.add("web-feat-a", in: Scenario.home, created: scenario.clock.now)
            }
            if what == "gone" { await scenario.world.remove(id) }
            if what == "unreadable" { await scenario.world.fail("template", World.down) }
            if what == "importer" {
                await scenario.world.add("shop-feat-zz", in: Scenario.home, created: scenario.clock.now) {
                    $0.imports = ["out"]
                }
            }
            let outcome = try await scenario.reap()
            #expect(await scenario.world.deletions.isEmpty)
            #expect(outcome.stopped.map(\.plan) == [plan.id])
            #expect(try await scenario.ledger.plan(plan.id).state == .superseded)
            #expect(try await scenario.finding("feat-a") == "due")
        }
    }

    @Test func `P4 a stack made anew under the same name survives`() async throws {
        try await Scenario.run { scenario in
            let old = await scenario.world.add("shop-feat-a", in: Scenario.home, created: Scenario.longAgo)
            try await scenario.ready()
            let plan = try #require(try await scenario.approved().first)
            await scenario.world.remove(old)
            let new = await scenario.world.add("shop-feat-a", in: Scenario.home, created: scenario.clock.now)
            _ = try await scenario.reap()
            #expect(await scenario.world.has(new))
            #expect(try await scenario.ledger.plan(plan.id).state == .superseded)
        }
    }

    @Test(arguments: ["row", "file", "window", "report mode", "alias", "protection", "lease"])
    func `P8 P9 what stands still or is held is not torn down, and the plan says why`(what: String) async throws {
        try await Scenario.run { scenario in
            await scenario.world.add("shop-feat-a", in: Scenario.home, created: Scenario.longAgo)
            try await scenario.ready()
            let plan = try #require(try await scenario.approved().first)
            let administering = Administering(scenario.wiring)
            switch what {
            case "row": try await administering.pause(because: "an incident")
            case "report mode": try await administering.setMode(Scenario.shop, .report, because: "an audit")
            case "alias": await scenario.world.setAliases(Scenario.shop, ["acme-live"])
            case "protection":
                _ = try await Holding(scenario.wiring).protect(
                    "feat-a",
                    until: scenario.clock.now.addingTimeInterval(999),
                    because: "in use"
                )
            case "lease":
                _ = try await Holding(scenario.wiring).extend("feat-a", by: .seconds(9_999), because: "in use")
            case "window":
                // 2025-10-09 is a Thursday.
                _ = try await ApplyingPolicy(scenario.wiring)
                    .apply(text: Scenario.strict + "\nwindow: { days: Mon, hours: \"09:00-10:00\", zone: UTC }\n")
            default: break
            }
            let outcome = try await scenario.reap(
                pausedHere: what == "file" ? "the file /run/curfew/pause is there" : nil
            )
            #expect(await scenario.world.deletions.isEmpty)
            let stopped = ["report mode", "protection", "lease"].contains(what)
            #expect((outcome.waiting + outcome.stopped + outcome.troubled).map(\.plan) == [plan.id])
            #expect(outcome.isUndone == (stopped || what == "alias"))
            #expect(try await scenario.ledger.plan(plan.id).state == (stopped ? .superseded : .approved))
        }
    }

    @Test func `P8 pause set in the middle stops before the next call`() async throws {
        try await Scenario.run { scenario in
            let importer = await scenario.world.add("app-feat-a", in: Scenario.home, created: Scenario.longAgo) {
                $0.imports = ["x"]
            }
            let exporter = await scenario.world.add("net-feat-a", in: Scenario.home, created: Scenario.longAgo) {
                $0.exports = ["x"]
            }
            try await scenario.ready()
            let plan = try #require(try await scenario.approved().first)
            let wiring = scenario.wiring
            await scenario.world.setBeforeDeletion { try? await Administering(wiring).pause(because: "stop") }
            let outcome = try await scenario.reap()
            #expect(await scenario.world.deletedIDs == [importer])
            #expect(await scenario.world.has(exporter))
            #expect(outcome.waiting.map(\.plan) == [plan.id])
            #expect(try await scenario.ledger.plan(plan.id).state == .running)
            await scenario.world.setBeforeDeletion(nil)
            _ = try await Administering(wiring).resume()
            #expect(try await scenario.reap().plans.map(\.state) == [.done])
            #expect(await scenario.world.present.isEmpty)
        }
    }

    @Test func `P7 budgets are rechecked against committed intents before each environment`() async throws {
        try await Scenario.run { scenario in
            for name in ["a", "b", "c"] {
                await scenario.world.add("shop-feat-\(name)", in: Scenario.home, created: Scenario.longAgo)
            }
            try await scenario.ready()
            let plans = try await scenario.approved()
            _ = try await ApplyingPolicy(scenario.wiring)
                .apply(text: Scenario.strict.replacingOccurrences(of: "share: 100%", with: "per_day: 1, share: 100%"))
            try await scenario.evaluate()
            await #expect(throws: Problem.self) { try await scenario.reap(plans.map(\.id)) }
            #expect(await scenario.world.deletions.isEmpty)
            let outcome = try await scenario.reap()
            #expect(await scenario.world.deletions.count == 1)
            #expect(outcome.waiting.count == 2)
            #expect(outcome.waiting.allSatisfy { $0.because == "deferred: per_day" })
        }
    }

    @Test func `P10 a failed deletion ends its plan with the reason and blocks no other`() async throws {
        try await Scenario.run { scenario in
            await scenario.world.add("shop-feat-a", in: Scenario.home, created: Scenario.longAgo) {
                $0.onDelete = .fails("the bucket is not empty")
            }
            let other = await scenario.world.add("shop-feat-b", in: Scenario.home, created: Scenario.longAgo)
            try await scenario.ready()
            let plans = try await scenario.approved()
            let outcome = try await scenario.reap()
            #expect(Set(outcome.plans.map(\.state)) == [.failed, .done])
            #expect(outcome.isUndone)
            #expect(await scenario.world.has(other) == false)
            let failed = try #require(outcome.plans.first { $0.state == .failed })
            #expect(failed.endedBecause?.contains("the bucket is not empty") == true)
            #expect(plans.map(\.id).contains(failed.id))
            #expect(try await scenario.finding("feat-a") == "due")
        }
    }

    @Test func `P10 a deletion that the provider cancelled has failed and is not waited for`() async throws {
        try await Scenario.run { scenario in
            await scenario.world.add("shop-feat-a", in: Scenario.home, created: Scenario.longAgo) {
                $0.onDelete = .isCancelled("Delete canceled. Cannot delete export x as it is in use by y")
            }
            try await scenario.ready()
            _ = try await scenario.approved()
            let outcome = try await scenario.reap()
            #expect(outcome.plans.map(\.state) == [.failed])
            #expect(outcome.plans[0].endedBecause?.contains("in use by y") == true)
        }
    }

    @Test func `P12 an answer that was lost is observed, never asked for twice under another token`() async throws {
        try await Scenario.run { scenario in
            await scenario.world.add("shop-feat-a", in: Scenario.home, created: Scenario.longAgo) {
                $0.onDelete = .losesTheAnswer
            }
            try await scenario.ready()
            _ = try await scenario.approved()
            let first = try await scenario.reap()
            #expect(first.troubled.count == 1)
            let second = try await scenario.reap()
            #expect(second.plans.map(\.state) == [.done])
            #expect(await scenario.world.deletions.count == 1)
        }
    }

    @Test func `P12 a request that never arrived is made again with the same token`() async throws {
        try await Scenario.run { scenario in
            let id = await scenario.world.add("shop-feat-a", in: Scenario.home, created: Scenario.longAgo) {
                $0.onDelete = .neverArrives
            }
            try await scenario.ready()
            let plan = try #require(try await scenario.approved().first)
            _ = try await scenario.reap()
            #expect(try await scenario.ledger.plan(plan.id).steps.map(\.state) == [.intended])
            await scenario.world.change(id) { $0.onDelete = .goes(after: 1) }
            let second = try await scenario.reap()
            #expect(second.plans.map(\.state) == [.done])
            #expect(await scenario.world.tokens == Set(plan.steps.map(\.token.text)))
        }
    }

    @Test func `P13 before each call its intent is committed and the tombstone stored`() async throws {
        try await Scenario.run { scenario in
            let id = await scenario.world.add("shop-feat-a", in: Scenario.home, created: Scenario.longAgo)
            try await scenario.ready()
            let plan = try #require(try await scenario.approved().first)
            let ledger = scenario.ledger
            let seen = Mutex<(StepState?, Bool)>((nil, false))
            await scenario.world.setBeforeDeletion {
                let state = try? await ledger.plan(plan.id).steps.first?.state
                let tombstone = (try? await ledger.hasTombstone(of: id, plan: plan.id)) ?? false
                seen.withLock { $0 = (state, tombstone) }
            }
            _ = try await scenario.reap()
            #expect(seen.withLock { $0.0 } == .intended)
            #expect(seen.withLock { $0.1 })
            let history = try await ledger.history(of: plan.document.environments[0].key, limit: 100)
            #expect(history.contains { $0.event.contains("intended") })
        }
    }

    @Test func `without a tombstone there is no deletion`() async throws {
        try await Scenario.run { scenario in
            let id = await scenario.world.old("shop-feat-a") { $0.template = World.transformed }
            try await scenario.ready()
            let plan = try #require(try await scenario.approved().first)
            struct NoTombstone: Error {}
            let reader = ProviderInBetween(world: scenario.world, processed: World.down)
            var broken = scenario
            broken.wiring.provider = reader
            _ = try await broken.reap()
            #expect(await scenario.world.deletions.isEmpty)
            #expect(try await scenario.ledger.hasTombstone(of: id, plan: plan.id) == false)
        }
    }

    @Test func `a part that went before the plan failed makes the rest partly reaped, first in the next planning`()
        async throws
    {
        try await Scenario.run { scenario in
            await scenario.world.add("app-feat-a", in: Scenario.home, created: Scenario.longAgo) { $0.imports = ["x"] }
            let stuck = await scenario.world.add("net-feat-a", in: Scenario.home, created: Scenario.longAgo) {
                $0.exports = ["x"]
                $0.onDelete = .fails("a network interface is in use")
            }
            try await scenario.ready()
            _ = try await scenario.approved()
            #expect(try await scenario.reap().plans.map(\.state) == [.failed])
            try await scenario.look()
            let record = try #require(try await scenario.environment("feat-a"))
            #expect(record.partlyReaped != nil)
            #expect(record.verdict?.verdictClass == .partlyReaped)
            await scenario.world.change(stuck) {
                $0.component.status = ComponentStatus("DELETE_FAILED")
                $0.onDelete = .goes(after: 1)
            }
            let plan = try #require(try await scenario.planDue().plans.first)
            #expect(plan.document.environments.map(\.verdictClass) == [.partlyReaped])
            #expect(plan.state == .awaitingApproval)
            _ = try await scenario.approve(plan)
            #expect(try await scenario.reap().plans.map(\.state) == [.done])
            #expect(await scenario.world.present.isEmpty)
        }
    }

    @Test func `what is released goes to due at once, planned and approved like anything else`() async throws {
        try await Scenario.run { scenario in
            await scenario.world.add("shop-feat-a", in: Scenario.home, created: scenario.clock.now)
            try await scenario.ready()
            try await scenario.look()
            #expect(try await scenario.finding("feat-a") == nil)
            _ = try await Holding(scenario.wiring).release("feat-a")
            try await scenario.evaluate()
            #expect(try await scenario.finding("feat-a") == "due")
            let plan = try #require(try await scenario.planDue().plans.first)
            #expect(plan.document.environments.map(\.verdictClass) == [.released])
            try await scenario.approve(plan)
            #expect(try await scenario.reap().plans.map(\.state) == [.done])
        }
    }

    @Test func `at most one reaper works at a time`() async throws {
        try await Scenario.run { scenario in
            await scenario.world.add("shop-feat-a", in: Scenario.home, created: Scenario.longAgo)
            try await scenario.ready()
            _ = try await scenario.approved()
            let other = scenario
            let claim = try await scenario.ledger.claimLease(
                "reap",
                holder: "somebody else",
                for: .seconds(60),
                signatureWindow: .seconds(60)
            )
            let locked = await problem { _ = try await other.reap() }
            #expect(locked?.kind == .locked && locked?.summary.contains("somebody else") == true)
            #expect(await scenario.world.deletions.isEmpty)
            guard case .taken(let lease) = claim else { throw StoreFailure(.broken, "nobody held it: \(claim)") }
            try await scenario.ledger.releaseLease(lease)
            #expect(try await scenario.reap().plans.map(\.state) == [.done])
        }
    }
}
