package import Core
package import Foundation
import Postgres

extension PostgresLedger: NightStore {
    package func beginNight(holder: String, lease: Duration, at: Date) async throws(StoreFailure) -> NightClaim {
        try await transact { (session) async throws(LedgerError) in
            _ = try await session.run(NightStatements.abandon(at: at))
            // Whoever is at work may end between the two looks.
            for _ in 0..<3 {
                let begun = try await session.first(NightStatements.begin(holder: holder, lease: lease, at: at)) {
                    (row) throws(PostgresError) in NightID(try row["night_id"])
                }
                if let begun { return .begun(begun) }
                let held = try await session.first(NightStatements.running()) { (row) throws(PostgresError) in
                    NightClaim.held(by: try row["holder"], since: try row["started_at"])
                }
                if let held { return held }
            }
            throw .store(StoreFailure(.conflict, "the night changes hands", advice: "try again in a moment"))
        }
    }

    package func prolongNight(_ id: NightID, lease: Duration) async throws(StoreFailure) {
        try await changeNight(NightStatements.prolong(id, lease: lease), id)
    }

    package func endNight(
        _ id: NightID,
        outcome: NightRecord.Outcome,
        status: Int32,
        numbers: [String: Double],
        leftUndone: [String],
        at: Date
    ) async throws(StoreFailure) {
        let stored: JSONB
        do throws(LedgerError) { stored = try jsonb(numbers) } catch { throw error.failure(advice: reachingIt) }
        try await changeNight(
            NightStatements.end(id, outcome: outcome, status: status, numbers: stored, leftUndone: leftUndone, at: at),
            id
        )
    }

    package func nights(since: Date) async throws(StoreFailure) -> [NightRecord] {
        try await read(NightStatements.nights(since: since), NightRecord.init(row:))
    }

    package func firstNight() async throws(StoreFailure) -> Date? {
        try await read(NightStatements.first()) { (row) throws(PostgresError) in try row["first", as: Date?.self] }
            .first.flatMap(\.self)
    }

    package func lastGoodNight() async throws(StoreFailure) -> NightRecord? {
        try await read(NightStatements.lastGood(), NightRecord.init(row:)).first
    }

    private func changeNight(_ statement: SQL, _ id: NightID) async throws(StoreFailure) {
        try await transact { (session) async throws(LedgerError) in
            let changed = try await session.rows(statement) { (row) throws(PostgresError) in
                try row["night_id", as: Int64.self]
            }
            guard changed.isEmpty else { return }
            throw .store(
                StoreFailure(
                    .conflict,
                    "the night \(id) was taken for dead: it had not been heard of for too long",
                    advice: "another one may have begun; what this one did until now is recorded"
                )
            )
        }
    }
}

extension NightRecord {
    fileprivate init(row: Row) throws(PostgresError) {
        self.init(
            id: NightID(try row["night_id"]),
            outcome: try row.word("outcome"),
            holder: try row["holder"],
            startedAt: try row["started_at"],
            endedAt: try row["ended_at"],
            status: try row["status"],
            numbers: try row.json("numbers"),
            leftUndone: try row["left_undone"]
        )
    }
}
