import Core
import Postgres

/// Forgetting tombstones and old records; the database says which may go, and writes down what went.
enum RetentionStatements {
    static func old(keptFor: Duration) -> SQL {
        named(
            "old tombstones",
            """
            SELECT e.space, e.name, e.incarnation, o.plan_id, o.component, o.stored_at
            FROM old_tombstones(\(keptFor)) o JOIN environments e USING (environment_id)
            ORDER BY o.stored_at, o.component
            """
        )
    }

    static func forget(keptFor: Duration) -> SQL {
        named(
            "forget tombstones",
            """
            SELECT e.space, e.name, e.incarnation, f.plan_id, f.component, f.stored_at
            FROM forget_tombstones(\(keptFor)) f JOIN environments e USING (environment_id)
            ORDER BY f.stored_at, f.component
            """
        )
    }

    static func oldRecords(_ kept: RecordsKept) -> SQL {
        named(
            "old records",
            "SELECT * FROM old_records(\(kept.scans), \(kept.evaluations), \(kept.messages))"
        )
    }

    static func forgetRecords(_ kept: RecordsKept) -> SQL {
        named(
            "forget records",
            "SELECT * FROM forget_records(\(kept.scans), \(kept.evaluations), \(kept.messages))"
        )
    }
}
