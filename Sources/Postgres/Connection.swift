import CPostgres
import Threads

/// One connection to PostgreSQL, on a thread of its own (see `ThreadExecutor`).
///
/// One task at a time: take it from a `Pool`, or keep it. Statements of several tasks do not mix up the wire, but they
/// would share a transaction. A connection that was let go closes itself.
package actor Connection {
    private let executor: ThreadExecutor
    private let onNotice: (@Sendable (Notice) -> Void)?
    private var handle: Handle?
    private var canceller: Canceller?
    private var closed = false
    /// True from before BEGIN until after COMMIT or ROLLBACK.
    var inTransaction = false
    private var cursorCount = 0

    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    private init(_ settings: ConnectionSettings) {
        executor = ThreadExecutor(name: "postgres")
        onNotice = settings.onNotice
    }

    /// Connects.
    ///
    /// The wait is bounded by `connectTimeout`; a cancelled task gets its error after that.
    package static func open(_ settings: ConnectionSettings) async throws(PostgresError) -> Connection {
        guard !Task.isCancelled else { throw PostgresError(.cancelled, "the task was cancelled") }
        try settings.validate()
        let connection = Connection(settings)
        try await connection.connect(settings.parameters)
        return connection
    }

    /// Ends the connection; the server rolls back an open transaction.
    ///
    /// Closing twice is allowed.
    package func close() {
        closed = true
        canceller = nil
        handle = nil
    }

    private func connect(_ parameters: [(keyword: String, value: String)]) throws(PostgresError) {
        let pointer = unsafe withCStrings(parameters.map(\.keyword)) { keywords in
            unsafe withCStrings(parameters.map(\.value)) { values in
                unsafe PQconnectdbParams(keywords, values, 1)
            }
        }
        guard let pointer = unsafe pointer else { throw PostgresError(.cannotConnect, "out of memory") }
        let handle = unsafe Handle(pointer, onNotice: onNotice)
        guard handle.isConnected else {
            throw PostgresError(.cannotConnect, handle.errorMessage)
        }
        self.handle = handle
        canceller = Canceller(handle)
    }

    /// False once the connection is closed or known to be broken, or when a transaction was left open.
    ///
    /// Looks for an end sent by the server without asking it.
    package var isUsable: Bool {
        guard let handle, handle.isConnected, handle.transactionStatus == PQTRANS_IDLE, !inTransaction else {
            return false
        }
        return !handle.hasEnded()
    }

    /// The process at the server that serves this connection (`pg_backend_pid()`); 0 when closed.
    package var serverProcess: Int32 { handle.map { unsafe PQbackendPID($0.pointer) } ?? 0 }

    /// The server's version, such as 150018 for 15.18; 0 when closed.
    package var serverVersion: Int { handle.map { unsafe Int(PQserverVersion($0.pointer)) } ?? 0 }

    // MARK: - For the other files of this type

    func openHandle() throws(PostgresError) -> Handle {
        if let handle { return handle }
        throw PostgresError(.closed, closed ? "the connection was closed" : "the connection was never opened")
    }

    func nextCursorName() -> String {
        cursorCount += 1
        return "batch_\(cursorCount)"
    }

    /// Runs blocking work that a cancelled task stops.
    func cancellable<Value: Sendable>(
        _ work: (Handle) throws(PostgresError) -> Value
    ) async throws(PostgresError) -> Value {
        let handle = try openHandle()
        guard let canceller else { throw PostgresError(.closed, "the connection cannot be cancelled") }
        let ticket = Canceller.Ticket()
        let outcome = await withTaskCancellationHandler { () -> Result<Value, PostgresError> in
            // The closure belongs to this actor only because it uses `self`: without this line it would run, and
            // block, on the shared pool.
            executor.checkIsolated()
            guard canceller.begin(ticket) else {
                return .failure(PostgresError(.cancelled, "the task was cancelled"))
            }
            let outcome = Result { () throws(PostgresError) in try work(handle) }
            guard canceller.end(ticket) else { return outcome }
            return outcome.mapError { $0.afterCancel }
        } onCancel: {
            canceller.cancel(ticket)
        }
        return try outcome.get()
    }
}

extension PostgresError {
    /// The same error where the task's cancellation caused it.
    fileprivate var afterCancel: PostgresError {
        guard sqlState == .queryCanceled else { return self }
        var error = self
        error.kind = .cancelled
        return error
    }
}
