import Foundation
package import Postgres

/// A private PostgreSQL server for the whole test process, and databases in it.
///
/// Started by the first test that asks; stopped, and its folder removed, when the process exits. What a killed test
/// process left behind is cleared by the next one. Nothing listens on TCP.
package actor PostgresFixture {
    package static let shared = PostgresFixture()

    private let start = Once<RunningServer>()
    private var templates: [String: Once<String>] = [:]
    private var databases = 0

    private init() {}

    /// The server, started when needed.
    package func server() async throws -> RunningServer {
        try await start.value { try await Self.launch() }
    }

    /// How to connect to a new database, empty, or cloned from a template.
    ///
    /// `template` names what `prepare` makes (say, the migrated schema); it is made once for the whole process.
    package func freshDatabase(
        template: String? = nil,
        prepare: @escaping @Sendable (Connection) async throws -> Void = { _ in }
    ) async throws -> ConnectionSettings {
        let server = try await server()
        var source = "template0"
        if let template {
            let once = templates[template] ?? Once<String>()
            templates[template] = once
            source = try await once.value {
                let name = "template_\(template)"
                try await Self.create(name, from: "template0", server)
                let connection = try await Connection.open(server.connection(database: name))
                do {
                    try await prepare(connection)
                } catch {
                    await connection.close()
                    throw error
                }
                // A database with a connection cannot be cloned, and the server notices an end a little later.
                let process = await connection.serverProcess
                await connection.close()
                try await Self.awaitEnd(of: process, server)
                return name
            }
        }
        databases += 1
        let name = "test_\(databases)"
        try await Self.create(name, from: source, server)
        return Self.patient(server.connection(database: name))
    }

    /// The same, dropped when `body` ends, with whoever is still connected.
    nonisolated(nonsending)
        package func withDatabase<Value>(
            template: String? = nil,
            prepare: @escaping @Sendable (Connection) async throws -> Void = { _ in },
            _ body: (ConnectionSettings) async throws -> Value
        ) async throws -> Value
    {
        let settings = try await freshDatabase(template: template, prepare: prepare)
        let outcome: Result<Value, any Error>
        do {
            outcome = .success(try await body(settings))
        } catch {
            outcome = .failure(error)
        }
        if let name = settings.overrides["dbname"] {
            try await Self.administer(try await server(), "DROP DATABASE IF EXISTS \(identifier: name) WITH (FORCE)")
        }
        return try outcome.get()
    }

    /// One connection to a database of its own.
    nonisolated(nonsending)
        package func withConnection<Value>(
            template: String? = nil,
            prepare: @escaping @Sendable (Connection) async throws -> Void = { _ in },
            _ body: (Connection) async throws -> Value
        ) async throws -> Value
    {
        try await withDatabase(template: template, prepare: prepare) { settings in
            let connection = try await Connection.open(settings)
            let outcome: Result<Value, any Error>
            do {
                outcome = .success(try await body(connection))
            } catch {
                outcome = .failure(error)
            }
            await connection.close()
            return try outcome.get()
        }
    }

    /// Hundreds of tests start at once; the last one's connection may take a while on two busy cores.
    private static func patient(_ settings: ConnectionSettings) -> ConnectionSettings {
        var settings = settings
        settings.connectTimeout = .seconds(120)
        return settings
    }

    private static func create(_ name: String, from source: String, _ server: RunningServer) async throws {
        try await administer(server, "CREATE DATABASE \(identifier: name) TEMPLATE \(identifier: source)")
    }

    private static func administer(_ server: RunningServer, _ sql: SQL) async throws {
        let connection = try await Connection.open(patient(server.connection(database: "postgres")))
        do {
            try await connection.execute(sql)
        } catch {
            await connection.close()
            throw error
        }
        await connection.close()
    }

    private static func awaitEnd(of process: Int32, _ server: RunningServer) async throws {
        let connection = try await Connection.open(patient(server.connection(database: "postgres")))
        for _ in 0..<500 {
            let rows = try await connection.query("SELECT FROM pg_stat_activity WHERE pid = \(process)")
            if rows.isEmpty { break }
            try await connection.execute("SELECT pg_sleep(0.01)")
        }
        await connection.close()
    }

    private static func launch() async throws -> RunningServer {
        LeftBehind.clear()
        let folder = try TemporaryServerFolder.make()
        // First the clean-up, then the server: a test process may exit in between.
        TemporaryServerFolder.removeAtExit(folder)
        return try await PrivateServer(TemporaryServerFolder.settings(in: folder)).start()
    }
}

/// Makes a value once, however many tasks ask at the same time.
package actor Once<Value: Sendable> {
    private enum State {
        case untouched
        case running([CheckedContinuation<Result<Value, any Error>, Never>])
        case done(Result<Value, any Error>)
    }

    private var state = State.untouched

    package init() {}

    /// The value of the first call's `make`; its error for everybody, too.
    package func value(_ make: @Sendable () async throws -> Value) async throws -> Value {
        switch state {
        case .done(let outcome): return try outcome.get()
        case .running:
            return try await withCheckedContinuation { waiter in
                guard case .running(let waiters) = state else { return }
                state = .running(waiters + [waiter])
            }.get()
        case .untouched: break
        }
        state = .running([])
        let outcome: Result<Value, any Error>
        do {
            outcome = .success(try await make())
        } catch {
            outcome = .failure(error)
        }
        if case .running(let waiters) = state {
            for waiter in waiters { waiter.resume(returning: outcome) }
        }
        state = .done(outcome)
        return try outcome.get()
    }
}
