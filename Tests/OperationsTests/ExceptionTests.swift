import Core
import Foundation
import Ledger
import Operations
import Testing

/// What plans may do beyond deleting stacks, and that it lifts nothing else.
@Suite struct ExceptionTests {
    private static func resource(_ logicalID: String, _ name: String, _ type: String) -> ObservedResource {
        ObservedResource(logicalID: logicalID, physicalID: name, type: type, status: "CREATE_COMPLETE")
    }

    /// A stack with a full bucket and a full repository.
    private static func full(_ scenario: Scenario, _ name: String = "shop-feat-a") async -> ComponentID {
        await scenario.world.old(name) { stack in
            stack.resources = [
                resource("Files", "files", "AWS::S3::Bucket"),
                resource("Images", "shop/images", "AWS::ECR::Repository"),
            ]
            stack.contents = ["files": false, "shop/images": false]
        }
    }

    private static func plan(_ scenario: Scenario, _ exceptions: NamedExceptions) async throws -> PlanRecord {
        scenario.clock.pass(.seconds(1))
        let plans = try await Planning(scenario.wiring).named(["feat-a"], exceptions: exceptions).plans
        return try #require(plans.first)
    }

    @Test func `a bucket named in the command is emptied by a step of its own, and blocks no longer`() async throws {
        try await Scenario.run { scenario in
            _ = await Self.full(scenario)
            try await scenario.ready()
            try await scenario.look()
            let bare = try await Self.plan(scenario, .none)
            #expect(bare.blockers.map(\.kind) == [.notEmpty, .notEmpty])
            #expect(bare.document.exceptions.isEmpty)
            let half = try await Self.plan(scenario, NamedExceptions(empty: ["files"]))
            #expect(half.blockers.map(\.kind) == [.notEmpty])
            #expect(half.blockers.first?.text.contains("shop/images") == true)
            let plan = try await Self.plan(scenario, NamedExceptions(empty: ["files", "shop/images"]))
            #expect(plan.state == .awaitingApproval)
            #expect(
                plan.document.steps.map(\.action) == [
                    .deleteStack, .emptyBucket("files"), .deleteImages(repository: "shop/images"),
                    .deleteAgain(retaining: []),
                ]
            )
            #expect(plan.document.exceptions.count == 2)
            #expect(Set([bare.digest, half.digest, plan.digest]).count == 3)
            let all = try await Self.plan(scenario, NamedExceptions(emptiesAll: true))
            #expect(all.id == plan.id)
        }
    }

    @Test func `what the settings allow holds for due and named plans alike, and for no other name`() async throws {
        try await Scenario.run { scenario in
            _ = await Self.full(scenario)
            try await scenario.ready()
            try await scenario.look()
            var scenario = scenario
            scenario.wiring.teardown = TeardownRules(empty: [NameGlob("*files*")])
            let due = try #require(try await scenario.planDue().plans.first)
            #expect(due.document.steps.map(\.action.kind) == [.deleteStack, .emptyBucket, .deleteAgain])
            #expect(due.blockers.map(\.kind) == [.notEmpty])
            scenario.wiring.teardown.empty.append(NameGlob("shop/*"))
            let both = try #require(try await scenario.planDue().plans.first)
            #expect(both.blockers.isEmpty)
            #expect(try await scenario.plan("feat-a").map(\.id) == [both.id])
        }
    }

    @Test func `an empty bucket needs no exception and gets no step`() async throws {
        try await Scenario.run { scenario in
            await scenario.world.old("shop-feat-a") {
                $0.resources = [Self.resource("Files", "files", "AWS::S3::Bucket")]
                $0.contents = ["files": true]
            }
            try await scenario.ready()
            try await scenario.look()
            let plan = try await Self.plan(scenario, NamedExceptions(empty: ["files"]))
            #expect(plan.document.steps.map(\.action) == [.deleteStack])
            #expect(plan.document.exceptions.isEmpty)
        }
    }

    @Test func `P6 what may be kept is not emptied: a template that cannot be understood blocks`() async throws {
        try await Scenario.run { scenario in
            let id = await scenario.stuffed("shop-feat-a", items: 10)
            await scenario.world.change(id) { $0.template = "no template" }
            try await scenario.ready()
            try await scenario.look()
            let plan = try #require(
                try await Planning(scenario.wiring)
                    .named(["feat-a"], exceptions: NamedExceptions(emptiesAll: true)).plans.first
            )
            #expect(plan.blockers.map(\.kind) == [.unread, .unread])
            #expect(plan.blockers.allSatisfy { $0.text.contains("cannot be told, so nothing may empty it") })
        }
    }

    @Test func `a bucket that cannot be read blocks, unless its emptying is named`() async throws {
        try await Scenario.run { scenario in
            _ = await Self.full(scenario)
            try await scenario.ready()
            try await scenario.look()
            await scenario.world.fail("isEmpty", World.denied)
            #expect(try await Self.plan(scenario, .none).blockers.map(\.kind) == [.unread, .unread])
            #expect(try await Self.plan(scenario, NamedExceptions(empty: ["files"])).blockers.map(\.kind) == [.unread])
            #expect(try await Self.plan(scenario, NamedExceptions(emptiesAll: true)).blockers.isEmpty)
        }
    }

    @Test func `termination protection is lifted for the named stack alone`() async throws {
        try await Scenario.run { scenario in
            for name in ["db-feat-a", "shop-feat-a"] {
                await scenario.world.old(name) { $0.component.terminationProtection = true }
            }
            try await scenario.ready()
            try await scenario.look()
            let half = try await Self.plan(scenario, NamedExceptions(unprotect: ["db-feat-a"]))
            #expect(half.blockers.map(\.kind) == [.terminationProtection])
            #expect(half.document.steps.map(\.action) == [.switchProtectionOff, .deleteStack, .deleteStack])
            #expect(half.document.steps[1].after == [1])
            let plan = try await Self.plan(scenario, NamedExceptions(unprotect: ["db-feat-a", "shop-feat-a"]))
            #expect(plan.blockers.isEmpty)
            #expect(plan.document.exceptions.count == 2)
        }
    }

    @Test func `unknown protection is not lifted by naming the stack`() async throws {
        try await Scenario.run { scenario in
            await scenario.world.old("shop-feat-a") { $0.component.terminationProtection = nil }
            try await scenario.ready()
            try await scenario.look()
            let plan = try await Self.plan(scenario, NamedExceptions(unprotect: ["shop-feat-a"]))
            #expect(plan.blockers.map(\.kind) == [.unread])
        }
    }

    @Test func `a retained resource is named in the second deletion and lifts no content`() async throws {
        try await Scenario.run { scenario in
            _ = await Self.full(scenario)
            try await scenario.ready()
            try await scenario.look()
            let retained = try #require(NamedExceptions.Retained("shop-feat-a/Files"))
            let plan = try await Self.plan(scenario, NamedExceptions(empty: ["shop/images"], retain: [retained]))
            #expect(plan.document.steps.last?.action == .deleteAgain(retaining: ["Files"]))
            #expect(plan.document.steps.first?.action == .deleteStack)
            #expect(plan.blockers.map(\.kind) == [.notEmpty])
        }
    }

    @Test(arguments: ["empty", "unprotect", "retain a stack", "retain a resource"])
    func `a name that is in none of the plans is refused, and nothing is stored`(what: String) async throws {
        try await Scenario.run { scenario in
            _ = await Self.full(scenario)
            _ = await scenario.world.old("shop-feat-b") { $0.resources = [Self.resource("B", "b", "AWS::S3::Bucket")] }
            try await scenario.ready()
            try await scenario.look()
            let exceptions =
                switch what {
                // What another environment has is not in this plan either.
                case "empty": NamedExceptions(empty: ["files", "b"])
                case "unprotect": NamedExceptions(unprotect: ["shop-feat-b"])
                case "retain a stack": NamedExceptions(retain: [try #require(.init("shop-feat-b/B"))])
                default: NamedExceptions(retain: [try #require(.init("shop-feat-a/B"))])
                }
            let found = await problem { _ = try await Self.plan(scenario, exceptions) }
            #expect(found?.kind == .usage)
            #expect(try await scenario.ledger.plans(open: true, run: nil, limit: 10).isEmpty)
        }
    }

    @Test func `what a person allowed in the command is never carried out without a person's approval`() async throws {
        try await Scenario.run { scenario in
            _ = await Self.full(scenario)
            try await scenario.ready(Scenario.automatic)
            try await scenario.look()
            let plan = try await Self.plan(scenario, NamedExceptions(emptiesAll: true))
            #expect(plan.state == .awaitingApproval)
            #expect(!plan.terms.automatic)
        }
    }

    @Test func `P3 what is approved to be emptied has not moved, whatever is in it; anything else has`() async throws {
        try await Scenario.run { scenario in
            let id = await Self.full(scenario)
            try await scenario.ready()
            try await scenario.look()
            let plan = try await scenario.approve(try await Self.plan(scenario, NamedExceptions(emptiesAll: true)))
            try await scenario.brief.reap()
            #expect(await scenario.world.deletedIDs == [id])
            #expect(try await scenario.state(plan) == .running)
        }
        try await Scenario.run { scenario in
            let id = await Self.full(scenario)
            await scenario.world.change(id) { $0.contents["files"] = true }
            try await scenario.ready()
            try await scenario.look()
            let plan = try await scenario.approve(
                try await Self.plan(scenario, NamedExceptions(empty: ["files", "shop/images"]))
            )
            // Approved as empty, full by now.
            await scenario.world.change(id) { $0.contents["files"] = false }
            try await scenario.brief.reap()
            #expect(await scenario.world.deletions.isEmpty)
            #expect(try await scenario.state(plan) == .superseded)
        }
    }

    @Test func `P3 a protection that was switched on since the approval stops the teardown`() async throws {
        try await Scenario.run { scenario in
            let id = await scenario.world.old("shop-feat-a")
            try await scenario.ready()
            try await scenario.look()
            let plan = try await scenario.approve(
                try await Self.plan(scenario, NamedExceptions(unprotect: ["shop-feat-a"]))
            )
            #expect(plan.document.steps.map(\.action) == [.deleteStack])
            await scenario.world.change(id) { $0.component.terminationProtection = true }
            try await scenario.brief.reap()
            #expect(await scenario.world.deletions.isEmpty)
            #expect(try await scenario.state(plan) == .superseded)
        }
    }

    @Test func `a companion stack is of its parent's environment and goes after it`() async throws {
        try await Scenario.run { scenario in
            let companion = await scenario.world.old(CompanionStacks.name(ofParent: "shop-feat-a"))
            let parent = await scenario.world.old("shop-feat-a")
            try await scenario.ready()
            try await scenario.look()
            let plan = try #require(try await scenario.planDue().plans.first)
            #expect(plan.document.steps.map(\.component) == [parent, companion])
            #expect(plan.document.steps[1].after == [1])
        }
    }
}
