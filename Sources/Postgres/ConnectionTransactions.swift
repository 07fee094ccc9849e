import CPostgres

/// How much a transaction may see of others.
package enum Isolation: String, Sendable {
    case readCommitted = "READ COMMITTED"
    case repeatableRead = "REPEATABLE READ"
    case serializable = "SERIALIZABLE"
}

extension Connection {
    /// Runs `body` between BEGIN and COMMIT; an error of the body rolls back and is thrown on as it is.
    ///
    /// Failures of the transaction itself are a `PostgresError` inside `Failure`: `.commitRefused` (rolled back, by a
    /// deferred constraint, a serialization failure, or because an error was swallowed in the body) and
    /// `.commitOutcomeUnknown` (the connection broke during COMMIT). A transaction inside a transaction is refused.
    /// A cancelled task does not stop COMMIT or ROLLBACK.
    @discardableResult
    nonisolated(nonsending)
        package func transaction<Value, Failure: CarriesPostgresError>(
            isolation: Isolation = .readCommitted,
            readOnly: Bool = false,
            _ body: (Connection) async throws(Failure) -> Value
        ) async throws(Failure) -> Value
    {
        try await Failure.carrying { () throws(PostgresError) in
            try await begin(isolation, readOnly: readOnly)
        }
        let value: Value
        do throws(Failure) {
            value = try await body(self)
        } catch {
            await rollback()
            throw error
        }
        try await Failure.carrying { () throws(PostgresError) in try await commit() }
        return value
    }

    /// The same for a body that throws anything.
    @_disfavoredOverload
    @discardableResult
    nonisolated(nonsending)
        package func transaction<Value>(
            isolation: Isolation = .readCommitted,
            readOnly: Bool = false,
            _ body: (Connection) async throws -> Value
        ) async throws -> Value
    {
        try await begin(isolation, readOnly: readOnly)
        let value: Value
        do {
            value = try await body(self)
        } catch {
            await rollback()
            throw error
        }
        try await commit()
        return value
    }

    private func begin(_ isolation: Isolation, readOnly: Bool) async throws(PostgresError) {
        guard !inTransaction, try ![PQTRANS_INTRANS, PQTRANS_INERROR].contains(openHandle().transactionStatus) else {
            throw PostgresError(.misuse, "a transaction inside a transaction")
        }
        inTransaction = true
        do throws(PostgresError) {
            try await execute("BEGIN ISOLATION LEVEL \(raw: isolation.rawValue) \(raw: readOnly ? "READ ONLY" : "")")
        } catch {
            // BEGIN may have worked before the cancellation arrived.
            rollback()
            throw error
        }
    }

    private func commit() throws(PostgresError) {
        defer { inTransaction = false }
        let handle = try openHandle()
        switch handle.transactionStatus {
        case PQTRANS_INTRANS, PQTRANS_INERROR: break
        case PQTRANS_IDLE:
            throw PostgresError(.misuse, "the transaction was ended inside its body")
        default:
            // COMMIT was never sent: the server rolls back.
            throw PostgresError(.connectionLost, handle.errorMessage).about("COMMIT")
        }
        let tag: String
        do throws(PostgresError) {
            tag = try executeRegardless("COMMIT")
        } catch {
            var error = error
            let isUnknown = error.isConnectionFailure || error.sqlState == .statementCompletionUnknown
            error.kind = isUnknown ? .commitOutcomeUnknown : .commitRefused
            throw error
        }
        // COMMIT of a transaction in which a statement failed is a rollback that reports success.
        guard tag == "COMMIT" else {
            throw PostgresError(.commitRefused, "a statement in it had failed, so it was rolled back").about("COMMIT")
        }
    }

    /// Never fails: where the connection is gone the server has rolled back or will.
    private func rollback() {
        inTransaction = false
        guard let handle = try? openHandle(), handle.transactionStatus != PQTRANS_IDLE else { return }
        _ = try? executeRegardless("ROLLBACK")
    }
}

extension CarriesPostgresError {
    /// Runs what throws a `PostgresError`, wrapping it.
    nonisolated(nonsending)
        static func carrying<Value>(
            _ work: () async throws(PostgresError) -> Value
        ) async throws(Self) -> Value
    {
        do throws(PostgresError) {
            return try await work()
        } catch {
            throw Self(error)
        }
    }
}
