package import Core
import Foundation
import Postgres

extension PostgresLedger: SealStore {
    @discardableResult
    package func seal() async throws(StoreFailure) -> Int {
        try await transact { (session) async throws(LedgerError) in
            let sealed = try await session.first(SealStatements.seal()) { (row) throws(PostgresError) in
                try row["sealed", as: Int.self]
            }
            return sealed ?? 0
        }
    }

    package func sealed(after number: Int64, limit: Int) async throws(StoreFailure) -> [SealedEntry] {
        try await read(SealStatements.sealed(after: number, limit: limit), SealedEntry.init(row:))
    }

    package func unsealedCount() async throws(StoreFailure) -> Int {
        try await read(SealStatements.unsealedCount()) { (row) throws(PostgresError) in
            try row["unsealed", as: Int.self]
        }.first ?? 0
    }
}

extension SealedEntry {
    fileprivate init(row: Row) throws(PostgresError) {
        self.init(
            number: try row["seal_number"],
            previous: try row.digest("previous"),
            digest: try row.digest("digest"),
            entry: try row.isNull("entry_id") ? nil : Content(row: row)
        )
    }
}

extension SealedEntry.Content {
    fileprivate init(row: Row) throws(PostgresError) {
        self.init(
            id: try row["entry_id"],
            at: try row["at"],
            actor: try row["actor"],
            event: try row["event"],
            environment: try row["environment_id"],
            plan: try row["plan_id"],
            details: try row["details"]
        )
    }
}
