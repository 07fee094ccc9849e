package import Core
import Foundation
import Postgres

extension PostgresLedger: TombstoneRetention {
    package func oldTombstones(keptFor: Duration) async throws(StoreFailure) -> [OldTombstone] {
        try await read(RetentionStatements.old(keptFor: keptFor), OldTombstone.init(row:))
    }

    package func forgetTombstones(keptFor: Duration) async throws(StoreFailure) -> [OldTombstone] {
        try await transact { (session) async throws(LedgerError) in
            try await session.rows(RetentionStatements.forget(keptFor: keptFor), OldTombstone.init(row:))
        }
    }
}

extension OldTombstone {
    fileprivate init(row: Row) throws(PostgresError) {
        self.init(
            environment: try row.key(),
            plan: PlanID(try row["plan_id"]),
            component: try row.id("component"),
            storedAt: try row["stored_at"]
        )
    }
}
