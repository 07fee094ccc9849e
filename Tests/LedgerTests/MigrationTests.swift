import Core
import Foundation
import Postgres
import TestSupport
import Testing

@testable import Ledger

@Suite struct MigrationTests {
    private func migrate(_ connection: Connection, _ migrations: [Migration] = Migrations.all) async throws -> [String]
    {
        let migrator = Migrator(connection: connection, migrations: migrations)
        return try await migrator.exclusively { () async throws(LedgerError) in
            try await migrator.migrate { _ in }.map(\.name)
        }
    }

    private func refusal(_ work: () async throws -> Void) async -> StoreFailure? {
        do {
            try await work()
        } catch LedgerError.store(let failure) {
            return failure
        } catch {
            Issue.record(error)
        }
        return nil
    }

    private func withEmpty(_ body: (ConnectionSettings, Connection) async throws -> Void) async throws {
        try await PostgresFixture.shared.withDatabase { settings in
            let settings = LedgerDatabase.session(settings)
            let connection = try await Connection.open(settings)
            try await body(settings, connection)
            await connection.close()
        }
    }

    @Test func `a new database gets all of them, an up-to-date one none`() async throws {
        try await withEmpty { _, connection in
            #expect(try await migrate(connection) == Migrations.all.map(\.name))
            #expect(try await migrate(connection) == [])
            let rows = try await connection.query("SELECT count(*) FROM curfew.schema_migrations")
            #expect(try rows.only()[0] == Migrations.all.count)
        }
    }

    @Test func `every file of the folder is embedded, in order`() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Sources/Ledger/Migrations").standardizedFileURL
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        #expect(files == Migrations.all.map { "\($0.name).sql" })
        #expect(Migrations.all.map(\.number) == Array(1...Migrations.all.count))
        for migration in Migrations.all {
            let content = try Data(contentsOf: folder.appendingPathComponent("\(migration.name).sql"))
            #expect(migration.checksum == Digest(of: [UInt8](content)))
        }
    }

    @Test func `a migration that was changed after it was applied is refused, with both lists`() async throws {
        try await withEmpty { settings, connection in
            _ = try await migrate(connection)
            try await connection.execute(
                "UPDATE schema_migrations SET checksum = \(Digest(of: "tampered").bytes) WHERE number = 2"
            )
            let failure = await refusal { _ = try await migrate(connection) }
            #expect(failure?.kind == .schema)
            #expect(failure?.summary.contains(Migrations.all[1].checksum.short) == true)
            #expect(failure?.summary.contains(Digest(of: "tampered").short) == true)
        }
    }

    @Test func `a newer database is refused and left as it is`() async throws {
        try await withEmpty { settings, connection in
            let newer = Migration("m9999_later", Array("CREATE TABLE later (x int);".utf8))
            _ = try await migrate(connection, Migrations.all + [newer])
            let failure = await refusal { _ = try await migrate(connection) }
            #expect(failure?.kind == .schema)
            #expect(failure?.summary.contains("m9999_later") == true)
            #expect(try await connection.query("SELECT FROM later").isEmpty)
        }
    }

    @Test func `a migration that fails leaves nothing of itself`() async throws {
        try await withEmpty { _, connection in
            let bad = Migration("m9999_bad", Array("CREATE TABLE half (x int); SELECT no_such_column;".utf8))
            await #expect(throws: LedgerError.self) { _ = try await migrate(connection, Migrations.all + [bad]) }
            let rows = try await connection.query("SELECT to_regclass('curfew.half') IS NULL AS absent")
            #expect(try rows.only()["absent"] as Bool)
            #expect(try await migrate(connection) == [])
        }
    }

    @Test func `a member of the owner's group migrates, and all of it belongs to the owner`() async throws {
        try await LedgerFixture.with { fixture in
            let login = try await fixture.login("migrating", "curfew_owner")
            let connection = try await Connection.open(login)
            let more = Migration("m9999_more", Array("CREATE TABLE more (x int); CREATE VIEW most AS TABLE more;".utf8))
            #expect(try await migrate(connection, Migrations.all + [more]) == ["m9999_more"])
            await connection.close()
            let owners = try await fixture.sql(
                "SELECT relowner::regrole::text FROM pg_class WHERE relname IN ('more', 'most')"
            ).decode(String.self)
            #expect(owners == ["curfew_owner", "curfew_owner"])
            let by = try await fixture.sql("SELECT applied_by FROM schema_migrations WHERE number = 9999")
            #expect(try by.only()[0] == login.overrides["user"])
        }
    }

    @Test func `what the grants took from the owner does not stop a migration`() async throws {
        // The groups belong to the whole server.
        try await LedgerFixture.with { _ in }
        try await withEmpty { _, connection in
            _ = try await migrate(connection, Array(Migrations.all.prefix(4)))
            // As the grants of that time left it: everything is the owner's, but for some rights on the audit log.
            let tables = try await connection.query("SELECT tablename::text FROM pg_tables WHERE schemaname = 'curfew'")
            for table in try tables.decode(String.self) {
                try await connection.execute(SQL(raw: "ALTER TABLE curfew.\(table) OWNER TO curfew_owner"))
            }
            let functions = try await connection.query(
                "SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'curfew'::regnamespace"
            )
            for function in try functions.decode(String.self) {
                try await connection.execute(SQL(raw: "ALTER FUNCTION \(function) OWNER TO curfew_owner"))
            }
            try await connection.execute("ALTER SCHEMA curfew OWNER TO curfew_owner")
            try await connection.execute("REVOKE UPDATE, DELETE, TRIGGER ON curfew.audit_log FROM curfew_owner")
            try await connection.execute("INSERT INTO curfew.audit_log (event) VALUES ('before there were seals')")
            #expect(try await migrate(connection) == Migrations.all.dropFirst(4).map(\.name))
            let may = try await connection.query(
                "SELECT has_table_privilege('curfew_owner', 'curfew.audit_log', 'TRIGGER') AS may"
            )
            #expect(try may.only()["may"] == false)
            // What was there before is sealed too.
            #expect(try await connection.query("SELECT curfew.seal() AS sealed").only()["sealed"] == 1)
            try await connection.execute(script: Grants.script)
        }
    }

    @Test func `two that migrate at once do it once`() async throws {
        try await withEmpty { settings, connection in
            let second = try await Connection.open(settings)
            async let left = migrate(connection)
            async let right = migrate(second)
            let applied = try await [left, right].map(\.count).sorted()
            #expect(applied == [0, Migrations.all.count])
            await second.close()
        }
    }

    @Test func `a database by address with pending migrations names the command`() async throws {
        try await PostgresFixture.shared.withDatabase { settings in
            let conninfo = try address(settings)
            let before = await failure { _ = try await LedgerDatabase.open(.url(conninfo)) }
            #expect(before?.kind == .schema)
            #expect(before?.advice.contains("curfew database migrate") == true)
            #expect(try await LedgerDatabase.status(.url(conninfo)).pending == Migrations.all.map(\.name))
            #expect(try await LedgerDatabase.migrate(.url(conninfo)) == Migrations.all.map(\.name))
            let ledger = try await LedgerDatabase.open(.url(conninfo))
            #expect(try await ledger.environments().isEmpty)
            await ledger.close()
            let status = try await LedgerDatabase.status(.url(conninfo))
            #expect(status.pending == [] && status.applied == Migrations.all.map(\.name))
        }
    }

    @Test func `a database by address is never stopped by us, and unreachable says what to check`() async throws {
        let stopped = await failure { try await LedgerDatabase.stop(.url("")) }
        #expect(stopped?.kind == .refused)
        let unreachable = await failure { _ = try await LedgerDatabase.open(.url("host=/nonexistent dbname=x")) }
        #expect(unreachable?.kind == .unreachable)
        #expect(unreachable?.advice.contains("address") == true)
    }
}

/// A connection string for a database of the fixture.
func address(_ settings: ConnectionSettings) throws -> String {
    ["host", "port", "dbname", "user"].map { "\($0)=\(settings.overrides[$0] ?? "")" }.joined(separator: " ")
}
