import Core
import Foundation
import Postgres
import Testing

@testable import Ledger

@Suite struct WordTests {
    /// The words of the CHECK constraint that names the column.
    private func words(_ table: String, _ column: String, _ fixture: LedgerFixture) async throws -> Set<String> {
        let rows = try await fixture.sql(
            """
            SELECT pg_get_constraintdef(c.oid) FROM pg_constraint c
            JOIN pg_attribute a ON a.attrelid = c.conrelid AND c.conkey = ARRAY[a.attnum]
            WHERE c.contype = 'c' AND c.conrelid = (\("curfew." + table))::regclass AND a.attname = \(column)
            """
        )
        var words: Set<String> = []
        for row in rows {
            let definition: String = try row[0]
            guard definition.contains("ANY") else { continue }
            for match in definition.matches(of: /'([^']+)'/) { words.insert(String(match.1)) }
        }
        return words
    }

    private func expect<Word: CaseIterable & RawRepresentable<String>>(
        _ type: Word.Type,
        _ table: String,
        _ column: String,
        _ fixture: LedgerFixture
    ) async throws {
        let ours = Set(Word.allCases.map(\.rawValue))
        #expect(try await words(table, column, fixture) == ours, "\(table).\(column)")
    }

    @Test func `the words of the program are those of the database`() async throws {
        try await LedgerFixture.with { fixture in
            try await expect(ComponentClass.self, "components", "class", fixture)
            try await expect(EnvironmentClass.self, "environments", "class", fixture)
            try await expect(PlanState.self, "plans", "state", fixture)
            try await expect(StepState.self, "steps", "state", fixture)
            try await expect(StepAction.Kind.self, "steps", "action", fixture)
            try await expect(Leftover.Reason.self, "leftovers", "reason", fixture)
            try await expect(AccountRecord.Mode.self, "accounts", "mode", fixture)
            try await expect(AccountOverview.Origin.self, "accounts", "mode_origin", fixture)
            try await expect(TargetState.State.self, "targets", "state", fixture)
            try await expect(Verdict.self, "verdicts", "verdict", fixture)
            try await expect(FindingState.self, "findings", "state", fixture)
            try await expect(VerdictClass.self, "verdicts", "class", fixture)
            try await expect(VerdictClass.self, "plan_environments", "class", fixture)
            try await expect(MessageState.self, "messages", "state", fixture)
            try await expect(MessageKind.self, "messages", "kind", fixture)
            try await expect(NoticeKind.self, "message_notices", "notice", fixture)
            try await expect(Repository.Kind.self, "repositories", "kind", fixture)
            try await expect(CostBasis.self, "component_costs", "basis", fixture)
            try await expect(PullRequest.State.self, "pull_requests", "state", fixture)
            try await expect(BranchSighting.Match.self, "environment_branches", "match", fixture)
            try await expect(ScanTargetState.self, "scan_targets", "state", fixture)
            try await expect(NightRecord.Outcome.self, "nights", "outcome", fixture)
            try await expect(TrailCall.self, "trail_readings", "call", fixture)
            try await expect(TrailCall.self, "component_trails", "call", fixture)
            try await expect(TrailEvidence.Part.self, "component_trails", "part", fixture)
        }
    }

    @Test func `a reading counts every class`() async throws {
        try await LedgerFixture.with { fixture in
            for kind in ComponentClass.allCases {
                let found = try await fixture.sql(
                    """
                    SELECT FROM information_schema.columns
                    WHERE table_schema = 'curfew' AND table_name = 'readings' AND column_name = \(kind.rawValue)
                    """
                )
                #expect(found.count == 1, "\(kind)")
            }
        }
    }

    @Test func `plans, steps, messages and scans' targets move in the database as they do in the program`() async throws
    {
        try await LedgerFixture.with { fixture in
            let connection = try await Connection.open(fixture.settings)
            for before in PlanState.allCases {
                for after in PlanState.allCases {
                    let rows = try await connection.query(
                        "SELECT plan_may_move(\(before.rawValue), \(after.rawValue)) AS may"
                    )
                    #expect(try rows.only()["may"] == before.next.contains(after), "\(before) → \(after)")
                }
            }
            for before in StepState.allCases {
                for after in StepState.allCases {
                    let rows = try await connection.query(
                        "SELECT step_may_move(\(before.rawValue), \(after.rawValue)) AS may"
                    )
                    #expect(try rows.only()["may"] == before.next.contains(after), "\(before) → \(after)")
                }
            }
            for before in MessageState.allCases {
                for after in MessageState.allCases {
                    let rows = try await connection.query(
                        "SELECT message_may_move(\(before.rawValue), \(after.rawValue)) AS may"
                    )
                    #expect(try rows.only()["may"] == before.next.contains(after), "\(before) → \(after)")
                }
            }
            for before in ScanTargetState.allCases {
                for after in ScanTargetState.allCases {
                    let rows = try await connection.query(
                        "SELECT scan_target_may_move(\(before.rawValue), \(after.rawValue)) AS may"
                    )
                    #expect(try rows.only()["may"] == before.next.contains(after), "\(before) → \(after)")
                }
            }
            await connection.close()
        }
    }

    @Test func `open plans of the database are open in the program`() async throws {
        try await LedgerFixture.with { fixture in
            let rows = try await fixture.sql(
                "SELECT pg_get_indexdef('curfew.plans_open'::regclass)::text AS definition"
            )
            let definition: String = try rows.only()["definition"]
            for state in PlanState.allCases {
                #expect(definition.contains("'\(state.rawValue)'") == state.isOpen, "\(state)")
            }
        }
    }
}
