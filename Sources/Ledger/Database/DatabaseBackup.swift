package import Core
import Foundation
import Postgres

/// Copies of the database, through PostgreSQL's own programs.
extension LedgerDatabase {
    /// Writes everything Curfew knows into a file that exists already, as `pg_dump` in its own format does: one moment,
    /// while others go on working.
    ///
    /// Roles and logins are the server's and are not in it. - Returns: the versions of the server and the program.
    package static func backup(
        _ location: LedgerLocation,
        toFile file: String,
        progress: @Sendable (String) -> Void = { _ in }
    ) async throws(StoreFailure) -> (server: Int, program: Int) {
        try await reporting(location) { () async throws(LedgerError) in
            let settings = try await reaching(location, progress: progress)
            let server = try await withConnection(session(settings)) { (connection) async throws(LedgerError) in
                guard try await Migrator(connection: connection).hasSchema() else {
                    throw .store(
                        StoreFailure(.notFound, "the database holds nothing of Curfew's: there is nothing to back up")
                    )
                }
                return await connection.serverVersion / 10_000
            }
            return try await explaining { () async throws(PostgresError) in
                let programs = try await DumpPrograms.find(forServer: server)
                progress("copying with pg_dump of PostgreSQL \(programs.majorVersion)")
                try await programs.run(
                    .dump,
                    ["--format=custom", "--schema=curfew", "--lock-wait-timeout=60s", "--file=\(file)"],
                    on: settings
                )
                return (server, programs.majorVersion)
            }
        }
    }

    /// Puts a backup into a database that has nothing of Curfew's yet, all of it or nothing.
    ///
    /// It comes paused, in the same transaction: what was approved when the backup was made may have been rejected since,
    /// and what stands may have been torn down, protected or claimed. So plans that wait or are approved come withdrawn; those
    /// that run go on after the pause. In between, the whole content is in a file without a name, in the folder for temporary
    /// files. The ledger that is given back was not checked against this program's schema.
    package static func restore(
        _ location: LedgerLocation,
        fromFile file: String,
        because: String,
        progress: @Sendable (String) -> Void = { _ in }
    ) async throws(StoreFailure) -> (ledger: PostgresLedger, pending: [String]) {
        try await reporting(location) { () async throws(LedgerError) in
            let settings = try await reaching(location, progress: progress)
            let server = try await withConnection(session(settings)) { (connection) async throws(LedgerError) in
                guard try await !Migrator(connection: connection).hasSchema() else {
                    throw .store(
                        StoreFailure(
                            .refused,
                            "the database has tables of Curfew already, with or without records: nothing was changed",
                            advice: "restore into an empty database; for the private one: name another folder with "
                                + "$CURFEW_DATA_DIR"
                        )
                    )
                }
                try await RoleProvision(session: Session(connection: connection)).run(progress: progress)
                return await connection.serverVersion / 10_000
            }
            try await explaining { () async throws(PostgresError) in
                let programs = try await DumpPrograms.find(forServer: server)
                progress("restoring with pg_restore of PostgreSQL \(programs.majorVersion)")
                // Without comments: the one on the schema says that the grants were applied, which is about another server.
                try await programs.restore(
                    file,
                    ["--no-owner", "--no-comments", "--role=curfew_owner"],
                    then: MigrationStatements.restoredPaused(because: because),
                    on: settings
                )
            }
            return try await opened(location, settings, progress: progress)
        }
    }

    /// What the programs say of rights is not about reaching the server.
    private static func explaining<Value>(
        _ work: () async throws(PostgresError) -> Value
    ) async throws(LedgerError) -> Value {
        do throws(PostgresError) {
            return try await work()
        } catch {
            guard error.kind == .privateServer(.dump) else { throw .postgres(error) }
            let isRefusal = error.message.contains("permission denied") || error.message.contains("must be")
            throw .store(
                StoreFailure(
                    isRefusal ? .refused : .unreachable,
                    error.description,
                    advice: isRefusal
                        ? "do it as a member of curfew_owner, or as a superuser: nobody else may read or make everything"
                        : "nothing was changed; see what the server's log says"
                )
            )
        }
    }

    private static func opened(
        _ location: LedgerLocation,
        _ settings: ConnectionSettings,
        progress: @Sendable (String) -> Void
    ) async throws(LedgerError) -> (ledger: PostgresLedger, pending: [String]) {
        let admin = session(settings)
        switch location {
        case .url:
            let pending = try await withConnection(admin) { (connection) async throws(LedgerError) in
                let comparison = try await Migrator(connection: connection).compare()
                if let refusal = comparison.refusal() {
                    throw .store(
                        StoreFailure(
                            refusal.kind,
                            "all was restored, and is paused, but this program does not fit it: \(refusal.description)",
                            advice: "go on with the curfew that made the backup"
                        )
                    )
                }
                return comparison.pending.map(\.name)
            }
            return (PostgresLedger(settings: admin, embedded: false), pending)
        case .embedded(let folder, let serverUser):
            let database = EmbeddedDatabase(dataFolder: folder, serverUser: serverUser)
            return (PostgresLedger(settings: try await database.open(progress: progress), embedded: true), [])
        }
    }

    /// As the one who may read and make everything: of the private server its superuser, else who is configured.
    private static func reaching(
        _ location: LedgerLocation,
        progress: (String) -> Void
    ) async throws(LedgerError) -> ConnectionSettings {
        switch location {
        case .url(let conninfo): return ConnectionSettings(conninfo)
        case .embedded(let folder, let serverUser):
            let database = EmbeddedDatabase(dataFolder: folder, serverUser: serverUser)
            return try await database.started(progress: progress).connection(database: EmbeddedDatabase.database)
        }
    }
}

/// The groups of the rights in a backup, on a server that may never have had them.
private struct RoleProvision {
    let session: Session

    func run(progress: (String) -> Void) async throws(LedgerError) {
        var missing: [String] = []
        for group in Grants.groups where try await session.rows(MigrationStatements.role(group), { _ in true }).isEmpty
        {
            missing.append(group)
        }
        let may = try await session.first(MigrationStatements.rightsToRestore()) { (row) throws(PostgresError) in
            (roles: try row["roles", as: Bool.self], owner: try row["owner", as: Bool.self])
        }
        let commands = missing.map { "CREATE ROLE \($0) NOLOGIN;" }
        guard missing.isEmpty || may?.roles == true else {
            throw .store(
                StoreFailure(
                    .refused,
                    "this server has no roles \(missing.joined(separator: ", ")), and your login may not make them: "
                        + "nothing was changed",
                    advice: "let the server's administrator run: \(commands.joined(separator: " "))"
                )
            )
        }
        if !missing.isEmpty { progress("making the roles \(missing.joined(separator: ", "))") }
        for group in missing { try await session.run(MigrationStatements.addGroup(group)) }
        if may?.owner == true { try await session.run(MigrationStatements.letOwnerMakeSchema()) }
    }
}
