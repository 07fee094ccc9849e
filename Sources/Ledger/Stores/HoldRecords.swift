package import Core
package import Foundation
import Postgres

extension PostgresLedger: EnvironmentStore {
    package func login() async throws(StoreFailure) -> Login {
        let logins = try await read(AuditStatements.login()) { (row) throws(PostgresError) in
            let groups: [String] = try row["groups"]
            let roles = try row["owner"] ? DatabaseRole.allCases : groups.compactMap(DatabaseRole.init(rawValue:))
            return Login(name: try row["login"], roles: Set(roles), embedded: embedded)
        }
        guard let login = logins.first else {
            throw StoreFailure(.broken, "the database does not say who is connected")
        }
        return login
    }

    package func clock() async throws(StoreFailure) -> Date {
        let times = try await read(AuditStatements.clock()) { (row) throws(PostgresError) in
            try row["now", as: Date.self]
        }
        guard let now = times.first else { throw StoreFailure(.broken, "the database does not say what time it is") }
        return now
    }

    package func history(of key: EnvironmentKey?, limit: Int) async throws(StoreFailure) -> [AuditEntry] {
        try await read(AuditStatements.entries(of: key, limit: limit), AuditEntry.init(row:))
    }

    package func protect(_ key: EnvironmentKey, until: Date, because: String, at: Date) async throws(StoreFailure) {
        try await changing(key) { (session) async throws(LedgerError) in
            try await session.run(HoldStatements.set(.protection, key, until: until, because: because, at: at))
        }
    }

    package func unprotect(_ key: EnvironmentKey, at: Date) async throws(StoreFailure) -> Int {
        try await transact { (session) async throws(LedgerError) in
            try await session.run(HoldStatements.end(.protection, key, event: "unprotected", at: at))
        }
    }

    package func extend(_ key: EnvironmentKey, until: Date, because: String, at: Date) async throws(StoreFailure) {
        try await changing(key) { (session) async throws(LedgerError) in
            try await session.run(HoldStatements.endReleases(key, because: "extended", at: at))
            try await session.run(HoldStatements.end(.lease, key, event: "lease ended: a new one begins", at: at))
            return try await session.run(HoldStatements.set(.lease, key, until: until, because: because, at: at))
        }
    }

    package func claim(_ key: EnvironmentKey, owner: String, at: Date) async throws(StoreFailure) {
        try await changing(key) { (session) async throws(LedgerError) in
            try await session.run(HoldStatements.endReleases(key, because: "claimed", at: at))
            return try await session.run(HoldStatements.claim(key, owner: owner, at: at))
        }
    }

    package func release(_ key: EnvironmentKey, at: Date) async throws(StoreFailure) {
        try await changing(key) { (session) async throws(LedgerError) in
            try await session.run(HoldStatements.end(.lease, key, event: "lease ended: released", at: at))
            try await session.run(HoldStatements.endReleases(key, because: "released again", at: at))
            return try await session.run(HoldStatements.release(key, at: at))
        }
    }

    /// Changes one environment whose life is open, one at a time.
    private func changing(
        _ key: EnvironmentKey,
        _ change: (Session) async throws(LedgerError) -> Int
    ) async throws(StoreFailure) {
        try await transact { (session) async throws(LedgerError) in
            let found = try await session.first(HoldStatements.lock(key)) { (row) throws(PostgresError) in
                try row["ended_at", as: Date?.self]
            }
            guard let endedAt = found else {
                throw .store(StoreFailure(.notFound, "there is no environment \(key)"))
            }
            guard endedAt == nil else {
                throw .store(StoreFailure(.conflict, "\(key) has ended: every component of it is gone"))
            }
            guard try await change(session) > 0 else {
                throw .store(StoreFailure(.conflict, "\(key) could not be changed: it has just ended"))
            }
        }
    }

    package func setOwners(_ owners: [EnvironmentKey: OwnerRecord]) async throws(StoreFailure) {
        let sorted = owners.sorted { $0.key < $1.key }
        try await transact { (session) async throws(LedgerError) in
            _ = try await session.run(
                EnvironmentStatements.setOwners(KeyColumns(sorted.map(\.key)), sorted.map(\.value))
            )
        }
    }
}

extension AuditEntry {
    init(row: Row) throws(PostgresError) {
        let plan: Int64? = try row["plan_id"]
        let details: JSONB = try row["details"]
        self.init(
            id: try row["entry_id"],
            at: try row["at"],
            actor: try row["actor"],
            event: try row["event"],
            environment: try row.optionalKey("environment_"),
            plan: plan.map { PlanID($0) },
            details: details.bytes
        )
    }
}
