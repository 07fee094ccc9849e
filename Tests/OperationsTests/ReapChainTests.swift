import Core
import Foundation
import Ledger
import Operations
import Synchronization
import Testing

/// Everything that a plan does about one stack, in its order.
@Suite struct ReapChainTests {
    @Test func `a bucket is emptied only after the stack's own deletion failed on it, and then it goes`() async throws {
        try await Scenario.run { scenario in
            let id = await scenario.stuffed("shop-feat-a", items: 2_500)
            let plan = try await scenario.allowing(NamedExceptions(emptiesAll: true))
            let lines = Mutex<[String]>([])
            let outcome = try await scenario.reap(progress: { line in lines.withLock { $0.append(line) } })
            #expect(outcome.plans.map(\.state) == [.done])
            #expect(try await scenario.steps(plan) == [.obstructed, .done, .done, .gone])
            #expect(await scenario.world.has(id) == false)
            #expect(await scenario.world.acts.filter { $0 == "empty bucket files" }.count == 3)
            // The second deletion is a request of its own.
            #expect(await scenario.world.deletedIDs == [id, id])
            #expect(await scenario.world.tokens.count == 2)
            #expect(lines.withLock { $0.contains { $0.contains("could not go yet, as foreseen") } })
            #expect(try await scenario.finding("feat-a") == "reaped")
        }
    }

    @Test func `a bucket in a nested stack is emptied, and the parent goes with it`() async throws {
        try await Scenario.run { scenario in
            let root = await scenario.world.old("shop-feat-a") { $0.onDelete = .failsUntilEmpty() }
            let inner = await scenario.world.old("shop-feat-a-Data-X") { stack in
                stack.component.parent = root
                stack.component.root = root
                stack.resources = [ForecastTests.resource("Files", "files", "AWS::S3::Bucket")]
                stack.contents = ["files": false]
            }
            await scenario.world.change(root) {
                $0.resources = [ForecastTests.resource("Data", inner.text, "AWS::CloudFormation::Stack")]
            }
            await scenario.world.arrange { $0.resourceContents["files"] = ResourceContent(items: 10) }
            let plan = try await scenario.allowing(NamedExceptions(empty: ["files"]))
            try await scenario.reap()
            #expect(try await scenario.steps(plan) == [.obstructed, .done, .gone])
            #expect(await scenario.world.acts == ["empty bucket files"])
            #expect(await scenario.world.deletedIDs == [root, root])
        }
    }

    @Test func `a stack that goes at once needs nothing emptied`() async throws {
        try await Scenario.run { scenario in
            let id = await scenario.stuffed("shop-feat-a", items: 10)
            let plan = try await scenario.allowing(NamedExceptions(emptiesAll: true))
            await scenario.world.change(id) { $0.onDelete = .goes(after: 1) }
            #expect(try await scenario.reap().plans.map(\.state) == [.done])
            #expect(try await scenario.steps(plan) == [.gone, .unneeded, .unneeded, .unneeded])
            #expect(await scenario.world.acts.isEmpty)
        }
    }

    @Test func `a stack that fails on something nobody foresaw is left alone, with advice`() async throws {
        try await Scenario.run { scenario in
            let id = await scenario.stuffed("shop-feat-a", items: 10)
            let plan = try await scenario.allowing(NamedExceptions(emptiesAll: true))
            await scenario.world.change(id) { $0.onDelete = .failsUntilEmpty(stuck: ["Topic"]) }
            let outcome = try await scenario.reap()
            #expect(try await scenario.steps(plan) == [.failed, .skipped, .skipped, .skipped])
            #expect(await scenario.world.acts.isEmpty)
            #expect(await scenario.world.deletions.count == 1)
            #expect(outcome.plans[0].endedBecause?.contains("Topic") == true)
            #expect(try await scenario.finding("feat-a") == "due")
        }
    }

    @Test func `what the plan leaves behind is named in the second deletion, and only where it failed`() async throws {
        try await Scenario.run { scenario in
            let id = await scenario.stuffed("shop-feat-a", items: 0, isEmpty: true)
            let retained = try #require(NamedExceptions.Retained("shop-feat-a/Topic"))
            let other = try #require(NamedExceptions.Retained("shop-feat-a/Files"))
            let plan = try await scenario.allowing(NamedExceptions(retain: [retained, other]))
            await scenario.world.change(id) { $0.onDelete = .failsUntilEmpty(stuck: ["Topic"]) }
            #expect(try await scenario.reap().plans.map(\.state) == [.done])
            #expect(try await scenario.steps(plan) == [.obstructed, .gone])
            // The first deletion never carries it (only a stack in DELETE_FAILED accepts it).
            #expect(await scenario.world.retentions == [[], ["Topic"]])
        }
    }

    @Test func `protection is switched off by its own step, read back, and the stack goes`() async throws {
        try await Scenario.run { scenario in
            let id = await scenario.world.old("shop-feat-a") { $0.component.terminationProtection = true }
            let plan = try await scenario.allowing(NamedExceptions(unprotect: ["shop-feat-a"]))
            #expect(try await scenario.reap().plans.map(\.state) == [.done])
            #expect(try await scenario.steps(plan) == [.done, .gone])
            #expect(await scenario.world.acts == ["protection off shop-feat-a"])
            #expect(await scenario.world.has(id) == false)
        }
    }

    @Test func `P3 a stack that was changed after its protection was switched off is not deleted`() async throws {
        try await Scenario.run { scenario in
            let id = await scenario.world.old("shop-feat-a") { $0.component.terminationProtection = true }
            let plan = try await scenario.allowing(NamedExceptions(unprotect: ["shop-feat-a"]))
            let world = scenario.world
            await world.arrange { $0.afterAct = { await world.change(id) { $0.template += " " } } }
            _ = try await scenario.reap()
            #expect(try await scenario.steps(plan) == [.done, .skipped])
            #expect(try await scenario.state(plan) == .halted)
            #expect(await world.deletions.isEmpty)
        }
    }

    @Test func `P12 protection whose switching off was never answered is read, not asked for twice`() async throws {
        try await Scenario.run { scenario in
            let id = await scenario.world.old("shop-feat-a") { $0.component.terminationProtection = true }
            let plan = try await scenario.allowing(NamedExceptions(unprotect: ["shop-feat-a"]))
            await scenario.world.fail("protection off", World.down)
            _ = try await scenario.reap()
            #expect(try await scenario.steps(plan) == [.intended, .pending])
            await scenario.world.fail("protection off", nil)
            await scenario.world.change(id) { $0.component.terminationProtection = false }
            #expect(try await scenario.reap().plans.map(\.state) == [.done])
            #expect(await scenario.world.acts.isEmpty)
        }
    }

    @Test func `P6 what the template keeps is not emptied, whatever was read when it was planned`() async throws {
        try await Scenario.run { scenario in
            let id = await scenario.stuffed("shop-feat-a", items: 10)
            let plain = await scenario.world.stacks[id]?.template
            await scenario.world.change(id) {
                $0.template = "Transform: AWS::Serverless-2016-10-31\n\($0.template)"
                $0.processed = plain
            }
            let plan = try await scenario.allowing(NamedExceptions(emptiesAll: true))
            await scenario.world.change(id) {
                $0.processed = plain?.replacing("AWS::S3::Bucket }", with: "AWS::S3::Bucket, DeletionPolicy: Retain }")
            }
            try await scenario.reap()
            #expect(try await scenario.steps(plan)[1] == .unneeded)
            #expect(await scenario.world.acts.contains("empty bucket files") == false)
            #expect(await scenario.world.acts.contains { $0.hasSuffix("images") })
        }
    }

    @Test func `a bucket that the stack does not have any more is somebody else's`() async throws {
        try await Scenario.run { scenario in
            let id = await scenario.stuffed("shop-feat-a", items: 10)
            let plan = try await scenario.allowing(NamedExceptions(emptiesAll: true))
            await scenario.pauseAtFirstDeletion()
            _ = try await scenario.reap()
            #expect(try await scenario.steps(plan)[0] == .obstructed)
            await scenario.world.change(id) { stack in
                stack.resources = stack.resources.map {
                    ObservedResource(
                        logicalID: $0.logicalID,
                        physicalID: $0.physicalID,
                        type: $0.type,
                        status: "DELETE_COMPLETE"
                    )
                }
                stack.onDelete = .goes(after: 1)
            }
            try await scenario.resume()
            #expect(try await scenario.reap().plans.map(\.state) == [.done])
            #expect(await scenario.world.acts.isEmpty)
            #expect(try await scenario.steps(plan) == [.obstructed, .unneeded, .unneeded, .gone])
        }
    }

    @Test func `a stack that somebody else finished needs no second deletion`() async throws {
        try await Scenario.run { scenario in
            let id = await scenario.stuffed("shop-feat-a", items: 10)
            let plan = try await scenario.allowing(NamedExceptions(emptiesAll: true))
            await scenario.pauseAtFirstDeletion()
            _ = try await scenario.reap()
            await scenario.world.remove(id)
            try await scenario.resume()
            #expect(try await scenario.reap().plans.map(\.state) == [.done])
            #expect(try await scenario.steps(plan) == [.obstructed, .unneeded, .unneeded, .gone])
            #expect(await scenario.world.deletions.count == 1)
            #expect(try await scenario.finding("feat-a") == "reaped")
        }
    }

    @Test func `P8 pause set while a bucket is emptied stops before the next portion`() async throws {
        try await Scenario.run { scenario in
            await scenario.stuffed("shop-feat-a", items: 2_500)
            let plan = try await scenario.allowing(NamedExceptions(emptiesAll: true))
            let wiring = scenario.wiring
            await scenario.world.arrange {
                $0.beforeEmptying = { try? await Administering(wiring).pause(because: "stop") }
            }
            let outcome = try await scenario.reap()
            #expect(outcome.waiting.map(\.plan) == [plan.id])
            #expect(await scenario.world.acts == ["empty bucket files"])
            #expect(await scenario.world.resourceContents["files"]?.items == 1_500)
            await scenario.world.arrange { $0.beforeEmptying = nil }
            try await scenario.resume()
            #expect(try await scenario.reap().plans.map(\.state) == [.done])
            #expect(await scenario.world.acts.filter { $0 == "empty bucket files" }.count == 3)
        }
    }

    @Test func `P12 a crash while a bucket is emptied is gone on with from what is left`() async throws {
        try await Scenario.run { scenario in
            await scenario.stuffed("shop-feat-a", items: 25_000)
            let plan = try await scenario.allowing(NamedExceptions(emptiesAll: true))
            let calls = Mutex(0)
            let world = scenario.world
            await world.arrange {
                $0.beforeEmptying = {
                    guard
                        calls.withLock({
                            $0 += 1
                            return $0 == 8
                        })
                    else { return }
                    await world.fail("empty bucket", World.down)
                }
            }
            _ = try await scenario.reap()
            #expect(try await scenario.steps(plan).prefix(2) == [.obstructed, .intended])
            await world.fail("empty bucket", nil)
            #expect(try await scenario.reap().plans.map(\.state) == [.done])
            // Seven portions before, eighteen after; the rest of one go is left to the next round.
            #expect(await world.acts.filter { $0 == "empty bucket files" }.count == 25)
        }
    }

    @Test func `P10 a bucket that fills while it is emptied ends the step, not the patience`() async throws {
        try await Scenario.run { scenario in
            let id = await scenario.stuffed("shop-feat-a", items: 10)
            let plan = try await scenario.allowing(NamedExceptions(emptiesAll: true))
            let world = scenario.world
            await world.arrange { $0.afterAct = { await world.change(id) { $0.contents["files"] = false } } }
            let outcome = try await scenario.reap()
            #expect(try await scenario.steps(plan).contains(.failed))
            #expect(outcome.plans[0].endedBecause?.contains("it fills while it is emptied") == true)
            #expect(await world.deletions.count == 1)
        }
    }
}

extension Scenario {
    /// A stack with a bucket and a repository that it fails on until they are empty, and a topic.
    @discardableResult
    func stuffed(_ name: String, items: Int, isEmpty: Bool = false) async -> ComponentID {
        func resource(_ logicalID: String, _ name: String, _ type: String) -> ObservedResource {
            ObservedResource(logicalID: logicalID, physicalID: name, type: type, status: "CREATE_COMPLETE")
        }
        let id = await world.old(name) { stack in
            stack.resources = [
                resource("Files", "files", "AWS::S3::Bucket"),
                resource("Images", "images", "AWS::ECR::Repository"),
                resource("Topic", "topic", "AWS::SNS::Topic"),
            ]
            stack.template = """
                Resources:
                  Files: { Type: AWS::S3::Bucket }
                  Images: { Type: AWS::ECR::Repository }
                  Topic: { Type: AWS::SNS::Topic }
                """
            stack.contents = ["files": isEmpty, "images": isEmpty]
            stack.onDelete = .failsUntilEmpty()
        }
        await world.arrange { $0.resourceContents["files"] = ResourceContent(items: items) }
        return id
    }

    /// An approved plan of `feat-a` with exceptions.
    func allowing(_ exceptions: NamedExceptions) async throws -> PlanRecord {
        try await ready()
        try await look()
        clock.pass(.seconds(1))
        let plans = try await Planning(wiring).named(["feat-a"], exceptions: exceptions).plans
        return try await approve(try #require(plans.first))
    }
}
