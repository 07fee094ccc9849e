import Core
import Foundation
import Postgres
import TestSupport

@testable import Ledger

/// A database of its own with the schema and the grants, and a ledger on it.
struct LedgerFixture {
    /// Of the superuser, with the sessions' usual settings.
    let settings: ConnectionSettings
    let ledger: PostgresLedger

    static func migrated(_ connection: Connection) async throws {
        let migrator = Migrator(connection: connection)
        _ = try await migrator.exclusively { () async throws(LedgerError) in try await migrator.migrate { _ in } }
        try await connection.execute(script: Grants.script)
    }

    static func with<Value>(_ body: (LedgerFixture) async throws -> Value) async throws -> Value {
        try await PostgresFixture.shared.withDatabase(template: "ledger", prepare: migrated) { settings in
            let settings = LedgerDatabase.session(settings)
            let fixture = LedgerFixture(
                settings: settings,
                ledger: PostgresLedger(settings: settings, embedded: false, maximum: 3)
            )
            let outcome: Result<Value, any Error>
            do {
                outcome = .success(try await body(fixture))
            } catch {
                outcome = .failure(error)
            }
            await fixture.ledger.close()
            return try outcome.get()
        }
    }

    /// The settings of a new login with some of the groups; roles are of the whole server, so the name is unique.
    func login(_ name: String, _ groups: String...) async throws -> ConnectionSettings {
        let unique = "\(name)_\(settings.overrides["dbname"] ?? "")"
        try await sql(SQL(raw: "CREATE ROLE \(unique) LOGIN"))
        for group in groups { try await sql(SQL(raw: "GRANT \(group) TO \(unique)")) }
        var other = settings
        other.overrides["user"] = unique
        return other
    }

    func ledger(as settings: ConnectionSettings) -> PostgresLedger {
        PostgresLedger(settings: settings, embedded: false, maximum: 2)
    }

    /// Runs a statement as the superuser, or with other settings; the rows.
    @discardableResult
    func sql(_ statement: SQL, as other: ConnectionSettings? = nil) async throws -> Rows {
        let connection = try await Connection.open(other ?? settings)
        do {
            let rows = try await connection.query(statement)
            await connection.close()
            return rows
        } catch {
            await connection.close()
            throw error
        }
    }

    /// What somebody can do who owns the server: the rules of these tables are off while the body runs.
    func unguarded(_ tables: String..., body: () async throws -> Void) async throws {
        for table in tables { try await sql(SQL(raw: "ALTER TABLE \(table) DISABLE TRIGGER USER")) }
        try await body()
        for table in tables {
            let triggers = try await sql(
                """
                SELECT tgname::text FROM pg_trigger
                WHERE tgrelid = (\("curfew." + table))::regclass AND NOT tgisinternal
                """
            ).decode(String.self)
            for trigger in triggers {
                try await sql(SQL(raw: "ALTER TABLE \(table) ENABLE ALWAYS TRIGGER \(trigger)"))
            }
        }
    }

    func number(_ statement: SQL) async throws -> Int {
        try await sql(statement).only()[0]
    }

    /// The error's state; nil when the statement was allowed.
    func refusal(_ statement: SQL, as other: ConnectionSettings? = nil) async throws -> PostgresError? {
        do {
            try await sql(statement, as: other)
            return nil
        } catch let error as PostgresError {
            return error
        }
    }
}

/// The failure of a call; nil when it did not fail.
func failure(_ work: () async throws -> Void) async -> StoreFailure? {
    do {
        try await work()
        return nil
    } catch {
        return error as? StoreFailure
    }
}

let target = Target(account: AccountID("111111111111"), region: Region("eu-central-1"))
let otherTarget = Target(account: AccountID("222222222222"), region: Region("us-east-1"))
let sandbox = SpaceName("sandbox")

/// A moment on the tests' own time line, which is later than any clock's: what ran out there has run out nowhere else.
func day(_ days: Double) -> Date { Date(timeIntervalSince1970: 4_000_000_000 + days * 86_400) }

func stackID(_ name: String, in target: Target = target) -> ComponentID {
    ComponentID("arn:aws:cloudformation:\(target.region):\(target.account):stack/\(name)/1")
}

/// A component as a scan records it.
func component(
    _ name: String,
    in place: Target = target,
    status: String = "CREATE_COMPLETE",
    created: Date? = day(0),
    updated: Date? = nil,
    changed: Date? = nil,
    kind: ComponentClass = .feature,
    named: [String] = ["feat-x"],
    tags: [String: String] = ["team": "checkout"]
) -> RecordedComponent {
    let observed = ObservedComponent(
        id: stackID(name, in: place),
        target: place,
        name: name,
        status: ComponentStatus(status),
        created: created,
        updated: updated,
        tags: tags
    )
    let said = [
        name, status, "\(created as Date?)", "\(updated as Date?)", kind.rawValue, "\(named)",
        "\(tags.sorted { $0.key < $1.key })",
    ]
    return RecordedComponent(
        observed: observed,
        kind: kind,
        named: named.map { EnvironmentName($0) },
        naming: "by its name",
        changed: changed ?? created,
        tool: "CloudFormation",
        content: Digest(of: said.joined(separator: "|"))
    )
}

func grouped(_ name: String, _ members: [ComponentID], kind: EnvironmentClass = .feature) -> GroupedEnvironment {
    GroupedEnvironment(space: sandbox, name: EnvironmentName(name), kind: kind, members: members)
}

func key(_ name: String, _ incarnation: Int = 1) -> EnvironmentKey {
    EnvironmentKey(space: sandbox, name: EnvironmentName(name), incarnation: incarnation)
}

extension PostgresLedger {
    /// A whole scan of one target that reads all of it, grouped by the single name of each component.
    @discardableResult
    func scan(
        _ components: [RecordedComponent],
        gone: [ComponentID] = [],
        of place: Target = target,
        resources: [ComponentID: [ObservedResource]] = [:],
        at: Date
    ) async throws -> ScanID {
        let scan = try await beginScan(of: [target, otherTarget], whole: true, at: at)
        try await record(complete(components, gone: gone, of: place, resources: resources, at: at), in: scan)
        try await group(at: at)
        try await finishScan(scan, calls: ["cloudformation DescribeStacks": 1], at: at)
        return scan
    }

    /// A scan of its own, which nobody else joins.
    func beginScan(of targets: [Target], whole: Bool, at: Date) async throws -> ScanID {
        let extent = ScanExtent(targets: targets, whole: whole, full: false, naming: Digest(of: ""), isShared: false)
        return try await joinScan(extent, worker: "a test", lease: .seconds(600), at: at).scan
    }

    /// Claimed for a moment, whichever target is next.
    func record(_ reading: TargetReading, in scan: ScanID) async throws {
        try await record(reading, under: try await claim(reading.target, in: scan), calls: [:])
    }

    /// One target of a scan, by a worker of its own.
    func claim(_ target: Target, in scan: ScanID) async throws -> TargetClaim {
        let connection = try await Connection.open(settings)
        let rows = try await connection.query(
            """
            WITH worker AS (
                INSERT INTO scan_workers (scan_id, name, heard_until)
                VALUES (\(scan.number), 'a test', clock_timestamp() + interval '600 s') RETURNING worker_id
            ), fenced AS (
                UPDATE targets SET fence = fence + 1
                WHERE account = \(target.account.text) AND region = \(target.region.text) RETURNING target_id, fence
            )
            UPDATE scan_targets s SET state = 'claimed', worker_id = w.worker_id, fence = f.fence, attempts = 1,
                lease_until = clock_timestamp() + interval '600 s'
            FROM worker w, fenced f WHERE s.scan_id = \(scan.number) AND s.target_id = f.target_id
            RETURNING s.worker_id, s.fence
            """
        )
        await connection.close()
        guard let row = rows.first else { throw StoreFailure(.notFound, "\(target) is no target of scan \(scan)") }
        return TargetClaim(
            scan: scan,
            worker: WorkerID(try row["worker_id"]),
            target: target,
            fence: try row["fence"],
            attempt: 1,
            accepted: false
        )
    }

    /// Whatever nobody has read by then was not to be read.
    func finishScan(_ scan: ScanID, calls: [String: Int], at: Date) async throws {
        let connection = try await Connection.open(settings)
        let rows = try await connection.query(
            "SELECT max(worker_id) AS worker_id FROM scan_workers WHERE scan_id = \(scan.number)"
        )
        let worker: Int64 = try rows.only()["worker_id"]
        try await connection.execute(
            """
            UPDATE scan_targets SET state = 'claimed', worker_id = \(worker), fence = 0, lease_until = clock_timestamp()
            WHERE scan_id = \(scan.number) AND state = 'waiting'
            """
        )
        try await connection.execute(
            """
            UPDATE scan_targets SET state = 'read', lease_until = NULL
            WHERE scan_id = \(scan.number) AND state = 'claimed'
            """
        )
        await connection.close()
        let share = ScanShare(scan: scan, worker: WorkerID(worker), joined: false)
        guard try await finishScan(share, isWhole: true, calls: calls, notes: [], at: at) else {
            throw StoreFailure(.conflict, "scan \(scan) is not running any more")
        }
    }

    func regroup(_ environments: [GroupedEnvironment], at: Date) async throws {
        _ = try await regroup(under: .once, at: at) { _ in environments }
    }

    /// Every component that is a feature goes to the environment of its first name.
    func group(at: Date) async throws {
        _ = try await regroup(under: .once, at: at) { inputs in
            var members: [EnvironmentName: [ComponentID]] = [:]
            for input in inputs where input.kind == .feature {
                guard let name = input.named.first else { continue }
                members[name, default: []].append(input.id)
            }
            return members.map { grouped($0.key.text, $0.value) }
        }
    }
}

extension ReadingRules {
    /// Unlike all others, so that whatever is present is grouped anew.
    static var once: ReadingRules { ReadingRules(naming: Digest(of: UUID().uuidString)) }
}

func complete(
    _ components: [RecordedComponent],
    gone: [ComponentID] = [],
    of place: Target = target,
    resources: [ComponentID: [ObservedResource]] = [:],
    at: Date
) -> TargetReading {
    TargetReading(
        target: place,
        startedAt: at,
        finishedAt: at,
        outcome: .complete(components: components, gone: gone),
        resources: resources
    )
}

extension PostgresLedger {
    @discardableResult
    func applyPolicy(
        text: String,
        hash: Digest,
        unwarned: [String] = [],
        at: Date
    ) async throws(StoreFailure) -> PolicyRevision {
        try await applyPolicy(PolicySource(text), hash: hash, unwarned: unwarned, at: at)
    }
}
