package import Core
import Foundation
import Postgres

extension PostgresLedger {
    package func environments() async throws(StoreFailure) -> [EnvironmentRecord] {
        try await environments(EnvironmentStatements.openLives)
    }

    package func environments(
        for purpose: EnvironmentPurpose,
        atMost limit: Int,
        each body: ([EnvironmentRecord]) async throws(StoreFailure) -> Void
    ) async throws(StoreFailure) -> Int {
        try await transact(readOnly: true) { (session) async throws(LedgerError) in
            for statement in EnvironmentStatements.openCursor() { _ = try await session.run(statement) }
            var count = 0
            var waiting: ArraySlice<(key: EnvironmentKey, target: TargetCoverage)> = []
            while true {
                let fetched = try await session.rows(EnvironmentStatements.fetch(limit)) {
                    (row) throws(PostgresError) in
                    (id: try row["environment_id", as: Int64.self], record: try EnvironmentRecord(row: row))
                }
                guard !fetched.isEmpty else { return count }
                count += fetched.count
                var some = fetched.map(\.record)
                try await add(
                    to: &some,
                    for: [purpose],
                    of: EnvironmentStatements.lives(fetched.map(\.id)),
                    in: session
                )
                let places = Dictionary(uniqueKeysWithValues: some.indices.map { (some[$0].key, $0) })
                // Targets come in the order of the environments: those of another one are the next part's.
                while true {
                    if waiting.isEmpty {
                        waiting = try await session.rows(EnvironmentStatements.fetchTargets(limit)) {
                            (row) throws(PostgresError) in (try row.key(), try TargetCoverage(row: row))
                        }[...]
                    }
                    guard let next = waiting.first, let place = places[next.key] else { break }
                    some[place].targets.append(next.target)
                    waiting.removeFirst()
                }
                do throws(StoreFailure) { try await body(some) } catch { throw .store(error) }
            }
        }
    }

    /// What stands in tables of its own, as far as it is needed.
    private func add(
        to records: inout [EnvironmentRecord],
        for purposes: Set<EnvironmentPurpose>,
        of chosen: SQL,
        in session: Session
    ) async throws(LedgerError) {
        var trails: [EnvironmentKey: [TrailEvidence]] = [:]
        if purposes.contains(.owners) {
            for (key, evidence) in try await session.trails(of: chosen) { trails[key, default: []].append(evidence) }
        }
        var runtimes: [EnvironmentKey: EnvironmentRuntimes] = [:]
        var signals: [EnvironmentKey: [SignalRecord]] = [:]
        var costs: [EnvironmentKey: EnvironmentCost] = [:]
        var untold: [EnvironmentKey: [UntoldTrail]] = [:]
        if purposes.contains(.verdicts) {
            _ = try await session.rows(FunctionStatements.uses(of: chosen)) { (row) throws(PostgresError) in
                try runtimes.add(row)
            }
            signals = try await self.signals(of: chosen, in: session)
            costs = try await session.costs(of: chosen)
            untold = try await session.untoldTrails(of: chosen)
        }
        let branches = try await session.branches(of: chosen)
        for index in records.indices {
            let key = records[index].key
            records[index].trail = trails[key] ?? []
            records[index].untoldTrails = untold[key] ?? []
            records[index].runtimes = runtimes[key] ?? .none
            records[index].branches = branches[key] ?? .none
            records[index].signals = signals[key] ?? []
            records[index].cost = costs[key]
        }
    }

    package func environments(_ selection: EnvironmentSelection) async throws(StoreFailure) -> [EnvironmentRecord] {
        try await environments(SelectionStatements.lives(selection))
    }

    package func environments(named name: EnvironmentName) async throws(StoreFailure) -> [EnvironmentRecord] {
        try await environments(EnvironmentStatements.newestLives(of: name))
    }

    /// A few statements that see one moment, however many environments there are.
    func environments(_ chosen: SQL) async throws(StoreFailure) -> [EnvironmentRecord] {
        try await transact(readOnly: true) { (session) async throws(LedgerError) in
            let coverage = try await session.rows(EnvironmentStatements.coverage(of: chosen)) {
                (row) throws(PostgresError) in
                (try row.key(), try TargetCoverage(row: row))
            }
            let targets = Dictionary(grouping: coverage, by: \.0).mapValues { $0.map(\.1) }
            var records = try await session.rows(
                EnvironmentStatements.records(of: chosen),
                EnvironmentRecord.init(row:)
            )
            for index in records.indices { records[index].targets = targets[records[index].key] ?? [] }
            try await add(to: &records, for: Set(EnvironmentPurpose.allCases), of: chosen, in: session)
            return records
        }
    }

    package func components(of key: EnvironmentKey) async throws(StoreFailure) -> [ComponentRecord] {
        try await read(EnvironmentStatements.components(of: key), ComponentRecord.init(row:))
    }

    package func components(classes: Set<ComponentClass>) async throws(StoreFailure) -> [ComponentRecord] {
        let words = classes.map(\.rawValue).sorted()
        return try await read(EnvironmentStatements.components(classes: words), ComponentRecord.init(row:))
    }

    package func resources(of id: ComponentID) async throws(StoreFailure) -> [ObservedResource] {
        try await read(EnvironmentStatements.resources(of: id)) { (row) throws(PostgresError) in
            ObservedResource(
                logicalID: try row["logical_id"],
                physicalID: try row["physical_id"],
                type: try row["type"],
                status: try row["status"]
            )
        }
    }
}

extension TargetCoverage {
    fileprivate init(row: Row) throws(PostgresError) {
        let scan: Int64? = try row["scan_id"]
        self.init(
            target: try row.target(),
            suspect: try row["suspect"],
            scan: scan.map { ScanID($0) },
            at: try row["finished_at"],
            failure: try row["failure"]
        )
    }
}

extension EnvironmentRecord {
    /// All but the targets.
    fileprivate init(row: Row) throws(PostgresError) {
        let finding: JSONB? = try row["finding"]
        self.init(
            key: try row.key(),
            kind: try row.word("class"),
            beganAt: try row["began_at"],
            endedAt: try row["ended_at"],
            oldest: try row["oldest_at"],
            youngest: try row["youngest_at"],
            changed: try row["changed_at"],
            newestActivity: try row["activity_at"],
            owner: try row["owner"],
            ownerSource: try row["owner_source"],
            ownerDetail: try row["owner_detail"],
            ownerConflict: try row["owner_conflict"],
            claim: try row["claim"],
            claimedAt: try row["claimed_at"],
            targets: [],
            protection: try Hold(row: row, kind: .protection),
            lease: try Hold(row: row, kind: .lease),
            leaseCount: try row["leases"],
            releasedAt: try row["released_at"],
            releasedBy: try row["released_by"],
            partlyReaped: try PartialReap(row: row),
            tags: try ComponentTags.all(row: row),
            componentCount: try row["components"],
            verdict: try VerdictRecord(row: row),
            finding: finding?.bytes,
            findingState: try row["finding_state"],
            dueAt: try row["due_at"],
            flaggedAt: try row["flagged_at"],
            regroupedAt: try row["regrouped_at"],
            registration: try Registration(row: row, of: try row.key())
        )
    }
}

extension Hold {
    fileprivate init?(row: Row, kind: HoldStatements.Kind) throws(PostgresError) {
        let prefix = kind.rawValue
        guard let number: Int64 = try row["\(prefix)_id", as: Int64?.self] else { return nil }
        self.init(
            id: "\(prefix) \(number)",
            until: try row["\(prefix)_until"],
            because: try row["\(prefix)_because"],
            by: try row["\(prefix)_by"],
            at: try row["\(prefix)_at"]
        )
    }
}

extension ComponentTags {
    fileprivate static func all(row: Row) throws(PostgresError) -> [ComponentTags] {
        let (ids, created): ([String], [Date?]) = (try row["ids"], try row["created"])
        let tags: [[String: String]] = try row.json("tags")
        let tools: [String] = try row["tools"]
        return zip(zip(ids, created), zip(tags, tools)).map { component, said in
            ComponentTags(
                id: ComponentID(component.0),
                created: component.1,
                tags: said.0,
                tool: DeploymentTool(recorded: said.1, tags: said.0)
            )
        }
    }
}

extension PartialReap {
    fileprivate init?(row: Row) throws(PostgresError) {
        guard let plan = try row["reaped_plan", as: Int64?.self] else { return nil }
        self.init(plan: PlanID(plan), at: try row["reaped_at"])
    }
}

extension VerdictRecord {
    fileprivate init?(row: Row) throws(PostgresError) {
        guard let verdict = try row["verdict", as: String?.self] else { return nil }
        let trace: JSONB? = try row["trace"]
        self.init(
            verdict: verdict,
            verdictClass: try row.optionalWord("verdict_class"),
            reason: try row["reason"],
            policy: try row["policy"],
            revision: try row["revision"],
            trace: trace?.bytes ?? [],
            digest: try row.isNull("digest") ? nil : try row.digest("digest"),
            changesAt: try row["changes_at"],
            since: try row["since"],
            staleSince: try row["stale_since"]
        )
    }
}

extension ComponentRecord {
    fileprivate init(row: Row) throws(PostgresError) {
        self.init(
            id: try row.id("provider_id"),
            target: try row.target(),
            name: try row["component_name"],
            status: ComponentStatus(try row["status"]),
            kind: try row.word("class"),
            named: try row.names("named"),
            naming: try row["naming"],
            created: try row["created_at"],
            updated: try row["updated_at"],
            changed: try row["changed_at"],
            firstSeen: try row["first_seen_at"],
            gone: try row["gone_at"],
            goneBecause: try row["gone_because"],
            tags: try row.json("tags"),
            serviceRole: try row["service_role"],
            tool: try row["tool"],
            environment: try row.optionalKey("environment_"),
            resourceCount: try row["resources"]
        )
    }
}
