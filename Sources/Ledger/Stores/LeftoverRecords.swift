package import Core
package import Foundation
import Postgres

extension PostgresLedger: LeftoverStore {
    package func note(_ leftovers: [Leftover], at: Date) async throws(StoreFailure) {
        // Named twice is found once: one statement cannot write the same row twice.
        var seen: Set<Place> = []
        let distinct = leftovers.filter { seen.insert(Place($0)).inserted }
        guard !distinct.isEmpty else { return }
        try await transact { (session) async throws(LedgerError) in
            try await session.require(distinct.map(\.environment))
            let written = try await session.rows(LeftoverStatements.note(distinct, at: at)) { _ in true }
            guard written.count == distinct.count else {
                throw .store(
                    StoreFailure(
                        .notFound,
                        "\(distinct.count - written.count) leftover(s) name a target, plan or component that is not known"
                    )
                )
            }
        }
    }

    package func leftovers(open: Bool) async throws(StoreFailure) -> [LeftoverRecord] {
        try await read(LeftoverStatements.leftovers(open: open), LeftoverRecord.init(row:))
    }

    package func check(_ ids: [LeftoverID], seen: Bool, at: Date) async throws(StoreFailure) {
        try await transact { (session) async throws(LedgerError) in
            _ = try await session.run(LeftoverStatements.check(ids.map(\.number), seen: seen, at: at))
        }
    }

    package func close(_ ids: [LeftoverID], at: Date) async throws(StoreFailure) {
        try await transact { (session) async throws(LedgerError) in
            _ = try await session.run(LeftoverStatements.close(ids.map(\.number), at: at))
        }
    }
}

/// What makes a leftover the same as another.
private struct Place: Hashable {
    let environment: EnvironmentKey
    let target: Target
    let type: String
    let identifier: String

    init(_ leftover: Leftover) {
        environment = leftover.environment
        target = leftover.target
        type = leftover.type
        identifier = leftover.identifier
    }
}

extension LeftoverRecord {
    fileprivate init(row: Row) throws(PostgresError) {
        let plan: Int64? = try row["plan_id"]
        self.init(
            id: LeftoverID(try row["leftover_id"]),
            leftover: Leftover(
                environment: try row.key(),
                plan: plan.map { PlanID($0) },
                component: try row.optionalID("provider_id"),
                target: try row.target(),
                type: try row["type"],
                identifier: try row["identifier"],
                reason: try row.word("reason"),
                owner: try row["owner"]
            ),
            foundAt: try row["found_at"],
            lastSeenAt: try row["last_seen_at"],
            checkedAt: try row["checked_at"],
            goneAt: try row["gone_at"]
        )
    }
}
