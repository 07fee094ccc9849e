import Core
package import Postgres

/// Everything that Curfew knows and did, in PostgreSQL.
///
/// `LedgerDatabase.open` makes one.
package struct PostgresLedger: Sendable {
    let pool: Pool
    /// For connections that a lock needs for itself.
    let settings: ConnectionSettings
    /// The database is our own private cluster.
    package let embedded: Bool
    let writes = Writes()
    /// Between two tries of one transaction.
    private let pause: @Sendable (Duration) async -> Void

    /// `settings` are as `LedgerDatabase.session` makes them; the schema is migrated.
    package init(
        settings: ConnectionSettings,
        embedded: Bool,
        maximum: Int = 4,
        pause: @escaping @Sendable (Duration) async -> Void = { try? await Task.sleep(for: $0) }
    ) {
        self.settings = settings
        self.embedded = embedded
        self.pause = pause
        pool = Pool(settings, maximum: maximum)
    }

    /// Closes idle connections now and lent ones when they come back.
    package func close() async { await pool.close() }

    /// What to do when the database cannot be reached.
    var reachingIt: String { LedgerDatabase.advice(embedded: embedded) }

    /// Runs the body in one transaction; up to four times more when it certainly has not happened and may succeed.
    func transact<Value>(
        readOnly: Bool = false,
        counts: Bool = true,
        _ body: (Session) async throws(LedgerError) -> Value
    ) async throws(StoreFailure) -> Value {
        // Before it begins: whether it was committed is not always known afterwards.
        if counts, !readOnly { writes.begin() }
        var attempt = 1
        while true {
            do throws(LedgerError) {
                return try await pool.withConnection { (connection) async throws(LedgerError) in
                    // Several readings of one transaction see one moment.
                    try await connection.transaction(
                        isolation: readOnly ? .repeatableRead : .readCommitted,
                        readOnly: readOnly
                    ) { (connection) async throws(LedgerError) in
                        try await body(Session(connection: connection))
                    }
                }
            } catch {
                guard attempt < 5, error.isWorthAnotherTry else { throw error.failure(advice: reachingIt) }
                // Whoever was in the way needs a moment, and whoever else was turned away comes at another one.
                await pause(Self.pause(after: attempt, of: .random(in: 0...1)))
                attempt += 1
            }
        }
    }

    /// About 10, 20, 40 and 80 ms, each half as long or half as long again; `share` is from 0 to 1.
    static func pause(after attempt: Int, of share: Double) -> Duration {
        .milliseconds(10) * Double(1 << (min(attempt, 8) - 1)) * (0.5 + share)
    }

    /// One statement that changes nothing.
    func read<Value>(
        _ sql: SQL,
        _ value: (Row) throws(PostgresError) -> Value
    ) async throws(StoreFailure) -> [Value] {
        try await transact(readOnly: true) { (session) async throws(LedgerError) in
            try await session.rows(sql, value)
        }
    }
}

/// A connection inside a transaction, with our own error type.
struct Session {
    let connection: Connection

    func rows<Value>(
        _ sql: SQL,
        _ value: (Row) throws(PostgresError) -> Value
    ) async throws(LedgerError) -> [Value] {
        do throws(PostgresError) {
            var values: [Value] = []
            for row in try await connection.query(sql) { values.append(try value(row)) }
            return values
        } catch {
            throw .postgres(error)
        }
    }

    func first<Value>(
        _ sql: SQL,
        _ value: (Row) throws(PostgresError) -> Value
    ) async throws(LedgerError) -> Value? {
        try await rows(sql, value).first
    }

    /// The number of rows that the statement changed.
    @discardableResult
    func run(_ sql: SQL) async throws(LedgerError) -> Int {
        do throws(PostgresError) {
            return try await connection.execute(sql)
        } catch {
            throw .postgres(error)
        }
    }

    func copy<Source: Sequence>(
        _ rows: Source,
        into table: SQL,
        columns: [String],
        encode: (Source.Element, inout CopyRow) -> Void
    ) async throws(LedgerError) {
        do throws(PostgresError) {
            try await connection.copy(rows, into: table, columns: columns, encode: encode)
        } catch {
            throw .postgres(error)
        }
    }

    /// Until the end of the transaction, one at a time.
    func serialise(_ name: String) async throws(LedgerError) {
        try await run(LockStatements.untilTheEnd(name))
    }
}
