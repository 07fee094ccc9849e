import Core
import Foundation
import Ledger
import Testing

@testable import Operations

/// The verbs under logins that have one group each: what each needs, it has; what others do, it may not.
@Suite struct RoleTests {
    /// The database's own clock counts for logins that are no superusers: the tests' clock is ahead of it.
    private func run(_ body: (Scenario) async throws -> Void) async throws {
        try await Scenario.run { scenario in
            scenario.clock.pass(.seconds(300_000_000))
            try await scenario.ready()
            try await body(scenario)
        }
    }

    private func look(_ scenario: Scenario) async throws {
        scenario.clock.pass(.seconds(60))
        let wiring = scenario.wiring
        _ = try await Scan(provider: scenario.world, store: wiring.store, rules: wiring.rules, locks: scenario.ledger)
            .run(only: nil, full: false, clock: wiring.clock, progress: { _ in })
        _ = try await Evaluate(wiring).run()
    }

    @Test func `scanner, member and reaper together carry an environment to its end`() async throws {
        try await run { scenario in
            let id = await scenario.world.old("shop-feat-a")
            await scenario.world.old("shop-feat-b", tags: ["owner": "joan@example.com"])
            try await scenario.asAnother("nightly", groups: [], roles: ["curfew_scanner"], embedded: false) { nightly in
                try await look(nightly)
                let plans = try await Planning(nightly.wiring).due().plans
                #expect(plans.map(\.state) == [.awaitingApproval, .awaitingApproval])
                let approving = await problem { _ = try await nightly.approve(plans[0]) }
                #expect(approving?.kind == .notAllowed)
                #expect(await problem { _ = try await nightly.reap() }?.kind == .notAllowed)
            }
            let plans = try await scenario.ledger.plans(open: true, run: nil, limit: 9)
            func plan(_ name: String) throws -> PlanRecord {
                try #require(plans.first { $0.document.environments[0].key.name.text == name })
            }
            try await scenario.asAnother("joan", roles: ["curfew_member"], embedded: false) { joan in
                try await joan.approve(try plan("feat-a"))
                let rejected = try await Approving(joan.wiring).reject(try plan("feat-b").id, because: "still needed")
                #expect(rejected.state == .rejected)
                #expect(await problem { _ = try await Planning(joan.wiring).due() }?.kind == .notAllowed)
                #expect(await problem { _ = try await joan.reap() }?.kind == .notAllowed)
            }
            try await scenario.asAnother("reaper", groups: [], roles: ["curfew_reaper"], embedded: false) { reaper in
                #expect(await problem { _ = try await Planning(reaper.wiring).due() }?.kind == .notAllowed)
                let outcome = try await reaper.reap()
                #expect(outcome.plans.map(\.state) == [.done] && !outcome.isUndone)
                #expect(await scenario.world.has(id) == false)
            }
            #expect(try await scenario.finding("feat-a") == "reaped")
            #expect(try await scenario.finding("feat-b") == "held")
        }
    }

    @Test func `owners who are no operators hold what is theirs`() async throws {
        try await run { scenario in
            await scenario.world.old("shop-feat-a", tags: ["owner": "joan@example.com"])
            await scenario.world.old("shop-feat-b", tags: ["owner": "ben@example.com"])
            try await scenario.look()
            let until = scenario.clock.now.addingTimeInterval(86_400)
            try await scenario.asAnother(
                "joan",
                groups: [],
                owning: ["joan@example.com", "joan"],
                roles: ["curfew_member"],
                embedded: false
            ) { joan in
                let holding = Holding(joan.wiring)
                _ = try await holding.extend("feat-a", by: .seconds(86_400), because: "a demo")
                _ = try await holding.protect("feat-a", until: until, because: "a demo")
                _ = try await holding.unprotect("feat-a")
                _ = try await holding.claim("feat-a", owner: nil)
                _ = try await holding.release("feat-a")
                let others = await problem { _ = try await holding.protect("feat-b", until: until, because: "x") }
                #expect(others?.kind == .notAllowed)
                #expect(await problem { try await Administering(joan.wiring).pause(because: "x") }?.kind == .notAllowed)
            }
        }
    }

    @Test func `an approved plan that expires or is superseded needs no operator`() async throws {
        try await run { scenario in
            await scenario.world.old("shop-feat-a")
            let plan = try #require(try await scenario.approved().first)
            scenario.clock.pass(.seconds(30 * 86_400))
            try await scenario.asAnother("reaper", groups: [], roles: ["curfew_reaper"], embedded: false) { reaper in
                let outcome = try await reaper.reap()
                #expect(outcome.plans.isEmpty)
            }
            #expect(try await scenario.state(plan) == .expired)
            #expect(try await scenario.finding("feat-a") == "due")
            try await scenario.asAnother("nightly", groups: [], roles: ["curfew_scanner"], embedded: false) { nightly in
                try await look(nightly)
                let first = try #require(try await Planning(nightly.wiring).due().plans.first)
                await scenario.world.redeploy(first.document.steps[0].component, at: scenario.clock.now)
                try await look(nightly)
                let again = try await Planning(nightly.wiring).due().plans
                #expect(again.first.map { $0.id != first.id } == true)
                let state = try await scenario.state(first)
                #expect(state == .superseded)
            }
        }
    }
}
