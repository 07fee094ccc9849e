import Foundation
import Postgres
import TestSupport
import Testing

/// PostgreSQL goes away in the middle of a reap.
@Suite(.serialized) struct LostDatabaseTests {
    private static let fleet: [Deployment] = [
        Deployment(name: "network-feat-a", template: Templates.exporter),
        Deployment(name: "api-feat-a", template: Templates.importer, parameters: ["BuiltOn": "network-feat-a"]),
        Deployment(account: \.payments, name: "solo-feat-b"),
    ]

    @Test func `P8 everything stops, and the next run finishes`() async throws {
        try await loseTheDatabase(serverSettings: ["synchronous_commit": "on"])
    }

    @Test func `P13 the intent is durable, also where the server is told not to wait for the disk`() async throws {
        // Otherwise a server that dies takes the newest commits with it, and with them the memory of the call.
        try await loseTheDatabase(serverSettings: ["synchronous_commit": "off", "wal_writer_delay": "10s"])
    }

    private func loseTheDatabase(serverSettings: [String: String]) async throws {
        guard let emulator = try await House.sharedEmulator() else { return }
        let folder = try TemporaryServerFolder.make()
        TemporaryServerFolder.removeAtExit(folder)
        var settings = TemporaryServerFolder.settings(in: folder)
        settings.serverSettings.merge(serverSettings) { $1 }
        let server = PrivateServer(settings)
        let running = try await server.start(database: "curfew")
        let database = running.connection(database: "curfew")
        let connection = try await Connection.open(database)
        try await House.prepare(connection, database: "curfew", of: running)
        await connection.close()
        try await House.with(.automatic, emulator: emulator, database: database) { house in
            try await house.deploy(Self.fleet)
            try await house.planned()
            let proxy = try Proxy(to: house.emulator)
            defer { proxy.stop() }
            let behind = try house.reaching(proxy.url, shortLease: true)
            let door = Door()
            proxy.decide { call, _ in
                guard call.action == "DeleteStack", door.isForMe else { return .passes }
                return .passesAfter { Self.quitAtOnce(running.processID) }
            }
            let lost = try await behind.curfew("reap", expecting: nil)
            #expect(lost.status == 69 && lost.messages.contains("database"), "\(lost)")
            #expect(proxy.calls.count { $0.action == "DeleteStack" } == 1)
            expectError(try await behind.curfew("reap", expecting: nil), 69, saying: "database")

            _ = try await server.start(database: "curfew")
            try await behind.reapAfterTheLease()
            #expect(try await house.standing().isEmpty)
            let deletions = proxy.calls.filter { $0.action == "DeleteStack" }
            #expect(Set(deletions.compactMap(\.token)).count == 3)
            #expect(try await house.planStates() == ["done", "done"])
        }
        try await server.stop()
    }

    /// The server says goodbye to nobody and writes nothing more.
    private static func quitAtOnce(_ process: Int32) {
        _ = kill(process, SIGQUIT)
        for _ in 0..<5_000 where kill(process, 0) == 0 { usleep(1_000) }
    }
}
