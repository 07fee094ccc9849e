package import Core
package import Foundation
import Postgres

extension PostgresLedger {
    package func regroup(
        under rules: ReadingRules,
        at: Date,
        by grouping: @Sendable ([GroupingInput]) -> [GroupedEnvironment]
    ) async throws(StoreFailure) -> (before: [GroupingInput], after: [GroupedEnvironment])? {
        try await transact { (session) async throws(LedgerError) in
            // Looked at under the same lock, so that nobody groups by what was there before somebody else's grouping.
            try await session.serialise("curfew lives")
            guard let basis = try await session.basisOfGrouping(differentUnder: rules) else {
                // What people released since then was not looked at.
                try await session.run(RegroupStatements.endReleases(at: at))
                return nil
            }
            let inputs = try await session.rows(ScanStatements.groupingInput(), GroupingInput.init(row:))
            let groups = grouping(inputs)
            try await session.regroup(groups, at: at)
            // Of what was there before it was looked at: whatever came in between makes the next scan regroup.
            let note = ListingStatements.noteGrouping(
                rules,
                present: basis.present,
                fingerprint: basis.fingerprint,
                at: at
            )
            try await session.run(note)
            return (inputs, groups)
        }
    }
}

extension Session {
    /// What is present, summed up; nil where that is what was grouped last, under the same rules, and nothing waits.
    fileprivate func basisOfGrouping(differentUnder rules: ReadingRules) async throws(LedgerError) -> GroupingBasis? {
        let before = try await first(ListingStatements.grouping()) { (row) throws(PostgresError) in
            (rules: try row.digest("rules"), basis: try GroupingBasis(row: row))
        }
        let summed = try await first(ListingStatements.fingerprint()) { (row) throws(PostgresError) in
            (basis: try GroupingBasis(row: row), isUnsettled: try row["unsettled", as: Bool.self])
        }
        guard let (basis, isUnsettled) = summed else { throw .store(StoreFailure(.broken, "a sum has no row")) }
        if let before, before.rules == rules.digest, before.basis == basis, !isUnsettled { return nil }
        return basis
    }

    fileprivate func regroup(_ environments: [GroupedEnvironment], at: Date) async throws(LedgerError) {
        let members = environments.flatMap { environment in environment.members.map { (environment, $0) } }
        try await run(RegroupStatements.stageMembers())
        try await copy(members, into: "staged_members", columns: RegroupStatements.stagedColumns) { row, copy in
            let (environment, member) = row
            copy.append(environment.space.text)
            copy.append(environment.name.text)
            copy.append(environment.kind.rawValue)
            copy.append(member.text)
        }
        // Before anything moves: new components of the same scan begin the next life.
        try await run(RegroupStatements.endLives(at: at))
        try await run(RegroupStatements.beginLives(at: at))
        try await run(RegroupStatements.classify())
        try await run(RegroupStatements.moveIn(at: at))
        try await run(RegroupStatements.moveOut())
        try await run(RegroupStatements.addTargets())
        try await run(RegroupStatements.age())
        // And those that every component has left for another name.
        try await run(RegroupStatements.endLives(at: at))
        try await run(RegroupStatements.endReleases(at: at))
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
