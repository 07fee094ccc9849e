package import Core
package import Foundation
import Postgres

extension PostgresLedger: ReportStore {
    package func evaluations(since: Date) async throws(StoreFailure) -> [EvaluationCount] {
        try await read(ReportStatements.evaluations(since: since)) { (row) throws(PostgresError) in
            EvaluationCount(at: try row["at"], verdicts: try row.json("counts"))
        }
    }

    package func endedTeardowns(since: Date) async throws(StoreFailure) -> [EndedTeardown] {
        try await read(ReportStatements.endedTeardowns(since: since)) { (row) throws(PostgresError) in
            EndedTeardown(
                environment: try row.key(),
                plan: PlanID(try row["plan_id"]),
                state: try row.word("state"),
                at: try row["ended_at"],
                owner: try row["owner"]
            )
        }
    }

    package func entries(of event: String, since: Date, limit: Int) async throws(StoreFailure) -> [AuditEntry] {
        try await read(AuditStatements.entries(of: event, since: since, limit: limit), AuditEntry.init(row:))
    }

    package func lastCompleteScan() async throws(StoreFailure) -> Date? {
        try await read(ReportStatements.lastCompleteScan()) { (row) throws(PostgresError) in
            try row["at", as: Date?.self]
        }.first ?? nil
    }

    package func sealHead() async throws(StoreFailure) -> SealHead? {
        try await read(ReportStatements.sealHead()) { (row) throws(PostgresError) in
            SealHead(number: try row["seal_number"], digest: try row.digest("digest"), at: try row["at"])
        }.first
    }
}
