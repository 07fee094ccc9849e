import Core
import Postgres

extension PostgresLedger: Locks {
    /// The lock belongs to a connection of its own and ends with it, also when this process is killed.
    package func holding<Value: Sendable>(
        _ name: String,
        _ body: @Sendable () async throws -> Value
    ) async throws -> Value? {
        let connection = try await ownConnection()
        let outcome: Result<Value?, any Error>
        do {
            outcome = .success(try await taken(name, on: connection) ? try await body() : nil)
        } catch {
            outcome = .failure(error)
        }
        // Unlocked before it is closed: the server would notice the end of a connection a little later.
        _ = try? await connection.execute(LockStatements.release(name))
        await connection.close()
        return try outcome.get()
    }

    private func ownConnection() async throws(StoreFailure) -> Connection {
        do throws(PostgresError) {
            return try await Connection.open(settings)
        } catch {
            throw StoreFailure(error, advice: reachingIt)
        }
    }

    private func taken(_ name: String, on connection: Connection) async throws(StoreFailure) -> Bool {
        do throws(PostgresError) {
            return try await connection.query(LockStatements.take(name)).only()["taken"]
        } catch {
            throw StoreFailure(error, advice: reachingIt)
        }
    }
}
