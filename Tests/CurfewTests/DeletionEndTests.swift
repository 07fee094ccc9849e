import Postgres
import TestSupport
import Testing

/// Every end of a deletion that is known, through the whole program: planned, approved by another person, reaped.
@Suite struct DeletionEndTests {
    @Test(arguments: DeletionFamily.ending)
    func `P10 a deletion that AWS does not carry out ends its plan, with the reason and what to do`(
        family: DeletionFamily
    ) async throws {
        try await DeletionHouse.with(family.cases) { test in
            try await test.approveAll()
            let before = try await test.standing()
            let outcome = try await test.house.curfew("reap", expecting: 5)
            let plans = try await test.plans()
            for row in family.cases {
                let plan = plans[row.environment] ?? .null
                #expect(plan["state"].string == "failed", "\(row.row): \(plan["state"])")
                #expect(plan.stepStates == ["failed"], "\(row.row): \(plan.stepStates)")
                let because = plan["ended_because"].string
                for words in row.says {
                    #expect(because.contains(words), "\(row.row): “\(words)” is not in “\(because)”")
                    #expect(outcome.output.unwrapped.contains(words.unwrapped), "\(row.row): “\(words)” is not printed")
                }
                #expect(test.script.deletions(of: row.stack).count == 1, "\(row.row)")
            }
            #expect(try await test.standing() == before)
            try await test.expectOnlyPlannedDeletions()
            // It is over: what is left needs a new plan and a new approval.
            try await test.house.curfew("reap")
            #expect(test.script.deletions.count == family.cases.count)
            let findings = try await test.house.lines("SELECT state FROM findings WHERE state <> 'flagged'")
            #expect(findings == family.cases.map { _ in "due" })
            // Somebody did what was advised.
            test.script.end()
            try await test.approveAll()
            try await test.house.curfew("reap")
            #expect(try await test.standing() == Set(DeletionHouse.bystanders.map(\.name)))
            try await test.expectOnlyPlannedDeletions()
        }
    }
}

extension String {
    /// Without the line breaks and indentation of a page.
    var unwrapped: String { split(whereSeparator: \.isWhitespace).joined(separator: " ") }
}
