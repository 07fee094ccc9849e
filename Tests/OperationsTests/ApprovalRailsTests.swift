import Core
import Foundation
import Postgres
import Testing

@testable import Ledger
@testable import Operations

/// Who says yes, to what, and whether it still counts when the reaper comes.
@Suite struct ApprovalRailsTests {
    private static let excluded = Scenario.strict.replacing(", requester: counts", with: "")
    private static let two = excluded.replacing("required: 1", with: "required: 2")

    private func gate(_ scenario: Scenario, _ plan: PlanRecord) async throws -> String {
        let (_, policies) = try await scenario.wiring.policyInForce()
        let gate = Gate(wiring: scenario.wiring, pausedHere: { nil }, policies: policies)
        switch try await gate.check(plan, environment: plan.document.environments[0].key, ready: plan.steps) {
        case .open: return "open"
        case .waits(let because), .barred(let because), .moved(let because): return because
        }
    }

    @Test func `P2 the gate opens only for the content and the people that the digest and the terms ask for`()
        async throws
    {
        try await Scenario.run { scenario in
            await scenario.world.old("shop-feat-a")
            try await scenario.ready()
            let plan = try #require(try await scenario.approved().first)
            #expect(try await gate(scenario, plan) == "open")
            var other = plan
            other.document.losses.append(
                Loss(component: plan.document.steps[0].component, type: "AWS::S3::Bucket", name: "b")
            )
            #expect(try await gate(scenario, other) == "its content does not match the digest that was approved")
            let few = "not enough people approved this digest"
            other = plan
            other.approvals = []
            #expect(try await gate(scenario, other) == few)
            other = plan
            other.approvals[0].digest = Digest(of: "another plan")
            #expect(try await gate(scenario, other) == few)
            other = plan
            other.approvals[0].decision = "rejected"
            #expect(try await gate(scenario, other) == few)
            other = plan
            other.terms.requesterCounts = false
            #expect(try await gate(scenario, other) == few)
            other.madeBy = "somebody else"
            #expect(try await gate(scenario, other) == "open")
            other.terms.required = 2
            #expect(try await gate(scenario, other) == few)
            other = plan
            other.expiresAt = scenario.clock.now
            #expect(try await gate(scenario, other) == "its approval ran out")
        }
    }

    @Test func `P2 a plan whose stored content was tampered with is neither approved nor carried out`() async throws {
        try await Scenario.run { scenario in
            let id = await scenario.world.old("shop-feat-a")
            try await scenario.ready()
            try await scenario.look()
            let plan = try #require(try await scenario.planDue().plans.first)
            var liar = scenario
            liar.wiring.store = StoreInBetween(
                store: scenario.ledger,
                onPlan: { plan in
                    var plan = plan
                    plan.document.exceptions = ["protection off"]
                    return plan
                }
            )
            #expect(
                await problem { try await liar.approve(plan) }?.summary.contains("does not match its digest") == true
            )
            #expect(try await scenario.ledger.plan(plan.id).approvals.isEmpty)
            // In the database itself, by somebody who may switch its rules off.
            try await scenario.approve(plan)
            let connection = try await Connection.open(scenario.ledger.settings)
            try await connection.execute("ALTER TABLE plans DISABLE TRIGGER plan_guarded")
            try await connection.execute(
                "UPDATE plans SET document = jsonb_set(document, '{exceptions}', '[\"protection off\"]')"
            )
            await connection.close()
            #expect(await problem { try await scenario.reap() } != nil)
            #expect(await scenario.world.has(id))
        }
    }

    @Test func `P2 P15 who asked for a plan does not count as its approver, and somebody else does`() async throws {
        try await Scenario.run { scenario in
            await scenario.world.old("shop-feat-a")
            try await scenario.ready(Self.excluded)
            try await scenario.look()
            let plan = try #require(try await scenario.planDue().plans.first)
            #expect(await problem { try await scenario.approve(plan) }?.kind == .notAllowed)
            #expect(try await scenario.ledger.plan(plan.id).approvals.isEmpty)
            try await scenario.asAnother("eve", groups: ["design"]) { eve in
                #expect(await problem { try await eve.approve(plan) }?.kind == .notAllowed)
            }
            try await scenario.asAnother("bob") { bob in
                let approved = try await bob.approve(plan)
                #expect(approved.state == .approved)
            }
            #expect(try await scenario.reap().plans.map(\.state) == [.done])
        }
    }

    @Test func `P2 two people have to be two people, and neither the one who asked`() async throws {
        try await Scenario.run { scenario in
            let id = await scenario.world.old("shop-feat-a")
            try await scenario.ready(Self.two)
            try await scenario.look()
            let plan = try #require(try await scenario.planDue().plans.first)
            try await scenario.asAnother("bob") { bob in
                let approved = try await bob.approve(plan)
                #expect(approved.state == .awaitingApproval)
                #expect(await problem { try await bob.approve(plan) } != nil)
            }
            #expect(await problem { try await scenario.approve(plan) }?.kind == .notAllowed)
            #expect(await problem { try await scenario.reap([plan.id]) } != nil)
            #expect(await scenario.world.has(id))
            try await scenario.asAnother("cleo") { cleo in
                let approved = try await cleo.approve(plan)
                #expect(approved.state == .approved)
            }
        }
    }

    @Test func `P15 approving one's own plan takes the name of each environment`() async throws {
        try await Scenario.run { scenario in
            await scenario.world.old("app-feat-b") { $0.imports = ["x"] }
            await scenario.world.old("net-feat-a") { $0.exports = ["x"] }
            try await scenario.ready()
            try await scenario.look()
            let plan = try #require(try await scenario.planDue().plans.first)
            let approving = Approving(scenario.wiring)
            for typed in [[], ["feat-a"], ["feat-a", "feat-c"]] {
                let names = Set(typed.map { EnvironmentName($0) })
                let refusal = await problem { _ = try await approving.approve(plan.id, confirmed: names, because: nil) }
                #expect(refusal?.kind == .usage)
                #expect(refusal?.advice.contains("--confirm feat-b") == true)
            }
            #expect(try await scenario.ledger.plan(plan.id).approvals.isEmpty)
            let names = Set(plan.document.environments.map(\.key.name))
            let approved = try await approving.approve(plan.id, confirmed: names, because: nil)
            #expect(approved.state == .approved)
            #expect(approved.approvals.map(\.selfApproved) == [true])
        }
    }

    @Test func `P15 only with the embedded database can somebody approve what they asked for`() async throws {
        try await Scenario.run { scenario in
            await scenario.world.old("shop-feat-a")
            try await scenario.ready()
            try await scenario.look()
            let plan = try #require(try await scenario.planDue().plans.first)
            var shared = scenario
            shared.wiring.store = StoreInBetween(
                store: scenario.ledger,
                onLogin: { Login(name: $0.name, isOperator: true, embedded: false) }
            )
            #expect(await problem { try await shared.approve(plan) }?.kind == .notAllowed)
            #expect(await problem { try await shared.apply(Scenario.strict) }?.summary.contains("embedded") == true)
            #expect(try await scenario.approve(plan).state == .approved)
        }
    }

    @Test(arguments: ["apply", "plan", "reap"])
    func `P2 an approval that needs nobody is refused without an emulator`(verb: String) async throws {
        try await Scenario.run { scenario in
            let id = await scenario.world.old("shop-feat-a")
            var real = scenario
            real.wiring.automaticAllowed = false
            if verb == "apply" {
                #expect(await problem { try await real.apply(Scenario.automatic) }?.kind == .data)
                #expect(try await scenario.ledger.policyInForce() == nil)
                return
            }
            try await scenario.ready(Scenario.automatic)
            try await scenario.look()
            if verb == "plan" {
                #expect(await problem { _ = try await real.planDue() }?.kind == .configuration)
                #expect(try await scenario.ledger.plans(open: true, run: nil, limit: 9).isEmpty)
                return
            }
            let plan = try #require(try await scenario.planDue().plans.first)
            #expect(plan.state == .approved)
            let outcome = try await real.reap()
            #expect(await scenario.world.has(id))
            #expect(outcome.troubled.map(\.plan) == [plan.id])
            #expect(outcome.isUndone)
            #expect(try await scenario.reap().plans.map(\.state) == [.done])
        }
    }

    @Test func `P2 what is stale but not due goes only because a person named it, and never by itself`() async throws {
        try await Scenario.run { scenario in
            let id = await scenario.world.old("shop-feat-a")
            try await scenario.ready(Scenario.automatic.replacing("count: 1, apart: 0s", with: "count: 9, apart: 12h"))
            try await scenario.look()
            #expect(try await scenario.finding("feat-a") == "flagged")
            let plan = try #require(try await scenario.plan("feat-a").first)
            #expect(plan.document.environments.map(\.verdictClass) == [.named])
            #expect(plan.state == .awaitingApproval)
            #expect(!plan.terms.automatic)
            #expect(try await scenario.reap().plans.isEmpty)
            #expect(await scenario.world.has(id))
        }
    }
}
