package import Core
import Postgres

/// What came of `curfew database upgrade`.
package enum DatabaseUpgrade: Sendable, Hashable {
    /// Nothing newer is installed.
    case current(version: Int)
    /// `kept`: the folder with the data as it was.
    case upgraded(from: Int, to: Int, kept: String)
}

extension LedgerDatabase {
    /// Brings the embedded database to the newest PostgreSQL that is installed; what was is kept in a folder beside it.
    package static func upgrade(
        _ location: LedgerLocation,
        progress: @Sendable (String) -> Void = { _ in }
    ) async throws(StoreFailure) -> DatabaseUpgrade {
        try await reporting(location) { () async throws(LedgerError) in
            let database = try embedded(location, "upgraded")
            let outcome = try await carrying { () async throws(PostgresError) in
                try await database.server.upgrade(
                    database: EmbeddedDatabase.database,
                    progress: progress,
                    verify: compare
                )
            }
            switch outcome {
            case .current(let version): return .current(version: version)
            case .upgraded(let from, let to, let kept):
                _ = try await database.open(progress: progress)
                return .upgraded(from: from, to: to, kept: kept)
            }
        }
    }

    /// Every table has as many rows, the audit log ends with the same seal, and everybody is in the same groups.
    private static func compare(
        _ old: ConnectionSettings,
        _ new: ConnectionSettings
    ) async throws(PostgresError) {
        let before = try await summary(of: old)
        let after = try await summary(of: new)
        guard before != after else { return }
        let difference = Set(before).symmetricDifference(after).sorted().first ?? ""
        throw PostgresError(.privateServer(.dump), "the copy differs from the original in: \(difference)")
    }

    private static func summary(of settings: ConnectionSettings) async throws(PostgresError) -> [String] {
        let connection = try await Connection.open(session(settings))
        do throws(PostgresError) {
            var lines = try await connection.query(MigrationStatements.groupMembers()).decode(String.self)
            for table in try await connection.query(MigrationStatements.tables()).decode(String.self) {
                let rows = try await connection.query(MigrationStatements.rows(of: table)).only()
                lines.append("\(table): \(try rows[0, as: Int64.self]) rows")
            }
            await connection.close()
            return lines
        } catch {
            await connection.close()
            throw error
        }
    }
}
