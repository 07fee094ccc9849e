import Core
import Foundation
import Postgres

/// Signals of environments, and what they are read from.
enum SignalStatements {
    /// Every open feature environment whose targets were all read completely the last time and of which something is due,
    /// and whether all resources of its stacks were read.
    ///
    /// What changed in a nested stack counts for every environment of its target: whose it is takes longer to find than
    /// looking at a few too many. All of it is one sum over rows of four tables instead of a join of them, which costs the
    /// same whatever the database believes of its tables: after a first scan it believed in one row each, and looked through
    /// all of them for each environment. What is asked of targets is kept for the same reason: once its tables were analyzed
    /// it summed up the nested stacks of a target anew for each environment in it.
    static func subjects(_ due: SignalsDue) -> SQL {
        named(
            "subjects of signals",
            """
            WITH doubtful AS MATERIALIZED (
                SELECT t.target_id FROM targets t
                LEFT JOIN LATERAL (
                    SELECT r.outcome FROM readings r WHERE r.target_id = t.target_id
                    ORDER BY r.fence DESC, r.scan_id DESC LIMIT 1
                ) newest ON true
                WHERE t.state <> 'retired' AND (t.state = 'suspect' OR newest.outcome IS DISTINCT FROM 'complete')
            ), nested AS MATERIALIZED (
                SELECT c.target_id, max(\(change)) AS at FROM components c WHERE c.class = 'nested' GROUP BY c.target_id
            ), told AS (
                SELECT environment_id, space, name, incarnation, oldest_at, NULL::timestamptz AS changed_at, false AS unread,
                    false AS doubted, NULL::timestamptz AS read_at, false AS is_due
                FROM environments WHERE ended_at IS NULL AND class = 'feature'
                UNION ALL
                SELECT c.environment_id, NULL, NULL, NULL, NULL, \(change), c.gone_at IS NULL AND c.resources_at IS NULL,
                    false, NULL, false
                FROM components c WHERE c.environment_id IS NOT NULL
                UNION ALL
                SELECT p.environment_id, NULL, NULL, NULL, NULL,
                    (SELECT n.at FROM nested n WHERE n.target_id = p.target_id), false,
                    p.target_id IN (SELECT target_id FROM doubtful), NULL, false
                FROM environment_targets p
                UNION ALL
                SELECT s.environment_id, NULL, NULL, NULL, NULL, NULL, false, false, s.read_at,
                    s.missing IS NOT NULL OR s.read_at <= \(due.readBefore)
                        OR (s.kind = 'rollout' AND s.seen_at IS NOT NULL)
                FROM signals s WHERE s.kind = ANY (\(due.kinds.map(\.rawValue)))
            )
            SELECT environment_id, max(space) AS space, max(name) AS name, max(incarnation) AS incarnation,
                max(oldest_at) AS oldest_at, bool_or(unread) AS unread, max(changed_at) AS changed_at
            FROM told GROUP BY environment_id
            HAVING max(name) IS NOT NULL AND NOT bool_or(doubted) AND (\(due.isEverything) OR bool_or(is_due)
                OR count(read_at) < \(Int64(due.kinds.count)) OR min(read_at) < max(changed_at))
            ORDER BY 2, 3, 4
            """
        )
    }

    /// When component `c` changed in something that signals depend on.
    private static let change: SQL = "greatest(c.first_seen_at, c.resources_at, c.regrouped_at, c.gone_at)"

    /// What of their stacks, and of stacks nested in those, signals depend on.
    ///
    /// The types stand here as in the index that finds them.
    static func resources(of environments: [Int64]) -> SQL {
        named(
            "resources of signals",
            """
            WITH RECURSIVE inside AS (
                SELECT e.environment_id, c.component_id
                FROM environments e JOIN components c USING (environment_id)
                WHERE e.environment_id = ANY (\(environments)) AND c.gone_at IS NULL AND c.class <> 'nested'
                UNION
                SELECT i.environment_id, n.component_id
                FROM inside i
                JOIN resources r ON r.component_id = i.component_id AND r.type = 'AWS::CloudFormation::Stack'
                JOIN components n ON n.provider_id = r.physical_id
                WHERE n.gone_at IS NULL AND n.class = 'nested'
            )
            SELECT e.space, e.name, e.incarnation, t.account, t.region, c.provider_id, c.content, r.logical_id, r.type,
                r.physical_id
            FROM inside i
            JOIN resources r ON r.component_id = i.component_id AND r.type IN ('AWS::ApiGateway::RestApi',
                'AWS::ApiGatewayV2::Api', 'AWS::CodeDeploy::Application', 'AWS::CodeDeploy::DeploymentGroup',
                'AWS::Events::Rule', 'AWS::Lambda::Alias', 'AWS::Lambda::Function', 'AWS::Scheduler::Schedule')
            JOIN components c ON c.component_id = i.component_id
            JOIN targets t USING (target_id)
            JOIN environments e ON e.environment_id = i.environment_id
            ORDER BY 1, 2, 3, 4, 5, 6, 8
            """
        )
    }

    static func records(of chosen: SQL) -> SQL {
        named(
            "signals of environments",
            """
            SELECT e.space, e.name, e.incarnation, s.kind, s.seen_at, s.seen, s.none_since, s.detail, s.missing,
                s.inapplicable, s.subjects, s.read_at
            FROM signals s JOIN environments e USING (environment_id)
            WHERE e.environment_id IN (\(chosen)) ORDER BY 1, 2, 3, 4
            """
        )
    }

    static func schedules(of components: [ComponentID]) -> SQL {
        named(
            "schedules of components",
            """
            SELECT c.provider_id, s.content, s.schedules FROM component_schedules s JOIN components c USING (component_id)
            WHERE c.provider_id = ANY (\(components.map(\.text)))
            """
        )
    }

    static func setSchedules(of components: [ComponentID], contents: [[UInt8]], _ schedules: [JSONB?]) -> SQL {
        named(
            "set schedules",
            """
            INSERT INTO component_schedules (component_id, content, schedules)
            SELECT c.component_id, n.content, n.schedules
            FROM unnest(\(components.map(\.text)), \(contents), \(schedules)) AS n (id, content, schedules)
            JOIN components c ON c.provider_id = n.id
            ON CONFLICT (component_id) DO UPDATE SET content = excluded.content, schedules = excluded.schedules
            """
        )
    }

    static func set(_ keys: KeyColumns, _ records: [SignalRecord]) -> SQL {
        named(
            "set signals",
            """
            INSERT INTO signals (environment_id, kind, seen_at, seen, none_since, detail, missing, inapplicable, subjects,
                read_at)
            SELECT e.environment_id, n.kind, n.seen_at, n.seen, n.none_since, n.detail, n.missing, n.inapplicable,
                n.subjects, n.read_at
            FROM unnest(\(keys.spaces), \(keys.names), \(keys.incarnations), \(records.map(\.kind.rawValue)),
                \(records.map { $0.seen?.at }), \(records.map { $0.seen?.what }), \(records.map(\.noneSince)),
                \(records.map(\.detail)), \(records.map(\.missing)), \(records.map(\.inapplicable)),
                \(records.map { $0.subjects?.bytes }), \(records.map(\.readAt)))
                AS n (space, name, incarnation, kind, seen_at, seen, none_since, detail, missing, inapplicable, subjects,
                    read_at)
            JOIN environments e USING (space, name, incarnation)
            ON CONFLICT (environment_id, kind) DO UPDATE SET seen_at = excluded.seen_at, seen = excluded.seen,
                none_since = excluded.none_since, detail = excluded.detail, missing = excluded.missing,
                inapplicable = excluded.inapplicable, subjects = excluded.subjects, read_at = excluded.read_at
            """
        )
    }

    /// A life that has ended has no signals.
    static func forgetEnded() -> SQL {
        named(
            "forget signals",
            """
            DELETE FROM signals s USING environments e
            WHERE e.environment_id = s.environment_id AND e.ended_at IS NOT NULL
            """
        )
    }
}
