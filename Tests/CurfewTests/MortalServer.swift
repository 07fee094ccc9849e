import Glibc
import Postgres
import Synchronization
import TestSupport

/// A PostgreSQL server for one test, with everything that a house needs, which can die and rise again.
final class MortalServer: Sendable {
    private enum State { case alive, dying, dead }

    private let server: PrivateServer
    private let running: Mutex<RunningServer>
    private let state = Mutex(State.alive)

    /// Of the superuser.
    let database: ConnectionSettings

    /// False from the moment at which it begins to die.
    var isAlive: Bool { state.withLock { $0 == .alive } }

    init(_ serverSettings: [String: String]) async throws {
        let folder = try TemporaryServerFolder.make()
        TemporaryServerFolder.removeAtExit(folder)
        var settings = TemporaryServerFolder.settings(in: folder)
        settings.serverSettings.merge(serverSettings) { $1 }
        server = PrivateServer(settings)
        let first = try await server.start(database: "curfew")
        running = Mutex(first)
        database = first.connection(database: "curfew")
        let connection = try await Connection.open(database)
        try await House.prepare(connection, database: "curfew", of: first)
        await connection.close()
    }

    /// It says goodbye to nobody and writes nothing more.
    func die() {
        state.withLock { $0 = .dying }
        let process = running.withLock(\.processID)
        _ = kill(process, SIGQUIT)
        for _ in 0..<5_000 where kill(process, 0) == 0 { usleep(1_000) }
        state.withLock { $0 = .dead }
    }

    /// Starts it again where it is dead.
    func rise() async throws {
        guard state.withLock({ $0 == .dead }) else { return }
        let next = try await server.start(database: "curfew")
        running.withLock { $0 = next }
        state.withLock { $0 = .alive }
    }

    func stop() async throws { try await server.stop() }
}
