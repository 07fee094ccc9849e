import Core
import Foundation
import Postgres
import Testing

@testable import Ledger

/// What the database does for the commands that people wait for, with tables so large that it matters.
@Suite struct QueryPlanTests {
    private static let environments = 10_000

    /// One in a thousand has an open finding, as where people keep their house in order.
    private static let fill: [SQL] = [
        "INSERT INTO targets (account, region) SELECT (100000000000 + n)::text, 'eu-west-1' FROM generate_series(0, 19) n",
        "INSERT INTO policy_revisions (hash, text, unwarned, applied_at) VALUES (sha256('x'), '', '{p}', now())",
        """
        INSERT INTO environments (space, name, incarnation, class, began_at, oldest_at, owner)
        SELECT 'space' || n % 20, 'feat-' || lpad(n::text, 5, '0'), 1, 'feature', now(), now() - n * interval '1 hour',
            'owner' || n % 100
        FROM generate_series(1, \(environments)) n
        """,
        """
        INSERT INTO components (provider_id, target_id, environment_id, name, status, class, content, first_seen_at)
        SELECT format('arn:%s/%s', e.name, p), t.target_id, e.environment_id, e.name || p, 'CREATE_COMPLETE', 'feature',
            sha256('x'), now()
        FROM environments e CROSS JOIN generate_series(1, 2) p
            JOIN targets t ON t.account = (100000000000 + e.environment_id % 20)::text
        """,
        "INSERT INTO environment_targets SELECT DISTINCT environment_id, target_id FROM components",
        """
        INSERT INTO resources (component_id, logical_id, type, status)
        SELECT component_id, 'Handler', 'AWS::Lambda::Function', 'CREATE_COMPLETE' FROM components
        """,
        """
        INSERT INTO functions (component_id, logical_id, root_id, package, runtime)
        SELECT component_id, 'Handler', component_id, 'zip', 'nodejs20.x' FROM components
        """,
        """
        INSERT INTO verdicts (environment_id, verdict, reason, revision, trace, since)
        SELECT environment_id, 'keep', '', 1, '{}', now() FROM environments
        """,
        """
        INSERT INTO findings (environment_id, state, finding, flagged_at, changed_at, revision)
        SELECT environment_id, CASE WHEN environment_id % 1000 = 0 THEN 'flagged' ELSE 'cleared' END, '{}', now(), now(), 1
        FROM environments
        """,
        """
        INSERT INTO signals (environment_id, kind, none_since, read_at)
        SELECT environment_id, 'invoked', now(), now() FROM environments
        """,
        """
        INSERT INTO audit_log (event, environment_id)
        SELECT 'flagged', environment_id FROM environments
        """,
        """
        INSERT INTO registrations (space, name, owner, registered_by, registered_at)
        SELECT space, name, 'ada', 'pipeline', now() FROM environments
        """,
        """
        INSERT INTO leases (environment_id, until, because, set_at)
        SELECT environment_id, now(), 'x', now() FROM environments WHERE environment_id % 4 = 0
        """,
        "ANALYZE",
    ]

    /// Tables of which a command about a few environments reads those of these few.
    private static let large = [
        "environments", "components", "environment_targets", "resources", "functions", "verdicts", "findings",
        "signals",
        "audit_log", "registrations",
    ]

    private static func page(_ change: (inout EnvironmentSelection) -> Void) -> SQL {
        var selection = EnvironmentSelection()
        selection.limit = 5
        change(&selection)
        return SelectionStatements.lives(selection)
    }

    /// Everything that is asked for one choice of environments.
    private static func statements(of chosen: SQL) -> [SQL] {
        [
            EnvironmentStatements.records(of: chosen), EnvironmentStatements.coverage(of: chosen),
            FunctionStatements.uses(of: chosen), SignalStatements.records(of: chosen),
            TrailStatements.trails(of: chosen), TrailStatements.untold(of: chosen),
            BranchStatements.standing(of: chosen),
        ]
    }

    @Test func `what list, stale, show and explain ask is found by its indexes`() async throws {
        try await LedgerFixture.with { fixture in
            let connection = try await Connection.open(fixture.settings)
            for statement in Self.fill { _ = try await connection.query(statement) }
            func plan(_ statement: SQL) async throws -> String {
                try await connection.query("EXPLAIN \(statement)").decode(String.self).joined(separator: "\n")
            }
            let name = EnvironmentName("feat-00777")
            let one = EnvironmentKey(space: SpaceName("space17"), name: name, incarnation: 1)
            let choices = [
                EnvironmentStatements.newestLives(of: name),
                Self.page { $0.order = .name },
                Self.page {
                    $0.states = FindingState.allCases.filter(\.isOpen)
                    $0.order = .due
                },
                EnvironmentStatements.lives(Array(1...5)),
            ]
            let asked =
                choices.flatMap(Self.statements) + [
                    EnvironmentStatements.components(of: one), AuditStatements.entries(of: one, limit: 10),
                ]
            for statement in asked {
                let plan = try await plan(statement)
                for table in Self.large {
                    #expect(!plan.contains("Seq Scan on \(table) "), "\(statement.name ?? ""): \(plan)")
                }
            }
            let byName = try await plan(choices[1])
            #expect(byName.contains("environments_by_name"), "\(byName)")
            let open = try await plan(choices[2])
            #expect(open.contains("findings_by_state"), "\(open)")
            await connection.close()
        }
    }
}
