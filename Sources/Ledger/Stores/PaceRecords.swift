package import Core
import Foundation
import Postgres

extension PostgresLedger: PaceStore {
    package func reserveTurns(
        _ lane: PaceLane,
        count: Int,
        limits: PaceLimits
    ) async throws(StoreFailure) -> ReservedTurns {
        let reserve = PaceStatements.reserve(lane, count: count, limits: limits)
        let turns = try await once { (session) async throws(LedgerError) in
            try await session.first(reserve) { (row) throws(PostgresError) in
                let (rate, until): (Double, Double) = (try row["rate"], try row["until"])
                return ReservedTurns(
                    wait: .seconds(until - Double(count) / rate),
                    apart: .seconds(1 / rate),
                    count: count
                )
            }
        }
        guard let turns else { throw StoreFailure(.broken, "no turn was given") }
        return turns
    }

    package func noteThrottled(_ lane: PaceLane, limits: PaceLimits) async throws(StoreFailure) {
        try await once { (session) async throws(LedgerError) in
            _ = try await session.run(PaceStatements.throttle(lane, limits: limits))
        }
    }

    /// One statement is a transaction by itself; whoever asks has another way, and does not wait for a database that is
    /// away.
    private func once<Value>(
        _ body: (Session) async throws(LedgerError) -> Value
    ) async throws(StoreFailure) -> Value {
        do throws(LedgerError) {
            return try await pool.withConnection { (connection) async throws(LedgerError) in
                try await body(Session(connection: connection))
            }
        } catch {
            throw error.failure(advice: reachingIt)
        }
    }
}
