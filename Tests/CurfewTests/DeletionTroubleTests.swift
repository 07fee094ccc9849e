import Foundation
import Postgres
import TestSupport
import Testing

/// What keeps a deletion from its end for a while, through the whole program.
@Suite struct DeletionTroubleTests {
    @Test func `N3 what passes within a call is repeated with the same token, and noticed by nobody`() async throws {
        try await DeletionHouse.with(DeletionFamily.passing) { test in
            try await test.approveAll()
            try await test.house.curfew("reap")
            for row in DeletionFamily.passing {
                let calls = test.script.deletions(of: row.stack)
                #expect(calls.count == 2 && Set(calls.compactMap(\.token)).count == 1, "\(row.row)")
            }
            #expect(try await test.house.planStates() == DeletionFamily.passing.map { _ in "done" })
            try await test.expectOnlyPlannedDeletions()
        }
    }

    @Test func `N3 P12 a deletion that nobody took, or nobody knows of, is no failure: the next reap finishes it`()
        async throws
    {
        let strange = DeletionFamily.strange
        let cases = DeletionFamily.asking + [strange]
        // Whether a call arrived after all is known only when its signature has run out.
        try await DeletionHouse.with(cases, shortLease: true) { test in
            try await test.approveAll()
            let outcome = try await test.house.curfew("reap", expecting: 5)
            let plans = try await test.plans()
            for row in cases {
                #expect(plans[row.environment]?["state"].string == "running", "\(row.row): \(outcome)")
                #expect(plans[row.environment]?.stepStates == ["intended"], "\(row.row)")
                let line = outcome.output.trouble(of: plans[row.environment]?["plan"].string ?? "")
                for words in row.says { #expect(line.contains(words), "\(row.row): “\(words)” is not in “\(line)”") }
            }
            #expect(outcome.output.contains("Not finished; the next run looks again"))
            // A token that stands for nothing of ours is not tried for ever (P10).
            try await test.house.curfew("reap", expecting: 5)
            let ended = try await test.plans()
            for row in cases {
                let state = ended[row.environment]?["state"].string
                #expect(state == (row.word == strange.word ? "failed" : "done"), "\(row.row)")
                #expect(Set(test.script.deletions(of: row.stack).compactMap(\.token)).count == 1, "\(row.row)")
            }
            let because = ended[strange.environment]?["ended_because"].string ?? ""
            #expect(because.contains("stands for something else: plan again"), "\(because)")
            #expect(try await test.standing() == Set(DeletionHouse.bystanders.map(\.name) + [strange.stack]))
            try await test.expectOnlyPlannedDeletions()
        }
    }

    @Test func `R2 P10 while it cannot be read nothing is gone, and nothing is asked for twice`() async throws {
        let cases = DeletionFamily.reading
        try await DeletionHouse.with(cases) { test in
            try await test.approveAll()
            let outcome = try await test.house.curfew("reap", expecting: 5)
            let plans = try await test.plans()
            for row in cases {
                #expect(plans[row.environment]?["state"].string == "running", "\(row.row): \(outcome)")
                #expect(plans[row.environment]?.stepStates == ["requested"], "\(row.row)")
                let line = outcome.output.trouble(of: plans[row.environment]?["plan"].string ?? "")
                for words in row.says { #expect(line.contains(words), "\(row.row): “\(words)” is not in “\(line)”") }
            }
            let lives = try await test.house.lines("SELECT name FROM environments WHERE ended_at IS NULL ORDER BY 1")
            #expect(Set(lives).isSuperset(of: cases.map(\.environment)))
            test.script.end()
            try await test.house.curfew("reap")
            #expect(try await test.house.planStates() == cases.map { _ in "done" })
            #expect(test.script.deletions.count == cases.count)
            try await test.expectOnlyPlannedDeletions()
        }
    }
}

extension String {
    /// What a reap's page says of a plan under its troubles, in one line.
    fileprivate func trouble(of plan: String) -> String {
        let lines = components(separatedBy: "\n")
        guard let title = lines.firstIndex(where: { $0.contains("Not finished") }),
            let first = lines[title...].firstIndex(where: { $0.contains("\(plan):") })
        else { return "" }
        let rest = lines[(first + 1)...].prefix { !$0.contains(": ") || $0.hasPrefix("    ") }
        return ([lines[first]] + rest).flatMap { $0.split(separator: " ") }.joined(separator: " ")
    }
}
