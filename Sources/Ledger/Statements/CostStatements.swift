import Core
import Foundation
import Postgres

/// What environments cost, by component and month.
enum CostStatements {
    static let readings: SQL = """
        SELECT account, tag, metric, tried_at, read_at, missing, advice FROM cost_readings ORDER BY account
        """

    /// Present components of these environments, and the stacks nested in them.
    private static func inside(_ chosen: SQL) -> SQL {
        """
        inside AS (
            SELECT c.environment_id, c.component_id FROM components c
            WHERE c.environment_id IN (\(chosen)) AND c.gone_at IS NULL AND c.class <> 'nested'
            UNION
            SELECT i.environment_id, n.component_id
            FROM inside i
            JOIN resources r ON r.component_id = i.component_id AND r.type = 'AWS::CloudFormation::Stack'
            JOIN components n ON n.provider_id = r.physical_id
            WHERE n.gone_at IS NULL AND n.class = 'nested'
        )
        """
    }

    /// `since`: stacks that went before do not share their names' costs with anything that is asked about; those that
    /// went later do, in whichever region.
    static func subjects(since: Date) -> SQL {
        named(
            "subjects of costs",
            """
            WITH RECURSIVE \(inside(EnvironmentStatements.openLives)), namesakes AS (
                SELECT target_id, name, max(gone_at) AS until FROM components WHERE gone_at > \(since) GROUP BY 1, 2
            ), standing AS (
                SELECT t.account, c.name, count(DISTINCT c.target_id) AS stacks
                FROM components c JOIN targets t USING (target_id)
                WHERE c.gone_at IS NULL OR c.gone_at > \(since) GROUP BY 1, 2
            )
            SELECT DISTINCT c.provider_id, t.account, t.region, c.name, coalesce(c.created_at, c.first_seen_at) AS began,
                s.stacks > 1 AS elsewhere, n.until, EXISTS (
                    SELECT FROM resources r
                    WHERE r.component_id = c.component_id AND r.type = 'AWS::CloudFormation::Stack' AND NOT EXISTS (
                        SELECT FROM components k WHERE k.provider_id = r.physical_id
                    )
                ) AS lacks_nested
            FROM inside i
            JOIN components c USING (component_id)
            JOIN targets t USING (target_id)
            JOIN standing s ON s.account = t.account AND s.name = c.name
            LEFT JOIN namesakes n ON n.target_id = c.target_id AND n.name = c.name
            ORDER BY c.provider_id
            """
        )
    }

    /// Every part of these environments, with each month of which something was concluded.
    static func parts(of chosen: SQL) -> SQL {
        named(
            "costs of environments",
            """
            WITH RECURSIVE \(inside(chosen))
            SELECT e.space, e.name, e.incarnation, t.account, c.provider_id,
                coalesce(c.created_at, c.first_seen_at) AS began,
                k.month::text AS month, k.basis, k.missing, k.read_at,
                coalesce(a.currencies, '{}') AS currencies, coalesce(a.amounts, '{}') AS amounts
            FROM inside i
            JOIN environments e ON e.environment_id = i.environment_id
            JOIN components c ON c.component_id = i.component_id
            JOIN targets t USING (target_id)
            LEFT JOIN component_costs k ON k.component_id = c.component_id
            LEFT JOIN LATERAL (
                SELECT array_agg(currency ORDER BY currency) AS currencies,
                    array_agg(amount::text ORDER BY currency) AS amounts
                FROM component_cost_amounts a WHERE a.component_id = k.component_id AND a.month = k.month
            ) a ON true
            ORDER BY 1, 2, 3, 5, 7
            """
        )
    }

    static func noteRead(_ outcome: CostReadingOutcome) -> SQL {
        named(
            "note costs read",
            """
            INSERT INTO cost_readings (account, tag, metric, tried_at, read_at)
            VALUES (\(outcome.account.text), \(outcome.tag), \(outcome.metric.rawValue), \(outcome.at), \(outcome.at))
            ON CONFLICT (account) DO UPDATE SET tag = excluded.tag, metric = excluded.metric,
                tried_at = excluded.tried_at, read_at = excluded.read_at, missing = NULL, advice = NULL
            """
        )
    }

    /// What was read by another tag or metric says nothing any more.
    static func noteFailed(_ outcome: CostReadingOutcome, _ failure: ProviderFailure) -> SQL {
        named(
            "note costs not read",
            """
            INSERT INTO cost_readings AS r (account, tag, metric, tried_at, missing, advice)
            VALUES (\(outcome.account.text), \(outcome.tag), \(outcome.metric.rawValue), \(outcome.at),
                \(failure.summary), \(failure.advice))
            ON CONFLICT (account) DO UPDATE SET tag = excluded.tag, metric = excluded.metric,
                tried_at = excluded.tried_at, missing = excluded.missing, advice = excluded.advice,
                read_at = nullif(r.read_at, excluded.tried_at)
            """
        )
    }

    static func forgetOther(_ outcome: CostReadingOutcome) -> SQL {
        named(
            "forget costs by another measure",
            """
            DELETE FROM component_costs k USING components c, targets t, cost_readings r
            WHERE c.component_id = k.component_id AND t.target_id = c.target_id AND r.account = t.account
                AND r.account = \(outcome.account.text)
                AND (r.tag <> \(outcome.tag) OR r.metric <> \(outcome.metric.rawValue))
            """
        )
    }

    static func forgetOld(before month: CostMonth) -> SQL {
        named("forget old costs", "DELETE FROM component_costs WHERE month < \(month.first.description)::date")
    }

    /// Amounts go with the row, and are written anew.
    static func remove(_ costs: [ComponentCost]) -> SQL {
        named(
            "remove costs",
            """
            DELETE FROM component_costs k
            USING unnest(\(costs.map(\.component.text)), \(costs.map(\.month.first.description))) AS n (id, month)
            JOIN components c ON c.provider_id = n.id
            WHERE k.component_id = c.component_id AND k.month = n.month::date
            """
        )
    }

    static func add(_ costs: [ComponentCost]) -> SQL {
        named(
            "add costs",
            """
            INSERT INTO component_costs (component_id, month, basis, missing, read_at)
            SELECT c.component_id, n.month::date, n.basis, n.missing, n.read_at
            FROM unnest(\(costs.map(\.component.text)), \(costs.map(\.month.first.description)),
                \(costs.map(\.basis.rawValue)), \(costs.map(\.missing)), \(costs.map(\.readAt)))
                AS n (id, month, basis, missing, read_at)
            JOIN components c ON c.provider_id = n.id
            """
        )
    }

    /// As text, so that nothing is rounded on the way.
    static func addAmounts(_ costs: [ComponentCost]) -> SQL {
        let rows = costs.flatMap { cost in cost.amounts.map { (cost, $0) } }
        return named(
            "add amounts of costs",
            """
            INSERT INTO component_cost_amounts (component_id, month, currency, amount)
            SELECT c.component_id, n.month::date, n.currency, n.amount::numeric
            FROM unnest(\(rows.map(\.0.component.text)), \(rows.map(\.0.month.first.description)),
                \(rows.map(\.1.currency)), \(rows.map { "\($0.1.amount)" })) AS n (id, month, currency, amount)
            JOIN components c ON c.provider_id = n.id
            """
        )
    }
}
