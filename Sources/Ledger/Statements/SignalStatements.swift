import Core
import Foundation
import Postgres

/// Signals of environments, and what they are read from.
enum SignalStatements {
    /// Every open feature environment whose targets were all read completely the last time, and whether all resources of
    /// its stacks were read.
    static func subjects() -> SQL {
        named(
            "subjects of signals",
            """
            WITH doubtful AS (
                SELECT t.target_id FROM targets t
                LEFT JOIN LATERAL (
                    SELECT r.outcome FROM readings r WHERE r.target_id = t.target_id ORDER BY r.scan_id DESC LIMIT 1
                ) newest ON true
                WHERE t.state <> 'retired' AND (t.state = 'suspect' OR newest.outcome IS DISTINCT FROM 'complete')
            )
            SELECT e.space, e.name, e.incarnation, e.oldest_at,
                bool_or(c.component_id IS NOT NULL AND c.resources_at IS NULL) AS unread
            FROM environments e LEFT JOIN components c ON c.environment_id = e.environment_id AND c.gone_at IS NULL
            WHERE e.ended_at IS NULL AND e.class = 'feature' AND NOT EXISTS (
                SELECT FROM environment_targets p JOIN doubtful d USING (target_id)
                WHERE p.environment_id = e.environment_id
            )
            GROUP BY e.environment_id ORDER BY 1, 2, 3
            """
        )
    }

    /// What of their stacks, and of stacks nested in those, signals depend on.
    ///
    /// The types stand here as in the index that finds them.
    static func resources() -> SQL {
        named(
            "resources of signals",
            """
            WITH RECURSIVE inside AS (
                SELECT e.environment_id, c.component_id
                FROM environments e JOIN components c USING (environment_id)
                WHERE e.ended_at IS NULL AND e.class = 'feature' AND c.gone_at IS NULL AND c.class <> 'nested'
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
