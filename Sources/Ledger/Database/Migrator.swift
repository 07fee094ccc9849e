import Core
import Postgres

/// Brings a database to the schema of this program, or says why it does not fit.
struct Migrator {
    let connection: Connection
    var migrations = Migrations.all

    /// What a database has had, beside what this program knows.
    struct Comparison {
        struct Applied: Equatable {
            let number: Int
            let name: String
            let checksum: Digest
        }

        let applied: [Applied]
        let known: [Migration]

        /// Known and not applied yet; only meaningful where there is no difference.
        var pending: [Migration] { Array(known.dropFirst(applied.count)) }

        /// The database is newer, or had another migration under a number of ours.
        var differs: Bool {
            applied.count > known.count
                || zip(applied, known).contains {
                    $0.number != $1.number || $0.name != $1.name || $0.checksum != $1.checksum
                }
        }

        func refusal() -> StoreFailure? {
            guard differs else { return nil }
            func list(_ entries: [(String, Digest)]) -> String {
                entries.isEmpty ? "none" : entries.map { "\($0) (\($1.short))" }.joined(separator: ", ")
            }
            return StoreFailure(
                .schema,
                "the database does not fit this program. It has had: \(list(applied.map { ($0.name, $0.checksum) })). "
                    + "This program has: \(list(known.map { ($0.name, $0.checksum) }))",
                advice: "use the version of curfew that made the database, or a newer one; nothing was changed"
            )
        }
    }

    /// True also for a schema that nothing was put into yet.
    func hasSchema() async throws(LedgerError) -> Bool {
        try await Session(connection: connection).first(MigrationStatements.hasSchema()) {
            (row) throws(PostgresError) in
            try row["present", as: Bool.self]
        } ?? false
    }

    func compare() async throws(LedgerError) -> Comparison {
        let session = Session(connection: connection)
        let exists = try await session.first(MigrationStatements.hasTable()) { (row) throws(PostgresError) in
            try row["present", as: Bool.self]
        }
        guard exists == true else { return Comparison(applied: [], known: migrations) }
        let applied = try await session.rows(MigrationStatements.applied()) { (row) throws(PostgresError) in
            Comparison.Applied(number: try row["number"], name: try row["name"], checksum: try row.digest("checksum"))
        }
        return Comparison(applied: applied, known: migrations)
    }

    /// Applies what is pending, each in a transaction of its own; the caller holds the lock (`exclusively`).
    /// - Returns: what was applied now.
    func migrate(progress: (String) -> Void) async throws(LedgerError) -> [Migration] {
        let comparison = try await compare()
        if let refusal = comparison.refusal() { throw .store(refusal) }
        let pending = comparison.pending
        guard !pending.isEmpty else { return [] }
        let session = Session(connection: connection)
        if comparison.applied.isEmpty {
            try await inTransaction { (session) async throws(LedgerError) in
                try await session.run(MigrationStatements.makeSchema())
                try await session.run(MigrationStatements.makeTable())
            }
        }
        // Everything belongs to whom the schema belongs to, where this login is a member of that role.
        let owner = try await session.first(MigrationStatements.owner()) { (row) throws(PostgresError) in
            try row["owner", as: String.self]
        }
        for migration in pending {
            progress("applying \(migration.name)")
            try await inTransaction { (session) async throws(LedgerError) in
                try await session.run(MigrationStatements.useSchema())
                if let owner { try await session.run(MigrationStatements.become(owner)) }
                do throws(PostgresError) {
                    try await session.connection.execute(script: migration.script, name: migration.name)
                } catch {
                    throw .postgres(error)
                }
                try await session.run(MigrationStatements.add(migration))
            }
        }
        return pending
    }

    private func inTransaction(_ body: (Session) async throws(LedgerError) -> Void) async throws(LedgerError) {
        try await connection.transaction { (connection) async throws(LedgerError) in
            try await body(Session(connection: connection))
        }
    }

    /// One migration at a time, over all machines.
    func exclusively<Value>(_ body: () async throws(LedgerError) -> Value) async throws(LedgerError) -> Value {
        let session = Session(connection: connection)
        try await session.run(MigrationStatements.lock())
        do throws(LedgerError) {
            let value = try await body()
            try await session.run(MigrationStatements.unlock())
            return value
        } catch {
            _ = try? await session.run(MigrationStatements.unlock())
            throw error
        }
    }
}
