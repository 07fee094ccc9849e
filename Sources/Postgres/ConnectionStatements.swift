import CPostgres
import Foundation

extension Connection {
    /// Runs a statement and returns all its rows.
    package func query(_ sql: SQL) async throws(PostgresError) -> Rows {
        let result = try await cancellable { (handle) throws(PostgresError) in try handle.run(sql) }
        return Rows(result, about: sql)
    }

    /// Runs a statement and returns the number of rows it inserted, changed, deleted or selected.
    @discardableResult
    package func execute(_ sql: SQL) async throws(PostgresError) -> Int {
        try await cancellable { (handle) throws(PostgresError) in try handle.run(sql).affectedRows }
    }

    /// Runs several statements separated by semicolons, without values, such as a migration.
    ///
    /// Without BEGIN in it, all of it is one transaction (unless one is open already).
    package func execute(script: String, name: String? = nil) async throws(PostgresError) {
        let sql = name.map(SQL(raw: script).named) ?? SQL(raw: script)
        try await cancellable { (handle) throws(PostgresError) in _ = try handle.run(script: sql) }
    }

    /// What the server makes of a statement, without running it: the types of `$1`, `$2`, … and the columns.
    package func describe(_ sql: SQL) async throws(PostgresError) -> StatementDescription {
        try await cancellable { (handle) throws(PostgresError) in try handle.describe(sql) }
    }

    /// Runs a statement that a cancelled task must not stop, such as ROLLBACK.
    func executeRegardless(_ sql: SQL) throws(PostgresError) -> String {
        try openHandle().run(script: sql).commandTag
    }
}

/// Types of a statement's values and columns.
package struct StatementDescription: Sendable {
    package let parameters: [PostgresType]
    package let columns: [(name: String, type: PostgresType)]
}

extension Handle {
    /// Runs one statement with its binds, result in binary format.
    func run(_ sql: SQL) throws(PostgresError) -> ResultHandle {
        let (text, binds) = sql.rendered
        try check(text, binds, sql)
        let result = unsafe Parameters(binds).withPointers { types, values, lengths, formats in
            unsafe PQexecParams(pointer, text, Int32(binds.count), types, values, lengths, formats, 1)
        }
        return try unsafe checked(result, sql)
    }

    /// Runs text that may hold several statements; the last one's result.
    func run(script sql: SQL) throws(PostgresError) -> ResultHandle {
        let (text, binds) = sql.rendered
        try check(text, [], sql)
        guard binds.isEmpty else { throw PostgresError(.misuse, "a script takes no values").about(sql) }
        return unsafe try checked(PQexec(pointer, text), sql)
    }

    func describe(_ sql: SQL) throws(PostgresError) -> StatementDescription {
        let (text, binds) = sql.rendered
        try check(text, binds, sql)
        let types = binds.map(\.type.oid)
        _ = try unsafe checked(PQprepare(pointer, "", text, Int32(types.count), types), sql)
        let shape = try unsafe checked(PQdescribePrepared(pointer, ""), sql)
        return StatementDescription(
            parameters: unsafe (0..<PQnparams(shape.pointer)).map {
                unsafe PostgresType(oid: PQparamtype(shape.pointer, $0))
            },
            columns: (0..<shape.columnCount).map { (shape.columnName($0), shape.columnType($0)) }
        )
    }

    /// Takes over a result; throws what it holds if it is no success.
    func checked(_ pointer: OpaquePointer?, _ sql: SQL) throws(PostgresError) -> ResultHandle {
        guard let pointer = unsafe pointer else {
            let kind: PostgresError.Kind = isConnected ? .server : .connectionLost
            throw PostgresError(kind, errorMessage).about(sql)
        }
        let result = unsafe ResultHandle(pointer)
        switch result.status {
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY, PGRES_SINGLE_TUPLE:
            return result
        case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
            endCopy()
            throw PostgresError(.misuse, "COPY needs copy(…) or copyOut(…)").about(sql)
        default:
            throw result.error(connected: isConnected).about(sql)
        }
    }

    private func check(_ text: String, _ binds: [Bind], _ sql: SQL) throws(PostgresError) {
        guard !text.utf8.contains(0) else {
            throw PostgresError(.encoding, "a statement with a NUL character").about(sql)
        }
        guard binds.count <= Int(UInt16.max) else {
            throw PostgresError(.encoding, "\(binds.count) values, the most is 65535: use arrays and unnest").about(sql)
        }
        for (index, bind) in binds.enumerated() {
            guard let problem = bind.problem else { continue }
            throw PostgresError(.encoding, "$\(index + 1) is \(problem)").about(sql)
        }
    }

    /// Whether the server has ended this connection while it was idle.
    ///
    /// Reads what has arrived, asks nothing.
    func hasEnded() -> Bool {
        var descriptor = unsafe pollfd(fd: PQsocket(pointer), events: Int16(POLLIN), revents: 0)
        // The server's farewell comes first, the end of the stream behind it.
        while unsafe poll(&descriptor, 1, 0) > 0 {
            guard unsafe PQconsumeInput(pointer) == 1, isConnected else { return true }
        }
        return !isConnected
    }
}

/// Binds laid out as libpq wants them: one buffer, pointers into it.
private struct Parameters {
    private let types: [Oid]
    private let lengths: [Int32]
    private let formats: [Int32]
    private let starts: [Int?]
    private let buffer: [UInt8]

    init(_ binds: [Bind]) {
        types = binds.map(\.type.oid)
        lengths = binds.map { Int32(clamping: $0.bytes?.count ?? 0) }
        formats = binds.map { _ in 1 }
        var starts: [Int?] = []
        var buffer: [UInt8] = []
        for bind in binds {
            starts.append(bind.bytes.map { _ in buffer.count })
            buffer += bind.bytes ?? []
        }
        buffer.append(0)  // so that an empty value has an address: NULL would mean NULL
        self.starts = starts
        self.buffer = buffer
    }

    func withPointers<Result>(
        _ body: ([Oid], [UnsafePointer<CChar>?], [Int32], [Int32]) -> Result
    ) -> Result {
        unsafe buffer.withUnsafeBytes { bytes in
            let base = unsafe bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
            let values: [UnsafePointer<CChar>?] = unsafe starts.map { start in
                guard let start, let base = unsafe base else { return nil }
                return unsafe base + start
            }
            return unsafe body(types, values, lengths, formats)
        }
    }
}
