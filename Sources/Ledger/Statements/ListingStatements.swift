import Core
import Foundation
import Postgres

/// What was listed beside what is known.
enum ListingStatements {
    /// Of `components c`, as a ``KnownComponent`` is read.
    static let knownColumns: SQL = """
        c.component_id, c.provider_id, c.class, c.content, c.changed_at, c.updated_at, c.tags <> '{}' AS has_tags,
            c.resources_at IS NOT NULL AS resources_read, \(ScanStatements.askedToDelete) AS asked_to_delete
        """

    /// One row for each class of those that are as they were, with their numbers, one for each other.
    ///
    /// The server compares, so that nothing of what is as it was comes back but its number. What has resources that were
    /// never read is not as it should be. `OFFSET 0` makes it look each id up: whatever the database believes of its tables,
    /// going through all of a target for each page of it takes the square of its size.
    static func compare(_ ids: [String], marks: [UUID?], in target: Target, under rules: Int64) -> SQL {
        named(
            "compare listing",
            """
            WITH listed AS (
                SELECT l.provider_id, l.mark FROM unnest(\(ids), \(marks)) AS l (provider_id, mark)
            ), present AS (
                SELECT l.provider_id AS listed_id, c.*,
                    coalesce(c.listed_as = l.mark AND c.listed_under = \(rules), false)
                        AND (c.resources_at IS NOT NULL OR c.class = 'excluded') AS unchanged
                FROM listed l LEFT JOIN LATERAL (
                    SELECT c.* FROM components c WHERE c.provider_id = l.provider_id OFFSET 0
                ) c ON c.gone_at IS NULL AND c.target_id = (
                    SELECT t.target_id FROM targets t
                    WHERE t.account = \(target.account.text) AND t.region = \(target.region.text)
                )
            )
            SELECT NULL AS listed_id, array_agg(c.component_id) AS numbers, NULL::bigint AS component_id,
                NULL AS provider_id, c.class, NULL::bytea AS content, NULL::timestamptz AS changed_at,
                NULL::timestamptz AS updated_at, c.tags <> '{}' AS has_tags, true AS resources_read, false AS asked_to_delete
            FROM present c WHERE c.unchanged GROUP BY c.class, c.tags <> '{}'
            UNION ALL
            SELECT c.listed_id, NULL, \(knownColumns) FROM present c WHERE NOT c.unchanged
            """
        )
    }

    static func known(_ ids: [String], in target: Target) -> SQL {
        named(
            "some known components",
            """
            SELECT \(knownColumns)
            FROM components c JOIN targets t USING (target_id)
            WHERE t.account = \(target.account.text) AND t.region = \(target.region.text) AND c.gone_at IS NULL
                AND c.provider_id = ANY (\(ids))
            """
        )
    }

    /// A difference of two sets and no anti join: right after a first scan, before its tables were analyzed, the database
    /// compares each component with each number.
    static func absent(from target: Target, besides numbers: [Int64]) -> SQL {
        named(
            "absent components",
            """
            SELECT \(knownColumns)
            FROM (
                SELECT p.component_id FROM components p JOIN targets t USING (target_id)
                WHERE t.account = \(target.account.text) AND t.region = \(target.region.text) AND p.gone_at IS NULL
                EXCEPT SELECT unnest(\(numbers))
            ) a CROSS JOIN LATERAL (SELECT c.* FROM components c WHERE c.component_id = a.component_id OFFSET 0) c
            """
        )
    }

    /// A sum over all that regrouping looks at: another one says that there is something to do.
    ///
    /// The environment is not part of it: regrouping gives it. But what was closed and is there again has none (D5), and
    /// between two regroupings the sum shows nothing of it: `unsettled` says that something has no environment that should
    /// have one, or that a life without a component is open; that is a difference of two sets for the same reason as above.
    static func fingerprint() -> SQL {
        named(
            "fingerprint of components",
            """
            SELECT count(*) AS present, coalesce(sum(('x' || left(md5(row(
                provider_id, target_id, class, named, extract(epoch FROM created_at), extract(epoch FROM first_seen_at),
                extract(epoch FROM changed_at)
            )::text), 15))::bit(60)::bigint), 0)::text AS fingerprint,
                coalesce(bool_or(
                    environment_id IS NULL AND class IN ('feature', 'permanent', 'ambiguous') AND named <> '{}'
                ), false) OR EXISTS (
                    SELECT e.environment_id FROM environments e WHERE e.ended_at IS NULL
                    EXCEPT SELECT c.environment_id FROM components c WHERE c.gone_at IS NULL
                ) AS unsettled
            FROM components WHERE gone_at IS NULL
            """
        )
    }

    static func grouping() -> SQL {
        named("newest grouping", "SELECT rules, present, fingerprint::text AS fingerprint FROM groupings")
    }

    static func noteGrouping(_ rules: ReadingRules, present: Int64, fingerprint: String, at: Date) -> SQL {
        named(
            "note grouping",
            """
            INSERT INTO groupings (rules, present, fingerprint, grouped_at)
            VALUES (\(rules.digest.bytes), \(present), \(fingerprint)::numeric, \(at))
            ON CONFLICT (newest) DO UPDATE SET rules = excluded.rules, present = excluded.present,
                fingerprint = excluded.fingerprint, grouped_at = excluded.grouped_at
            """
        )
    }
}
