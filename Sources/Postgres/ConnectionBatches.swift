extension Connection {
    /// Hands the rows of a query to `body`, `size` at a time, in a memory of one batch.
    ///
    /// The query stays open as a cursor, in the open transaction or in one of its own, so that `body` may run other
    /// statements on this connection. Only for SELECT and VALUES.
    nonisolated(nonsending)
        package func batches<Failure: CarriesPostgresError>(
            of size: Int = 1_000,
            _ sql: SQL,
            _ body: (Rows) async throws(Failure) -> Void
        ) async throws(Failure)
    {
        guard await !inTransaction else { return try await readCursor(size, sql, body) }
        try await transaction { (connection) async throws(Failure) in
            try await connection.readCursor(size, sql, body)
        }
    }

    /// The same for a body that throws anything.
    @_disfavoredOverload
    nonisolated(nonsending)
        package func batches(
            of size: Int = 1_000,
            _ sql: SQL,
            _ body: (Rows) async throws -> Void
        ) async throws
    {
        do throws(AnyFailure) {
            try await batches(of: size, sql) { (rows) async throws(AnyFailure) in
                do {
                    try await body(rows)
                } catch {
                    throw AnyFailure(underlying: error)
                }
            }
        } catch {
            throw error.underlying
        }
    }

    nonisolated(nonsending)
        private func readCursor<Failure: CarriesPostgresError>(
            _ size: Int,
            _ sql: SQL,
            _ body: (Rows) async throws(Failure) -> Void
        ) async throws(Failure)
    {
        precondition(size > 0, "batches of \(size) rows")
        let cursor = await nextCursorName()
        try await Failure.carrying { () throws(PostgresError) in
            // All rows will be read: plan for the last row, not for the first.
            try await execute("SET LOCAL cursor_tuple_fraction = 1")
            let declaration: SQL = "DECLARE \(raw: cursor) NO SCROLL CURSOR FOR \(sql)"
            try await execute(sql.name.map(declaration.named) ?? declaration)
        }
        let fetch = SQL(raw: "FETCH \(size) FROM \(cursor)").named(sql.name ?? "FETCH")
        while true {
            let rows = try await Failure.carrying { () throws(PostgresError) in try await query(fetch) }
            if !rows.isEmpty { try await body(rows) }
            if rows.count < size { break }
        }
        try await Failure.carrying { () throws(PostgresError) in
            _ = try await execute("CLOSE \(raw: cursor)")
        }
    }
}

/// Carries an error of any type through typed throws.
private struct AnyFailure: CarriesPostgresError {
    let underlying: any Error

    init(underlying: any Error) { self.underlying = underlying }
    init(_ error: PostgresError) { underlying = error }
}
