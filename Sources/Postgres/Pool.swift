import Synchronization

// The two `withConnection` differ in what their bodies throw, and one only takes what the other cannot.
// swift-format-ignore: AmbiguousTrailingClosureOverload
/// A few connections for many tasks.
///
/// At most `maximum` connections exist, opened when first needed. Who waits is served in the order of asking; a
/// cancelled task stops waiting. A connection that comes back broken, or with a transaction left open, is closed.
/// Settings of the session and its advisory locks stay with the connection: put them back before returning it.
///
/// A class with a lock and no actor: a cancelled task must leave the queue at once, and that call cannot wait.
package final class Pool: Sendable {
    private let settings: ConnectionSettings
    private let state: Mutex<PoolState>

    /// `maximum` is at least 1.
    package init(_ settings: ConnectionSettings, maximum: Int) {
        precondition(maximum > 0, "a pool of \(maximum) connections")
        self.settings = settings
        state = Mutex(PoolState(maximum: maximum))
    }

    /// Lends a connection to `body` alone.
    @discardableResult
    nonisolated(nonsending)
        package func withConnection<Value, Failure: CarriesPostgresError>(
            _ body: (Connection) async throws(Failure) -> Value
        ) async throws(Failure) -> Value
    {
        let connection = try await Failure.carrying { () throws(PostgresError) in try await take() }
        let value: Value
        do throws(Failure) {
            value = try await body(connection)
        } catch {
            await giveBack(connection)
            throw error
        }
        await giveBack(connection)
        return value
    }

    /// The same for a body that throws anything.
    @_disfavoredOverload
    @discardableResult
    nonisolated(nonsending)
        package func withConnection<Value>(
            _ body: (Connection) async throws -> Value
        ) async throws -> Value
    {
        let connection = try await take()
        let value: Value
        do {
            value = try await body(connection)
        } catch {
            await giveBack(connection)
            throw error
        }
        await giveBack(connection)
        return value
    }

    /// Closes what is idle now and what is lent when it comes back; whoever waits or asks gets `.closed`.
    package func close() async {
        let (idle, waiters) = state.withLock { $0.close() }
        for waiter in waiters {
            waiter.resume(returning: .failure(PostgresError(.closed, "the pool was closed")))
        }
        for connection in idle {
            await connection.close()
        }
    }

    /// Connections that exist or are being opened, and tasks that wait; for tests and metrics.
    package var counts: (open: Int, idle: Int, waiting: Int) {
        state.withLock { ($0.open, $0.idle.count, $0.waiters.count) }
    }

    nonisolated(nonsending)
        private func take() async throws(PostgresError) -> Connection
    {
        while true {
            switch try await nextPermit() {
            case .use(let connection):
                if await connection.isUsable { return connection }
                // It broke while nobody used it: this task opens another in its place.
                await connection.close()
                return try await open()
            case .open:
                return try await open()
            }
        }
    }

    private func open() async throws(PostgresError) -> Connection {
        do throws(PostgresError) {
            return try await Connection.open(settings)
        } catch {
            // The next in the queue may try.
            state.withLock { $0.lost() }?.resume(returning: .success(.open))
            throw error
        }
    }

    private func nextPermit() async throws(PostgresError) -> Permit {
        guard !Task.isCancelled else { throw PostgresError(.cancelled, "the task was cancelled") }
        let id = state.withLock { $0.nextID() }
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if let outcome = state.withLock({ $0.ask(id, continuation) }) {
                    continuation.resume(returning: outcome)
                }
            }
        } onCancel: {
            let waiter = state.withLock { $0.cancel(id) }
            waiter?.resume(returning: .failure(PostgresError(.cancelled, "the task was cancelled")))
        }
        state.withLock { $0.forget(id) }
        return try outcome.get()
    }

    private func giveBack(_ connection: Connection) async {
        let isUsable = await connection.isUsable
        let (next, keeps) = state.withLock { $0.giveBack(isUsable ? connection : nil) }
        if !keeps { await connection.close() }
        if let (waiter, permit) = next { waiter.resume(returning: .success(permit)) }
    }
}

/// What a task that asked for a connection gets.
private enum Permit: Sendable {
    case use(Connection)
    /// To open one itself, already counted.
    case open
}

private typealias Waiter = CheckedContinuation<Result<Permit, PostgresError>, Never>

private struct PoolState {
    let maximum: Int
    var isClosed = false
    var open = 0
    var idle: [Connection] = []
    var waiters: [(id: Int, waiter: Waiter)] = []
    private var lastID = 0
    /// Tasks cancelled while they were not in the queue.
    private var cancelled: Set<Int> = []

    init(maximum: Int) { self.maximum = maximum }

    mutating func nextID() -> Int {
        lastID += 1
        return lastID
    }

    /// An answer at once, or nil: the task waits.
    mutating func ask(_ id: Int, _ waiter: Waiter) -> Result<Permit, PostgresError>? {
        if cancelled.remove(id) != nil { return .failure(PostgresError(.cancelled, "the task was cancelled")) }
        guard !isClosed else { return .failure(PostgresError(.closed, "the pool was closed")) }
        if let connection = idle.popLast() { return .success(.use(connection)) }
        if open < maximum {
            open += 1
            return .success(.open)
        }
        waiters.append((id, waiter))
        return nil
    }

    mutating func cancel(_ id: Int) -> Waiter? {
        if let index = waiters.firstIndex(where: { $0.id == id }) {
            return waiters.remove(at: index).waiter
        }
        cancelled.insert(id)
        return nil
    }

    mutating func forget(_ id: Int) {
        cancelled.remove(id)
    }

    /// Takes a connection back, or counts it as gone where it is nil; who gets what, and whether it is kept.
    mutating func giveBack(_ connection: Connection?) -> (next: (Waiter, Permit)?, keeps: Bool) {
        guard !isClosed, let connection else { return (lost().map { ($0, .open) }, false) }
        guard !waiters.isEmpty else {
            idle.append(connection)
            return (nil, true)
        }
        return ((waiters.removeFirst().waiter, .use(connection)), true)
    }

    /// One connection fewer; or the first in the queue opens one in its place.
    mutating func lost() -> Waiter? {
        guard !waiters.isEmpty else {
            open -= 1
            return nil
        }
        return waiters.removeFirst().waiter
    }

    mutating func close() -> (idle: [Connection], waiters: [Waiter]) {
        defer {
            isClosed = true
            open -= idle.count
            idle = []
            waiters = []
        }
        return (idle, waiters.map(\.waiter))
    }
}
