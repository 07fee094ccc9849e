package import Core
import Postgres

extension PostgresLedger: HistoryStore {
    package func lives(
        of name: EnvironmentName,
        in space: SpaceName
    ) async throws(StoreFailure) -> [EnvironmentRecord] {
        try await environments(EnvironmentStatements.lives(of: name, in: space)).sorted { $0.key > $1.key }
    }

    package func plans(of key: EnvironmentKey) async throws(StoreFailure) -> [PlanRecord] {
        try await transact(readOnly: true) { (session) async throws(LedgerError) in
            try await session.plans(where: PlanStatements.concerns(key), limit: 10_000).reversed()
        }
    }
}
