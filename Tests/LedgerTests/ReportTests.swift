import Core
import Foundation
import Postgres
import Testing

@testable import Ledger

/// What reports read of the weeks before.
@Suite struct ReportTests {
    private func evaluate(_ fixture: LedgerFixture, _ scan: ScanID, _ stale: Int, at: Date) async throws {
        try await fixture.ledger.record(
            [],
            in: EvaluationRecord(scan: scan, revision: 1, counts: ["stale": stale, "keep": 3, "permanent": 7]),
            at: at
        )
    }

    @Test func `of the evaluations of a quarter of an hour the newest is read, oldest first`() async throws {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            _ = try await ledger.applyPolicy(text: "policies: []", hash: Digest(of: "policy"), at: day(1))
            let scan = try await ledger.scan([component("a")], at: day(1))
            let start = Date(timeIntervalSince1970: (day(2).timeIntervalSince1970 / 900).rounded(.up) * 900)
            // The first of these is older than what is asked for; the next two are of one quarter.
            for (stale, minutes) in [(1, -20), (2, 3), (3, 14), (4, 15), (5, 24 * 60)] {
                try await evaluate(fixture, scan, stale, at: start.addingTimeInterval(Double(minutes) * 60))
            }
            let counts = try await ledger.evaluations(since: start)
            #expect(counts.map(\.stale) == [3, 4, 5])
            #expect(counts.map(\.at) == [14, 15, 24 * 60].map { start.addingTimeInterval($0 * 60) })
            #expect(counts.map(\.features) == [6, 7, 8])
            #expect(try await ledger.evaluations(since: day(9)).isEmpty)
        }
    }

    @Test func `teardowns that ended are read with whose they were`() async throws {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            let plan = try await fixture.planned(running: true)
            try await ledger.setOwners([
                key("feat-x"): OwnerRecord(owner: "anna", source: "tag", detail: "", conflict: false)
            ])
            #expect(try await ledger.endedTeardowns(since: day(0)).isEmpty)
            try await ledger.move(plan.id, from: [.running], to: .failed, because: "it is stuck", at: day(4))
            let ended = try await ledger.endedTeardowns(since: day(4))
            #expect(
                ended == [
                    EndedTeardown(environment: key("feat-x"), plan: plan.id, state: .failed, at: day(4), owner: "anna")
                ]
            )
            #expect(try await ledger.endedTeardowns(since: day(5)).isEmpty)
        }
    }

    @Test func `entries of one event are read, newest first, and no others`() async throws {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            let plan = try await fixture.planned()
            for number in 1...3 {
                try await ledger.note(
                    forecastWrong,
                    environment: key("feat-x"),
                    plan: plan.id,
                    details: ["because": "\(number)"]
                )
            }
            let entries = try await ledger.entries(of: forecastWrong, since: .distantPast, limit: 2)
            #expect(
                entries.map { String(decoding: $0.details, as: UTF8.self) } == [
                    #"{"because": "3"}"#, #"{"because": "2"}"#,
                ]
            )
            #expect(entries.allSatisfy { $0.environment == key("feat-x") && $0.plan == plan.id })
            #expect(try await ledger.entries(of: forecastWrong, since: .distantFuture, limit: 2).isEmpty)
        }
    }

    @Test func `N1 the last complete scan is one of all targets that read all of them`() async throws {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            #expect(try await ledger.lastCompleteScan() == nil)
            _ = try await ledger.scan([component("a")], at: day(1))
            let complete = try #require(try await ledger.lastCompleteScan())
            for (whole, state) in [(true, "partial"), (false, "complete")] {
                let connection = try await Connection.open(fixture.settings)
                try await connection.execute(
                    """
                    INSERT INTO curfew.scans (state, whole, started_at, finished_at)
                    VALUES (\(state), \(whole), \(day(5)), \(day(5)))
                    """
                )
                await connection.close()
            }
            #expect(try await ledger.lastCompleteScan() == complete)
        }
    }

    @Test func `P14 the head is the newest link of the chain`() async throws {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            _ = try await fixture.planned()
            try await ledger.seal()
            let last = try #require(try await ledger.sealed(after: 0, limit: 1_000).last)
            let head = try #require(try await ledger.sealHead())
            #expect(head.number == last.number && head.digest == last.digest && head.at == last.entry?.at)
        }
    }
}
