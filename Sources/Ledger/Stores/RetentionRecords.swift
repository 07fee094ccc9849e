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

extension PostgresLedger: RecordRetention {
    package func oldRecords(_ kept: RecordsKept) async throws(StoreFailure) -> RecordCounts {
        try counts(
            try await read(RetentionStatements.oldRecords(kept), RecordCounts.init(row:))
        )
    }

    package func forgetRecords(_ kept: RecordsKept) async throws(StoreFailure) -> RecordCounts {
        try counts(
            try await transact { (session) async throws(LedgerError) in
                try await session.rows(RetentionStatements.forgetRecords(kept), RecordCounts.init(row:))
            }
        )
    }

    private func counts(_ rows: [RecordCounts]) throws(StoreFailure) -> RecordCounts {
        guard let counts = rows.first else { throw StoreFailure(.broken, "the database did not say what it forgot") }
        return counts
    }
}

extension RecordCounts {
    fileprivate init(row: Row) throws(PostgresError) {
        self.init(
            readings: try row["readings"],
            scans: try row["scans"],
            evaluations: try row["evaluations"],
            letters: try row["letters"],
            resources: try row["resources"]
        )
    }
}
