import CPostgres

extension Connection {
    /// Writes rows into a table with COPY in binary format; returns how many.
    ///
    /// `encode` appends one value for each of `columns`, of exactly the column's type (`Int32` for `integer`, `JSONB`
    /// for `jsonb`): COPY converts nothing. All rows are written or none.
    @discardableResult
    nonisolated(nonsending)
        package func copy<Source: Sequence>(
            _ rows: Source,
            into table: SQL,
            columns: [String],
            encode: (Source.Element, inout CopyRow) -> Void
        ) async throws(PostgresError) -> Int
    {
        try await copy(into: table, columns: columns) { (writer) async throws(PostgresError) in
            try await writer.write(rows, encode)
        }
    }

    /// The same for rows that come bit by bit: `body` calls `write` as often as it likes.
    ///
    /// The connection can do nothing else until `body` ends; an error of the body writes nothing.
    @discardableResult
    nonisolated(nonsending)
        package func copy<Failure: CarriesPostgresError>(
            into table: SQL,
            columns: [String],
            _ body: (CopyWriter) async throws(Failure) -> Void
        ) async throws(Failure) -> Int
    {
        let list = columns.map { "\(identifier: $0)" as SQL }.joined(separator: ", ")
        let sql: SQL = "COPY \(table) (\(list)) FROM STDIN (FORMAT binary)"
        let writer = CopyWriter(self, columnCount: columns.count)
        return try await copyIn(sql) { () async throws(Failure) in
            try await body(writer)
            try await Failure.carrying { () throws(PostgresError) in try await writer.finish() }
        }
    }

    /// Writes rows with COPY in text format, where the server converts each value to its column's type.
    @discardableResult
    nonisolated(nonsending)
        package func copyText<Source: Sequence>(
            _ rows: Source,
            into table: SQL,
            columns: [String],
            encode: (Source.Element, inout CopyTextRow) -> Void
        ) async throws(PostgresError) -> Int
    {
        let list = columns.map { "\(identifier: $0)" as SQL }.joined(separator: ", ")
        return try await copyIn("COPY \(table) (\(list)) FROM STDIN") { () async throws(PostgresError) in
            var row = CopyTextRow(columnCount: columns.count)
            for element in rows {
                row.begin()
                encode(element, &row)
                try row.end()
                if row.bytes.count >= copyChunkSize { try await putCopy(row.take()) }
            }
            try await putCopy(row.take())
        }
    }

    /// Hands what `COPY … TO STDOUT` sends to `body`, in pieces of about a megabyte of whole rows.
    ///
    /// The connection can do nothing else until `body` ends. An error of the body ends the statement.
    nonisolated(nonsending)
        package func copyOut<Failure: CarriesPostgresError>(
            _ sql: SQL,
            _ body: ([UInt8]) async throws(Failure) -> Void
        ) async throws(Failure)
    {
        try await Failure.carrying { () throws(PostgresError) in try await beginCopy(sql, PGRES_COPY_OUT) }
        do throws(Failure) {
            var isLast = false
            while !isLast {
                let chunk = try await Failure.carrying { () throws(PostgresError) in try await nextCopyChunk(sql) }
                if !chunk.bytes.isEmpty { try await body(chunk.bytes) }
                isLast = chunk.isLast
            }
        } catch {
            await abandonCopy()
            throw error
        }
    }

    nonisolated(nonsending)
        private func copyIn<Failure: CarriesPostgresError>(
            _ sql: SQL,
            _ body: () async throws(Failure) -> Void
        ) async throws(Failure) -> Int
    {
        try await Failure.carrying { () throws(PostgresError) in try await beginCopy(sql, PGRES_COPY_IN) }
        do throws(Failure) {
            try await body()
        } catch {
            // The server's own complaint, if that is what stopped us, comes with the end.
            let ended = await endCopy(sql, failure: "stopped by the client")
            if case .failure(let reason) = ended, let lost = error as? PostgresError, lost.kind == .connectionLost {
                throw Failure(reason)
            }
            throw error
        }
        return try await Failure.carrying { () throws(PostgresError) in try await endCopy(sql, failure: nil).get() }
    }
}

// The steps, on the connection's thread.
extension Connection {
    private func beginCopy(_ sql: SQL, _ wanted: ExecStatusType) async throws(PostgresError) {
        try await cancellable { (handle) throws(PostgresError) in try handle.beginCopy(sql, wanted) }
    }

    /// Sends bytes; a cancelled task stops here.
    func putCopy(_ bytes: [UInt8]) async throws(PostgresError) {
        guard !Task.isCancelled else { throw PostgresError(.cancelled, "the task was cancelled") }
        try openHandle().putCopy(bytes)
    }

    /// Ends COPY IN, making it fail when `failure` is given; the number of rows written.
    private func endCopy(_ sql: SQL, failure: String?) -> Result<Int, PostgresError> {
        Result { () throws(PostgresError) in try openHandle().finishCopy(sql, failure: failure) }
    }

    private func nextCopyChunk(_ sql: SQL) async throws(PostgresError) -> (bytes: [UInt8], isLast: Bool) {
        try await cancellable { (handle) throws(PostgresError) in try handle.nextCopyChunk(sql) }
    }

    /// Stops COPY OUT: asks the server to cancel, then reads to the end.
    private func abandonCopy() {
        guard let handle = try? openHandle() else { return }
        if let canceller = Canceller(handle) { canceller.cancelOnce() }
        handle.endCopy()
    }
}

/// A writer gathers about this many bytes before it sends them.
let copyChunkSize = 1 << 20

extension Handle {
    fileprivate func beginCopy(_ sql: SQL, _ wanted: ExecStatusType) throws(PostgresError) {
        let (text, binds) = sql.rendered
        guard binds.isEmpty else { throw PostgresError(.misuse, "COPY takes no values").about(sql) }
        guard let pointer = unsafe PQexec(pointer, text) else {
            throw PostgresError(.connectionLost, errorMessage).about(sql)
        }
        let result = unsafe ResultHandle(pointer)
        guard result.status != wanted else { return }
        switch result.status {
        case PGRES_FATAL_ERROR, PGRES_BAD_RESPONSE: throw result.error(connected: isConnected).about(sql)
        default:
            endCopy()
            throw PostgresError(.misuse, "this is not the COPY that was asked for").about(sql)
        }
    }

    fileprivate func putCopy(_ bytes: [UInt8]) throws(PostgresError) {
        guard !bytes.isEmpty else { return }
        let sent = unsafe bytes.withUnsafeBytes { buffer in
            unsafe PQputCopyData(
                pointer,
                buffer.baseAddress?.assumingMemoryBound(to: CChar.self),
                Int32(clamping: buffer.count)
            )
        }
        guard sent == 1 else { throw PostgresError(.connectionLost, errorMessage) }
    }

    fileprivate func finishCopy(_ sql: SQL, failure: String?) throws(PostgresError) -> Int {
        guard unsafe PQputCopyEnd(pointer, failure) == 1 else {
            throw PostgresError(.connectionLost, errorMessage).about(sql)
        }
        defer { endCopy() }
        return try unsafe checked(PQgetResult(pointer), sql).affectedRows
    }

    fileprivate func nextCopyChunk(_ sql: SQL) throws(PostgresError) -> (bytes: [UInt8], isLast: Bool) {
        var chunk: [UInt8] = []
        while chunk.count < copyChunkSize {
            var row: UnsafeMutablePointer<CChar>?
            let count = unsafe PQgetCopyData(pointer, &row, 0)
            defer { unsafe PQfreemem(row) }
            guard count >= 0, let start = unsafe row else {
                // −1 is the end, whose result tells whether all went well; −2 is an error.
                guard count == -1 else { throw PostgresError(.connectionLost, errorMessage).about(sql) }
                defer { endCopy() }
                _ = try unsafe checked(PQgetResult(pointer), sql)
                return (chunk, true)
            }
            unsafe chunk.append(contentsOf: UnsafeRawBufferPointer(start: start, count: Int(count)))
        }
        return (chunk, false)
    }

    /// Brings the connection out of a COPY, whatever its state.
    func endCopy() {
        while let pointer = unsafe PQgetResult(pointer) {
            switch unsafe ResultHandle(pointer).status {
            case PGRES_COPY_IN:
                guard unsafe PQputCopyEnd(self.pointer, "stopped by the client") == 1 else { return }
            case PGRES_COPY_OUT:
                var row: UnsafeMutablePointer<CChar>?
                while unsafe PQgetCopyData(self.pointer, &row, 0) > 0 { unsafe PQfreemem(row) }
            case PGRES_COPY_BOTH: return
            default: break
            }
            if !isConnected { return }
        }
    }
}
