package import Core
import Foundation
import Postgres

extension PostgresLedger {
    package func compare(
        _ listed: [ListedComponent],
        in target: Target,
        under rules: ReadingRules,
        anew: Bool
    ) async throws(StoreFailure) -> ListingDifference {
        guard !listed.isEmpty else { return ListingDifference() }
        let marks = listed.map { anew ? nil : $0.mark }
        let statement = ListingStatements.compare(
            listed.map(\.id.text),
            marks: marks,
            in: target,
            under: rules.number
        )
        return try await transact(readOnly: true) { (session) async throws(LedgerError) in
            var difference = ListingDifference()
            _ = try await session.rows(statement) { (row) throws(PostgresError) in try difference.add(row) }
            return difference
        }
    }

    package func known(_ ids: [ComponentID], in target: Target) async throws(StoreFailure) -> [KnownComponent] {
        try await read(ListingStatements.known(ids.map(\.text), in: target), KnownComponent.init(row:))
    }

    package func known(
        in target: Target,
        besides numbers: Set<Int64>
    ) async throws(StoreFailure) -> [KnownComponent] {
        try await read(ListingStatements.absent(from: target, besides: Array(numbers)), KnownComponent.init(row:))
    }
}

extension ListingDifference {
    fileprivate mutating func add(_ row: Row) throws(PostgresError) {
        if let listed: String = try row["listed_id", as: String?.self] {
            if try row.isNull("component_id") {
                new.insert(ComponentID(listed))
            } else {
                changed.append(try KnownComponent(row: row))
            }
        } else {
            unchanged.append(
                Unchanged(kind: try row.word("class"), hasTags: try row["has_tags"], numbers: try row["numbers"])
            )
        }
    }
}

extension KnownComponent {
    init(row: Row) throws(PostgresError) {
        self.init(
            id: try row.id("provider_id"),
            number: try row["component_id"],
            kind: try row.word("class"),
            content: try row.digest("content"),
            changed: try row["changed_at"],
            updated: try row["updated_at"],
            hasTags: try row["has_tags"],
            resourcesRead: try row["resources_read"],
            askedToDelete: try row["asked_to_delete"]
        )
    }
}
