import Core
import Foundation
import Postgres

/// Plans and approvals.
///
/// Every change of state is guarded by the state before and writes its audit entry with it.
enum PlanStatements {
    static func addRun(at: Date) -> SQL {
        named("add run", "INSERT INTO runs (made_at) VALUES (\(at)) RETURNING run_id")
    }

    /// Open plans that share an environment with those given, locked.
    static func openPlans(of keys: KeyColumns) -> SQL {
        named(
            "open plans of environments",
            """
            SELECT p.plan_id, p.state, p.digest, p.blockers FROM plans p
            WHERE p.state IN ('draft', 'awaiting approval', 'approved', 'running') AND p.plan_id IN (
                SELECT pe.plan_id FROM plan_environments pe JOIN environments e USING (environment_id)
                JOIN unnest(\(keys.spaces), \(keys.names), \(keys.incarnations)) AS n (space, name, incarnation)
                    USING (space, name, incarnation)
            )
            ORDER BY p.plan_id FOR UPDATE
            """
        )
    }

    static func add(
        run: Int64,
        state: PlanState,
        document: JSONB,
        digest: Digest,
        blockers: JSONB,
        forecast: JSONB,
        terms: JSONB,
        grounds: JSONB,
        revision: Int64,
        expiresAt: Date?,
        at: Date
    ) -> SQL {
        named(
            "add plan",
            """
            WITH made AS (
                INSERT INTO plans (run_id, state, digest, document, blockers, forecast, revision, approval, made_at,
                    approved_at, expires_at)
                VALUES (\(run), \(state.rawValue), \(digest.bytes), \(document), \(blockers), \(forecast), \(revision),
                    \(terms), \(at), \((state == .approved ? at : nil) as Date?), \((state == .approved ? expiresAt : nil) as Date?))
                RETURNING plan_id, state
            ), noted AS (
                INSERT INTO audit_log (event, plan_id, details)
                SELECT 'plan made', plan_id, jsonb_build_object('state', state, 'digest', \(digest.description),
                    'grounds', \(grounds)) FROM made
            )
            SELECT plan_id FROM made
            """
        )
    }

    static func addEnvironments(plan: Int64, _ keys: KeyColumns, classes: [String]) -> SQL {
        named(
            "add plan environments",
            """
            INSERT INTO plan_environments (plan_id, environment_id, class)
            SELECT \(plan), e.environment_id, n.class
            FROM unnest(\(keys.spaces), \(keys.names), \(keys.incarnations), \(classes))
                AS n (space, name, incarnation, class)
            JOIN environments e USING (space, name, incarnation)
            """
        )
    }

    /// Each step gets its token, which no other step ever had.
    static func addSteps(plan: Int64, _ keys: KeyColumns, _ steps: [PlanStep]) -> SQL {
        named(
            "add steps",
            """
            INSERT INTO steps (plan_id, number, environment_id, component_id, action, subject, token)
            SELECT \(plan), n.number, e.environment_id, c.component_id, n.action, n.subject,
                'curfew-P' || \(plan) || '-' || n.number || '-' || replace(gen_random_uuid()::text, '-', '')
            FROM unnest(\(keys.spaces), \(keys.names), \(keys.incarnations), \(steps.map { Int32(clamping: $0.number) }),
                \(steps.map(\.component.text)), \(steps.map(\.action.kind.rawValue)),
                \(steps.map(\.action.subject))) AS n (space, name, incarnation, number, component, action, subject)
            JOIN environments e USING (space, name, incarnation)
            JOIN components c ON c.provider_id = n.component
            """
        )
    }

    static func plans(where condition: SQL, limit: Int) -> SQL {
        named(
            "plans",
            """
            SELECT plan_id, run_id, state, digest, document, blockers, forecast, revision, approval, made_at, made_by,
                approved_at, expires_at, ended_at, ended_because
            FROM plans WHERE \(condition) ORDER BY plan_id DESC LIMIT \(limit)
            """
        )
    }

    /// A condition of `plans`: it is about this life.
    static func concerns(_ key: EnvironmentKey) -> SQL {
        "plan_id IN (SELECT plan_id FROM plan_environments WHERE environment_id IN (\(AuditStatements.id(of: key))))"
    }

    static func approvals(of plans: [Int64]) -> SQL {
        named(
            "approvals of plans",
            """
            SELECT plan_id, digest, decision, because, self, decided_by, decided_at FROM approvals
            WHERE plan_id = ANY (\(plans)) ORDER BY approval_id
            """
        )
    }

    /// Of each environment the newest superseded plan that somebody had approved, with nothing but superseded ones since.
    static func replacedApprovals() -> SQL {
        named(
            "replaced approvals",
            """
            WITH before AS (
                SELECT n.plan_id, ne.environment_id, max(o.plan_id) AS replaced
                FROM plans n JOIN plan_environments ne ON ne.plan_id = n.plan_id
                JOIN plan_environments oe ON oe.environment_id = ne.environment_id AND oe.plan_id < n.plan_id
                JOIN plans o ON o.plan_id = oe.plan_id AND o.state = 'superseded'
                WHERE n.state IN ('draft', 'awaiting approval')
                    AND EXISTS (SELECT FROM approvals a WHERE a.plan_id = o.plan_id AND a.decision = 'approved')
                    AND NOT EXISTS (
                        SELECT FROM plan_environments me JOIN plans m ON m.plan_id = me.plan_id
                        WHERE me.environment_id = ne.environment_id AND m.plan_id > o.plan_id
                            AND m.plan_id < n.plan_id AND m.state <> 'superseded'
                    )
                GROUP BY n.plan_id, ne.environment_id
            )
            SELECT b.plan_id, b.replaced, array_agg(DISTINCT a.decided_by ORDER BY a.decided_by) AS logins
            FROM (SELECT DISTINCT plan_id, replaced FROM before) b
            JOIN approvals a ON a.plan_id = b.replaced AND a.decision = 'approved'
            WHERE NOT EXISTS (
                SELECT FROM approvals again WHERE again.plan_id = b.plan_id AND again.decided_by = a.decided_by
            )
            GROUP BY b.plan_id, b.replaced ORDER BY b.plan_id, b.replaced
            """
        )
    }

    static func plansOfEnded() -> SQL {
        named(
            "plans of ended environments",
            """
            SELECT p.plan_id, e.space, e.name, e.incarnation
            FROM plans p JOIN plan_environments pe USING (plan_id) JOIN environments e USING (environment_id)
            WHERE p.state IN ('draft', 'awaiting approval', 'approved') AND e.ended_at IS NOT NULL
            ORDER BY p.plan_id, e.space, e.name, e.incarnation
            """
        )
    }

    static func steps(of plans: [Int64]) -> SQL {
        named(
            "steps of plans",
            """
            SELECT s.plan_id, s.number, c.provider_id, s.action, s.subject, s.token, s.state, s.reason, s.intended_at,
                s.requested_at, s.first_gone_at, s.ended_at
            FROM steps s JOIN components c USING (component_id)
            WHERE s.plan_id = ANY (\(plans)) ORDER BY s.plan_id, s.number
            """
        )
    }

    /// Locks the plan; approving, withdrawing and starting all begin here.
    static func lock(_ id: PlanID) -> SQL {
        named("lock plan", "SELECT state, digest FROM plans WHERE plan_id = \(id.number) FOR UPDATE")
    }

    /// The name comes from the connection; no row where this login said the same before.
    static func addApproval(
        _ id: PlanID,
        digest: Digest,
        decision: String,
        selfApproved: Bool,
        because: String?,
        at: Date
    ) -> SQL {
        named(
            "add approval",
            """
            WITH said AS (
                INSERT INTO approvals (plan_id, digest, decision, because, self, decided_at)
                VALUES (\(id.number), \(digest.bytes), \(decision), \(because as String?), \(selfApproved), \(at))
                ON CONFLICT (plan_id, decided_by, decision) DO NOTHING
                RETURNING plan_id, decided_by, self
            ), noted AS (
                INSERT INTO audit_log (event, plan_id, details)
                SELECT \(decision), plan_id, jsonb_build_object('digest', \(digest.description), 'self-approved', self,
                    'because', \(because as String?)::text) FROM said
            )
            SELECT decided_by FROM said
            """
        )
    }

    /// A row where this login said it before.
    static func said(_ decision: String, of id: PlanID) -> SQL {
        named(
            "said of plan",
            """
            SELECT FROM approvals
            WHERE plan_id = \(id.number) AND decision = \(decision) AND decided_by = session_user
            """
        )
    }

    static func approve(_ id: PlanID, expiresAt: Date, at: Date) -> SQL {
        named(
            "approve plan",
            """
            WITH moved AS (
                UPDATE plans SET state = 'approved', approved_at = \(at), expires_at = \(expiresAt)
                WHERE plan_id = \(id.number) AND state = 'awaiting approval' RETURNING plan_id
            )
            INSERT INTO audit_log (event, plan_id, details)
            SELECT 'plan approved', plan_id, jsonb_build_object('expires', \(expiresAt)) FROM moved
            """
        )
    }

    /// Moves plans on that stand in one of the states; the rows are those moved.
    ///
    /// Only the reaper may write the start.
    static func move(_ ids: [Int64], from: Set<PlanState>, to: PlanState, because: String?, at: Date) -> SQL {
        named(
            "move plans",
            """
            WITH moved AS (
                UPDATE plans SET state = \(to.rawValue)\(to == .running ? ", started_at = \(at)" : "" as SQL),
                    ended_at = \((to.isOpen ? nil : at) as Date?), ended_because = \(because as String?)
                WHERE plan_id = ANY (\(ids)) AND state = ANY (\(from.map(\.rawValue).sorted()))
                RETURNING plan_id, digest
            ), noted AS (
                INSERT INTO audit_log (event, plan_id, details)
                SELECT 'plan ' || \(to.rawValue), plan_id,
                    jsonb_build_object('digest', encode(digest, 'hex'), 'because', \(because as String?)::text)
                FROM moved
            )
            SELECT plan_id FROM moved
            """
        )
    }

    static func state(of id: PlanID) -> SQL {
        named("state of plan", "SELECT state FROM plans WHERE plan_id = \(id.number)")
    }

    static func teardowns(since: Date) -> SQL {
        named(
            "teardowns",
            """
            WITH begun AS (
                SELECT plan_id, environment_id, min(intended_at) AS at FROM steps
                WHERE intended_at IS NOT NULL GROUP BY plan_id, environment_id HAVING min(intended_at) >= \(since)
            )
            SELECT e.space, e.name, e.incarnation, b.plan_id, p.run_id, e.owner, b.at,
                (
                    SELECT array_agg(DISTINCT t.account ORDER BY t.account)
                    FROM steps s JOIN components c USING (component_id) JOIN targets t USING (target_id)
                    WHERE s.plan_id = b.plan_id AND s.environment_id = b.environment_id
                ) AS accounts
            FROM begun b JOIN plans p USING (plan_id) JOIN environments e USING (environment_id)
            ORDER BY b.at, b.plan_id, e.space, e.name
            """
        )
    }
}
