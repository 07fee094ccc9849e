import Core
import Foundation
import Postgres
import Testing

@testable import Ledger

@Suite struct SealTests {
    /// The chain as the program calculates it, beside the database.
    private func chain(_ ledger: PostgresLedger) async throws -> AuditChain {
        var chain = AuditChain()
        while chain.fault == nil {
            let links = try await ledger.sealed(after: chain.head?.number ?? 0, limit: 3)
            if links.isEmpty { break }
            chain.walk(links)
        }
        chain.note(lost: try await ledger.lostBeforeSealing())
        return chain
    }

    private func write(_ count: Int, _ ledger: PostgresLedger) async throws {
        for number in 0..<count {
            try await ledger.note("event \(number)", environment: nil, plan: nil, details: ["ü": "\"\(number)\" 🌒"])
        }
    }

    @Test func `P14 entries are chained in order, and the program calculates what the database did`() async throws {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            // With environments, plans and without.
            let plan = try await fixture.planned(running: true)
            try await fixture.take(1, of: plan, to: .gone, at: day(3))
            try await write(5, ledger)
            #expect(try await ledger.unsealedCount() > 5)
            let sealed = try await ledger.seal()
            #expect(try await ledger.seal() == 0)
            #expect(try await ledger.unsealedCount() == 0)
            let entries = try await fixture.number("SELECT count(*) FROM audit_log")
            let whole = try await chain(ledger)
            #expect(whole.fault == nil && whole.checked == entries && sealed > 0)
            let links = try await ledger.sealed(after: 0, limit: 1_000)
            #expect(links.map(\.number) == Array(1...Int64(entries)))
            #expect(links.first?.previous == Digest(bytes: [UInt8](repeating: 0, count: 32)))
            for (before, after) in zip(links, links.dropFirst()) { #expect(after.previous == before.digest) }
            #expect(
                links.contains { $0.entry?.environment != nil } && links.contains { $0.entry?.plan == plan.id.number }
            )
            #expect(whole.head?.digest == links.last?.digest)
        }
    }

    @Test func `P14 what is changed, taken away or put in is named`() async throws {
        let tamperings: [(SQL, (Int64) -> AuditChain.Fault)] = [
            ("UPDATE audit_log SET event = 'nothing' WHERE entry_id = 4", { _ in .entryChanged(4) }),
            ("UPDATE audit_log SET actor = 'somebody' WHERE entry_id = 4", { _ in .entryChanged(4) }),
            ("UPDATE audit_log SET at = at + interval '1 microsecond' WHERE entry_id = 4", { _ in .entryChanged(4) }),
            ("UPDATE audit_log SET details = '{}' WHERE entry_id = 4", { _ in .entryChanged(4) }),
            ("UPDATE audit_log SET plan_id = 4711 WHERE entry_id = 4", { _ in .entryChanged(4) }),
            ("DELETE FROM audit_log WHERE entry_id = 4", { _ in .entryMissing(4) }),
            ("DELETE FROM audit_seals WHERE seal_number = 4", { _ in .sealMissing(number: 4) }),
            ("UPDATE audit_seals SET digest = previous WHERE seal_number = 4", { _ in .entryChanged(4) }),
            ("UPDATE audit_seals SET previous = digest WHERE seal_number = 4", { _ in .sealBroken(number: 4) }),
            ("DELETE FROM audit_log WHERE entry_id = 8", { _ in .entryLost(8) }),
        ]
        for (tampering, fault) in tamperings {
            try await LedgerFixture.with { fixture in
                try await write(7, fixture.ledger)
                try await fixture.ledger.seal()
                try await write(1, fixture.ledger)
                try await fixture.unguarded("audit_log", "audit_seals") { try await fixture.sql(tampering) }
                let found = try await chain(fixture.ledger)
                #expect(found.fault == fault(0), "\(tampering.text)")
                #expect(found.checked == (found.fault == .entryLost(8) ? 7 : 3), "\(tampering.text)")
            }
        }
    }

    @Test func `P14 an entry whose transaction was still open is sealed later, and none is skipped`() async throws {
        try await LedgerFixture.with { fixture in
            let slow = try await Connection.open(fixture.settings)
            try await slow.execute("BEGIN")
            try await slow.execute("INSERT INTO audit_log (event) VALUES ('slow')")
            try await write(3, fixture.ledger)
            #expect(try await fixture.ledger.seal() == 3)
            try await slow.execute("COMMIT")
            await slow.close()
            #expect(try await fixture.ledger.unsealedCount() == 1)
            #expect(try await fixture.ledger.seal() == 1)
            let ids = try await fixture.ledger.sealed(after: 0, limit: 9).map(\.entryID)
            #expect(ids == [2, 3, 4, 1])
            #expect(try await chain(fixture.ledger).fault == nil)
        }
    }

    @Test func `P14 many that seal at once make one chain`() async throws {
        try await LedgerFixture.with { fixture in
            let sealed = await withTaskGroup(of: Int?.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        try? await write(3, fixture.ledger)
                        return try? await fixture.ledger.seal()
                    }
                }
                var sealed: [Int] = []
                for await count in group { if let count { sealed.append(count) } }
                return sealed
            }
            #expect(sealed.count == 8)
            try await fixture.ledger.seal()
            let whole = try await chain(fixture.ledger)
            #expect(whole.fault == nil && whole.checked == 24)
        }
    }

    @Test func `P14 nobody writes the chain, and even its owner can only add the next link`() async throws {
        try await LedgerFixture.with { fixture in
            try await write(2, fixture.ledger)
            let zeros: SQL = "decode(repeat('00', 32), 'hex')"
            let tries: [SQL] = [
                "INSERT INTO audit_seals VALUES (1, 1, \(zeros), \(zeros))", "UPDATE audit_seals SET entry_id = 7",
                "DELETE FROM audit_seals", "TRUNCATE audit_seals", "INSERT INTO audit_unsealed VALUES (7)",
                "DELETE FROM audit_unsealed", "TRUNCATE audit_unsealed",
            ]
            for group in ["reader", "scanner", "member", "operator", "reaper", "verifier", "registrar"] {
                let login = try await fixture.login(group, "curfew_\(group)")
                for attempt in tries {
                    let error = try await fixture.refusal(attempt, as: login)
                    #expect(error?.isInsufficientPrivilege == true, "\(group): \(attempt.text)")
                }
                let seals = try await fixture.refusal("SELECT seal()", as: login)
                #expect((seals == nil) == (group != "reader"), "\(group)")
            }
            try await write(1, fixture.ledger)
            let owner = try await fixture.login("owner", "curfew_owner")
            try await fixture.sql("INSERT INTO audit_seals VALUES (77, 3, \(zeros), \(zeros))", as: owner)
            let whole = try await chain(fixture.ledger)
            #expect(whole.fault == nil && whole.checked == 3)
            for change: SQL in [
                "UPDATE audit_seals SET entry_id = 7", "DELETE FROM audit_seals", "TRUNCATE audit_seals",
            ] {
                #expect(try await fixture.refusal(change, as: owner)?.isInsufficientPrivilege == true, "\(change.text)")
                #expect(try await fixture.refusal(change)?.isInsufficientPrivilege == true, "\(change.text)")
            }
        }
    }

    @Test func `a ledger knows whether something it wrote waits for its seal`() async throws {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger(as: fixture.settings)
            _ = try await ledger.environments()
            #expect(!ledger.needsSealing)
            try await write(1, ledger)
            #expect(ledger.needsSealing)
            try await ledger.seal()
            #expect(!ledger.needsSealing)
            await ledger.close()
        }
    }
}
