import Core
import Foundation
import Postgres

/// Steps and what carrying them out leaves behind.
enum StepStatements {
    /// Who, plan, digest, step and token go into the audit log with every move.
    ///
    /// Not for an intent, which needs a lease.
    ///
    /// `intent`: where given, it must be the newest one.
    static func move(
        _ number: Int,
        of plan: PlanID,
        intent: Date? = nil,
        from: StepState,
        to: StepState,
        reason: String?,
        at: Date
    ) -> SQL {
        let changes: SQL = """
            reason = \(reason as String?), intended_at = \(intended(to)),
                requested_at = \(to == .requested ? "\(at)" : "requested_at" as SQL),
                ended_at = \((to.isFinal ? at : nil) as Date?)
            """
        let isSame: SQL = intent.map { "AND intended_at = \($0)" } ?? ""
        return change(number, of: plan, from: from, to: to, changes, where: isSame).named("move step")
    }

    /// The fence says under which taking of the lease.
    static func intend(_ number: Int, of plan: PlanID, fence: Int64, at: Date) -> SQL {
        change(number, of: plan, from: .pending, to: .intended, "reason = NULL, intended_at = \(at), fence = \(fence)")
            .named("intend step")
    }

    private static func change(
        _ number: Int,
        of plan: PlanID,
        from: StepState,
        to: StepState,
        _ changes: SQL,
        where condition: SQL = ""
    ) -> SQL {
        """
        WITH moved AS (
            UPDATE steps SET state = \(to.rawValue), \(changes)
            WHERE plan_id = \(plan.number) AND number = \(Int32(clamping: number)) AND state = \(from.rawValue)
                \(condition)
            RETURNING plan_id, number, environment_id, component_id, action, subject, token, fence, reason
        )
        INSERT INTO audit_log (event, environment_id, plan_id, details)
        SELECT 'step ' || \(to.rawValue), m.environment_id, m.plan_id, jsonb_build_object('step', m.number,
            'action', m.action, 'subject', m.subject, 'token', m.token, 'fence', m.fence, 'component', c.provider_id,
            'digest', encode(p.digest, 'hex'), 'reason', m.reason)
        FROM moved m JOIN plans p USING (plan_id) JOIN components c USING (component_id)
        """
    }

    /// A step that goes back to pending was refused: nothing was begun.
    private static func intended(_ state: StepState) -> SQL {
        switch state {
        case .pending: "NULL"
        case .intended, .requested, .gone, .done, .obstructed, .unneeded, .failed, .skipped: "intended_at"
        }
    }

    static func state(of number: Int, plan: PlanID) -> SQL {
        named(
            "state of step",
            "SELECT state FROM steps WHERE plan_id = \(plan.number) AND number = \(Int32(clamping: number))"
        )
    }

    /// Keeps the first note; without a time it forgets it.
    static func noteGone(_ number: Int, of plan: PlanID, at: Date?) -> SQL {
        named(
            "note step gone",
            """
            UPDATE steps SET first_gone_at = CASE WHEN \(at as Date?) IS NULL THEN NULL
                ELSE coalesce(first_gone_at, \(at as Date?)) END
            WHERE plan_id = \(plan.number) AND number = \(Int32(clamping: number))
            """
        )
    }

    static func closeReaped(_ component: ComponentID, at: Date) -> SQL {
        named(
            "close reaped component",
            """
            WITH closed AS (
                UPDATE components SET gone_at = \(at), gone_because = 'reaped'
                WHERE provider_id = \(component.text) AND gone_at IS NULL RETURNING environment_id, provider_id
            )
            INSERT INTO audit_log (event, environment_id, details)
            SELECT 'component reaped', environment_id, jsonb_build_object('component', provider_id) FROM closed
            """
        )
    }

    static func endLife(of key: EnvironmentKey, at: Date) -> SQL {
        named(
            "end life of environment",
            """
            WITH ended AS (
                UPDATE environments e SET ended_at = \(at)
                WHERE e.environment_id IN (\(AuditStatements.id(of: key))) AND e.ended_at IS NULL AND NOT EXISTS (
                    SELECT FROM components c WHERE c.environment_id = e.environment_id AND c.gone_at IS NULL
                )
                RETURNING e.environment_id
            )
            INSERT INTO audit_log (event, environment_id, details)
            SELECT 'environment ended', environment_id, '{"because": "reaped"}' FROM ended
            """
        )
    }

    static func hasEnded(_ key: EnvironmentKey) -> SQL {
        named(
            "has environment ended",
            """
            SELECT ended_at IS NOT NULL AS ended FROM environments WHERE environment_id IN (\(AuditStatements.id(of: key)))
            """
        )
    }

    /// What was stored first stays: a component is kept as it was before anything was asked.
    static func addTombstone(_ content: [UInt8], of component: ComponentID, plan: PlanID, at: Date) -> SQL {
        named(
            "add tombstone",
            """
            INSERT INTO tombstones (plan_id, component_id, content, hash, stored_at)
            SELECT \(plan.number), component_id, \(content), \(Digest(of: content).bytes), \(at)
            FROM components WHERE provider_id = \(component.text)
            ON CONFLICT (plan_id, component_id) DO NOTHING
            """
        )
    }

    static func hasTombstone(of component: ComponentID, plan: PlanID) -> SQL {
        named(
            "has tombstone",
            """
            SELECT FROM tombstones t JOIN components c USING (component_id)
            WHERE t.plan_id = \(plan.number) AND c.provider_id = \(component.text)
            """
        )
    }
}
