import Core
import Foundation
import Postgres
import Testing

@testable import Ledger

/// What the database asks of a step before it lets it begin.
@Suite struct StepRuleTests {
    /// One stack with every kind of step.
    private static let chain: [StepAction] = [
        .switchProtectionOff, .deleteStack, .emptyBucket("uploads"), .deleteImages(repository: "web"),
        .deleteAgain(retaining: ["Vault"]), .deleteLogGroup("/aws/lambda/a"),
    ]

    /// A running plan with this chain for `a`, and a tombstone; the steps wait for the one before where chained.
    private func running(_ fixture: LedgerFixture, chained: Bool = true) async throws -> PlanRecord {
        try await fixture.ledger.scan([component("a")], at: day(1))
        _ = try await fixture.ledger.applyPolicy(text: "", hash: Digest(of: "policy"), at: day(1))
        var draft = draft([(key("feat-x"), [stackID("a")])])
        draft.document.steps = Self.chain.enumerated().map { index, action in
            PlanStep(
                number: index + 1,
                environment: key("feat-x"),
                component: stackID("a"),
                target: target,
                name: "a",
                action: action,
                after: chained && index > 0 ? [index] : [],
                serviceRole: nil
            )
        }
        let stored = try await fixture.ledger.store([draft], expiresAt: nil, at: day(2)).plans
        let plan = try #require(stored.first)
        #expect(plan.steps.map(\.step.action) == Self.chain)
        try await fixture.approve(plan, by: "approver")
        try await fixture.ledger.move(plan.id, from: [.approved], to: .running, because: nil, at: day(3))
        try await fixture.ledger.storeTombstone([1], of: stackID("a"), plan: plan.id, at: day(3))
        return try await fixture.ledger.plan(plan.id)
    }

    private func intend(_ number: Int, _ plan: PlanRecord, _ fixture: LedgerFixture) async -> String? {
        await failure { try await fixture.intend(number, of: plan, at: day(3)) }?.summary
    }

    private func end(_ number: Int, _ plan: PlanRecord, _ state: StepState, _ fixture: LedgerFixture) async throws {
        for (from, to) in [(StepState.intended, StepState.requested), (.requested, state)] {
            try await fixture.ledger.move(step: number, of: plan.id, from: from, to: to, reason: nil, at: day(3))
        }
    }

    @Test func `P2 the steps of one stack begin in their order alone`() async throws {
        try await LedgerFixture.with { fixture in
            let plan = try await running(fixture)
            for number in 2...6 { #expect(await intend(number, plan, fixture)?.contains("before it") == true) }
            #expect(await intend(1, plan, fixture) == nil)
            try await end(1, plan, .done, fixture)
            #expect(await intend(2, plan, fixture) == nil)
            #expect(await intend(3, plan, fixture)?.contains("before it") == true)
            try await end(2, plan, .obstructed, fixture)
            for (number, state) in [(3, StepState.done), (4, .done), (5, .gone), (6, .done)] {
                #expect(await intend(number, plan, fixture) == nil, "step \(number)")
                try await end(number, plan, state, fixture)
            }
            let steps = try await fixture.ledger.plan(plan.id).steps
            #expect(steps.map(\.state) == [.done, .obstructed, .done, .done, .gone, .done])
        }
    }

    @Test func `P2 a bucket is emptied only after its stack's deletion failed on something`() async throws {
        try await LedgerFixture.with { fixture in
            // Also where the plan itself would not have them wait.
            let plan = try await running(fixture, chained: false)
            #expect(await intend(2, plan, fixture)?.contains("protected") == true)
            for number in 3...5 {
                #expect(await intend(number, plan, fixture)?.contains("not obstructed") == true, "step \(number)")
            }
            #expect(await intend(6, plan, fixture)?.contains("not gone") == true)
            try await fixture.ledger.move(step: 1, of: plan.id, from: .pending, to: .unneeded, reason: nil, at: day(3))
            #expect(await intend(2, plan, fixture) == nil)
            for number in 3...5 { #expect(await intend(number, plan, fixture)?.contains("not obstructed") == true) }
            try await end(2, plan, .gone, fixture)
            for number in 3...5 { #expect(await intend(number, plan, fixture)?.contains("not obstructed") == true) }
            #expect(await intend(6, plan, fixture) == nil)
        }
    }

    @Test func `P2 protection is switched off only for a deletion that is still to come`() async throws {
        try await LedgerFixture.with { fixture in
            let plan = try await running(fixture, chained: false)
            try await fixture.ledger.move(step: 2, of: plan.id, from: .pending, to: .skipped, reason: "x", at: day(3))
            #expect(await intend(1, plan, fixture)?.contains("does not wait") == true)
        }
    }

    @Test func `P8 nothing begins while everything is paused`() async throws {
        try await LedgerFixture.with { fixture in
            let plan = try await running(fixture)
            try await fixture.ledger.pause(because: "a fire", at: day(3))
            #expect(await intend(1, plan, fixture)?.contains("paused") == true)
            _ = try await fixture.ledger.resume(at: day(3))
            #expect(await intend(1, plan, fixture) == nil)
        }
    }

    @Test func `P2 the quorum is counted again for each step`() async throws {
        try await LedgerFixture.with { fixture in
            let plan = try await running(fixture)
            // No statement that is allowed leads here.
            try await fixture.unguarded("approvals") {
                try await fixture.sql(
                    """
                    INSERT INTO approvals (plan_id, digest, decision, decided_at)
                    VALUES (\(plan.id.number), \(plan.digest.bytes), 'rejected', now())
                    """
                )
            }
            #expect(await intend(1, plan, fixture)?.contains("no approval that still stands") == true)
        }
    }

    @Test func `P13 nothing is asked for before its intent is sealed`() async throws {
        try await LedgerFixture.with { fixture in
            let plan = try await running(fixture)
            let token = plan.steps[0].token.text
            func request() async -> StoreFailure? {
                await failure {
                    try await fixture.ledger.move(
                        step: 1,
                        of: plan.id,
                        from: .intended,
                        to: .requested,
                        reason: nil,
                        at: day(3)
                    )
                }
            }
            try await fixture.reaping { lease in
                try await fixture.sql(
                    "UPDATE steps SET state = 'intended', intended_at = now(), fence = \(lease.fence) WHERE number = 1"
                )
                // Not written down at all, then written down and not sealed.
                #expect(await request()?.summary.contains("not sealed") == true)
                try await fixture.sql(
                    """
                    INSERT INTO audit_log (event, plan_id, details)
                    VALUES ('step intended', \(plan.id.number), jsonb_build_object('token', \(token)))
                    """
                )
                #expect(await request()?.summary.contains("not sealed") == true)
                try await fixture.ledger.seal()
                #expect(await request() == nil)
            }
        }
    }

    @Test func `P13 an intent that was taken back and made again is sealed again`() async throws {
        try await LedgerFixture.with { fixture in
            let plan = try await running(fixture)
            #expect(await intend(1, plan, fixture) == nil)
            let unsealed = try await fixture.ledger.sealed(after: 0, limit: 1_000).filter {
                $0.entry?.event == "step intended"
            }
            #expect(unsealed.count == 1)
            try await fixture.ledger.move(step: 1, of: plan.id, from: .intended, to: .pending, reason: "x", at: day(3))
            try await fixture.reaping { lease in
                try await fixture.sql(
                    """
                    WITH moved AS (
                        UPDATE steps SET state = 'intended', fence = \(lease.fence) WHERE number = 1 RETURNING *
                    )
                    INSERT INTO audit_log (event, plan_id, details)
                    SELECT 'step intended', plan_id, jsonb_build_object('token', token) FROM moved
                    """
                )
                let early = await failure {
                    try await fixture.ledger.move(
                        step: 1,
                        of: plan.id,
                        from: .intended,
                        to: .requested,
                        reason: nil,
                        at: day(3)
                    )
                }
                #expect(early?.kind == .refused)
            }
        }
    }

    @Test func `P11 no step is intended without a lease`() async throws {
        try await LedgerFixture.with { fixture in
            let plan = try await running(fixture)
            let generic = await failure {
                try await fixture.ledger.move(
                    step: 1,
                    of: plan.id,
                    from: .pending,
                    to: .intended,
                    reason: nil,
                    at: day(3)
                )
            }
            #expect(generic?.kind == .broken)
            for fence in ["NULL", "1", "2"] {
                let error = try await fixture.refusal(
                    SQL(raw: "UPDATE steps SET state = 'intended', intended_at = now(), fence = \(fence)")
                )
                #expect(error?.isInsufficientPrivilege == true, "\(fence)")
            }
            let later = try await fixture.refusal("UPDATE steps SET fence = 7 WHERE number = 2")
            #expect(later?.isInsufficientPrivilege == true)
        }
    }

    @Test func `P2 a step is what the document says of it`() async throws {
        try await LedgerFixture.with { fixture in
            let plan = try await fixture.planned(stacks: ["a"])
            let tries = [("delete again", "NULL"), ("empty bucket", "'x'"), ("protection off", "NULL")]
            for (action, subject) in tries {
                let error = try await fixture.refusal(
                    SQL(
                        raw: """
                            INSERT INTO steps (plan_id, number, environment_id, component_id, token, action, subject)
                            SELECT plan_id, 2, environment_id, component_id, 'mine', '\(action)', \(subject) FROM steps
                            WHERE plan_id = \(plan.id.number)
                            """
                    )
                )
                #expect(error?.isInsufficientPrivilege == true, "\(action)")
            }
            for change: SQL in [
                "UPDATE steps SET action = 'delete again'", "UPDATE plans SET forecast = '{\"environments\": [1]}'",
                "UPDATE plan_environments SET class = 'named'", "DELETE FROM plan_environments",
            ] {
                #expect(try await fixture.refusal(change)?.isInsufficientPrivilege == true, "\(change.text)")
            }
        }
    }

    @Test func `what several steps did to a stack is one deletion of it`() async throws {
        try await LedgerFixture.with { fixture in
            let plan = try await running(fixture, chained: false)
            try await fixture.ledger.move(step: 1, of: plan.id, from: .pending, to: .unneeded, reason: nil, at: day(3))
            #expect(await intend(2, plan, fixture) == nil)
            try await end(2, plan, .obstructed, fixture)
            // Its own failed deletion is nobody's activity, and nothing was reaped by it.
            try await fixture.ledger.scan([component("a", status: "DELETE_FAILED", updated: day(4))], at: day(5))
            #expect(try await fixture.ledger.environments().first?.newestActivity == day(0))
            #expect(await intend(3, plan, fixture) == nil)
            try await end(3, plan, .done, fixture)
            try await fixture.ledger.move(plan.id, from: [.running], to: .halted, because: "moved", at: day(6))
            #expect(try await fixture.ledger.environments().first?.partlyReaped == nil)
            let begun = try await fixture.ledger.teardowns(since: day(0))
            #expect(begun.count == 1 && begun.first?.accounts == [target.account])
        }
    }

    @Test func `a plan keeps its forecast`() async throws {
        try await LedgerFixture.with { fixture in
            try await fixture.ledger.scan([component("a")], at: day(1))
            _ = try await fixture.ledger.applyPolicy(text: "", hash: Digest(of: "policy"), at: day(1))
            var draft = draft([(key("feat-x"), [stackID("a")])])
            draft.forecast = Forecast(environments: [
                EnvironmentForecast(
                    key: key("feat-x"),
                    counts: [TypeCount(type: "AWS::SNS::Topic", count: 3)],
                    stays: [ForecastStay(component: stackID("a"), type: "x", name: "y", reason: .logGroup)],
                    duration: ForecastDuration(least: 60, most: 2_400, because: ["functions in a VPC"]),
                    unread: ["a bucket"]
                )
            ])
            let stored = try await fixture.ledger.store([draft], expiresAt: nil, at: day(2)).plans
            #expect(stored.first?.forecast == draft.forecast)
        }
    }
}
