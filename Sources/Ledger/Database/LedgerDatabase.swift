package import Core
import Foundation
package import Postgres

/// Opens Curfew's database, and does what `curfew database …` asks for.
package enum LedgerDatabase {
    /// Connects, ready to work: an embedded database is made, started and migrated as needed; for any other, what is
    /// pending is an error.
    ///
    /// `progress` is called with what is being done, where it takes time or changes something.
    package static func open(
        _ location: LedgerLocation,
        progress: @Sendable (String) -> Void = { _ in }
    ) async throws(StoreFailure) -> PostgresLedger {
        try await reporting(location) { () async throws(LedgerError) in
            switch location {
            case .url(let conninfo):
                let settings = session(ConnectionSettings(conninfo))
                try await checkSchema(settings)
                return PostgresLedger(settings: settings, embedded: false)
            case .embedded(let folder, let serverUser):
                let database = EmbeddedDatabase(dataFolder: folder, serverUser: serverUser)
                return PostgresLedger(settings: try await database.open(progress: progress), embedded: true)
            }
        }
    }

    /// Starts an embedded database and makes it ready.
    package static func start(
        _ location: LedgerLocation,
        progress: @Sendable (String) -> Void = { _ in }
    ) async throws(StoreFailure) {
        try await reporting(location) { () async throws(LedgerError) in
            let database = try embedded(location, "started")
            _ = try await database.open(progress: progress)
        }
    }

    /// Stops an embedded database.
    ///
    /// Fine when it does not run; where there is none, that is said, for another folder may be meant.
    package static func stop(_ location: LedgerLocation) async throws(StoreFailure) {
        try await reporting(location) { () async throws(LedgerError) in
            let database = try embedded(location, "stopped")
            try await carrying { () async throws(PostgresError) in
                if case .absent = try await database.server.status() {
                    throw PostgresError(
                        .privateServer(.notRunning),
                        "there is no private database in \(database.dataFolder)"
                    )
                }
                try await database.server.stop()
            }
        }
    }

    /// What is there, without starting or changing anything.
    package static func status(_ location: LedgerLocation) async throws(StoreFailure) -> DatabaseStatus {
        try await reporting(location) { () async throws(LedgerError) in
            switch location {
            case .url(let conninfo):
                return try await DatabaseStatus(connecting: session(ConnectionSettings(conninfo)), place: nil)
            case .embedded(let folder, let serverUser):
                return try await EmbeddedDatabase(dataFolder: folder, serverUser: serverUser).status()
            }
        }
    }

    /// Applies pending migrations (of an embedded database: starts it too); returns the names of those applied now.
    package static func migrate(
        _ location: LedgerLocation,
        progress: @Sendable (String) -> Void = { _ in }
    ) async throws(StoreFailure) -> [String] {
        try await reporting(location) { () async throws(LedgerError) in
            switch location {
            case .url(let conninfo):
                return try await withConnection(session(ConnectionSettings(conninfo))) {
                    (connection) async throws(LedgerError) in
                    let migrator = Migrator(connection: connection)
                    return try await migrator.exclusively { () async throws(LedgerError) in
                        try await migrator.migrate(progress: progress).map(\.name)
                    }
                }
            case .embedded(let folder, let serverUser):
                let database = EmbeddedDatabase(dataFolder: folder, serverUser: serverUser)
                return try await database.prepare(progress: progress).migrated
            }
        }
    }

    /// The settings of every session of ours: our schema first, never a temporary table in place of one of ours.
    package static func session(_ settings: ConnectionSettings) -> ConnectionSettings {
        var settings = settings
        // An intent that a dying server forgets would leave a deletion nobody asked for (P13), whatever the server's own
        // setting is.
        settings.options =
            "-c search_path=curfew,pg_temp -c TimeZone=UTC -c lock_timeout=60s -c synchronous_commit=on"
            // A process that is frozen inside a transaction must not hold what its successor waits for.
            + " -c idle_in_transaction_session_timeout=30s"
        settings.applicationName = settings.applicationName ?? "curfew"
        settings.connectTimeout = settings.connectTimeout ?? .seconds(10)
        return settings
    }

    /// What to do when it cannot be reached.
    static func advice(embedded: Bool) -> String {
        embedded
            ? "see: curfew database status; or name another folder with $CURFEW_DATA_DIR, or a server with $CURFEW_DATABASE_URL"
            : "check the database's address (host, port, user, password) and that the server runs"
    }

    private static func checkSchema(_ settings: ConnectionSettings) async throws(LedgerError) {
        let comparison = try await withConnection(settings) { (connection) async throws(LedgerError) in
            try await Migrator(connection: connection).compare()
        }
        if let refusal = comparison.refusal() { throw .store(refusal) }
        guard !comparison.pending.isEmpty else { return }
        let names = comparison.pending.map(\.name).joined(separator: ", ")
        throw .store(
            StoreFailure(.schema, "the database lacks \(names)", advice: "run `curfew database migrate`")
        )
    }

    static func embedded(
        _ location: LedgerLocation,
        _ done: String
    ) throws(LedgerError) -> EmbeddedDatabase {
        guard case .embedded(let folder, let serverUser) = location else {
            throw .store(
                StoreFailure(
                    .refused,
                    "this database is not ours to be \(done)",
                    advice: "only the embedded database is; this one is configured by its address"
                )
            )
        }
        return EmbeddedDatabase(dataFolder: folder, serverUser: serverUser)
    }

    static func reporting<Value>(
        _ location: LedgerLocation,
        _ work: () async throws(LedgerError) -> Value
    ) async throws(StoreFailure) -> Value {
        do throws(LedgerError) {
            return try await work()
        } catch {
            throw error.failure(advice: advice(embedded: location.isEmbedded))
        }
    }
}

/// Runs the body with a connection of its own.
func withConnection<Value>(
    _ settings: ConnectionSettings,
    _ body: (Connection) async throws(LedgerError) -> Value
) async throws(LedgerError) -> Value {
    let connection = try await carrying { () async throws(PostgresError) in try await Connection.open(settings) }
    do throws(LedgerError) {
        let value = try await body(connection)
        await connection.close()
        return value
    } catch {
        await connection.close()
        throw error
    }
}

func carrying<Value>(_ work: () async throws(PostgresError) -> Value) async throws(LedgerError) -> Value {
    do throws(PostgresError) {
        return try await work()
    } catch {
        throw .postgres(error)
    }
}

/// What `curfew database status` prints.
package struct DatabaseStatus: Sendable {
    /// The data folder of an embedded database.
    package var place: String?
    /// Nil: there is no data folder yet.
    package var running: Bool?
    /// PostgreSQL's version, such as `15.18`; nil where it does not run.
    package var version: String?
    package var applied: [String] = []
    package var pending: [String] = []
    /// Why it does not fit this program, where it does not.
    package var problem: String?

    init(place: String?, running: Bool?) {
        self.place = place
        self.running = running
    }

    init(connecting settings: ConnectionSettings, place: String?) async throws(LedgerError) {
        self.init(place: place, running: true)
        let (comparison, number) = try await withConnection(settings) { (connection) async throws(LedgerError) in
            (try await Migrator(connection: connection).compare(), await connection.serverVersion)
        }
        version = "\(number / 10_000).\(number % 10_000)"
        applied = comparison.applied.map(\.name)
        problem = comparison.refusal()?.summary
        pending = problem == nil ? comparison.pending.map(\.name) : []
    }
}
