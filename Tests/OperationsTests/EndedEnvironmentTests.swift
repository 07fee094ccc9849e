import Core
import Foundation
import Ledger
import Operations
import Synchronization
import Testing

/// Plans of what has ended without a teardown: nobody is asked for them, and they end, too.
@Suite struct EndedEnvironmentTests {
    private static func plan(_ id: PlanID, _ scenario: Scenario) async throws -> PlanRecord {
        try await scenario.ledger.plan(id)
    }

    private static var approver: AddressBook {
        var book = Scenario.book
        // The plan's maker is somebody else, so ada is asked.
        book.people[0].logins = []
        return book
    }

    @Test func `a plan of what belongs to another space by now is withdrawn, and nobody is asked to approve it`()
        async throws
    {
        try await Scenario.run { scenario in
            let post = scenario.post()
            await scenario.world.old("shop-feat-a", tags: ["owner": "ben"])
            try await scenario.ready()
            try await scenario.look()
            let plan = try #require(try await scenario.planDue().plans.first)
            #expect(plan.state == .awaitingApproval)
            var moved = scenario
            moved.wiring.rules.spaces = [Scenario.shop: SpaceName("elsewhere")]
            try await moved.scan()
            try await moved.notify(post, book: Self.approver)
            #expect(!post.deliveries.contains { $0.letter.text.contains("curfew approve \(plan.id)") })
            let refused = await problem { try await moved.approve(plan) }
            #expect(refused?.kind == .undone)
            #expect(refused?.summary.contains("feat-a has ended") == true)
            let judged = try await moved.evaluate()
            let withdrawn = try await Self.plan(plan.id, scenario)
            #expect(withdrawn.state == .withdrawn)
            // Its stacks stand, and have another home.
            #expect(
                withdrawn.endedBecause
                    == "feat-a has ended: its stacks are gone or not read any more, or belong to another name or space"
            )
            #expect(judged.changes.contains { $0.event.hasPrefix("plan \(plan.id) withdrawn: feat-a has ended") })
            let key = try #require(plan.document.environments.first?.key)
            let events = try await scenario.ledger.history(of: key, limit: 100).map(\.event)
            #expect(events.contains("cleared: the environment ended"))
            let noted = try await scenario.ledger.history(of: nil, limit: 100).first { $0.event == "plan withdrawn" }
            #expect(noted?.plan == plan.id)
            let life = try await scenario.ledger.environments(endedAfter: .distantPast).first { $0.key == key }
            #expect(life?.findingState == "cleared")
            // Once, and no more.
            #expect(try await moved.evaluate().changes.contains { $0.event.contains("withdrawn") } == false)
        }
    }

    @Test func `an approved plan of what somebody deleted is withdrawn by the next planning, and never carried out`()
        async throws
    {
        try await Scenario.run { scenario in
            let stack = await scenario.world.old("shop-feat-a")
            try await scenario.ready()
            let approved = try #require(try await scenario.approved().first)
            #expect(approved.state == .approved)
            await scenario.world.remove(stack)
            try await scenario.scan()
            #expect(try await scenario.environment("feat-a")?.endedAt != nil)
            #expect(try await scenario.planDue().plans.isEmpty)
            #expect(try await Self.plan(approved.id, scenario).state == .withdrawn)
            #expect(try await scenario.reap().plans.isEmpty)
            #expect(await scenario.world.deletedIDs.isEmpty)
        }
    }

    @Test func `a reap withdraws it, too, and says so`() async throws {
        try await Scenario.run { scenario in
            let stack = await scenario.world.old("shop-feat-a")
            try await scenario.ready()
            let approved = try #require(try await scenario.approved().first)
            await scenario.world.remove(stack)
            try await scenario.scan()
            let said = Mutex<[String]>([])
            let outcome = try await scenario.reap(progress: { line in said.withLock { $0.append(line) } })
            #expect(outcome.plans.isEmpty)
            let lines = said.withLock(\.self)
            #expect(lines.contains { $0.hasPrefix("\(approved.id) is not carried out: feat-a has ended") })
            #expect(try await Self.plan(approved.id, scenario).state == .withdrawn)
        }
    }

    @Test func `what was to go together with it is due again, and planned without it`() async throws {
        try await Scenario.run { scenario in
            await scenario.world.old("shop-feat-a") { $0.exports = ["net"] }
            let importer = await scenario.world.old("shop-feat-b") { $0.imports = ["net"] }
            try await scenario.ready()
            try await scenario.look()
            let plan = try #require(try await scenario.planDue().plans.first)
            #expect(plan.document.environments.count == 2)
            await scenario.world.remove(importer)
            try await scenario.scan()
            try await scenario.evaluate()
            #expect(try await Self.plan(plan.id, scenario).state == .withdrawn)
            #expect(try await scenario.finding("feat-a") == "due")
            let again = try await scenario.planDue().plans
            #expect(again.map { $0.document.environments.map(\.key.name.text) } == [["feat-a"]])
        }
    }

    @Test func `P12 a finding that a reaper moved at the same moment keeps nobody from evaluating`() async throws {
        try await Scenario.run { scenario in
            await scenario.world.old("shop-feat-a") { $0.exports = ["net"] }
            let importer = await scenario.world.old("shop-feat-b") { $0.imports = ["net"] }
            try await scenario.ready()
            try await scenario.look()
            let plan = try #require(try await scenario.planDue().plans.first)
            await scenario.world.remove(importer)
            try await scenario.scan()
            var beaten = scenario
            var store = StoreInBetween(store: scenario.ledger)
            let ledger = scenario.ledger
            let times = Mutex(0)
            store.onFindings = { () async throws(StoreFailure) in
                guard try await ledger.plan(plan.id).state == .withdrawn else { return }
                times.withLock { $0 += 1 }
                throw StoreFailure(.conflict, "somebody moved it")
            }
            beaten.wiring.store = store
            let judged = try await beaten.evaluate()
            #expect(judged.changes.contains { $0.event.hasPrefix("plan \(plan.id) withdrawn: feat-b has ended") })
            #expect(times.withLock(\.self) == 1)
            // What was not moved is brought together again by the next who looks.
            try await scenario.look()
            _ = try await scenario.planDue()
            #expect(try await Self.plan(plan.id, scenario).state == .withdrawn)
            #expect(try await scenario.finding("feat-a") == "planned")
        }
    }

    @Test func `P12 killed between the finding and the plan, the next evaluation withdraws it`() async throws {
        try await Scenario.run { scenario in
            let stack = await scenario.world.old("shop-feat-a")
            try await scenario.ready()
            try await scenario.look()
            let plan = try #require(try await scenario.planDue().plans.first)
            await scenario.world.remove(stack)
            try await scenario.scan()
            var dying = scenario
            var store = StoreInBetween(store: scenario.ledger)
            store.onMove = { () throws(StoreFailure) in throw StoreFailure(.unreachable, "killed") }
            dying.wiring.store = store
            let killed = await problem { try await dying.evaluate() }
            #expect(killed?.kind == .unavailable)
            #expect(try await Self.plan(plan.id, scenario).state == .awaitingApproval)
            try await scenario.evaluate()
            #expect(try await Self.plan(plan.id, scenario).state == .withdrawn)
        }
    }
}
