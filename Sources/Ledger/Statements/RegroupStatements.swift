import Foundation
import Postgres

/// Which component belongs to which environment, and where one life ends and the next begins.
enum RegroupStatements {
    static let stagedColumns = ["space", "name", "class", "provider_id"]

    static func stageMembers() -> SQL {
        named(
            "stage members",
            """
            CREATE TEMPORARY TABLE staged_members (space text, name text, class text, provider_id text) ON COMMIT DROP
            """
        )
    }

    /// Every life without a component that is still there, or may be.
    ///
    /// As a difference of sets, which costs the same whatever the database believes of its tables: it runs right after
    /// everything was written, when that is wrong, and a look into the components for each life took seconds then.
    static func endLives(at: Date) -> SQL {
        named(
            "end lives",
            """
            WITH ended AS (
                UPDATE environments e SET ended_at = \(at)
                WHERE e.ended_at IS NULL AND e.environment_id IN (
                    SELECT environment_id FROM environments WHERE ended_at IS NULL
                    EXCEPT SELECT environment_id FROM components WHERE gone_at IS NULL
                )
                RETURNING e.environment_id
            )
            INSERT INTO audit_log (event, environment_id) SELECT 'environment ended', environment_id FROM ended
            """
        )
    }

    /// A new life of every staged name that has a member and no open life.
    static func beginLives(at: Date) -> SQL {
        named(
            "begin lives",
            """
            WITH wanted AS (
                SELECT s.space, s.name, min(s.class) AS class, min(coalesce(c.created_at, c.first_seen_at)) AS oldest_at
                FROM staged_members s JOIN components c USING (provider_id)
                WHERE c.gone_at IS NULL
                GROUP BY s.space, s.name
            ), begun AS (
                INSERT INTO environments (space, name, incarnation, class, began_at, oldest_at)
                SELECT w.space, w.name, 1 + coalesce((
                    SELECT max(e.incarnation) FROM environments e WHERE e.space = w.space AND e.name = w.name
                ), 0), w.class, \(at), w.oldest_at
                FROM wanted w
                WHERE NOT EXISTS (
                    SELECT FROM environments e WHERE e.space = w.space AND e.name = w.name AND e.ended_at IS NULL
                )
                RETURNING environment_id
            )
            INSERT INTO audit_log (event, environment_id) SELECT 'environment began', environment_id FROM begun
            """
        )
    }

    static func classify() -> SQL {
        named(
            "classify environments",
            """
            WITH classified AS (
                UPDATE environments e SET class = s.class
                FROM (SELECT DISTINCT space, name, class FROM staged_members) s
                WHERE e.space = s.space AND e.name = s.name AND e.ended_at IS NULL AND e.class <> s.class
                RETURNING e.environment_id, e.class
            )
            INSERT INTO audit_log (event, environment_id)
            SELECT 'environment became ' || class, environment_id FROM classified
            """
        )
    }

    /// What came from another environment counts as changed: what was read of this one says nothing of it.
    static func moveIn(at: Date) -> SQL {
        named(
            "move components in",
            """
            WITH moving AS (
                SELECT c.component_id, c.environment_id AS before, e.environment_id AS after
                FROM staged_members s JOIN components c USING (provider_id)
                JOIN environments e ON e.space = s.space AND e.name = s.name AND e.ended_at IS NULL
                WHERE c.gone_at IS NULL AND c.environment_id IS DISTINCT FROM e.environment_id
            ), moved AS (
                UPDATE components c SET environment_id = m.after,
                    regrouped_at = CASE WHEN m.before IS NULL THEN c.regrouped_at ELSE \(at) END
                FROM moving m WHERE c.component_id = m.component_id
                RETURNING c.provider_id, m.before, m.after
            )
            INSERT INTO audit_log (event, environment_id, details)
            SELECT 'component came from another environment', m.after,
                jsonb_build_object('component', m.provider_id, 'from', b.space || '/' || b.name || '#' || b.incarnation)
            FROM moved m JOIN environments b ON b.environment_id = m.before
            """
        )
    }

    /// As a difference of sets, for the same reason as `endLives`: on a first scan, the database believed that next to
    /// nothing was in an environment, and looked through all that is staged for each component.
    static func moveOut() -> SQL {
        named(
            "move components out",
            """
            WITH leaving AS (
                SELECT provider_id FROM components WHERE gone_at IS NULL AND environment_id IS NOT NULL
                EXCEPT SELECT provider_id FROM staged_members
            ), moved AS (
                UPDATE components c SET environment_id = NULL
                FROM leaving l JOIN components b USING (provider_id)
                WHERE b.component_id = c.component_id
                RETURNING c.provider_id, b.environment_id
            )
            INSERT INTO audit_log (event, environment_id, details)
            SELECT 'component left', environment_id, jsonb_build_object('component', provider_id) FROM moved
            """
        )
    }

    /// Targets once had are never forgotten.
    static func addTargets() -> SQL {
        named(
            "add environment targets",
            """
            INSERT INTO environment_targets (environment_id, target_id)
            SELECT DISTINCT environment_id, target_id FROM components
            WHERE gone_at IS NULL AND environment_id IS NOT NULL
            EXCEPT SELECT environment_id, target_id FROM environment_targets
            ON CONFLICT DO NOTHING
            """
        )
    }

    static func age() -> SQL {
        named(
            "age environments",
            """
            UPDATE environments e SET oldest_at = m.oldest_at
            FROM (
                SELECT environment_id, min(coalesce(created_at, first_seen_at)) AS oldest_at FROM components
                WHERE environment_id IS NOT NULL GROUP BY environment_id
            ) m
            WHERE m.environment_id = e.environment_id AND e.ended_at IS NULL AND m.oldest_at < e.oldest_at
            """
        )
    }

    /// Who deploys anew after a release is not done with it.
    static func endReleases(at: Date) -> SQL {
        named(
            "end releases",
            """
            WITH ended AS (
                UPDATE releases r SET ended_at = \(at), ended_because = 'deployed anew'
                WHERE r.ended_at IS NULL AND EXISTS (
                    SELECT FROM components c
                    WHERE c.environment_id = r.environment_id AND c.gone_at IS NULL
                        AND greatest(coalesce(c.created_at, c.first_seen_at), c.changed_at) > r.set_at
                )
                RETURNING r.environment_id
            )
            INSERT INTO audit_log (event, environment_id)
            SELECT 'release ended: deployed anew', environment_id FROM ended
            """
        )
    }
}
