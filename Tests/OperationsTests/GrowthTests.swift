import Core
import Foundation
import Ledger
import Operations
import Postgres
import Testing

/// How much a database grows, night by night.
///
/// CURFEW_GROWTH=200x14 measures fourteen nights of 200 environments and prints what a year of 1,000 takes, table by
/// table.
@Suite struct GrowthTests {
    /// Three stacks each; as many go a day as come.
    private struct Fleet {
        let scenario: Scenario
        let environments: Int
        /// Days from the deployment to the teardown: the policy's 16, two sightings and three of grace.
        static let life = 20
        var made = 0

        mutating func begin() async {
            for index in 0..<environments { await add(age: Double(index * Self.life) / Double(environments)) }
        }

        mutating func day() async {
            for _ in 0..<environments / Self.life { await add(age: 0.2) }
        }

        private mutating func add(age: Double) async {
            made += 1
            let created = scenario.clock.now.addingTimeInterval(-age * 86_400)
            for part in ["web", "data", "jobs"] {
                await scenario.world.add(
                    "\(part)-feat-\(made)",
                    in: Scenario.home,
                    created: created,
                    tags: ["owner": "ada", "team": "checkout", "commit": "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567"]
                ) { stack in
                    stack.template = GrowthTests.template
                    stack.resources = (0..<12).map {
                        ObservedResource(
                            logicalID: "Function\($0)",
                            physicalID: "\(part)-feat-\(made)-Function\($0)-ABCDEFGHIJKL",
                            type: "AWS::Lambda::Function",
                            status: "CREATE_COMPLETE"
                        )
                    }
                }
            }
        }
    }

    /// As long as a small SAM application's.
    private static let template: String = {
        let resources = (0..<12).map { number in
            """
            "Function\(number)": {"Type": "AWS::Lambda::Function", "Properties": {"Handler": "index.handler\(number)",
             "Runtime": "nodejs20.x", "MemorySize": \(128 * (number + 1)), "Timeout": \(number + 3),
             "Environment": {"Variables": {"TABLE": "table-\(number)", "STAGE": "feature"}}}}
            """
        }
        return "{\"Resources\": {\(resources.joined(separator: ",\n"))}}"
    }()

    private static let policy = Scenario.warning
        .replacing("age: 1d", with: "age: 16d")
        .replacing("count: 1, apart: 0s", with: "count: 2, apart: 12h")
        .replacing("share: 100%", with: "share: 100%, per_run: 1000, per_day: 1000, per_account: 1000, per_owner: 1000")

    private func night(_ scenario: Scenario, _ post: PostOffice) async throws {
        try await scenario.look()
        try await scenario.notify(post)
        for plan in try await scenario.planDue().plans where plan.state == .awaitingApproval {
            try await scenario.approve(plan)
        }
        try await scenario.reap()
        try await scenario.ledger.seal()
        post.forget()
        scenario.clock.pass(.seconds(86_400))
    }

    /// Bytes with indexes, and rows, of each table.
    private func sizes(_ scenario: Scenario) async throws -> [String: (bytes: Int, rows: Int)] {
        var sizes: [String: (bytes: Int, rows: Int)] = [:]
        for table in try await scenario.sql("SELECT tablename::text FROM pg_tables WHERE schemaname = 'curfew'") {
            let found = try await scenario.sql(
                SQL(raw: "SELECT pg_total_relation_size('curfew.\(table)') || ' ' || count(*) FROM curfew.\(table)")
            )
            let numbers = found[0].split(separator: " ").compactMap { Int($0) }
            sizes[table] = (bytes: numbers[0], rows: numbers[1])
        }
        return sizes
    }

    @Test
    func
        `a night in which nothing changed writes one scan, its readings and who read them, one evaluation, and nothing else`()
        async throws
    {
        try await Scenario.run { scenario in
            let post = scenario.post()
            for number in 0..<20 {
                await scenario.world.add("a-feat-\(number)", in: Scenario.home, created: scenario.clock.now)
            }
            try await scenario.ready(Self.policy)
            for _ in 0..<2 { try await night(scenario, post) }
            let before = try await sizes(scenario)
            try await night(scenario, post)
            let after = try await sizes(scenario)
            let added = after.mapValues(\.rows).filter { $0.value != before[$0.key]?.rows }.keys.sorted()
            #expect(added == ["evaluations", "readings", "scan_targets", "scan_workers", "scans"])
        }
    }

    @Test func `a year of 1,000 environments of which 5 % come and go a day takes less than 2 GB`() async throws {
        let asked = ProcessInfo.processInfo.environment["CURFEW_GROWTH"]?.split(separator: "x").compactMap { Int($0) }
        let environments = asked?.first ?? 40
        let nights = asked?.last ?? 8
        try await Scenario.run { scenario in
            let post = scenario.post()
            var fleet = Fleet(scenario: scenario, environments: environments)
            try await scenario.ready(Self.policy)
            await fleet.begin()
            // Until the first have gone, and what tables keep free is used.
            for _ in 0..<6 {
                await fleet.day()
                try await night(scenario, post)
            }
            let before = try await sizes(scenario)
            for _ in 0..<nights {
                await fleet.day()
                try await night(scenario, post)
            }
            let after = try await sizes(scenario)
            let gone = (after["tombstones"]?.rows ?? 0) - (before["tombstones"]?.rows ?? 0)
            #expect(gone >= environments / Fleet.life * (nights - 2) * 3, "\(gone) stacks went")
            var yearly = 0
            var lines: [String] = []
            for (table, size) in after.sorted(by: { $0.value.bytes > $1.value.bytes }) {
                let bytes = size.bytes - (before[table]?.bytes ?? 0)
                let rows = size.rows - (before[table]?.rows ?? 0)
                let year = bytes * 365 / nights * 1_000 / environments
                yearly += year
                lines.append("\(table)\t\(rows / nights) rows a night\t\(year / 1_000_000) MB a year")
            }
            if asked != nil {
                print("GROWTH of \(environments) environments over \(nights) nights:\n\(lines.joined(separator: "\n"))")
                print("GROWTH in all: \(yearly / 1_000_000) MB a year")
            }
            #expect(yearly < 2_000_000_000, "\(yearly)")
        }
    }
}
