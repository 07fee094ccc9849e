import Core
import Foundation
import Postgres

/// Who made and deployed components, and how far the provider's history was read.
enum TrailStatements {
    /// Of `component_trails h`, as ``TrailEvidence`` is read; the component's id is the query's own.
    private static let columns: SQL = "h.part, h.event_id, h.call, h.called_at, h.identity"

    /// Open feature environments whose owner comes from nothing better than a trail.
    static let unowned: SQL = """
        SELECT environment_id FROM environments
        WHERE ended_at IS NULL AND class = 'feature' AND owner_source NOT IN ('claim', 'tag', 'registration')
        """

    static func candidates() -> SQL {
        named(
            "trail candidates",
            """
            WITH listed AS (
                SELECT t.target_id, t.account, t.region, CASE WHEN r.outcome = 'complete' THEN r.started_at END AS listed_at
                FROM targets t LEFT JOIN LATERAL (
                    SELECT r.outcome, r.started_at FROM readings r WHERE r.target_id = t.target_id
                    ORDER BY r.fence DESC, r.scan_id DESC LIMIT 1
                ) r ON true
                WHERE t.state <> 'retired'
            )
            SELECT c.provider_id, l.account, l.region, e.space, e.name, e.incarnation, c.tags, l.listed_at,
                greatest(coalesce(c.created_at, c.first_seen_at), c.updated_at) AS activity_at
            FROM environments e JOIN components c USING (environment_id) JOIN listed l USING (target_id)
            WHERE e.environment_id IN (\(unowned)) AND c.gone_at IS NULL
            ORDER BY c.provider_id
            """
        )
    }

    /// Of the present components of the chosen environments.
    static func trails(of chosen: SQL) -> SQL {
        named(
            "trails of environments",
            """
            SELECT e.space, e.name, e.incarnation, c.provider_id, \(columns)
            FROM component_trails h JOIN components c USING (component_id) JOIN environments e USING (environment_id)
            WHERE e.environment_id IN (\(chosen)) AND c.gone_at IS NULL
            ORDER BY c.provider_id, h.part DESC
            """
        )
    }

    /// Of the chosen environments those without an owner, with the newest call in each target that was not read.
    static func untold(of chosen: SQL) -> SQL {
        named(
            "untold trails",
            """
            SELECT e.space, e.name, e.incarnation, t.account, t.region, max(m.at) AS at
            FROM environments e JOIN components c USING (environment_id) JOIN targets t USING (target_id)
            CROSS JOIN LATERAL (VALUES (coalesce(c.created_at, c.first_seen_at)), (c.updated_at)) AS m (at)
            CROSS JOIN unnest(\(TrailCall.allCases.map(\.rawValue))) AS n (call)
            LEFT JOIN trail_readings s ON s.target_id = c.target_id AND s.call = n.call
            WHERE e.environment_id IN (\(chosen)) AND e.owner IS NULL AND NOT e.owner_conflict AND e.ended_at IS NULL
                AND e.class = 'feature' AND c.gone_at IS NULL AND m.at IS NOT NULL
                AND (s.read_until IS NULL OR m.at > s.read_until OR m.at BETWEEN s.gap_from AND s.gap_until)
            GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
            """
        )
    }

    static func states() -> SQL {
        named(
            "trail readings",
            """
            SELECT t.account, t.region, s.call, s.read_until, s.gap_from, s.gap_until, s.tried_at
            FROM trail_readings s JOIN targets t USING (target_id) ORDER BY t.account, t.region, s.call
            """
        )
    }

    /// A row for each part that is known, or one without any.
    static func trailed(ids: [String], names: [String], in target: Target) -> SQL {
        named(
            "components of trails",
            """
            SELECT c.provider_id, c.name AS component_name, c.created_at, \(columns)
            FROM components c JOIN targets t USING (target_id) LEFT JOIN component_trails h USING (component_id)
            WHERE t.account = \(target.account.text) AND t.region = \(target.region.text) AND c.gone_at IS NULL
                AND c.class <> 'nested' AND (c.provider_id = ANY (\(ids)) OR c.name = ANY (\(names)))
            ORDER BY c.provider_id, h.part
            """
        )
    }

    static func keep(_ evidence: [TrailEvidence], identities: [JSONB]) -> SQL {
        named(
            "keep trails",
            """
            INSERT INTO component_trails (component_id, part, event_id, call, called_at, identity)
            SELECT c.component_id, n.part, n.event, n.call, n.at, n.identity
            FROM unnest(\(evidence.map(\.component.text)), \(evidence.map(\.part.rawValue)), \(evidence.map(\.event)),
                \(evidence.map(\.call.rawValue)), \(evidence.map(\.at)), \(identities))
                AS n (component, part, event, call, at, identity)
            JOIN components c ON c.provider_id = n.component
            WHERE c.gone_at IS NULL
            ON CONFLICT (component_id, part) DO UPDATE SET event_id = excluded.event_id, call = excluded.call,
                called_at = excluded.called_at, identity = excluded.identity
            """
        )
    }

    static func note(_ state: TrailState, of call: TrailCall, in target: Target) -> SQL {
        named(
            "note trail reading",
            """
            INSERT INTO trail_readings (target_id, call, read_until, gap_from, gap_until, tried_at)
            SELECT target_id, \(call.rawValue), \(state.until as Date?), \(state.gapFrom as Date?),
                \(state.gapUntil as Date?), \(state.triedAt)
            FROM targets WHERE account = \(target.account.text) AND region = \(target.region.text)
            ON CONFLICT (target_id, call) DO UPDATE SET read_until = excluded.read_until, gap_from = excluded.gap_from,
                gap_until = excluded.gap_until, tried_at = excluded.tried_at
            """
        )
    }
}
