import Core
import Foundation
import Postgres

/// One target's reading: what is new goes in by COPY, what was seen before is staged by COPY and merged by statements that
/// each take the whole of it.
enum ReadingStatements {
    /// What the provider and the rules say of a component, in the tables and where it is staged.
    static let componentColumns = [
        "provider_id", "name", "status", "class", "named", "naming", "created_at", "updated_at", "changed_at", "tags",
        "service_role", "tool", "parent", "content", "listed_as", "listed_under",
    ]
    /// What is only in the table.
    static let ownColumns = ["component_id", "target_id", "first_seen_at", "resources_at"]
    static let resourceColumns = ["logical_id", "type", "physical_id", "status"]

    /// Those that have a row, whatever became of them.
    ///
    /// `OFFSET 0` makes it look each id up, as where listings are compared.
    static func everSeen(_ ids: [String]) -> SQL {
        named(
            "components ever seen",
            """
            SELECT l.id FROM unnest(\(ids)) AS l (id)
            CROSS JOIN LATERAL (SELECT FROM components c WHERE c.provider_id = l.id OFFSET 0) c
            """
        )
    }

    /// Numbers for new components, which nothing else gets.
    static func takeNumbers(_ count: Int) -> SQL {
        named(
            "numbers for components",
            """
            SELECT nextval('components_component_id_seq'::regclass) AS number FROM generate_series(1, \(Int64(count)))
            """
        )
    }

    static func stageComponents() -> SQL {
        named(
            "stage components",
            """
            CREATE TEMPORARY TABLE staged_components (
                provider_id text PRIMARY KEY, name text, status text, class text, named text[], naming text,
                created_at timestamptz, updated_at timestamptz, changed_at timestamptz, tags jsonb, service_role text,
                tool text, parent text, content bytea, resources_read boolean, listed_as uuid, listed_under bigint
            ) ON COMMIT DROP
            """
        )
    }

    static func stageResources() -> SQL {
        named(
            "stage resources",
            """
            CREATE TEMPORARY TABLE staged_resources (
                provider_id text, logical_id text, type text, physical_id text, status text
            ) ON COMMIT DROP
            """
        )
    }

    static func lockTarget(_ target: Target) -> SQL {
        named(
            "lock target",
            """
            SELECT target_id, state FROM targets
            WHERE account = \(target.account.text) AND region = \(target.region.text) FOR NO KEY UPDATE
            """
        )
    }

    static func addComponents(target: Int64, at: Date) -> SQL {
        named(
            "add components",
            """
            INSERT INTO components (provider_id, target_id, name, status, class, named, naming, created_at, updated_at,
                changed_at, tags, service_role, tool, parent, content, first_seen_at, resources_at, listed_as, listed_under)
            SELECT s.provider_id, \(target), s.name, s.status, s.class, s.named, s.naming, s.created_at, s.updated_at,
                s.changed_at, s.tags, s.service_role, s.tool, s.parent, s.content, \(at),
                CASE WHEN s.resources_read THEN \(at) END, s.listed_as, s.listed_under
            FROM staged_components s
            WHERE NOT EXISTS (SELECT FROM components c WHERE c.provider_id = s.provider_id)
            """
        )
    }

    /// Only rows that differ.
    ///
    /// What was closed and is there after all (a retired target taken up again) belongs to no
    /// environment until it is grouped anew.
    ///
    /// What is the same in other words is not written for the words alone: who gives tags in another order each time
    /// would have everything written each time. It is read again whenever it is listed.
    static func changeComponents(at: Date) -> SQL {
        named(
            "change components",
            """
            UPDATE components c SET name = s.name, status = s.status, class = s.class, named = s.named, naming = s.naming,
                created_at = s.created_at, updated_at = s.updated_at, changed_at = s.changed_at, tags = s.tags,
                service_role = s.service_role, tool = s.tool, parent = s.parent, content = s.content,
                gone_at = NULL, gone_because = NULL,
                regrouped_at = CASE WHEN c.class <> s.class OR c.named <> s.named THEN \(at) ELSE c.regrouped_at END,
                environment_id = CASE WHEN c.gone_at IS NULL THEN c.environment_id END,
                resources_at = CASE
                    WHEN s.resources_read THEN \(at)
                    WHEN c.content = s.content AND c.gone_at IS NULL THEN c.resources_at
                END,
                listed_as = s.listed_as, listed_under = s.listed_under
            FROM staged_components s
            WHERE c.provider_id = s.provider_id AND (c.content <> s.content OR c.gone_at IS NOT NULL
                OR (s.resources_read AND c.resources_at IS NULL) OR c.listed_under <> s.listed_under
                OR (c.listed_under IS NULL AND s.listed_under IS NOT NULL))
            """
        )
    }

    static func removeResources() -> SQL {
        named(
            "remove resources",
            """
            DELETE FROM resources r USING components c JOIN staged_components s USING (provider_id)
            WHERE r.component_id = c.component_id AND s.resources_read AND NOT EXISTS (
                SELECT FROM staged_resources n
                WHERE n.provider_id = s.provider_id AND n.logical_id = r.logical_id
                    AND (n.type, n.physical_id, n.status) IS NOT DISTINCT FROM (r.type, r.physical_id, r.status)
            )
            """
        )
    }

    /// Those that are there already stay; looking for them first would read all resources of all targets for each target.
    static func addResources() -> SQL {
        named(
            "add resources",
            """
            INSERT INTO resources (component_id, logical_id, type, physical_id, status)
            SELECT c.component_id, n.logical_id, n.type, n.physical_id, n.status
            FROM staged_resources n JOIN components c USING (provider_id)
            ON CONFLICT (component_id, logical_id) DO NOTHING
            """
        )
    }

    static func markGone(_ ids: [String], target: Int64, at: Date) -> SQL {
        named(
            "mark components gone",
            """
            UPDATE components c SET gone_at = \(at),
                gone_because = CASE WHEN \(ScanStatements.askedToDelete) THEN 'reaped' ELSE 'confirmed by id' END
            WHERE c.provider_id = ANY (\(ids)) AND c.target_id = \(target) AND c.gone_at IS NULL
            """
        )
    }

    /// Counts are of all that was listed, by class; they add up to it.
    static func addComplete(
        _ claim: TargetClaim,
        target: Int64,
        from: Date,
        until: Date,
        counts: [ComponentClass: Int],
        gone: Int
    ) -> SQL {
        func count(_ kind: ComponentClass) -> Int32 { Int32(clamping: counts[kind] ?? 0) }
        return named(
            "add complete reading",
            """
            INSERT INTO readings (scan_id, target_id, fence, outcome, started_at, finished_at, listed, feature,
                permanent, ambiguous, unmatched, excluded, nested, gone)
            VALUES (\(claim.scan.number), \(target), \(claim.fence), 'complete', \(from), \(until),
                \(Int32(clamping: counts.values.reduce(0, +))), \(count(.feature)), \(count(.permanent)),
                \(count(.ambiguous)), \(count(.unmatched)), \(count(.excluded)), \(count(.nested)),
                \(Int32(clamping: gone)))
            """
        )
    }

    static func addIncomplete(
        _ claim: TargetClaim,
        target: Int64,
        outcome: String,
        from: Date,
        until: Date,
        failure: String,
        advice: String?
    ) -> SQL {
        named(
            "add incomplete reading",
            """
            INSERT INTO readings (scan_id, target_id, fence, outcome, started_at, finished_at, failure, advice)
            VALUES (\(claim.scan.number), \(target), \(claim.fence), \(outcome), \(from), \(until), \(failure), \(advice as String?))
            """
        )
    }

    static func trustTarget(_ target: Int64) -> SQL {
        named(
            "trust target",
            """
            UPDATE targets SET state = 'active', state_because = NULL, state_at = NULL, accepted_at = NULL
            WHERE target_id = \(target) AND state <> 'retired' AND (state = 'suspect' OR accepted_at IS NOT NULL)
            """
        )
    }

    static func suspectTarget(_ target: Int64, because: String, at: Date) -> SQL {
        named(
            "suspect target",
            """
            WITH suspected AS (
                UPDATE targets SET state = 'suspect', state_because = \(because), state_at = \(at)
                WHERE target_id = \(target) AND state <> 'retired' RETURNING account, region
            )
            INSERT INTO audit_log (event, details)
            SELECT 'target suspect', jsonb_build_object('target', account || '/' || region, 'because', \(because))
            FROM suspected
            """
        )
    }
}
