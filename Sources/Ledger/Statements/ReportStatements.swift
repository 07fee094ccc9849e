import Core
import Foundation
import Postgres

/// What reports read beyond the inventory: how it was in the weeks before.
enum ReportStatements {
    static func evaluations(since: Date) -> SQL {
        named(
            "evaluation counts",
            """
            SELECT DISTINCT ON (date_bin('15 minutes', at, 'epoch')) at, counts FROM evaluations WHERE at >= \(since)
            ORDER BY date_bin('15 minutes', at, 'epoch'), at DESC, evaluation_id DESC
            """
        )
    }

    static func endedTeardowns(since: Date) -> SQL {
        named(
            "ended teardowns",
            """
            SELECT p.plan_id, p.state, p.ended_at, e.space, e.name, e.incarnation, e.owner
            FROM plans p JOIN plan_environments USING (plan_id) JOIN environments e USING (environment_id)
            WHERE p.state IN ('done', 'failed', 'halted') AND p.ended_at >= \(since)
            ORDER BY p.ended_at, p.plan_id, e.space, e.name, e.incarnation
            """
        )
    }

    static func lastCompleteScan() -> SQL {
        named("last complete scan", "SELECT max(finished_at) AS at FROM scans WHERE state = 'complete' AND whole")
    }

    static func sealHead() -> SQL {
        named(
            "seal head",
            """
            SELECT s.seal_number, s.digest, a.at FROM audit_seals s JOIN audit_log a USING (entry_id)
            ORDER BY s.seal_number DESC LIMIT 1
            """
        )
    }
}
