import Foundation
import Postgres
import Testing

@testable import Ledger

/// The dashboard of `Deploy/grafana`, asked of a migrated database by somebody who may only read.
@Suite struct DashboardTests {
    private struct Dashboard: Decodable {
        struct Panel: Decodable {
            struct Target: Decodable { let rawSql: String }
            let title: String
            let targets: [Target]
        }
        let panels: [Panel]
    }

    private static func read() throws -> Dashboard {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Deploy/grafana/curfew.json").standardizedFileURL
        return try JSONDecoder().decode(Dashboard.self, from: Data(contentsOf: file))
    }

    /// As Grafana writes its macros out.
    private static func written(_ sql: String) -> String {
        sql.replacing(/\$__timeFilter\(([a-z_.]+)\)/) { "\($0.1) BETWEEN '2026-01-01Z' AND '2026-02-01Z'" }
            .replacing("$__timeFrom()", with: "'2026-01-01Z'").replacing("$__timeTo()", with: "'2026-02-01Z'")
    }

    @Test func `every question of the dashboard has an answer, for a reader`() async throws {
        let panels = try Self.read().panels
        #expect(panels.count > 10)
        try await LedgerFixture.with { fixture in
            try await fixture.ledger.scan([component("a")], at: day(1))
            let reader = try await fixture.login("dashboard", "curfew_reader")
            for panel in panels {
                for target in panel.targets {
                    let sql = Self.written(target.rawSql)
                    #expect(!sql.contains("$__"), "\(panel.title)")
                    await #expect(throws: Never.self, "\(panel.title)") {
                        try await fixture.sql(SQL(raw: sql), as: reader)
                    }
                }
            }
            let one = try #require(panels.first { $0.title == "Environments" }).targets[0].rawSql
            let count: Int = try await fixture.sql(SQL(raw: one), as: reader).only()[0]
            #expect(count == 1)
        }
    }
}
