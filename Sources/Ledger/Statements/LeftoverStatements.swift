import Core
import Foundation
import Postgres

/// What teardowns leave behind.
enum LeftoverStatements {
    /// The rows written; those whose environment, target, plan or component is unknown are missing among them.
    static func note(_ leftovers: [Leftover], at: Date) -> SQL {
        let keys = KeyColumns(leftovers.map(\.environment))
        return named(
            "note leftovers",
            """
            WITH given AS (
                SELECT e.environment_id, p.plan_id, c.component_id, t.target_id, n.type, n.identifier, n.reason, n.owner
                FROM unnest(\(keys.spaces), \(keys.names), \(keys.incarnations),
                    \(leftovers.map(\.target.account.text)), \(leftovers.map(\.target.region.text)),
                    \(leftovers.map { $0.plan?.number }), \(leftovers.map { $0.component?.text }),
                    \(leftovers.map(\.type)), \(leftovers.map(\.identifier)), \(leftovers.map(\.reason.rawValue)),
                    \(leftovers.map(\.owner)))
                    AS n (space, name, incarnation, account, region, plan, component, type, identifier, reason, owner)
                JOIN environments e USING (space, name, incarnation)
                JOIN targets t USING (account, region)
                LEFT JOIN plans p ON p.plan_id = n.plan
                LEFT JOIN components c ON c.provider_id = n.component
                WHERE (n.plan IS NULL OR p.plan_id IS NOT NULL) AND (n.component IS NULL OR c.component_id IS NOT NULL)
            ), written AS (
                INSERT INTO leftovers AS l (environment_id, plan_id, component_id, target_id, type, identifier, reason,
                    owner, found_at, last_seen_at, checked_at)
                SELECT environment_id, plan_id, component_id, target_id, type, identifier, reason, owner, \(at), \(at), \(at)
                FROM given
                ON CONFLICT (environment_id, target_id, type, identifier) DO UPDATE SET
                    last_seen_at = greatest(l.last_seen_at, excluded.last_seen_at),
                    checked_at = greatest(l.checked_at, excluded.checked_at),
                    gone_at = NULL
                RETURNING leftover_id, environment_id, plan_id, type, identifier, reason, l.xmax = 0 AS new
            ), noted AS (
                INSERT INTO audit_log (event, environment_id, plan_id, details)
                SELECT 'leftover found', environment_id, plan_id,
                    jsonb_build_object('type', type, 'identifier', identifier, 'reason', reason)
                FROM written WHERE new
            )
            SELECT leftover_id FROM written
            """
        )
    }

    static func leftovers(open: Bool) -> SQL {
        named(
            "leftovers",
            """
            SELECT l.leftover_id, e.space, e.name, e.incarnation, l.plan_id, c.provider_id, t.account, t.region, l.type,
                l.identifier, l.reason, l.owner, l.found_at, l.last_seen_at, l.checked_at, l.gone_at
            FROM leftovers l JOIN environments e USING (environment_id) JOIN targets t USING (target_id)
            LEFT JOIN components c USING (component_id)
            WHERE l.gone_at IS NULL OR NOT \(open)
            ORDER BY l.found_at, l.leftover_id
            """
        )
    }

    static func check(_ ids: [Int64], seen: Bool, at: Date) -> SQL {
        named(
            "check leftovers",
            """
            UPDATE leftovers SET checked_at = greatest(checked_at, \(at)),
                last_seen_at = CASE WHEN \(seen) THEN greatest(last_seen_at, \(at)) ELSE last_seen_at END
            WHERE leftover_id = ANY (\(ids))
            """
        )
    }

    static func close(_ ids: [Int64], at: Date) -> SQL {
        named(
            "close leftovers",
            """
            WITH closed AS (
                UPDATE leftovers SET gone_at = \(at), checked_at = greatest(checked_at, \(at))
                WHERE leftover_id = ANY (\(ids)) AND gone_at IS NULL
                RETURNING environment_id, plan_id, type, identifier
            )
            INSERT INTO audit_log (event, environment_id, plan_id, details)
            SELECT 'leftover gone', environment_id, plan_id,
                jsonb_build_object('type', type, 'identifier', identifier)
            FROM closed
            """
        )
    }
}
