import Core
import Foundation
import Postgres

/// The private cluster: made at first use, its schema always that of this program, one login for each person.
struct EmbeddedDatabase {
    static let database = "curfew"
    /// No person's login has this name.
    static let superuser = "curfew_admin"

    let server: PrivateServer
    let dataFolder: String

    init(dataFolder: String, serverUser: String?) {
        self.dataFolder = dataFolder
        let places = EmbeddedPlaces(dataFolder: dataFolder, user: geteuid()) {
            FileManager.default.fileExists(atPath: $0)
        }
        server = PrivateServer(
            PrivateServer.Settings(
                dataFolder: places.cluster,
                socketFolder: places.socket,
                logFile: places.log,
                serverUser: serverUser ?? Account.owner(of: dataFolder)?.name
                    ?? (Account.named("postgres") == nil ? "nobody" : "postgres"),
                superuser: Self.superuser,
                port: EmbeddedPlaces.port
            )
        )
    }

    /// Everything that `open` needs; the settings to connect as the person who runs this process.
    func open(progress: (String) -> Void) async throws(LedgerError) -> ConnectionSettings {
        let (running, _) = try await prepare(progress: progress)
        let settings = running.connection(database: Self.database, user: try Account.current().name)
        return LedgerDatabase.session(settings)
    }

    func prepare(
        progress: (String) -> Void
    ) async throws(LedgerError) -> (running: RunningServer, migrated: [String]) {
        let running = try await started(progress: progress)
        let admin = LedgerDatabase.session(running.connection(database: Self.database))
        let login = try Account.current().name
        let migrated = try await withConnection(admin) { (connection) async throws(LedgerError) in
            let migrator = Migrator(connection: connection)
            return try await migrator.exclusively { () async throws(LedgerError) in
                let migrated = try await migrator.migrate(progress: progress)
                let provisioning = Provisioning(session: Session(connection: connection))
                try await provisioning.grant(progress: progress)
                try await provisioning.add(login: login, progress: progress)
                return migrated.map(\.name)
            }
        }
        return (running, migrated)
    }

    func status() async throws(LedgerError) -> DatabaseStatus {
        switch try await carrying({ () async throws(PostgresError) in try await server.status() }) {
        case .absent: return DatabaseStatus(place: dataFolder, running: nil)
        case .stopped: return DatabaseStatus(place: dataFolder, running: false)
        case .running(let running):
            let admin = LedgerDatabase.session(running.connection(database: Self.database))
            return try await DatabaseStatus(connecting: admin, place: dataFolder)
        }
    }

    func started(progress: (String) -> Void) async throws(LedgerError) -> RunningServer {
        try await carrying { () async throws(PostgresError) in
            switch try await server.status() {
            case .absent: progress("making a private PostgreSQL database in \(dataFolder)")
            case .stopped: progress("starting the private PostgreSQL database in \(dataFolder)")
            case .running: break
            }
            return try await server.start(database: Self.database)
        }
    }
}

/// Roles and rights of the private cluster, where its superuser is ours.
private struct Provisioning {
    let session: Session

    /// Applies the grants where this very text has not been applied to this very schema.
    func grant(progress: (String) -> Void) async throws(LedgerError) {
        let remark = "grants \(Digest(of: Grants.statements + Migrations.all.map(\.checksum.description).joined()))"
        let found = try await session.first(MigrationStatements.grantsApplied()) { (row) throws(PostgresError) in
            try row["remark", as: String.self]
        }
        guard found != remark else { return }
        progress("granting rights")
        try await session.connection.transaction { (connection) async throws(LedgerError) in
            try await carrying { () async throws(PostgresError) in
                try await connection.execute(script: Grants.statements, name: "grants")
            }
            try await Session(connection: connection).run(MigrationStatements.remark(remark))
        }
    }

    func add(login: String, progress: (String) -> Void) async throws(LedgerError) {
        guard try await session.rows(MigrationStatements.role(login), { _ in true }).isEmpty else { return }
        progress("adding the login \(login)")
        try await session.connection.transaction { (connection) async throws(LedgerError) in
            let session = Session(connection: connection)
            try await session.run(MigrationStatements.addLogin(login))
            try await session.run(MigrationStatements.joinGroups(login))
        }
    }
}

/// A user of the operating system.
private struct Account {
    let name: String

    static func named(_ name: String) -> Account? {
        unsafe getpwnam(name) == nil ? nil : Account(name: name)
    }

    /// Whose folder it is, where it is somebody's but root's: who made it runs the server in it, for root as well, or
    /// root's first look would leave a cluster there that its owner cannot open.
    static func owner(of folder: String) -> Account? {
        var info = stat()
        guard unsafe stat(folder, &info) == 0, info.st_uid != 0, let entry = unsafe getpwuid(info.st_uid),
            let name = unsafe entry.pointee.pw_name
        else { return nil }
        return Account(name: unsafe String(cString: name))
    }

    /// Who this process runs as, as the system's user database says.
    static func current() throws(LedgerError) -> Account {
        guard let entry = unsafe getpwuid(geteuid()), let name = unsafe entry.pointee.pw_name else {
            throw .store(
                StoreFailure(
                    .refused,
                    "user \(geteuid()) has no name",
                    advice: "add it to the system's users (/etc/passwd)"
                )
            )
        }
        return Account(name: unsafe String(cString: name))
    }
}
