import Core
import Foundation
import Postgres
import Testing

@testable import Ledger

@Suite struct PlanTests {
    @Test func `a plan is read as it was stored`() async throws {
        try await LedgerFixture.with { fixture in
            let plan = try await fixture.planned()
            #expect(plan.state == .awaitingApproval && plan.run == RunID(1) && plan.revision == 1)
            #expect(plan.document == draft([(key("feat-x"), [stackID("a"), stackID("b")])]).document)
            #expect(plan.digest == plan.document.digest && plan.terms == onePerson && plan.madeAt == day(2))
            #expect(plan.steps.map(\.step) == plan.document.steps && plan.steps.allSatisfy { $0.state == .pending })
            #expect(Set(plan.steps.map(\.token)).count == 2)
            let pattern = /[a-zA-Z0-9][-a-zA-Z0-9]{0,127}/
            #expect(plan.steps.allSatisfy { $0.token.text.wholeMatch(of: pattern) != nil })
            #expect(plan.approvedAt == nil && plan.expiresAt == nil && plan.approvals.isEmpty)
            #expect(await failure { _ = try await fixture.ledger.plan(PlanID(99)) }?.kind == .notFound)
        }
    }

    @Test func `the same plan made again is kept with its approvals`() async throws {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            let first = try await fixture.planned()
            try await fixture.approve(first, by: "anna")
            let again = try await ledger.store(
                [draft([(key("feat-x"), [stackID("a"), stackID("b")])])],
                expiresAt: nil,
                at: day(4)
            )
            #expect(again.run == nil && again.plans.map(\.id) == [first.id])
            #expect(again.plans.first?.state == .approved && again.plans.first?.approvals.count == 1)
            #expect(again.plans.first?.steps.map(\.token) == first.steps.map(\.token))
        }
    }

    @Test func `a different plan supersedes the one before`() async throws {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            let first = try await fixture.planned()
            let stored = try await ledger.store(
                [draft([(key("feat-x"), [stackID("a"), stackID("b")])], losing: ["photos"])],
                expiresAt: nil,
                at: day(4)
            )
            let old = try await ledger.plan(first.id)
            #expect(old.state == .superseded && old.endedAt == day(4))
            #expect(stored.plans.map(\.state) == [.awaitingApproval] && stored.run == RunID(2))
            #expect(try await ledger.plans(open: true, run: nil, limit: 10).map(\.id) == stored.plans.map(\.id))
            #expect(
                try await ledger.plans(open: false, run: nil, limit: 10).map(\.id) == [stored.plans[0].id, first.id]
            )
            #expect(try await ledger.plans(open: false, run: RunID(1), limit: 10).map(\.id) == [first.id])
            #expect(try await ledger.plans(open: false, run: nil, limit: 1).count == 1)
        }
    }

    @Test func `other blockers are another plan, though the digest is the same`() async throws {
        try await LedgerFixture.with { fixture in
            let first = try await fixture.planned()
            let blocker = Blocker(.busy, stackID("a"), "UPDATE_IN_PROGRESS")
            let stored = try await fixture.ledger.store(
                [draft([(key("feat-x"), [stackID("a"), stackID("b")])], blockers: [blocker])],
                expiresAt: nil,
                at: day(4)
            )
            #expect(stored.plans.first?.state == .draft && stored.plans.first?.blockers == [blocker])
            #expect(try await fixture.ledger.plan(first.id).state == .superseded)
        }
    }

    @Test func `an automatic plan is approved at once and expires`() async throws {
        try await LedgerFixture.with { fixture in
            var terms = onePerson
            terms.automatic = true
            let plan = try await fixture.planned(terms: terms)
            #expect(plan.state == .approved && plan.approvedAt == day(2) && plan.expiresAt == day(5))
        }
    }

    @Test func `a plan that runs is not replaced`() async throws {
        try await LedgerFixture.with { fixture in
            let plan = try await fixture.planned(running: true)
            let other = [draft([(key("feat-x"), [stackID("a")])])]
            let failure = await failure { _ = try await fixture.ledger.store(other, expiresAt: nil, at: day(4)) }
            #expect(failure?.kind == .conflict && failure?.summary.contains("\(plan.id)") == true)
            #expect(try await fixture.ledger.plan(plan.id).state == .running)
        }
    }

    @Test func `plans made together are one run, or none of them is stored`() async throws {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            try await ledger.scan([component("a"), component("b", named: ["feat-y"])], at: day(1))
            _ = try await ledger.applyPolicy(text: "", hash: Digest(of: "policy"), at: day(1))
            let (x, y) = (draft([(key("feat-x"), [stackID("a")])]), draft([(key("feat-y"), [stackID("b")])]))
            let unknown = draft([(key("feat-y"), [stackID("nowhere")])])
            let failure = await failure { _ = try await ledger.store([x, unknown], expiresAt: nil, at: day(2)) }
            #expect(failure?.kind == .notFound)
            #expect(try await ledger.plans(open: false, run: nil, limit: 9).isEmpty)
            let stored = try await ledger.store([x, y], expiresAt: nil, at: day(2))
            #expect(stored.plans.map(\.document.environments.first?.key) == [key("feat-x"), key("feat-y")])
            #expect(Set(stored.plans.map(\.run)) == [stored.run])
        }
    }

    @Test func `moves are guarded by the state before`() async throws {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            let plan = try await fixture.planned()
            let early = await failure {
                try await ledger.move(plan.id, from: [.approved], to: .running, because: nil, at: day(3))
            }
            #expect(early?.kind == .conflict && early?.summary.contains("awaiting approval") == true)
            let impossible = await failure {
                try await ledger.move(plan.id, from: [.awaitingApproval], to: .running, because: nil, at: day(3))
            }
            #expect(impossible?.kind == .broken)
            try await ledger.move(plan.id, from: [.awaitingApproval], to: .withdrawn, because: "cleared", at: day(3))
            let withdrawn = try await ledger.plan(plan.id)
            #expect(withdrawn.state == .withdrawn && withdrawn.endedAt == day(3) && withdrawn.endedBecause == "cleared")
            #expect(try await ledger.history(of: key("feat-x"), limit: 1).first?.event == "plan withdrawn")
        }
    }

    @Test func `of two that start the same plan one does`() async throws {
        try await LedgerFixture.with { fixture in
            let plan = try await fixture.planned()
            try await fixture.approve(plan, by: "anna")
            let outcomes = await withTaskGroup(of: StoreFailure.Kind?.self) { group in
                for _ in 0..<6 {
                    group.addTask {
                        await failure {
                            try await fixture.ledger.move(
                                plan.id,
                                from: [.approved],
                                to: .running,
                                because: nil,
                                at: day(3)
                            )
                        }?.kind
                    }
                }
                var outcomes: [StoreFailure.Kind?] = []
                for await outcome in group { outcomes.append(outcome) }
                return outcomes
            }
            #expect(outcomes.filter { $0 == nil }.count == 1)
            #expect(outcomes.filter { $0 == .conflict }.count == 5)
            let events = try await fixture.ledger.history(of: nil, limit: 99).filter { $0.event == "plan running" }
            #expect(events.count == 1)
        }
    }

    @Test func `a document that does not have its digest is not read as a plan`() async throws {
        try await LedgerFixture.with { fixture in
            let plan = try await fixture.planned()
            try await fixture.sql("ALTER TABLE plans DISABLE TRIGGER USER")
            try await fixture.sql("UPDATE plans SET document = jsonb_set(document, '{exceptions}', '[\"retain\"]')")
            let failure = await failure { _ = try await fixture.ledger.plan(plan.id) }
            #expect(failure?.kind == .broken && failure?.summary.contains("digest") == true)
        }
    }
}
