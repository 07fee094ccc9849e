package import Core
import Foundation
import Postgres

extension PostgresLedger {
    package func knownFunctions(in target: Target) async throws(StoreFailure) -> KnownFunctions {
        let known = try await read(FunctionStatements.known(in: target)) { (row) throws(PostgresError) in
            KnownFunctions(readAt: try row["read_at"], failed: try row["failed"], areExpected: try row["expected"])
        }
        return known.first ?? KnownFunctions()
    }

    package func functions() async throws(StoreFailure) -> [FunctionRecord] {
        try await read(FunctionStatements.all(of: EnvironmentStatements.openLives)) { (row) throws(PostgresError) in
            FunctionRecord(
                environment: try row.key(),
                target: try row.target(),
                stack: try row["stack"],
                logicalID: try row["logical_id"],
                name: try row["physical_id"],
                kind: try row.word("kind"),
                runtime: try row["runtime"]
            )
        }
    }

    /// After the stacks' resources: functions are kept beside those that they are.
    func record(
        _ reading: FunctionsReading,
        of target: Int64,
        at: Date,
        in session: Session
    ) async throws(LedgerError) {
        switch reading {
        case .asBefore: return
        case .none:
            try await session.run(FunctionStatements.noteRead(in: target, listed: nil, at: at))
        case .failed(let failure):
            try await session.run(FunctionStatements.addUnread(in: target))
            try await session.run(FunctionStatements.noteFailed(in: target, failure, at: at))
        case .listed(let functions):
            // A listing that changes between its pages may give one twice.
            let staged = Dictionary(functions.map { ($0.name, $0) }, uniquingKeysWith: { _, last in last })
            try await session.run(FunctionStatements.stage())
            try await session.copy(
                Array(staged.values),
                into: "staged_functions",
                columns: FunctionStatements.stagedColumns
            ) { row, copy in
                copy.append(row.name)
                copy.append(row.isImage ? FunctionRecord.Kind.image.rawValue : FunctionRecord.Kind.zip.rawValue)
                copy.append(row.isImage ? nil : row.runtime)
            }
            try await session.run(FunctionStatements.merge(in: target))
            try await session.run(FunctionStatements.noteRead(in: target, listed: staged.count, at: at))
        }
    }
}

extension [EnvironmentKey: EnvironmentRuntimes] {
    /// Adds one row of `FunctionStatements.uses`.
    mutating func add(_ row: Row) throws(PostgresError) {
        let functions: Int = try row["functions"]
        let key = try row.key()
        var runtimes = self[key] ?? .none
        switch try row.word("kind", as: FunctionRecord.Kind.self) {
        case .zip: runtimes.uses.append(.init(runtime: try row["runtime"], functions: functions))
        case .image: runtimes.images += functions
        case .absent: runtimes.absent += functions
        case .unread:
            runtimes.unread += functions
            runtimes.unreadBecause = try row["because"]
        }
        self[key] = runtimes
    }
}
