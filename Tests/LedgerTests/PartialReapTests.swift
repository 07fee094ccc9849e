import Core
import Foundation
import Postgres
import Testing

@testable import Ledger

@Suite struct PartialReapTests {
    /// A plan that deleted `a` and failed on `b`, which is still there.
    private func failed(_ fixture: LedgerFixture) async throws -> PlanRecord {
        let plan = try await fixture.planned(running: true)
        try await fixture.take(1, of: plan, to: .gone, at: day(3))
        _ = try await fixture.ledger.closeReaped(stackID("a"), environment: key("feat-x"), at: day(3))
        try await fixture.take(2, of: plan, to: .failed, at: day(4))
        try await fixture.ledger.move(plan.id, from: [.running], to: .failed, because: "b is stuck", at: day(5))
        return plan
    }

    private func partial(_ fixture: LedgerFixture) async throws -> PartialReap? {
        try await fixture.ledger.environments().first?.partlyReaped
    }

    @Test func `what a failed plan left is partly reaped`() async throws {
        try await LedgerFixture.with { fixture in
            let plan = try await failed(fixture)
            #expect(try await partial(fixture) == PartialReap(plan: plan.id, at: day(5)))
            // Its own failed deletion is no change by anybody else, also when the provider dates it later.
            try await fixture.ledger.scan([component("b", status: "DELETE_FAILED", updated: day(5.5))], at: day(6))
            #expect(try await partial(fixture)?.plan == plan.id)
            #expect(try await fixture.ledger.environments().first?.newestActivity == day(0))
        }
    }

    @Test func `a component created or updated since ends it`() async throws {
        for component in [
            component("b", updated: day(6)), component("c", created: day(6)), component("c", created: nil),
        ] {
            try await LedgerFixture.with { fixture in
                _ = try await failed(fixture)
                let listed = listing(component)
                try await fixture.ledger.scan(listed, at: day(7))
                #expect(try await partial(fixture) == nil, "\(component.observed.name)")
            }
        }
    }

    private func listing(_ changed: RecordedComponent) -> [RecordedComponent] {
        changed.observed.name == "b" ? [changed] : [component("b"), changed]
    }

    @Test func `a plan that deleted nothing leaves nothing partly reaped`() async throws {
        try await LedgerFixture.with { fixture in
            let plan = try await fixture.planned(running: true)
            try await fixture.take(1, of: plan, to: .failed, at: day(3))
            try await fixture.ledger.move(plan.id, from: [.running], to: .failed, because: "a is stuck", at: day(5))
            #expect(try await partial(fixture) == nil)
        }
    }

    @Test func `what was gone before a plan asked was not reaped by it`() async throws {
        try await LedgerFixture.with { fixture in
            let plan = try await fixture.planned(running: true)
            try await fixture.ledger.move(
                step: 1,
                of: plan.id,
                from: .pending,
                to: .gone,
                reason: "was gone",
                at: day(3)
            )
            try await fixture.ledger.move(plan.id, from: [.running], to: .halted, because: "moved", at: day(5))
            #expect(try await partial(fixture) == nil)
        }
    }

    @Test func `a plan that is still running leaves nothing partly reaped yet`() async throws {
        try await LedgerFixture.with { fixture in
            let plan = try await fixture.planned(running: true)
            try await fixture.take(1, of: plan, to: .gone, at: day(3))
            #expect(try await partial(fixture) == nil)
            try await fixture.ledger.move(plan.id, from: [.running], to: .halted, because: "moved", at: day(5))
            #expect(try await partial(fixture) == PartialReap(plan: plan.id, at: day(5)))
        }
    }
}
