import Core
import Foundation
import Ledger
import Operations
import Testing

/// What can become of a deletion that was asked for.
@Suite struct ReapOutcomeTests {
    private static func event(_ logical: String, _ physical: String?, _ type: String, _ reason: String) -> ObservedEvent
    {
        ObservedEvent(
            at: Date(timeIntervalSince1970: 1_800_000_000),
            logicalID: logical,
            physicalID: physical,
            type: type,
            status: "DELETE_FAILED",
            reason: reason,
            token: nil
        )
    }

    @Test(arguments: [
        ("Export net cannot be deleted as it is in use by app", "export net is in use by app;"),
        (
            "Delete canceled. Cannot delete export net as it is in use by app, web and ops.",
            "export net is in use by app, web, ops;"
        ),
    ])
    func `P10 a deletion that an export cancelled has failed, with the importers named`(
        wording: String,
        named: String
    ) async throws {
        try await Scenario.run { scenario in
            await scenario.world.old("shop-feat-a") { $0.onDelete = .isCancelled(wording) }
            try await scenario.ready()
            _ = try await scenario.approved()
            let outcome = try await scenario.reap()
            #expect(outcome.plans.map(\.state) == [.failed])
            #expect(outcome.plans[0].endedBecause?.contains(named) == true)
        }
    }

    @Test func `P10 a service role that is gone is said so, with what to do`() async throws {
        try await Scenario.run { scenario in
            let failure = ProviderFailure(
                .refused,
                "Role arn:aws:iam::1:role/deploy is invalid or cannot be assumed",
                advice: "see the message",
                code: "ValidationError"
            )
            await scenario.world.old("shop-feat-a") { $0.onDelete = .isRefused(failure) }
            try await scenario.ready()
            _ = try await scenario.approved()
            let outcome = try await scenario.reap()
            #expect(outcome.plans.map(\.state) == [.failed])
            #expect(outcome.plans[0].endedBecause?.contains("make its service role again") == true)
        }
    }

    @Test func `P10 a throttled deletion is trouble of this run, not a failure`() async throws {
        try await Scenario.run { scenario in
            let id = await scenario.world.old("shop-feat-a") {
                $0.onDelete = .isRefused(ProviderFailure(.throttled, "Rate exceeded", advice: "wait"))
            }
            try await scenario.ready()
            let plan = try #require(try await scenario.approved().first)
            let outcome = try await scenario.reap()
            #expect(outcome.troubled.map(\.plan) == [plan.id])
            #expect(try await scenario.state(plan) == .running)
            await scenario.world.change(id) { $0.onDelete = .goes(after: 1) }
            #expect(try await scenario.reap().plans.map(\.state) == [.done])
            #expect(await scenario.world.tokens.count == 1)
        }
    }

    @Test
    func `P10 credentials that ran out say nothing about the stack: the next run asks again, with the same token`()
        async throws
    {
        try await Scenario.run { scenario in
            let id = await scenario.world.old("shop-feat-a") {
                $0.onDelete = .isRefused(ProviderFailure(.credentials, "ExpiredToken", advice: "log in again"))
            }
            try await scenario.ready()
            let plan = try #require(try await scenario.approved().first)
            #expect(try await scenario.reap().troubled.map(\.plan) == [plan.id])
            #expect(try await scenario.state(plan) == .running)
            await scenario.world.change(id) { $0.onDelete = .goes(after: 1) }
            scenario.clock.pass(.seconds(3_600))
            #expect(try await scenario.reap().plans.map(\.state) == [.done])
            #expect(await scenario.world.tokens.count == 1)
        }
    }

    @Test func `P10 a token that stands for something else is not tried for ever`() async throws {
        try await Scenario.run { scenario in
            await scenario.world.old("shop-feat-a") {
                let code = "TokenAlreadyExistsException"
                $0.onDelete = .isRefused(ProviderFailure(.refused, code, advice: "see what it says", code: code))
            }
            try await scenario.ready()
            let plan = try #require(try await scenario.approved().first)
            #expect(try await scenario.reap().troubled.map(\.plan) == [plan.id])
            scenario.clock.pass(.seconds(3_600))
            #expect(try await scenario.reap().plans.map(\.state) == [.failed])
            #expect(try await scenario.because(plan).contains("plan again, which makes another one"))
        }
    }

    @Test func `somebody else's deletion is waited for, never asked for again`() async throws {
        try await Scenario.run { scenario in
            let id = await scenario.world.old("shop-feat-a") { $0.onDelete = .neverArrives }
            try await scenario.ready()
            let plan = try #require(try await scenario.approved().first)
            _ = try await scenario.reap()
            await scenario.world.deleteElsewhere(id, lasts: 15)
            let brief = scenario.brief
            scenario.clock.pass(.seconds(3_600))
            _ = try await brief.reap()
            #expect(try await scenario.steps(plan) == [.intended])
            #expect(try await scenario.reap().plans.map(\.state) == [.done])
            #expect(await scenario.world.deletions.isEmpty)
        }
    }

    @Test func `somebody else's deletion that fails leaves a stack that was changed since the approval`() async throws {
        try await Scenario.run { scenario in
            let id = await scenario.world.old("shop-feat-a") { $0.onDelete = .neverArrives }
            try await scenario.ready()
            let plan = try #require(try await scenario.approved().first)
            _ = try await scenario.reap()
            await scenario.world.deleteElsewhere(id, lasts: 1_000)
            _ = try await scenario.brief.reap()
            await scenario.world.setStatus(id, "DELETE_FAILED")
            scenario.clock.pass(.seconds(3_600))
            _ = try await scenario.reap()
            #expect(try await scenario.state(plan) == .halted)
            #expect(await scenario.world.deletions.isEmpty)
        }
    }

    @Test func `P12 a call that was never answered is not given up while its signature holds`() async throws {
        try await Scenario.run { scenario in
            let id = await scenario.world.old("shop-feat-a") { $0.onDelete = .neverArrives }
            try await scenario.ready()
            let plan = try #require(try await scenario.approved().first)
            _ = try await scenario.reap()
            scenario.clock.pass(.seconds(200))
            // Somebody deploys; while the call may still arrive nothing is concluded from that.
            await scenario.world.redeploy(id, at: scenario.clock.now)
            _ = try await scenario.brief.reap()
            #expect(try await scenario.steps(plan) == [.intended])
            scenario.clock.pass(.seconds(200))
            _ = try await scenario.reap()
            #expect(try await scenario.state(plan) == .halted)
            #expect(await scenario.world.has(id))
        }
    }

    @Test func `what failed in a nested stack is said, not only that it failed`() async throws {
        try await Scenario.run { scenario in
            let inner = ComponentID("arn:aws:cloudformation:eu-west-1:111111111111:stack/shop-feat-a-Inner-1/7")
            let id = await scenario.world.old("shop-feat-a") { $0.onDelete = .fails("x") }
            try await scenario.ready()
            let plan = try #require(try await scenario.approved().first)
            _ = try await scenario.brief.reap()
            let token = plan.steps[0].token.text
            await scenario.world.change(id) { stack in
                let nested = Self.event("Inner", inner.text, "AWS::CloudFormation::Stack", "The following failed")
                stack.events = [
                    ObservedEvent(
                        at: nested.at,
                        logicalID: "Inner",
                        physicalID: inner.text,
                        type: nested.type,
                        status: nested.status,
                        reason: nested.reason,
                        token: token
                    )
                ]
            }
            let component = ObservedComponent(
                id: inner,
                target: Scenario.home,
                name: "shop-feat-a-Inner-1",
                status: ComponentStatus("DELETE_FAILED"),
                parent: id
            )
            var stack = World.Stack(component: component)
            stack.events = [
                Self.event("Group", "sg-1", "AWS::EC2::SecurityGroup", "resource sg-1 has a dependent object")
            ]
            await scenario.world.put(stack)
            let outcome = try await scenario.reap()
            let because = try #require(outcome.plans.first?.endedBecause)
            #expect(because.contains("Group = sg-1") && because.contains("something outside the stack uses it"))
        }
    }

    @Test func `a failure stops only what waits for it, also in its own environment`() async throws {
        try await Scenario.run { scenario in
            let stuck = await scenario.world.old("app-feat-a") {
                $0.imports = ["x"]
                $0.onDelete = .fails("no")
            }
            let net = await scenario.world.old("net-feat-a") { $0.exports = ["x"] }
            let other = await scenario.world.old("web-feat-a")
            try await scenario.ready()
            let plan = try #require(try await scenario.approved().first)
            _ = try await scenario.reap(pacing: Pacing(parallel: 1))
            #expect(await scenario.world.present == [stuck, net])
            #expect(await scenario.world.has(other) == false)
            let states = try await scenario.ledger.plan(plan.id).steps
            #expect(states.first { $0.step.component == net }?.state == .skipped)
            #expect(try await scenario.state(plan) == .failed)
        }
    }

    @Test func `P18 each power reaches only stacks of one environment, at most eight`() async throws {
        try await Scenario.run { scenario in
            var mine: Set<ComponentID> = []
            for number in 1...10 { mine.insert(await scenario.world.old("s\(number)-feat-a")) }
            let other = await scenario.world.old("shop-feat-b")
            try await scenario.ready()
            for plan in try await scenario.approved() { #expect(plan.state == .approved) }
            #expect(try await scenario.reap().plans.allSatisfy { $0.state == .done })
            let scopes = await Set(scenario.world.scopes)
            #expect(scopes.map(\.count).sorted() == [1, 2, 8])
            #expect(scopes.allSatisfy { mine.isSuperset(of: $0) || $0 == [other] })
        }
    }
}

/// What is said of a teardown when it is over.
@Suite struct ReapAftermathTests {
    @Test func `a scan in the middle does not make an environment reaped before all its stacks were read gone`()
        async throws
    {
        try await Scenario.run { scenario in
            await scenario.world.old("app-feat-a")
            await scenario.world.old("web-feat-a")
            try await scenario.ready()
            let plan = try #require(try await scenario.approved().first)
            // The first run asks for both and ends before either is confirmed.
            var short = scenario
            short.wiring.timings.observe = .zero
            _ = try await short.reap()
            for id in await scenario.world.present { await scenario.world.remove(id) }
            try await scenario.scan()
            _ = try await scenario.reap()
            #expect(try await scenario.state(plan) == .done)
            let history = try await scenario.ledger.history(of: nil, limit: 200).reversed().map(\.event)
            let reaped = history.indices.filter { history[$0] == "reaped" }
            #expect(reaped.count == 1)
            let lastGone = history.lastIndex(of: "step gone")
            #expect(reaped.first.flatMap { first in lastGone.map { $0 < first } } == true, "\(history)")
        }
    }
}
