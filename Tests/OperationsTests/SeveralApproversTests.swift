import Core
import Foundation
import Postgres
import Testing

@testable import Ledger
@testable import Operations

/// Several people have to say yes: in time, as different people, and at the same instant.
@Suite struct SeveralApproversTests {
    private static let two = Scenario.strict.replacing(", requester: counts", with: "")
        .replacing("required: 1", with: "required: 2")

    private func planned(_ scenario: Scenario) async throws -> PlanRecord {
        await scenario.world.old("shop-feat-a")
        try await scenario.ready(Self.two)
        try await scenario.look()
        return try #require(try await scenario.planDue().plans.first)
    }

    @Test func `P2 the first yes runs out before the second, and the plan with it`() async throws {
        try await Scenario.run { scenario in
            let plan = try await planned(scenario)
            try await scenario.asAnother("bob") { bob in
                let plan = try await bob.approve(plan)
                #expect(plan.state == .awaitingApproval)
            }
            scenario.clock.pass(.seconds(3 * 86_400))
            try await scenario.asAnother("cleo") { cleo in
                #expect(await problem { try await cleo.approve(plan) }?.summary.contains("took too long") == true)
            }
            #expect(try await scenario.ledger.plan(plan.id).state == .expired)
            #expect(try await scenario.finding("feat-a") == "due")
        }
    }

    @Test func `P2 all approvals of a plan end with the first of them`() async throws {
        try await Scenario.run { scenario in
            let plan = try await planned(scenario)
            var first = Date.distantPast
            try await scenario.asAnother("bob") { bob in
                try await bob.approve(plan)
                first = scenario.clock.now
            }
            scenario.clock.pass(.seconds(2 * 86_400))
            try await scenario.asAnother("cleo") { cleo in
                let approved = try await cleo.approve(plan)
                #expect(approved.state == .approved)
                #expect(approved.expiresAt == first.addingTimeInterval(3 * 86_400))
            }
            scenario.clock.pass(.seconds(86_400))
            _ = try await scenario.reap()
            #expect(try await scenario.ledger.plan(plan.id).state == .expired)
            #expect(await scenario.world.deletions.isEmpty)
        }
    }

    @Test func `P15 one person with two logins is one approver, and cannot approve what the other login asked for`()
        async throws
    {
        try await Scenario.run { scenario in
            let plan = try await planned(scenario)
            var logins: [String] = []
            for login in ["bob", "bobby"] {
                try await scenario.asAnother(login) { bob in
                    var bob = bob
                    let name = try await bob.wiring.store.login().name
                    logins.append(name)
                    bob.wiring.people.removeAll { $0.name == login }
                    bob.wiring.people.append(
                        Person(name: "bob", logins: Set(logins), owns: [], groups: ["platform"])
                    )
                    #expect(try await bob.approve(plan).state == .awaitingApproval)
                }
            }
            #expect(try await scenario.ledger.plan(plan.id).approvals.count == 2)
            // Who asked has another login, too.
            try await scenario.asAnother("ada_at_night") { night in
                var night = night
                let name = try await night.wiring.store.login().name
                night.wiring.people = night.wiring.people.map { person in
                    var person = person
                    if person.name == "ada" { person.logins.insert(name) }
                    return person
                }.filter { $0.name != "ada_at_night" }
                #expect(await problem { try await night.approve(plan) }?.kind == .notAllowed)
            }
        }
    }

    @Test func `two who approve at the same instant both count, and the plan is approved once`() async throws {
        try await Scenario.run { scenario in
            let plan = try await planned(scenario)
            try await scenario.asAnother("bob") { bob in
                try await scenario.asAnother("cleo") { cleo in
                    async let one = Approving(bob.wiring).approve(plan.id, confirmed: [], because: nil).state
                    async let other = Approving(cleo.wiring).approve(plan.id, confirmed: [], because: nil).state
                    let states = try await [one, other]
                    #expect(states.contains(.approved))
                }
            }
            let stored = try await scenario.ledger.plan(plan.id)
            #expect(stored.state == .approved)
            #expect(stored.approvals.count == 2)
            let entries = try await scenario.ledger.history(of: nil, limit: 100)
            #expect(entries.count { $0.event == "plan approved" } == 1)
        }
    }

    @Test func `an approval that races a withdrawal either comes first or is refused`() async throws {
        try await Scenario.run { scenario in
            for _ in 0..<4 {
                await scenario.world.old("shop-feat-a")
                try await scenario.ready(Self.two.replacing("required: 2", with: "required: 1"))
                try await scenario.look()
                guard let plan = try await scenario.planDue().plans.first else { continue }
                try await scenario.asAnother("bob\(plan.id.number)") { bob in
                    async let approving = problem {
                        _ = try await Approving(bob.wiring).approve(plan.id, confirmed: [], because: nil)
                    }
                    async let withdrawing = problem { _ = try await Approving(scenario.wiring).withdraw(plan.id) }
                    let (approval, withdrawal) = await (approving, withdrawing)
                    // Whichever came first, a plan that is withdrawn is never carried out.
                    #expect(withdrawal == nil || approval == nil)
                    let stored = try await scenario.ledger.plan(plan.id)
                    #expect(stored.state == .withdrawn)
                }
                #expect(await problem { try await scenario.reap([plan.id]) } != nil)
            }
            #expect(await scenario.world.deletions.isEmpty)
        }
    }
}
