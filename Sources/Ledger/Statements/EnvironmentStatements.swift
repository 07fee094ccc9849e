import Core
import Foundation
import Postgres

/// Reading environments with everything a verdict needs: two statements, however many there are.
enum EnvironmentStatements {
    static let openLives: SQL = "SELECT environment_id FROM environments WHERE ended_at IS NULL"

    /// Everything is read in the end: nothing is gained by a first row that comes early.
    static func openCursor() -> [SQL] {
        [
            named("plan for all rows", "SET LOCAL cursor_tuple_fraction = 1"),
            named(
                "declare environments",
                "DECLARE some_environments NO SCROLL CURSOR FOR \(records(of: openLives, traces: false))"
            ),
            named(
                "declare environment targets",
                "DECLARE some_targets NO SCROLL CURSOR FOR \(coverage(of: openLives))"
            ),
        ]
    }

    static func fetch(_ count: Int) -> SQL {
        named("fetch environments", "FETCH \(raw: String(count)) FROM some_environments")
    }

    static func fetchTargets(_ count: Int) -> SQL {
        named("fetch environment targets", "FETCH \(raw: String(count)) FROM some_targets")
    }

    static func lives(endedAfter: Date) -> SQL {
        "SELECT environment_id FROM environments WHERE ended_at > \(endedAfter)"
    }

    /// The newest life in every space.
    static func newestLives(of name: EnvironmentName) -> SQL {
        """
        SELECT DISTINCT ON (space) environment_id FROM environments WHERE name COLLATE "C" = \(name.text)
        ORDER BY space, incarnation DESC
        """
    }

    static func lives(of name: EnvironmentName, in space: SpaceName) -> SQL {
        "SELECT environment_id FROM environments WHERE space = \(space.text) AND name = \(name.text)"
    }

    static func lives(_ ids: [Int64]) -> SQL { "SELECT unnest(\(ids))" }

    /// Of the environments whose ids `chosen` selects.
    ///
    /// `traces`: with those of their verdicts, which are most of what there is to read.
    static func records(of chosen: SQL, traces: Bool = true) -> SQL {
        let trace: SQL = traces ? "v.trace" : "NULL::jsonb AS trace"
        return named(
            "environment records",
            """
            WITH wanted AS (
                SELECT * FROM environments WHERE environment_id IN (\(chosen))
            ), \(parts), \(partlyReaped)
            SELECT e.environment_id, e.space, e.name, e.incarnation, e.class, e.began_at, e.ended_at, e.oldest_at, e.owner, e.owner_source,
                e.owner_detail, e.owner_conflict,
                coalesce(m.youngest_at, h.youngest_at, e.oldest_at) AS youngest_at, m.changed_at,
                coalesce(h.activity_at, e.oldest_at) AS activity_at, m.regrouped_at,
                coalesce(m.ids, '{}') AS ids, coalesce(m.created, '{}') AS created, coalesce(m.tags, '[]') AS tags,
                coalesce(m.tools, '{}') AS tools, coalesce(m.components, 0) AS components,
                claim.owner AS claim, claim.set_at AS claimed_at,
                p.protection_id, p.until AS protection_until, p.because AS protection_because, p.set_by AS protection_by,
                p.set_at AS protection_at,
                l.lease_id, l.until AS lease_until, l.because AS lease_because, l.set_by AS lease_by, l.set_at AS lease_at,
                coalesce(given.leases, 0) AS leases, r.set_at AS released_at, r.set_by AS released_by,
                reaped.plan_id AS reaped_plan, reaped.ended_at AS reaped_at,
                v.verdict, v.class AS verdict_class, v.reason, v.policy, v.revision, \(trace), v.digest,
                v.changes_at, v.since, v.stale_since,
                f.finding, f.state AS finding_state, f.due_at, f.flagged_at,
                \(RegistrationStatements.columns)
            FROM wanted e
            LEFT JOIN present m USING (environment_id)
            LEFT JOIN had h USING (environment_id)
            LEFT JOIN claim USING (environment_id)
            LEFT JOIN protection p USING (environment_id)
            LEFT JOIN lease l USING (environment_id)
            LEFT JOIN given USING (environment_id)
            LEFT JOIN release r USING (environment_id)
            LEFT JOIN partly_reaped reaped USING (environment_id)
            LEFT JOIN verdicts v USING (environment_id)
            LEFT JOIN findings f USING (environment_id)
            \(RegistrationStatements.newest)
            ORDER BY e.space, e.name, e.incarnation
            """
        )
    }

    /// A deletion that we asked for changes a component's time, but is nobody's activity.
    private static let isOurDeletion: SQL = """
        (c.status LIKE 'DELETE\\_%' AND EXISTS (
            SELECT FROM steps s WHERE s.component_id = c.component_id AND s.action IN ('delete stack', 'delete again')
                AND s.state IN ('intended', 'requested', 'obstructed', 'failed')
        ))
        """

    /// Claims of an environment of the same name whose components are in this one now: its account came to another space.
    private static let claimedElsewhere: SQL = """
        SELECT w.environment_id, b.claim_id, false
        FROM claimed_components b JOIN components p USING (component_id) JOIN wanted w USING (environment_id)
        JOIN claims c USING (claim_id) JOIN environments f ON f.environment_id = c.environment_id
        WHERE (p.gone_at IS NULL) IS TRUE AND f.environment_id <> w.environment_id AND f.name = w.name
        """

    /// Holds of the wanted environments, as the views `environment_protections` and `environment_leases` have them of all: from
    /// the view of all leases, those of one environment are found through every component there is.
    private static func bound(_ kind: String, _ components: String, where condition: SQL = "") -> SQL {
        """
        SELECT p.environment_id, p.\(raw: kind)_id FROM \(raw: kind)s p JOIN wanted USING (environment_id)
        WHERE true \(condition)
        UNION
        SELECT c.environment_id, b.\(raw: kind)_id
        FROM components c JOIN wanted USING (environment_id) JOIN \(raw: components) b USING (component_id)
        WHERE (c.gone_at IS NULL) IS TRUE
        """
    }

    /// `IS TRUE` keeps the index of all that is present out of `present`: before the database has looked at its tables,
    /// it takes that index for short, and goes through all of it for each environment.
    private static let parts: SQL = """
        present AS (
            SELECT c.environment_id, max(coalesce(c.created_at, c.first_seen_at)) AS youngest_at,
                max(c.changed_at) AS changed_at, max(c.regrouped_at) AS regrouped_at, count(*) AS components,
                array_agg(c.provider_id ORDER BY c.provider_id) AS ids,
                array_agg(c.created_at ORDER BY c.provider_id) AS created,
                jsonb_agg(c.tags ORDER BY c.provider_id) AS tags,
                array_agg(c.tool ORDER BY c.provider_id) AS tools
            FROM components c JOIN wanted USING (environment_id) WHERE (c.gone_at IS NULL) IS TRUE GROUP BY 1
        ), had AS (
            SELECT c.environment_id, max(coalesce(c.created_at, c.first_seen_at)) AS youngest_at,
                max(greatest(coalesce(c.created_at, c.first_seen_at),
                    CASE WHEN NOT \(isOurDeletion) THEN c.updated_at END)) AS activity_at
            FROM components c JOIN wanted USING (environment_id) GROUP BY 1
        ), claim AS (
            SELECT DISTINCT ON (b.environment_id) b.environment_id, c.owner, c.set_at
            FROM (
                SELECT c.environment_id, c.claim_id, true AS is_own FROM claims c JOIN wanted USING (environment_id)
                UNION ALL
                \(claimedElsewhere)
            ) b JOIN claims c USING (claim_id)
            ORDER BY b.environment_id, b.is_own DESC, b.claim_id DESC
        ), protection AS (
            SELECT DISTINCT ON (b.environment_id) b.environment_id, p.*
            FROM (\(bound("protection", "protected_components", where: "AND p.ended_at IS NULL"))) b
            JOIN (SELECT protection_id, until, because, set_by, set_at FROM protections WHERE ended_at IS NULL) p
                USING (protection_id)
            ORDER BY b.environment_id, p.until DESC, p.protection_id DESC
        ), leased AS (
            \(bound("lease", "leased_components"))
        ), lease AS (
            SELECT DISTINCT ON (b.environment_id) b.environment_id, l.*
            FROM leased b
            JOIN (SELECT lease_id, until, because, set_by, set_at FROM leases WHERE ended_at IS NULL) l USING (lease_id)
            ORDER BY b.environment_id, l.until DESC, l.lease_id DESC
        ), given AS (
            SELECT environment_id, count(*) AS leases FROM leased GROUP BY 1
        ), release AS (
            SELECT DISTINCT ON (environment_id) environment_id, r.set_at, r.set_by
            FROM releases r JOIN wanted USING (environment_id)
            WHERE r.ended_at IS NULL ORDER BY environment_id, r.release_id DESC
        )
        """

    /// The newest plan that ended failed or halted after its steps had deleted something, where what is left has not
    /// been created or updated by anybody else since that plan's first intent (a deployment in the middle of a teardown is
    /// what may have halted it), and no newer plan has finished the work.
    private static let partlyReaped: SQL = """
        reaped AS (
            SELECT DISTINCT ON (s.environment_id) s.environment_id, p.plan_id, p.ended_at, min(b.intended_at) AS begun_at
            FROM steps s JOIN plans p USING (plan_id) JOIN wanted w USING (environment_id)
            JOIN steps b ON b.plan_id = s.plan_id AND b.environment_id = s.environment_id
            WHERE p.state IN ('failed', 'halted') AND s.state = 'gone' AND s.intended_at IS NOT NULL
                AND s.action IN ('delete stack', 'delete again')
            GROUP BY s.environment_id, p.plan_id, p.ended_at
            ORDER BY s.environment_id, p.plan_id DESC
        ), partly_reaped AS (
            SELECT d.environment_id, d.plan_id, d.ended_at FROM reaped d JOIN present USING (environment_id)
            WHERE NOT EXISTS (
                SELECT FROM components c
                WHERE c.environment_id = d.environment_id AND c.gone_at IS NULL
                    AND (coalesce(c.created_at, c.first_seen_at) > d.begun_at
                        OR c.updated_at > d.begun_at AND NOT \(isOurDeletion))
            ) AND NOT EXISTS (
                SELECT FROM plan_environments n JOIN plans p USING (plan_id)
                WHERE n.environment_id = d.environment_id AND p.plan_id > d.plan_id AND p.state = 'done'
            )
        )
        """

    /// Every target that the chosen environments have or had components in, with its newest finished readings.
    static func coverage(of chosen: SQL) -> SQL {
        named(
            "environment coverage",
            """
            WITH wanted AS (
                SELECT * FROM environments WHERE environment_id IN (\(chosen))
            ), covered AS (
                SELECT t.target_id, t.account, t.region, t.state = 'suspect' AS suspect,
                    complete.scan_id, complete.finished_at, newest.failure
                FROM targets t
                LEFT JOIN LATERAL (
                    SELECT r.scan_id, r.finished_at FROM readings r JOIN scans s USING (scan_id)
                    WHERE r.target_id = t.target_id AND r.outcome = 'complete' AND s.state IN ('complete', 'partial')
                    ORDER BY r.fence DESC, r.scan_id DESC LIMIT 1
                ) complete ON true
                LEFT JOIN LATERAL (
                    SELECT r.failure FROM readings r WHERE r.target_id = t.target_id
                    ORDER BY r.fence DESC, r.scan_id DESC LIMIT 1
                ) newest ON true
                WHERE t.state <> 'retired'
            )
            SELECT w.space, w.name, w.incarnation, c.account, c.region, c.suspect, c.scan_id, c.finished_at, c.failure
            FROM wanted w JOIN environment_targets USING (environment_id) JOIN covered c USING (target_id)
            ORDER BY w.space, w.name, w.incarnation, c.account, c.region
            """
        )
    }

    /// The condition is about `c` (components) and `e` (environments).
    private static func components(where condition: SQL) -> SQL {
        """
        SELECT c.provider_id, t.account, t.region, c.name AS component_name, c.status, c.class, c.named, c.naming,
            c.created_at, c.updated_at, c.changed_at, c.first_seen_at, c.gone_at, c.gone_because, c.tags,
            c.service_role, c.tool, e.space AS environment_space, e.name AS environment_name,
            e.incarnation AS environment_incarnation,
            (SELECT count(*) FROM resources r WHERE r.component_id = c.component_id) AS resources
        FROM components c JOIN targets t USING (target_id) LEFT JOIN environments e USING (environment_id)
        WHERE \(condition)
        ORDER BY t.account, t.region, c.name, c.provider_id
        """
    }

    static func components(of key: EnvironmentKey) -> SQL {
        components(
            where: """
                e.space = \(key.space.text) AND e.name = \(key.name.text)
                    AND e.incarnation = \(Int32(clamping: key.incarnation))
                """
        ).named("components of environment")
    }

    static func components(classes: [String]) -> SQL {
        components(where: "c.gone_at IS NULL AND c.class = ANY (\(classes))").named("components of classes")
    }

    static func resources(of id: ComponentID) -> SQL {
        named(
            "resources of component",
            """
            SELECT r.logical_id, r.physical_id, r.type, r.status
            FROM resources r JOIN components c USING (component_id)
            WHERE c.provider_id = \(id.text) ORDER BY r.logical_id
            """
        )
    }

    static func setOwners(_ keys: KeyColumns, _ owners: [OwnerRecord]) -> SQL {
        named(
            "set owners",
            """
            WITH owned AS (
                UPDATE environments e SET owner = n.owner, owner_source = n.source, owner_detail = n.detail,
                    owner_conflict = n.conflict
                FROM unnest(\(keys.spaces), \(keys.names), \(keys.incarnations), \(owners.map(\.owner)),
                    \(owners.map(\.source)), \(owners.map(\.detail)), \(owners.map(\.conflict)))
                    AS n (space, name, incarnation, owner, source, detail, conflict)
                WHERE e.space = n.space AND e.name = n.name AND e.incarnation = n.incarnation
                    AND (e.owner, e.owner_source, e.owner_detail, e.owner_conflict)
                        IS DISTINCT FROM (n.owner, n.source, n.detail, n.conflict)
                RETURNING e.environment_id, n.owner, n.source, n.conflict
            )
            INSERT INTO audit_log (event, environment_id, details)
            SELECT 'owner found', environment_id,
                jsonb_build_object('owner', owner, 'source', source, 'conflict', conflict)
            FROM owned
            """
        )
    }
}
