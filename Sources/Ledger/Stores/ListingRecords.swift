package import Core
package import Foundation
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

    package func regroup(
        under rules: ReadingRules,
        at: Date,
        by grouping: @Sendable ([GroupingInput]) -> [GroupedEnvironment]
    ) async throws(StoreFailure) -> (before: [GroupingInput], after: [GroupedEnvironment])? {
        let wanted = try await transact(readOnly: true) {
            (session) async throws(LedgerError) -> (inputs: [GroupingInput], basis: GroupingBasis)? in
            let before = try await session.first(ListingStatements.grouping()) { (row) throws(PostgresError) in
                (rules: try row.digest("rules"), basis: try GroupingBasis(row: row))
            }
            let summed = try await session.first(ListingStatements.fingerprint()) {
                (row) throws(PostgresError) in
                (basis: try GroupingBasis(row: row), isUnsettled: try row["unsettled", as: Bool.self])
            }
            guard let (basis, isUnsettled) = summed else { throw .store(StoreFailure(.broken, "a sum has no row")) }
            if let before, before.rules == rules.digest, before.basis == basis, !isUnsettled { return nil }
            return (try await session.rows(ScanStatements.groupingInput(), GroupingInput.init(row:)), basis)
        }
        guard let wanted else {
            // What people released since then was not looked at.
            try await transact { (session) async throws(LedgerError) in
                _ = try await session.run(RegroupStatements.endReleases(at: at))
            }
            return nil
        }
        let groups = grouping(wanted.inputs)
        try await regroup(groups, at: at) { (session) async throws(LedgerError) in
            // Of what was grouped: whatever came in between makes the next scan regroup.
            let note = ListingStatements.noteGrouping(
                rules,
                present: wanted.basis.present,
                fingerprint: wanted.basis.fingerprint,
                at: at
            )
            _ = try await session.run(note)
        }
        return (wanted.inputs, groups)
    }
}

private struct GroupingBasis: Equatable {
    let present: Int64
    let fingerprint: String

    init(row: Row) throws(PostgresError) {
        present = try row["present"]
        fingerprint = try row["fingerprint"]
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
