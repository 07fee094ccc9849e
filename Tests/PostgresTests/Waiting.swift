import Postgres
import Synchronization

/// A value that several tasks change.
final class Shared<Value: Sendable>: Sendable {
    private let value: Mutex<Value>

    init(_ value: Value) { self.value = Mutex(value) }

    func withLock<Result: Sendable>(_ body: @Sendable (inout Value) -> Result) -> Result {
        value.withLock { body(&$0) }
    }
}

/// Asks again and again, for at most twenty seconds; false when it never came true.
func eventually(_ condition: () async throws -> Bool) async rethrows -> Bool {
    let clock = ContinuousClock()
    let deadline = clock.now + .seconds(20)
    while clock.now < deadline {
        if try await condition() { return true }
        // Between two looks, so that looking does not take the processor from what it waits for.
        try? await Task.sleep(for: .milliseconds(2))
    }
    return false
}

extension Connection {
    /// Whether the server process runs a statement whose text contains `text` (and waits in it, such as in a sleep).
    func sees(_ process: Int32, running text: String) async throws -> Bool {
        let pattern = "%\(text)%"
        let rows = try await query(
            """
            SELECT FROM pg_stat_activity
            WHERE pid = \(process) AND state = 'active' AND query LIKE \(pattern) AND wait_event IS NOT NULL
            """
        )
        return !rows.isEmpty
    }
}

/// The error that `work` throws; nil when it throws none.
func errorOf<Value>(_ work: () async throws -> Value) async -> PostgresError? {
    do {
        _ = try await work()
        return nil
    } catch {
        return error as? PostgresError ?? PostgresError(.misuse, "not a PostgresError: \(error)")
    }
}
