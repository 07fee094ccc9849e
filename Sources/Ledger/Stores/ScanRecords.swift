package import Core
package import Foundation
import Postgres

extension PostgresLedger: ScanStore {
    package func targetStates() async throws(StoreFailure) -> [TargetState] {
        try await read(ScanStatements.targetStates(), TargetState.init(row:))
    }

    package func known(in target: Target) async throws(StoreFailure) -> [ComponentID: KnownComponent] {
        let components = try await read(ScanStatements.known(in: target), KnownComponent.init(row:))
        return Dictionary(uniqueKeysWithValues: components.map { ($0.id, $0) })
    }

    package func coverage() async throws(StoreFailure) -> [CoverageRecord] {
        try await transact(readOnly: true) { (session) async throws(LedgerError) in
            let states = try await session.rows(ScanStatements.targetStates(), TargetState.init(row:))
            let newest = try await session.readings(complete: false)
            let complete = try await session.readings(complete: true)
            let environments = try await session.rows(ScanStatements.environmentsByTarget()) {
                (row) throws(PostgresError) in
                (target: try row.target(), count: try row["environments", as: Int.self])
            }
            let counts = Dictionary(uniqueKeysWithValues: environments.map { ($0.target, $0.count) })
            return states.map { state in
                CoverageRecord(
                    state: state,
                    newest: newest[state.target],
                    complete: complete[state.target],
                    environments: counts[state.target] ?? 0
                )
            }
        }
    }

    package func noteNaming(hash: Digest, at: Date) async throws(StoreFailure) -> Bool {
        try await transact { (session) async throws(LedgerError) in
            try await session.serialise("curfew naming")
            let before = try await session.first(ScanStatements.newestNaming()) { (row) throws(PostgresError) in
                try row.digest("hash")
            }
            if before == hash { return false }
            try await session.run(ScanStatements.addNaming(hash, at: at))
            return before != nil
        }
    }
}

extension Session {
    fileprivate func readings(complete: Bool) async throws(LedgerError) -> [Target: ReadingSummary] {
        let readings = try await rows(ScanStatements.newestReadings(complete: complete), ReadingSummary.init(row:))
        return Dictionary(uniqueKeysWithValues: readings.map { ($0.target, $0) })
    }
}

extension GroupingInput {
    init(row: Row) throws(PostgresError) {
        self.init(
            id: try row.id("provider_id"),
            account: try row.id("account"),
            kind: try row.word("class"),
            named: try row.names("named"),
            environment: try row.optionalKey("environment_")
        )
    }
}

extension TargetState {
    init(row: Row) throws(PostgresError) {
        self.init(
            target: try row.target(),
            state: try row.word("state"),
            because: try row["state_because"],
            accepted: try row["accepted"],
            lastCompleteAt: try row["last_complete_at"],
            lastFailure: try row["last_failure"],
            lastTriedAt: try row["last_tried_at"]
        )
    }
}

extension Row {
    func names(_ column: String) throws(PostgresError) -> [EnvironmentName] {
        let texts: [String] = try self[column]
        return texts.map { EnvironmentName($0) }
    }
}

extension ScanSummary {
    init(row: Row) throws(PostgresError) {
        self.init(
            id: ScanID(try row["scan_id"]),
            state: try row["state"],
            whole: try row["whole"],
            startedAt: try row["started_at"],
            finishedAt: try row["finished_at"],
            readings: [],
            calls: try row.json("calls"),
            notes: try row.json("notes")
        )
    }
}

extension ReadingSummary {
    init(row: Row) throws(PostgresError) {
        var counts: [ComponentClass: Int] = [:]
        for kind in ComponentClass.allCases { counts[kind] = try row[kind.rawValue] }
        self.init(
            target: try row.target(),
            outcome: try row["outcome"],
            at: try row["finished_at"],
            counts: counts,
            gone: try row["gone"],
            failure: try row["failure"],
            advice: try row["advice"],
            functionsFailure: try row["functions_failure"]
        )
    }
}
