import CPostgres

/// Owns a `PGconn`; releasing it closes the connection.
///
/// `@unchecked Sendable`: the pointer never changes, and libpq allows one thread at a time on it, which is the
/// actor's; the last reference may be let go by any thread, when nobody else can be using it.
@safe final class Handle: @unchecked Sendable {
    let pointer: OpaquePointer
    private let notices: NoticeReceiver

    init(_ pointer: OpaquePointer, onNotice: (@Sendable (Notice) -> Void)?) {
        unsafe self.pointer = unsafe pointer
        notices = NoticeReceiver(onNotice)
        // Without a receiver libpq prints notices to standard error.
        unsafe PQsetNoticeReceiver(
            pointer,
            { context, result in
                guard let context = unsafe context, let result = unsafe result else { return }
                let receiver = unsafe Unmanaged<NoticeReceiver>.fromOpaque(context).takeUnretainedValue()
                unsafe receiver.receive(result)
            },
            Unmanaged.passUnretained(notices).toOpaque()
        )
    }

    deinit {
        unsafe PQfinish(pointer)
    }

    var isConnected: Bool { unsafe PQstatus(pointer) == CONNECTION_OK }

    var transactionStatus: PGTransactionStatusType { unsafe PQtransactionStatus(pointer) }

    /// libpq's last message on this connection, without the trailing newline.
    var errorMessage: String { unsafe string(PQerrorMessage(pointer)) ?? "" }
}

private final class NoticeReceiver: Sendable {
    let closure: (@Sendable (Notice) -> Void)?

    init(_ closure: (@Sendable (Notice) -> Void)?) { self.closure = closure }

    func receive(_ result: OpaquePointer) {
        guard let closure else { return }
        let field = { (code: Character) in unsafe resultField(result, code) }
        closure(
            Notice(
                severity: field("V") ?? field("S") ?? "NOTICE",
                sqlState: field("C").map(SQLState.init),
                message: field("M") ?? ""
            )
        )
    }
}

/// Owns a `PGresult`.
///
/// `@unchecked Sendable`: libpq documents that a result may be read by several threads; nothing here changes it.
@safe final class ResultHandle: @unchecked Sendable {
    let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) { unsafe self.pointer = unsafe pointer }

    deinit {
        unsafe PQclear(pointer)
    }

    var status: ExecStatusType { unsafe PQresultStatus(pointer) }
    var rowCount: Int { unsafe Int(PQntuples(pointer)) }
    var columnCount: Int { unsafe Int(PQnfields(pointer)) }
    /// Such as `INSERT 0 5`.
    var commandTag: String { unsafe string(PQcmdStatus(pointer)) ?? "" }
    /// Rows touched; 0 where the command counts none.
    var affectedRows: Int { unsafe string(PQcmdTuples(pointer)).flatMap(Int.init) ?? 0 }

    func columnName(_ column: Int) -> String { unsafe string(PQfname(pointer, Int32(column))) ?? "" }
    func columnType(_ column: Int) -> PostgresType { unsafe PostgresType(oid: PQftype(pointer, Int32(column))) }

    /// Calls `body` with the value's bytes; nil is NULL.
    func withValue<Result, Failure: Error>(
        row: Int,
        column: Int,
        _ body: (RawSpan?) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        guard unsafe PQgetisnull(pointer, Int32(row), Int32(column)) == 0,
            let start = unsafe PQgetvalue(pointer, Int32(row), Int32(column))
        else { return try body(nil) }
        let count = unsafe Int(PQgetlength(pointer, Int32(row), Int32(column)))
        // libpq keeps the bytes until the result is cleared, which `self` prevents.
        let bytes = unsafe RawSpan(_unsafeStart: UnsafeRawPointer(start), byteCount: count)
        return try body(bytes)
    }

    /// The error that the server (or libpq) put into this result.
    func error(connected: Bool) -> PostgresError {
        let field = { (code: Character) in unsafe resultField(self.pointer, code) }
        let state = field("C").map(SQLState.init)
        let whole = unsafe string(PQresultErrorMessage(pointer)) ?? ""
        var error = PostgresError(connected ? .server : .connectionLost, field("M") ?? whole, sqlState: state)
        error.detail = field("D")
        error.hint = field("H")
        error.schema = field("s")
        error.table = field("t")
        error.column = field("c")
        error.constraint = field("n")
        error.position = field("P").flatMap(Int.init)
        error.context = field("W")
        return error
    }
}

/// A field of an error or notice by its letter in the protocol (`PG_DIAG_…`).
func resultField(_ result: OpaquePointer, _ code: Character) -> String? {
    unsafe string(PQresultErrorField(result, Int32(code.asciiValue ?? 0)))
}

/// A copy of a C string without trailing newlines; nil for none.
func string(_ pointer: UnsafePointer<CChar>?) -> String? {
    guard let pointer = unsafe pointer else { return nil }
    var text = unsafe String(cString: pointer)
    while text.last?.isNewline == true { text.removeLast() }
    return text
}

func string(_ pointer: UnsafeMutablePointer<CChar>?) -> String? {
    unsafe string(UnsafePointer(pointer))
}
