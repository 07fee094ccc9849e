package import Core
import Foundation
import Postgres
import Synchronization

extension PostgresLedger: SealStore {
    @discardableResult
    package func seal() async throws(StoreFailure) -> Int {
        let written = writes.begun
        let sealed = try await transact(counts: false) { (session) async throws(LedgerError) in
            try await session.run(SealStatements.byIndex())
            return try await session.first(SealStatements.seal()) { (row) throws(PostgresError) in
                try row["sealed", as: Int.self]
            }
        }
        writes.sealed(upTo: written)
        return sealed ?? 0
    }

    /// Something was written through this ledger that is not sealed yet.
    package var needsSealing: Bool { writes.needSealing }

    package func lostBeforeSealing() async throws(StoreFailure) -> [Int64] {
        try await read(SealStatements.lost()) { (row) throws(PostgresError) in try row["entry_id", as: Int64.self] }
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
            entryID: try row["sealed_id"],
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

/// How many transactions that may have written something were begun, and how many of them are sealed.
final class Writes: Sendable {
    private let counts = Mutex((begun: 0, sealed: 0))

    var begun: Int { counts.withLock { $0.begun } }
    var needSealing: Bool { counts.withLock { $0.begun > $0.sealed } }
    func begin() { counts.withLock { $0.begun += 1 } }
    func sealed(upTo number: Int) { counts.withLock { $0.sealed = max($0.sealed, number) } }
}
