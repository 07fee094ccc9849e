import Core
import Foundation
import Postgres
import Testing

@testable import Ledger

@Suite struct StepTests {
    @Test func `P13 every move of a step leaves who, plan, digest, step and token`() async throws {
        try await LedgerFixture.with { fixture in
            let plan = try await fixture.planned(running: true)
            try await fixture.take(1, of: plan, to: .requested, at: day(3))
            let step = try #require(try await fixture.ledger.plan(plan.id).steps.first)
            #expect(step.state == .requested && step.intendedAt == day(3) && step.requestedAt == day(3))
            let entries = try await fixture.ledger.history(of: key("feat-x"), limit: 2)
            #expect(entries.map(\.event) == ["step requested", "step intended"])
            for entry in entries {
                let details = String(decoding: entry.details, as: UTF8.self)
                #expect(details.contains(step.token.text) && details.contains(plan.digest.description))
                #expect(entry.plan == plan.id && entry.actor == fixture.settings.overrides["user"])
            }
        }
    }

    @Test func `P12 of two that intend the same step one does`() async throws {
        try await LedgerFixture.with { fixture in
            let plan = try await fixture.planned(running: true)
            try await fixture.ledger.storeTombstone([1], of: stackID("a"), plan: plan.id, at: day(3))
            let kinds = try await fixture.reaping { lease in
                await withTaskGroup(of: StoreFailure?.self) { group in
                    for _ in 0..<4 {
                        group.addTask {
                            await failure {
                                _ = try await fixture.ledger.intend(step: 1, of: plan.id, lease: lease, at: day(3))
                            }
                        }
                    }
                    var failures: [StoreFailure?] = []
                    for await failure in group { failures.append(failure) }
                    return failures
                }
            }
            #expect(kinds.filter { $0 == nil }.count == 1)
            #expect(kinds.compactMap { $0 }.allSatisfy { $0.kind == .conflict && $0.summary.contains("is intended") })
        }
    }

    @Test func `P11 what was observed of one intent is never written over a later one`() async throws {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            let plan = try await fixture.planned(running: true)
            try await fixture.take(1, of: plan, to: .intended, at: day(3))
            // One executor looked, found that it was never taken, and was frozen; its successor found the same, and goes on.
            try await ledger.conclude(
                step: 1,
                of: plan.id,
                intent: day(3),
                from: .intended,
                to: .pending,
                reason: nil,
                at: day(4)
            )
            try await fixture.intend(1, of: plan, at: day(5))
            let woken = await failure {
                try await ledger.conclude(
                    step: 1,
                    of: plan.id,
                    intent: day(3),
                    from: .intended,
                    to: .pending,
                    reason: nil,
                    at: day(6)
                )
            }
            #expect(woken?.kind == .conflict && woken?.summary.contains("intended anew") == true)
            #expect(try await ledger.plan(plan.id).steps.first?.state == .intended)
            try await ledger.conclude(
                step: 1,
                of: plan.id,
                intent: day(5),
                from: .intended,
                to: .requested,
                reason: nil,
                at: day(6)
            )
        }
    }

    @Test func `the first reading that found it gone is kept`() async throws {
        try await LedgerFixture.with { fixture in
            let plan = try await fixture.planned(running: true)
            try await fixture.ledger.noteGone(step: 1, of: plan.id, at: day(3))
            try await fixture.ledger.noteGone(step: 1, of: plan.id, at: day(4))
            #expect(try await fixture.ledger.plan(plan.id).steps.first?.firstGoneAt == day(3))
            #expect(
                await failure { try await fixture.ledger.noteGone(step: 9, of: plan.id, at: day(4)) }?.kind == .notFound
            )
        }
    }

    @Test func `closing the last component ends the life, and closing it again changes nothing`() async throws {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            _ = try await fixture.planned(running: true)
            #expect(try await ledger.closeReaped(stackID("a"), environment: key("feat-x"), at: day(3)) == false)
            #expect(try await ledger.closeReaped(stackID("b"), environment: key("feat-x"), at: day(4)))
            #expect(try await ledger.closeReaped(stackID("b"), environment: key("feat-x"), at: day(5)))
            let records = try await ledger.components(of: key("feat-x"))
            #expect(records.map(\.gone) == [day(3), day(4)] && records.map(\.goneBecause) == ["reaped", "reaped"])
            let life = try await ledger.environments(named: EnvironmentName("feat-x")).first
            #expect(life?.endedAt == day(4))
            // What the next scan finds under the name is a new life.
            try await ledger.scan([component("c", created: day(5))], at: day(6))
            #expect(try await ledger.environments().map(\.key) == [key("feat-x", 2)])
        }
    }

    @Test func `the tombstone that was stored first stays`() async throws {
        try await LedgerFixture.with { fixture in
            let plan = try await fixture.planned(running: true)
            try await fixture.ledger.storeTombstone([1], of: stackID("a"), plan: plan.id, at: day(3))
            try await fixture.ledger.storeTombstone([2], of: stackID("a"), plan: plan.id, at: day(4))
            let rows = try await fixture.sql("SELECT content, hash FROM tombstones")
            #expect(try rows.only()["content"] == [UInt8]([1]))
            #expect(try rows.only()["hash"] == Digest(of: [1]).bytes)
            let missing = await failure {
                try await fixture.ledger.storeTombstone([1], of: stackID("nowhere"), plan: plan.id, at: day(3))
            }
            #expect(missing?.kind == .notFound)
        }
    }

    @Test func `P7 teardowns are counted from their first committed intent`() async throws {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            let plan = try await fixture.planned(running: true, chained: false)
            try await ledger.setOwners([
                key("feat-x"): OwnerRecord(owner: "anna", source: "tag", detail: "", conflict: false)
            ])
            #expect(try await ledger.teardowns(since: day(0)).isEmpty)
            try await fixture.take(1, of: plan, to: .intended, at: day(3))
            try await fixture.take(2, of: plan, to: .intended, at: day(4))
            let begun = try #require(try await ledger.teardowns(since: day(3)).first)
            #expect(begun.key == key("feat-x") && begun.plan == plan.id && begun.run == plan.run && begun.at == day(3))
            #expect(begun.accounts == [target.account] && begun.owner == "anna")
            #expect(try await ledger.teardowns(since: day(3)).count == 1)
            #expect(try await ledger.teardowns(since: day(3.5)).isEmpty)
            // Refused before the provider took it: nothing was begun.
            for number in [1, 2] {
                try await ledger.move(
                    step: number,
                    of: plan.id,
                    from: .intended,
                    to: .pending,
                    reason: "throttled",
                    at: day(4)
                )
            }
            #expect(try await ledger.teardowns(since: day(0)).isEmpty)
        }
    }
}
