import Core
import Foundation
import Postgres

/// Scans, targets and their readings.
enum ScanStatements {
    static func addAccounts(_ accounts: [String]) -> SQL {
        named(
            "add accounts",
            """
            INSERT INTO accounts (account) SELECT DISTINCT unnest(\(accounts)) ON CONFLICT DO NOTHING
            """
        )
    }

    static func addTargets(_ targets: [Target]) -> SQL {
        named(
            "add targets",
            """
            INSERT INTO targets (account, region)
            SELECT DISTINCT * FROM unnest(\(targets.map(\.account.text)), \(targets.map(\.region.text)))
            EXCEPT SELECT account, region FROM targets
            ON CONFLICT DO NOTHING
            """
        )
    }

    static func targetStates() -> SQL {
        named(
            "target states",
            """
            SELECT t.account, t.region, t.state, t.state_because, t.accepted_at IS NOT NULL AS accepted,
                complete.finished_at AS last_complete_at, newest.failure AS last_failure, tried.finished_at AS last_tried_at
            FROM targets t
            LEFT JOIN LATERAL (
                SELECT r.finished_at FROM readings r WHERE r.target_id = t.target_id AND r.outcome = 'complete'
                ORDER BY r.fence DESC, r.scan_id DESC LIMIT 1
            ) complete ON true
            LEFT JOIN LATERAL (
                SELECT r.failure FROM readings r WHERE r.target_id = t.target_id
                ORDER BY r.fence DESC, r.scan_id DESC LIMIT 1
            ) newest ON true
            LEFT JOIN LATERAL (
                SELECT r.finished_at FROM readings r
                WHERE r.target_id = t.target_id AND (r.failure IS NULL OR r.failure NOT LIKE \("%" + TargetState.notTried))
                ORDER BY r.fence DESC, r.scan_id DESC LIMIT 1
            ) tried ON true
            ORDER BY t.account, t.region
            """
        )
    }

    /// A step of a plan of ours asked, or may have asked, for the deletion of component `c`.
    static let askedToDelete: SQL = """
        EXISTS (
            SELECT FROM steps s WHERE s.component_id = c.component_id AND (s.requested_at IS NOT NULL
                OR s.intended_at IS NOT NULL AND s.state IN ('intended', 'gone'))
        )
        """

    static func known(in target: Target) -> SQL {
        named(
            "known components",
            """
            SELECT \(ListingStatements.knownColumns)
            FROM components c JOIN targets t USING (target_id)
            WHERE t.account = \(target.account.text) AND t.region = \(target.region.text) AND c.gone_at IS NULL
            """
        )
    }

    private static let ended: SQL = """
        SELECT scan_id, state, whole, started_at, finished_at, calls, coalesce(notes, '[]') AS notes FROM scans
        WHERE state IN ('complete', 'partial')
        """

    static func newest() -> SQL { named("newest scan", "\(ended) ORDER BY scan_id DESC LIMIT 1") }

    static func newestWhole() -> SQL {
        named("newest whole scan", "\(ended) AND whole ORDER BY scan_id DESC LIMIT 1")
    }

    static func ended(_ scan: ScanID) -> SQL { named("ended scan", "\(ended) AND scan_id = \(scan.number)") }

    static func workers(of scan: ScanID) -> SQL {
        named(
            "workers of scan",
            """
            SELECT worker_id, name, read FROM scan_workers WHERE scan_id = \(scan.number) AND read > 0
            ORDER BY worker_id
            """
        )
    }

    /// Of `targets t`, `readings r` and `function_readings fr`, as ``ReadingSummary`` is read.
    private static let readingColumns: SQL = """
        t.account, t.region, r.outcome, r.finished_at, r.feature, r.permanent, r.ambiguous, r.unmatched, r.excluded,
            r.nested, r.gone, r.failure, r.advice, fr.failure AS functions_failure
        """

    static func readings(of scan: ScanID) -> SQL {
        named(
            "readings of scan",
            """
            SELECT \(readingColumns)
            FROM readings r JOIN targets t USING (target_id) LEFT JOIN function_readings fr USING (target_id)
            WHERE r.scan_id = \(scan.number) ORDER BY t.account, t.region
            """
        )
    }

    /// Of each target the newest reading that counts, as judging has it: of scans that came to their end.
    static func newestReadings(complete: Bool) -> SQL {
        named(
            "newest readings",
            """
            SELECT \(readingColumns)
            FROM targets t CROSS JOIN LATERAL (
                SELECT r.* FROM readings r JOIN scans s USING (scan_id)
                WHERE r.target_id = t.target_id AND s.state IN ('complete', 'partial')
                    AND (r.outcome = 'complete' OR NOT \(complete))
                ORDER BY r.fence DESC, r.scan_id DESC LIMIT 1
            ) r LEFT JOIN function_readings fr ON fr.target_id = t.target_id
            """
        )
    }

    /// How many environments that did not end have a part in each target, or had.
    static func environmentsByTarget() -> SQL {
        named(
            "environments by target",
            """
            SELECT t.account, t.region, count(e.environment_id) AS environments
            FROM targets t LEFT JOIN environment_targets m USING (target_id)
            LEFT JOIN environments e ON e.environment_id = m.environment_id AND e.ended_at IS NULL
            GROUP BY t.target_id
            """
        )
    }

    static func newestNaming() -> SQL {
        named("newest naming rules", "SELECT hash FROM naming_revisions ORDER BY naming_id DESC LIMIT 1")
    }

    static func addNaming(_ hash: Digest, at: Date) -> SQL {
        named("add naming rules", "INSERT INTO naming_revisions (hash, seen_at) VALUES (\(hash.bytes), \(at))")
    }

    static func groupingInput() -> SQL {
        named(
            "grouping input",
            """
            SELECT c.provider_id, t.account, c.class, c.named, e.space AS environment_space, e.name AS environment_name,
                e.incarnation AS environment_incarnation
            FROM components c JOIN targets t USING (target_id) LEFT JOIN environments e USING (environment_id)
            WHERE c.gone_at IS NULL ORDER BY c.provider_id
            """
        )
    }
}
