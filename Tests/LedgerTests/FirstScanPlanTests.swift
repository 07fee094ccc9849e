import Core
import Foundation
import Postgres
import Testing

@testable import Ledger

/// What a night asks right after a first scan, when the database has not looked at its tables yet, and later when it has.
///
/// Either way a statement may look at each row a few times, never at each row for each other one.
@Suite struct FirstScanPlanTests {
    private static let count = 2_000

    /// A node of a plan as it was carried out.
    private struct Node: Decodable {
        let rows: Double
        let removed: Double?
        let removedByJoin: Double?
        let loops: Double
        let plans: [Node]?

        enum CodingKeys: String, CodingKey {
            case rows = "Actual Rows"
            case removed = "Rows Removed by Filter"
            case removedByJoin = "Rows Removed by Join Filter"
            case loops = "Actual Loops"
            case plans = "Plans"
        }

        /// Rows that it and all below it looked at.
        var touched: Double {
            (rows + (removed ?? 0) + (removedByJoin ?? 0)) * loops + (plans ?? []).reduce(0) { $0 + $1.touched }
        }
    }

    private struct Explained: Decodable {
        let plan: Node

        enum CodingKeys: String, CodingKey { case plan = "Plan" }
    }

    private static func touched(by statement: SQL, in fixture: LedgerFixture) async throws -> Double {
        let text: String = try await fixture.sql("EXPLAIN (ANALYZE, FORMAT JSON) \(statement)").only()[0]
        return try JSONDecoder().decode([Explained].self, from: Data(text.utf8)).reduce(0) { $0 + $1.plan.touched }
    }

    @Test func `no statement looks at every row for every other one, whatever the database knows of its tables`()
        async throws
    {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            for table in ["components", "environments", "environment_targets", "signals"] {
                try await fixture.sql(SQL(raw: "ALTER TABLE \(table) SET (autovacuum_enabled = false)"))
            }
            let begun = try await ledger.beginScan(of: [target], whole: true, at: day(1))
            let components = (0..<Self.count).map { component("c\($0)", named: ["feat-\($0)"]) }
            try await ledger.record(complete(components, of: target, at: day(1)), in: begun)
            try await ledger.group(at: day(1))
            let numbers = try await fixture.sql("SELECT component_id FROM components").decode(Int64.self)
            #expect(numbers.count == Self.count)
            let statements = [
                ListingStatements.absent(from: target, besides: numbers),
                ListingStatements.absent(from: target, besides: []),
                ListingStatements.fingerprint(),
                SignalStatements.subjects(.everything),
            ]
            for analyzed in [false, true] {
                if analyzed { try await fixture.sql("ANALYZE") }
                for statement in statements {
                    let touched = try await Self.touched(by: statement, in: fixture)
                    let name = statement.name ?? ""
                    #expect(touched > 0, "\(name)")
                    #expect(
                        touched < Double(40 * Self.count),
                        "\(name), \(analyzed ? "analyzed" : "right after"): \(touched)"
                    )
                }
            }
        }
    }
}
