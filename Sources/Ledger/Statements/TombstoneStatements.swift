import Core
import Postgres

/// Reading what was kept of components.
enum TombstoneStatements {
    /// Without their contents.
    static func tombstones(of key: EnvironmentKey) -> SQL {
        named(
            "tombstones of environment",
            """
            SELECT t.plan_id, c.provider_id, t.hash, t.stored_at
            FROM tombstones t JOIN components c USING (component_id)
            WHERE EXISTS (
                SELECT FROM steps s WHERE s.plan_id = t.plan_id AND s.component_id = t.component_id
                    AND s.environment_id IN (\(AuditStatements.id(of: key)))
            )
            ORDER BY t.plan_id DESC, c.provider_id
            """
        )
    }

    /// Written into the audit log by the database itself.
    static func read(_ component: ComponentID, plan: PlanID) -> SQL {
        named("read tombstone", "SELECT content, hash FROM read_tombstone(\(plan.number), \(component.text))")
    }
}
