import Core
import Foundation
import Postgres

/// The nights, on the database's clock.
enum NightStatements {
    static func abandon(at: Date) -> SQL {
        named(
            "abandon nights",
            """
            WITH moved AS (
                UPDATE nights SET outcome = 'abandoned', ended_at = \(at)
                WHERE outcome = 'running' AND lease_until < clock_timestamp() RETURNING night_id, holder
            )
            INSERT INTO audit_log (event, details)
            SELECT 'night abandoned', jsonb_build_object('night', night_id, 'holder', holder) FROM moved
            """
        )
    }

    /// No row where one is at work.
    static func begin(holder: String, lease: Duration, at: Date) -> SQL {
        named(
            "begin night",
            """
            WITH added AS (
                INSERT INTO nights (holder, lease_until, started_at)
                VALUES (\(holder), clock_timestamp() + \(lease), \(at))
                ON CONFLICT DO NOTHING RETURNING night_id
            ), noted AS (
                INSERT INTO audit_log (event, details)
                SELECT 'night began', jsonb_build_object('night', night_id, 'holder', \(holder)::text) FROM added
            )
            SELECT night_id FROM added
            """
        )
    }

    static func running() -> SQL {
        named("running night", "SELECT holder, started_at FROM nights WHERE outcome = 'running'")
    }

    static func prolong(_ id: NightID, lease: Duration) -> SQL {
        named(
            "prolong night",
            """
            UPDATE nights SET lease_until = clock_timestamp() + \(lease)
            WHERE night_id = \(id.number) AND outcome = 'running' RETURNING night_id
            """
        )
    }

    static func end(
        _ id: NightID,
        outcome: NightRecord.Outcome,
        status: Int32,
        numbers: JSONB,
        leftUndone: [String],
        at: Date
    ) -> SQL {
        named(
            "end night",
            """
            WITH moved AS (
                UPDATE nights SET outcome = \(outcome.rawValue), ended_at = \(at), status = \(status),
                    numbers = \(numbers), left_undone = \(leftUndone)
                WHERE night_id = \(id.number) AND outcome = 'running' RETURNING night_id, outcome, status
            ), noted AS (
                INSERT INTO audit_log (event, details)
                SELECT 'night ended', jsonb_build_object('night', night_id, 'outcome', outcome, 'status', status) FROM moved
            )
            SELECT night_id FROM moved
            """
        )
    }

    static func nights(since: Date) -> SQL {
        named("nights", "SELECT \(columns) FROM nights WHERE started_at >= \(since) ORDER BY started_at DESC")
    }

    static func first() -> SQL { named("first night", "SELECT min(started_at) AS first FROM nights") }

    static func lastGood() -> SQL {
        named(
            "last good night",
            "SELECT \(columns) FROM nights WHERE outcome = 'done' ORDER BY started_at DESC LIMIT 1"
        )
    }

    private static let columns: SQL =
        "night_id, outcome, holder, started_at, ended_at, status, numbers, left_undone"
}
