/// What went wrong between this program and PostgreSQL.
///
/// `description` is one line, safe to show and to log: it holds no bound values, no password, and not the server's
/// detail (which quotes values of rows). `debugDescription` holds everything.
package struct PostgresError: Error, Sendable {
    /// Who refused, and what is known about the effect.
    package enum Kind: Hashable, Sendable {
        /// The server refused the statement; `sqlState` says why.
        case server
        /// No connection could be made.
        case cannotConnect
        /// The connection broke while, or before, the statement ran; its effect is unknown outside a transaction.
        case connectionLost
        /// The connection, or the pool, was closed by this program.
        case closed
        /// The task was cancelled: nothing was run, or the running statement was stopped by the server.
        case cancelled
        /// The server refused to commit: the transaction was rolled back.
        case commitRefused
        /// The connection broke during COMMIT: nobody knows whether the transaction happened.
        case commitOutcomeUnknown
        /// A value could not be read as the type asked for.
        case decoding
        /// A value cannot be sent to PostgreSQL.
        case encoding
        /// This program used the connection wrongly, such as a transaction inside a transaction.
        case misuse
        /// The private server.
        case privateServer(PrivateServerProblem)
    }

    package var kind: Kind
    package var sqlState: SQLState?
    /// The server's (or libpq's) message, without trailing newline.
    ///
    /// May quote values: show `description` instead.
    package var message: String
    package var detail: String?
    package var hint: String?
    package var schema: String?
    package var table: String?
    package var column: String?
    package var constraint: String?
    /// Where in the statement, counted in characters from 1.
    package var position: Int?
    /// What the server was doing: the call stack of functions and triggers.
    package var context: String?
    /// The name given with `SQL.named(_:)`.
    package var statementName: String?
    /// The statement, with `$1` in place of the bound values.
    package var statement: String?
    /// The bound values, shortened; only `debugDescription` shows them.
    package var binds: [String] = []

    package init(_ kind: Kind, _ message: String, sqlState: SQLState? = nil) {
        self.kind = kind
        self.message = message
        self.sqlState = sqlState
    }

    package var isUniqueViolation: Bool { sqlState == .uniqueViolation }
    package var isForeignKeyViolation: Bool { sqlState == .foreignKeyViolation }
    package var isCheckViolation: Bool { sqlState == .checkViolation }
    package var isNotNullViolation: Bool { sqlState == .notNullViolation }
    package var isInsufficientPrivilege: Bool { sqlState == .insufficientPrivilege }
    package var isLockNotAvailable: Bool { sqlState == .lockNotAvailable }
    package var isSerializationFailure: Bool { sqlState == .serializationFailure }
    package var isDeadlock: Bool { sqlState == .deadlockDetected }
    package var isCancelled: Bool { kind == .cancelled }

    /// The whole transaction may be run again and may then succeed: it has certainly not happened.
    package var isRetryable: Bool {
        kind != .commitOutcomeUnknown && (isSerializationFailure || isDeadlock)
    }

    /// There is no usable connection any more (or there never was one).
    package var isConnectionFailure: Bool {
        switch kind {
        case .cannotConnect, .connectionLost, .closed, .commitOutcomeUnknown: true
        case .server, .commitRefused, .cancelled, .decoding, .encoding, .misuse, .privateServer:
            sqlState?.isConnectionFailure ?? false
        }
    }

    /// The transaction may or may not have happened.
    package var isOutcomeUnknown: Bool { kind == .commitOutcomeUnknown }

    func about(_ sql: SQL) -> PostgresError {
        var error = self
        error.statementName = sql.name
        let rendered = sql.rendered
        error.statement = rendered.text
        error.binds = rendered.binds.map(\.debugDescription)
        return error
    }
}

extension PostgresError: CustomStringConvertible, CustomDebugStringConvertible {
    package var description: String {
        var text = prefix
        if let statementName { text += "\(statementName): " }
        text += safeMessage
        if let constraint { text += " (constraint \(constraint))" }
        if let sqlState { text += " [\(sqlState)]" }
        return text
    }

    package var debugDescription: String {
        var lines = ["\(kind) \(sqlState?.code ?? "-") \(message)"]
        let named = [
            ("detail", detail), ("hint", hint), ("schema", schema), ("table", table), ("column", column),
            ("constraint", constraint), ("position", position.map(String.init)), ("context", context),
            ("name", statementName), ("statement", statement),
        ]
        for case (let label, let value?) in named {
            lines.append("  \(label): \(value)")
        }
        for (index, bind) in binds.enumerated() {
            lines.append("  $\(index + 1): \(bind)")
        }
        return lines.joined(separator: "\n")
    }

    private var prefix: String {
        switch kind {
        case .server, .closed, .cancelled, .misuse, .privateServer: ""
        case .cannotConnect: "cannot connect to the database: "
        case .connectionLost: "the connection to the database broke: "
        case .commitRefused: "the transaction was not committed: "
        case .commitOutcomeUnknown: "the connection broke during COMMIT, whether it happened is unknown: "
        case .decoding: "cannot read a value: "
        case .encoding: "cannot send a value: "
        }
    }

    /// Data exceptions quote the value after a colon, as in `invalid input syntax for type uuid: "…"`.
    private var safeMessage: String {
        let line = message.split(whereSeparator: \.isNewline).joined(separator: " ")
        guard sqlState?.category == "22", let quote = line.firstRange(of: ": \"") else { return line }
        return String(line[..<quote.lowerBound])
    }
}

/// An error type that can hold a PostgreSQL error, so that `transaction` and `withConnection` can throw the error
/// type of their body and still report their own failures.
package protocol CarriesPostgresError: Error {
    init(_ error: PostgresError)
}

extension PostgresError: CarriesPostgresError {
    package init(_ error: PostgresError) { self = error }
}
