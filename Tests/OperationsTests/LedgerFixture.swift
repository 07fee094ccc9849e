import Core
import Postgres
import TestSupport

@testable import Ledger

/// A migrated database of its own for one test, and a ledger on it.
enum LedgerFixture {
    static func withLedger(_ body: (PostgresLedger) async throws -> Void) async throws {
        try await PostgresFixture.shared.withDatabase(template: "ledger", prepare: migrated) { settings in
            let ledger = PostgresLedger(settings: LedgerDatabase.session(settings), embedded: true, maximum: 3)
            let outcome: Result<Void, any Error>
            do { outcome = .success(try await body(ledger)) } catch { outcome = .failure(error) }
            await ledger.close()
            try outcome.get()
        }
    }

    private static func migrated(_ connection: Connection) async throws {
        let migrator = Migrator(connection: connection)
        _ = try await migrator.exclusively { () async throws(LedgerError) in try await migrator.migrate { _ in } }
        try await connection.execute(script: Grants.script)
    }
}
