import Core
import Foundation
import Ledger
import Testing

@testable import Operations

/// Plans and findings are written one after the other: whatever a crash leaves in between is repaired (P12).
@Suite struct CrashWindowTests {
    @Test func `P12 a plan that ended before its finding was moved holds its environment no longer`() async throws {
        try await Scenario.run { scenario in
            let id = await scenario.world.old("shop-feat-a") { $0.onDelete = .neverArrives }
            try await scenario.ready()
            let plan = try #require(try await scenario.approved().first)
            _ = try await scenario.reap()
            let now = scenario.clock.now
            try await scenario.ledger.move(step: 1, of: plan.id, from: .intended, to: .failed, reason: "x", at: now)
            try await scenario.ledger.move(plan.id, from: [.running], to: .failed, because: "x", at: now)
            #expect(try await scenario.finding("feat-a") == "reaping")
            _ = try await scenario.reap()
            #expect(try await scenario.finding("feat-a") == "due")
            await scenario.world.change(id) { $0.onDelete = .goes(after: 1) }
            try await scenario.look()
            for plan in try await scenario.planDue().plans { try await scenario.approve(plan) }
            #expect(try await scenario.reap().plans.map(\.state) == [.done])
            #expect(await scenario.world.present.isEmpty)
        }
    }

    @Test func `P12 a finding that its plan left behind is due again, and planned anew`() async throws {
        try await Scenario.run { scenario in
            await scenario.world.old("shop-feat-a")
            try await scenario.ready()
            let plan = try #require(try await scenario.approved().first)
            try await scenario.ledger.move(
                plan.id,
                from: [.approved],
                to: .expired,
                because: "x",
                at: scenario.clock.now
            )
            #expect(try await scenario.finding("feat-a") == "planned")
            _ = try await scenario.reap()
            #expect(try await scenario.finding("feat-a") == "due")
            let again = try #require(try await scenario.planDue().plans.first)
            #expect(again.id != plan.id)
            #expect(again.state == .awaitingApproval)
            #expect(try await scenario.finding("feat-a") == "planned")
        }
    }

    @Test func `P12 a finding that moved before its plan could end lets the plan end`() async throws {
        try await Scenario.run { scenario in
            await scenario.world.old("shop-feat-a") { $0.onDelete = .neverArrives }
            try await scenario.ready()
            let plan = try #require(try await scenario.approved().first)
            _ = try await scenario.reap()
            let now = scenario.clock.now
            try await scenario.ledger.move(step: 1, of: plan.id, from: .intended, to: .failed, reason: "x", at: now)
            try await scenario.move("feat-a", .reapEnded(.failed))
            _ = try await scenario.reap()
            #expect(try await scenario.state(plan) == .failed)
            #expect(try await scenario.finding("feat-a") == "due")
        }
    }

    @Test func `P12 a step that is gone closes its component although the crash came in between`() async throws {
        try await Scenario.run { scenario in
            let id = await scenario.world.old("shop-feat-a") { $0.onDelete = .losesTheAnswer }
            try await scenario.ready()
            let plan = try #require(try await scenario.approved().first)
            _ = try await scenario.reap()
            await scenario.world.remove(id)
            let now = scenario.clock.now
            try await scenario.ledger.move(step: 1, of: plan.id, from: .intended, to: .gone, reason: nil, at: now)
            _ = try await scenario.reap()
            #expect(try await scenario.state(plan) == .done)
            #expect(try await scenario.finding("feat-a") == "reaped")
            #expect(try await scenario.environment("feat-a")?.endedAt != nil)
            #expect(await scenario.world.deletions.count == 1)
        }
    }

    @Test func `P12 a component that was closed before its finding was moved is reaped all the same`() async throws {
        try await Scenario.run { scenario in
            let id = await scenario.world.old("shop-feat-a") { $0.onDelete = .losesTheAnswer }
            try await scenario.ready()
            let plan = try #require(try await scenario.approved().first)
            _ = try await scenario.reap()
            await scenario.world.remove(id)
            let now = scenario.clock.now
            try await scenario.ledger.move(step: 1, of: plan.id, from: .intended, to: .gone, reason: nil, at: now)
            let key = plan.document.environments[0].key
            #expect(try await scenario.ledger.closeReaped(id, environment: key, at: now))
            _ = try await scenario.reap()
            #expect(try await scenario.state(plan) == .done)
            #expect(try await scenario.finding("feat-a") == "reaped")
        }
    }

    @Test func `a rejection that got only as far as the hold tears nothing down, and can be made again`() async throws {
        try await Scenario.run { scenario in
            let id = await scenario.world.old("shop-feat-a")
            let other = await scenario.world.old("shop-feat-b")
            try await scenario.ready()
            let plans = try await scenario.approved()
            let until = scenario.clock.now.addingTimeInterval(7 * 86_400)
            try await scenario.move("feat-a", .planRejected(holdUntil: until))
            try await scenario.move("feat-b", .planRejected(holdUntil: until))
            let again = try #require(plans.first { $0.document.environments[0].key.name.text == "feat-b" })
            let rejected = try await Approving(scenario.wiring).reject(again.id, because: "no")
            #expect(rejected.state == .rejected)
            let outcome = try await scenario.reap()
            #expect(outcome.stopped.map(\.because) == ["its finding is held now"])
            #expect(await scenario.world.present == [id, other])
            #expect(try await scenario.planDue().plans.isEmpty)
            #expect(try await scenario.finding("feat-b") == "held")
        }
    }

    @Test func `a rejected plan holds its environment, and it is planned again only after the hold`() async throws {
        try await Scenario.run { scenario in
            await scenario.world.old("shop-feat-a")
            try await scenario.ready()
            let plan = try #require(try await scenario.approved().first)
            _ = try await Approving(scenario.wiring).reject(plan.id, because: "no")
            #expect(try await scenario.finding("feat-a") == "held")
            scenario.clock.pass(.seconds(6 * 86_400))
            try await scenario.look()
            #expect(try await scenario.planDue().plans.isEmpty)
            scenario.clock.pass(.seconds(86_400))
            try await scenario.look()
            #expect(try await scenario.planDue().plans.map(\.state) == [.awaitingApproval])
        }
    }

    @Test func `P12 a plan that was stored before its finding was moved is carried out`() async throws {
        try await Scenario.run { scenario in
            let id = await scenario.world.old("shop-feat-a")
            try await scenario.ready()
            try await scenario.look()
            let plan = try #require(try await scenario.planDue().plans.first)
            try await scenario.move("feat-a", .planEnded(.superseded))
            #expect(try await scenario.finding("feat-a") == "due")
            try await scenario.approve(plan)
            #expect(try await scenario.reap().plans.map(\.state) == [.done])
            #expect(await scenario.world.has(id) == false)
            #expect(try await scenario.finding("feat-a") == "reaped")
        }
    }
}
