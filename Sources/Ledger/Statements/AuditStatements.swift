import Core
import Foundation
import Postgres

/// The audit log: read here, and written together with every change (its actor and time are set by the database).
enum AuditStatements {
    static func entries(of key: EnvironmentKey?, limit: Int) -> SQL {
        let condition: SQL =
            if let key {
                """
                environment_id IN (\(id(of: key))) OR environment_id IS NULL AND plan_id IN (
                    SELECT plan_id FROM plan_environments WHERE environment_id IN (\(id(of: key)))
                )
                """
            } else {
                "true"
            }
        return selected("SELECT * FROM audit_log WHERE \(condition) ORDER BY entry_id DESC LIMIT \(limit)")
            .named(key == nil ? "audit entries" : "audit entries of environment")
    }

    static func entries(of event: String, since: Date, limit: Int) -> SQL {
        selected(
            """
            SELECT * FROM audit_log WHERE event = \(event) AND at >= \(since) ORDER BY entry_id DESC LIMIT \(limit)
            """
        ).named("audit entries of event")
    }

    private static func selected(_ entries: SQL) -> SQL {
        """
        SELECT a.entry_id, a.at, a.actor, a.event, e.space AS environment_space, e.name AS environment_name,
            e.incarnation AS environment_incarnation, a.plan_id, a.details
        FROM (\(entries)) a
        LEFT JOIN environments e USING (environment_id)
        ORDER BY a.entry_id DESC
        """
    }

    /// The id of one environment, as a part of other statements.
    static func id(of key: EnvironmentKey) -> SQL {
        """
        SELECT environment_id FROM environments WHERE space = \(key.space.text) AND name = \(key.name.text)
            AND incarnation = \(Int32(clamping: key.incarnation))
        """
    }

    static func add(_ event: String, environment: EnvironmentKey?, plan: PlanID?, details: JSONB) -> SQL {
        let environment: SQL = environment.map { "(\(id(of: $0)))" } ?? "NULL"
        return named(
            "add audit entry",
            """
            INSERT INTO audit_log (event, environment_id, plan_id, details)
            VALUES (\(event), \(environment), \(plan?.number as Int64?), \(details))
            """
        )
    }

    static func clock() -> SQL { named("clock", "SELECT clock_timestamp() AS now") }

    /// Who is connected, and in which of the groups.
    ///
    /// Without Curfew's groups in the cluster, only the database's owner may do anything.
    static func login() -> SQL {
        named(
            "login",
            """
            SELECT session_user::text AS login, pg_has_role(session_user, d.datdba, 'MEMBER') AS owner, ARRAY(
                SELECT r.rolname::text FROM pg_roles r
                WHERE r.rolname LIKE 'curfew\\_%' AND pg_has_role(session_user, r.oid, 'MEMBER')
            ) AS groups
            FROM pg_database d WHERE d.datname = current_database()
            """
        )
    }
}
