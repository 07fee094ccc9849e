package import Core
import Foundation
import Postgres

extension PostgresLedger: RegistrationStore {
    package func register(
        _ draft: RegistrationDraft,
        in space: SpaceName
    ) async throws(StoreFailure) -> RegisteredEnvironment {
        try await transact { (session) async throws(LedgerError) in
            let made = try await session.first(RegistrationStatements.register(draft, in: space)) {
                (row) throws(PostgresError) in
                try RegisteredEnvironment(row: row, draft, in: space)
            }
            guard let made else { throw .store(StoreFailure(.broken, "nothing was registered")) }
            return made
        }
    }

    package func spaces(with name: EnvironmentName) async throws(StoreFailure) -> [SpaceName] {
        try await read(RegistrationStatements.spaces(with: name)) { (row) throws(PostgresError) in
            try row.id("space")
        }
    }
}

extension RegisteredEnvironment {
    fileprivate init(row: Row, _ draft: RegistrationDraft, in space: SpaceName) throws(PostgresError) {
        let registration = Registration(
            space: space,
            name: draft.name,
            owner: draft.owner,
            branch: draft.branch,
            repository: draft.repository,
            commit: draft.commit,
            expiresAt: try row["ends_at"],
            by: try row["made_by"],
            at: try row["made_at"]
        )
        guard let life = try row["life", as: Int?.self] else {
            self.init(registration: registration, life: nil, owner: nil)
            return
        }
        self.init(
            registration: registration,
            life: EnvironmentKey(space: space, name: draft.name, incarnation: life),
            owner: OwnerRecord(
                owner: try row["life_owner"],
                source: try row["life_owner_source"],
                detail: try row["life_owner_detail"],
                conflict: try row["life_owner_conflict"]
            )
        )
    }
}

extension Registration {
    /// Of the life `key`; nil where nothing is registered for it.
    init?(row: Row, of key: EnvironmentKey) throws(PostgresError) {
        guard let owner = try row["registered_owner", as: String?.self] else { return nil }
        self.init(
            space: key.space,
            name: key.name,
            owner: OwnerName(owner),
            branch: try row["registered_branch"],
            repository: try row["registered_repository"],
            commit: try row["registered_commit"],
            expiresAt: try row["registered_expires_at"],
            by: try row["registered_by"],
            at: try row["registered_at"]
        )
    }
}
