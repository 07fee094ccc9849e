import Core
import Postgres

/// The chain over the audit log; its rules are in the schema.
enum SealStatements {
    static func seal() -> SQL { named("seal", "SELECT seal() AS sealed") }

    /// Until the end of the transaction.
    ///
    /// How the head of the chain is found is decided once, at the first entry that a session seals. Where the chain was
    /// short then, that was by reading all of it, for every further entry of a first night.
    static func byIndex() -> SQL {
        named("seal by index", "SELECT set_config('enable_seqscan', 'off', true) AS enable_seqscan")
    }

    static func sealed(after number: Int64, limit: Int) -> SQL {
        named(
            "sealed entries",
            """
            SELECT s.seal_number, s.previous, s.digest, s.entry_id AS sealed_id, a.entry_id, a.at, a.actor, a.event,
                a.environment_id, a.plan_id, a.details::text AS details
            FROM audit_seals s LEFT JOIN audit_log a USING (entry_id)
            WHERE s.seal_number > \(number) ORDER BY s.seal_number LIMIT \(limit)
            """
        )
    }

    /// Of the log itself, whatever the queue says.
    static func unsealedCount() -> SQL {
        named(
            "unsealed count",
            """
            SELECT count(*) AS unsealed FROM audit_log a
            WHERE NOT EXISTS (SELECT FROM audit_seals s WHERE s.entry_id = a.entry_id)
            """
        )
    }

    static func lost() -> SQL {
        named(
            "entries lost before sealing",
            """
            SELECT q.entry_id FROM audit_unsealed q
            WHERE NOT EXISTS (SELECT FROM audit_log a WHERE a.entry_id = q.entry_id) ORDER BY q.entry_id
            """
        )
    }
}
