package import Core
import Foundation
import Postgres

extension PostgresLedger: TombstoneStore {
    package func tombstones(of key: EnvironmentKey) async throws(StoreFailure) -> [TombstoneRecord] {
        try await read(TombstoneStatements.tombstones(of: key)) { (row) throws(PostgresError) in
            TombstoneRecord(
                plan: PlanID(try row["plan_id"]),
                component: try row.id("provider_id"),
                hash: try row.digest("hash"),
                storedAt: try row["stored_at"]
            )
        }
    }

    package func tombstone(of component: ComponentID, plan: PlanID) async throws(StoreFailure) -> [UInt8] {
        try await transact { (session) async throws(LedgerError) in
            let found = try await session.first(TombstoneStatements.read(component, plan: plan)) {
                (row) throws(PostgresError) in
                (content: try row["content", as: [UInt8].self], hash: try row.digest("hash"))
            }
            guard let found else {
                throw .store(StoreFailure(.notFound, "\(plan) kept no tombstone of \(component)"))
            }
            guard Digest(of: found.content) == found.hash else {
                throw .store(
                    StoreFailure(
                        .broken,
                        "the tombstone of \(component) does not have the hash that was stored with it"
                    )
                )
            }
            return found.content
        }
    }
}
