import Core
import Foundation
import Postgres

/// Policy revisions, verdicts, findings, evaluations.
enum DecisionStatements {
    static func revisions(_ condition: SQL = "true") -> SQL {
        named(
            "policy revisions",
            """
            SELECT revision, hash, text, file_names, file_texts, applied_at, applied_by
            FROM policy_revisions WHERE \(condition)
            ORDER BY revision DESC
            """
        )
    }

    static func newestRevision() -> SQL {
        revisions("revision = (SELECT max(revision) FROM policy_revisions)").named("policy in force")
    }

    static func revision(_ number: Int64) -> SQL {
        revisions("revision = \(number)").named("policy revision")
    }

    static func addRevision(_ source: PolicySource, hash: Digest, unwarned: [String], at: Date) -> SQL {
        // A text without a name is kept as all were before files had names.
        let names = source.files.first?.name == nil ? nil : source.files.map { $0.name ?? "" }
        let texts = names.map { _ in source.files.map(\.text) }
        let text = names == nil ? source.files.first?.text : nil
        return named(
            "add policy revision",
            """
            WITH added AS (
                INSERT INTO policy_revisions (hash, text, file_names, file_texts, unwarned, applied_at)
                VALUES (\(hash.bytes), \(text as String?), \(names as [String]?), \(texts as [String]?), \(unwarned), \(at))
                RETURNING revision, hash, text, file_names, file_texts, applied_at, applied_by
            ), noted AS (
                INSERT INTO audit_log (event, details)
                SELECT 'policy applied', jsonb_build_object('revision', revision, 'hash', encode(hash, 'hex')) FROM added
            )
            SELECT * FROM added
            """
        )
    }

    /// Which of the environments are unknown.
    static func unknown(_ keys: KeyColumns) -> SQL {
        named(
            "unknown environments",
            """
            SELECT n.space, n.name, n.incarnation
            FROM unnest(\(keys.spaces), \(keys.names), \(keys.incarnations)) AS n (space, name, incarnation)
            LEFT JOIN environments e USING (space, name, incarnation) WHERE e.environment_id IS NULL
            """
        )
    }

    static func setVerdicts(_ keys: KeyColumns, _ verdicts: [VerdictRecord]) -> SQL {
        named(
            "set verdicts",
            """
            INSERT INTO verdicts (environment_id, verdict, class, reason, policy, revision, trace, digest, changes_at,
                since, stale_since)
            SELECT e.environment_id, n.verdict, n.class, n.reason, n.policy, n.revision, n.trace, n.digest, n.changes_at,
                n.since, n.stale_since
            FROM unnest(\(keys.spaces), \(keys.names), \(keys.incarnations), \(verdicts.map(\.verdict)),
                \(verdicts.map { $0.verdictClass?.rawValue }), \(verdicts.map(\.reason)), \(verdicts.map(\.policy)),
                \(verdicts.map(\.revision)), \(verdicts.map { JSONB(bytes: $0.trace) }),
                \(verdicts.map { $0.digest?.bytes }), \(verdicts.map(\.changesAt)), \(verdicts.map(\.since)),
                \(verdicts.map(\.staleSince)))
                AS n (space, name, incarnation, verdict, class, reason, policy, revision, trace, digest, changes_at, since,
                    stale_since)
            JOIN environments e USING (space, name, incarnation)
            ON CONFLICT (environment_id) DO UPDATE SET verdict = excluded.verdict, class = excluded.class,
                reason = excluded.reason, policy = excluded.policy, revision = excluded.revision, trace = excluded.trace,
                digest = excluded.digest, changes_at = excluded.changes_at, since = excluded.since, stale_since = excluded.stale_since
            WHERE (verdicts.verdict, verdicts.class, verdicts.reason, verdicts.policy, verdicts.revision, verdicts.trace,
                    verdicts.digest, verdicts.changes_at, verdicts.since, verdicts.stale_since)
                IS DISTINCT FROM (excluded.verdict, excluded.class, excluded.reason, excluded.policy, excluded.revision,
                    excluded.trace, excluded.digest, excluded.changes_at, excluded.since, excluded.stale_since)
            """
        )
    }

    /// Until something is written, nobody waits for this transaction, however long all is read; from then on the session's own
    /// limit holds.
    static func waitForReading() -> SQL {
        named("wait for reading", "SET LOCAL idle_in_transaction_session_timeout = 0")
    }

    static func isAlive() -> SQL { named("is alive", "SELECT 1") }

    static func waitNoLonger() -> SQL {
        named("wait no longer", "SET LOCAL idle_in_transaction_session_timeout TO DEFAULT")
    }

    /// Writes findings where the state is still the one that was read; the rows are the environments written.
    ///
    /// A `revision` of nil keeps a finding's revision, and gives a new one the policy in force.
    static func setFindings(_ keys: KeyColumns, _ findings: [FindingRecord], revision: Int64?, at: Date) -> SQL {
        named(
            "set findings",
            """
            WITH wanted AS (
                SELECT e.environment_id, n.*
                FROM unnest(\(keys.spaces), \(keys.names), \(keys.incarnations), \(findings.map(\.state)),
                    \(findings.map(\.before)), \(findings.map { JSONB(bytes: $0.json) }), \(findings.map(\.flaggedAt)),
                    \(findings.map(\.dueAt)))
                    AS n (space, name, incarnation, state, before, finding, flagged_at, due_at)
                JOIN environments e USING (space, name, incarnation)
            ), changed AS (
                UPDATE findings f SET state = w.state, finding = w.finding, flagged_at = w.flagged_at, due_at = w.due_at,
                    changed_at = \(at), revision = coalesce(\(revision as Int64?), f.revision)
                FROM wanted w WHERE f.environment_id = w.environment_id AND f.state = w.before
                RETURNING f.environment_id
            ), added AS (
                INSERT INTO findings (environment_id, state, finding, flagged_at, due_at, changed_at, revision)
                SELECT environment_id, state, finding, flagged_at, due_at, \(at),
                    coalesce(\(revision as Int64?), (SELECT max(revision) FROM policy_revisions))
                FROM wanted WHERE before IS NULL
                ON CONFLICT DO NOTHING
                RETURNING environment_id
            )
            SELECT w.space, w.name, w.incarnation
            FROM wanted w JOIN (SELECT * FROM changed UNION ALL SELECT * FROM added) d USING (environment_id)
            """
        )
    }

    static func findingStates(_ keys: KeyColumns) -> SQL {
        named(
            "finding states",
            """
            SELECT n.space, n.name, n.incarnation, f.state
            FROM unnest(\(keys.spaces), \(keys.names), \(keys.incarnations)) AS n (space, name, incarnation)
            LEFT JOIN environments e USING (space, name, incarnation) LEFT JOIN findings f USING (environment_id)
            """
        )
    }

    static func addEvents(_ keys: KeyColumns, _ events: [String], details: [JSONB], plan: PlanID?) -> SQL {
        named(
            "add events",
            """
            INSERT INTO audit_log (event, environment_id, plan_id, details)
            SELECT n.event, e.environment_id, \(plan?.number as Int64?), n.details
            FROM unnest(\(keys.spaces), \(keys.names), \(keys.incarnations), \(events), \(details))
                WITH ORDINALITY AS n (space, name, incarnation, event, details, number)
            JOIN environments e USING (space, name, incarnation) ORDER BY n.number
            """
        )
    }

    static func add(_ evaluation: EvaluationRecord, counts: JSONB, at: Date) -> SQL {
        named(
            "add evaluation",
            """
            INSERT INTO evaluations (at, revision, scan_id, counts, complete_accounts)
            VALUES (\(at), \(evaluation.revision), \(evaluation.scan.number), \(counts),
                \(evaluation.complete.map(\.text)))
            """
        )
    }

    static func completeEvaluations(upTo: Date) -> SQL {
        named(
            "complete evaluations",
            """
            SELECT account, max(at) AS at FROM evaluations, unnest(complete_accounts) AS account
            WHERE at <= \(upTo) GROUP BY account
            """
        )
    }
}
