import Core
import Foundation
import Postgres
import Testing

@testable import Ledger

@Suite struct TombstoneTests {
    @Test func `what was kept is listed and read as it was stored`() async throws {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            let plan = try await fixture.planned(running: true)
            try await ledger.storeTombstone([1, 2], of: stackID("b"), plan: plan.id, at: day(3))
            try await ledger.storeTombstone([3], of: stackID("a"), plan: plan.id, at: day(4))
            let kept = try await ledger.tombstones(of: key("feat-x"))
            #expect(kept.map(\.component) == [stackID("a"), stackID("b")] && kept.map(\.storedAt) == [day(4), day(3)])
            #expect(kept.allSatisfy { $0.plan == plan.id } && kept.last?.hash == Digest(of: [1, 2]))
            #expect(try await ledger.tombstone(of: stackID("b"), plan: plan.id) == [1, 2])
            #expect(try await ledger.tombstones(of: key("feat-y")).isEmpty)
            let unknown = await failure { _ = try await ledger.tombstone(of: stackID("c"), plan: plan.id) }
            #expect(unknown?.kind == .notFound)
        }
    }

    @Test func `P17 a tombstone is read through a function alone, which writes down who did`() async throws {
        try await LedgerFixture.with { fixture in
            let plan = try await fixture.planned(running: true)
            let reaper = fixture.ledger(as: try await fixture.login("reaper", "curfew_reaper"))
            try await reaper.storeTombstone([7, 7], of: stackID("a"), plan: plan.id, at: day(3))
            #expect(try await reaper.hasTombstone(of: stackID("a"), plan: plan.id))
            #expect(try await reaper.hasTombstone(of: stackID("b"), plan: plan.id) == false)
            await reaper.close()
            for group in ["reader", "scanner", "operator", "verifier", "reaper", "registrar"] {
                let login = try await fixture.login("t\(group)", "curfew_\(group)")
                let error = try await fixture.refusal("SELECT content FROM tombstones", as: login)
                #expect(error?.isInsufficientPrivilege == true, "\(group)")
                let ledger = fixture.ledger(as: login)
                let refused = await failure { _ = try await ledger.tombstone(of: stackID("a"), plan: plan.id) }
                #expect(refused?.kind == (group == "operator" ? nil : .refused), "\(group)")
                await ledger.close()
            }
            let entries = try await fixture.ledger.history(of: key("feat-x"), limit: 99).filter {
                $0.event == "tombstone read"
            }
            #expect(entries.count == 1 && entries.first?.actor.hasPrefix("toperator_") == true)
            #expect(entries.first?.plan == plan.id)
        }
    }

    @Test func `a content that was changed behind our back is not taken for the tombstone`() async throws {
        try await LedgerFixture.with { fixture in
            let plan = try await fixture.planned(running: true)
            try await fixture.ledger.storeTombstone([1], of: stackID("a"), plan: plan.id, at: day(3))
            try await fixture.sql("ALTER TABLE tombstones DISABLE TRIGGER USER")
            try await fixture.sql("UPDATE tombstones SET content = '\\x02'")
            let broken = await failure { _ = try await fixture.ledger.tombstone(of: stackID("a"), plan: plan.id) }
            #expect(broken?.kind == .broken && broken?.summary.contains("hash") == true)
        }
    }
}
