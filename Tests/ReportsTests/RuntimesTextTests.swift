import Core
import Foundation
import Reports
import Testing

/// Runtimes as people and programs read them, on 2026-12-03.
@Suite struct RuntimesTextTests {
    private let canvas = Canvas(now: Samples.now, zone: Samples.berlin, accountNames: Samples.names)

    private func day(_ text: String) -> CalendarDay { CalendarDay(text: text) ?? CalendarDay(daysSince1970: 0) }

    static let table = RuntimeTable(
        asOf: CalendarDay(text: "2026-08-16"),
        entries: [
            ("nodejs12.x", "2023-03-31", "2023-03-31", "2023-04-30"),
            ("nodejs14.x", "2023-12-04", "2024-01-09", "2027-03-03"),
            ("nodejs20.x", "2026-04-30", "2027-02-01", "2027-03-03"),
            ("ruby3.3", "2027-03-31", "2027-04-30", "2027-05-31"),
            ("python3.13", "2029-06-30", "2029-07-31", "2029-08-31"), ("python3.15", "", "", ""),
        ].map {
            RuntimeTable.Entry(
                identifier: $0.0,
                deprecation: CalendarDay(text: $0.1),
                createBlock: CalendarDay(text: $0.2),
                updateBlock: CalendarDay(text: $0.3)
            )
        }
    )

    static var environments: [EnvironmentRecord] {
        let uses: [(String, String?, EnvironmentRuntimes)] = [
            (
                "feat-checkout", "anna@example.com",
                .init(uses: [use("nodejs20.x", 7), use("python3.13", 1)], images: 2)
            ),
            ("feat-login", "bert@example.com", .init(uses: [use("nodejs20.x", 1), use("nodejs12.x", 1)], absent: 1)),
            ("pr-204", nil, .init(uses: [use("ruby3.3", 2), use(nil, 1)])),
            ("pr-205", "anna@example.com", .init(uses: [use("nodejs20.x", 1), use("nodejs14.x", 3)])),
            ("pr-206", "cleo@example.com", .init(uses: [use("nodejs20.x", 1), use("cobol1.x", 1)])),
            ("pr-207", "cleo@example.com", .init(unread: 3, unreadBecause: "sandbox/eu-central-1: AccessDenied")),
            ("feat-plain", nil, .none),
        ]
        return uses.map { name, owner, runtimes in
            var record = Samples.environment(name, owner: owner)
            record.runtimes = runtimes
            return record
        }
    }

    private static func use(_ runtime: String?, _ functions: Int) -> EnvironmentRuntimes.Use {
        EnvironmentRuntimes.Use(runtime: runtime, functions: functions)
    }

    private var inventory: RuntimeInventory {
        RuntimeInventory(Self.environments, table: Self.table, now: Samples.now)
    }

    @Test func `runtimes, what is furthest on its way out first`() {
        expectGolden(RuntimesText.text(inventory, on: canvas), "runtimes.txt")
        var narrow = canvas
        narrow.width = 80
        expectGolden(RuntimesText.text(inventory, on: narrow), "runtimes-80.txt")
        expectGolden(RuntimesText.csv(inventory), "runtimes.csv")
        #expect(
            inventory.lines.map { $0.standing.state } == [
                .updateBlocked, .creationBlocked, .deprecated, .ending, .supported, .unknown, .unknown,
            ]
        )
        #expect(inventory.functions == 19 && inventory.runningOut.count == 6)
        #expect(inventory.onlyRunningOut.unread == inventory.unread)
    }

    @Test func `nothing at all is said in a sentence`() {
        let none = RuntimeInventory([], table: Self.table, now: Samples.now)
        #expect(RuntimesText.text(none, on: canvas).hasPrefix("No function with a runtime"))
        #expect(RuntimesText.functions([], table: Self.table, on: canvas).hasPrefix("No function in any stack"))
        #expect(RuntimesText.csv(none).split(separator: "\r\n").count == 1)
    }

    private let functions: [FunctionRecord] = [
        ("api", "nodejs20.x", .zip), ("image", nil, .image), ("gone", nil, .absent), (nil, nil, .unread),
        ("own", nil, .zip),
    ].map { (name: String?, runtime: String?, kind: FunctionRecord.Kind) in
        FunctionRecord(
            environment: Samples.key("feat-checkout"),
            target: Samples.frankfurt,
            stack: "shop-feat-checkout",
            logicalID: "Logical",
            name: name,
            kind: kind,
            runtime: runtime
        )
    }

    @Test func `a line for each function`() {
        expectGolden(RuntimesText.functions(functions, table: Self.table, on: canvas), "runtimes-functions.txt")
        let csv = RuntimesText.functionsCSV(functions, table: Self.table, on: canvas)
        #expect(csv.contains("Logical,api,zip,nodejs20.x,deprecated,2026-04-30"), "\(csv)")
    }

    @Test func `JSON has the same keys whatever there is`() throws {
        let full = RuntimesJSON(inventory, functions: functions, table: Self.table, now: Samples.now)
        expectGolden(JSONText.render(full, pretty: true), "runtimes.json")
    }

    @Test func `the weekly mail has what is running out, and only the platform's`() {
        var records = WeeklyRecords(now: Samples.now, zone: Samples.berlin)
        records.environments = Self.environments
        records.runtimes = Self.table
        let book = WeeklyBook(records)
        let section = book.report().sections.first { $0.title == "Runtimes running out" }
        let cells = section?.groups.flatMap(\.rows).map { $0.cells }
        #expect(
            cells == [
                ["nodejs12.x", "1", "update blocked"], ["nodejs14.x", "3", "creation blocked"],
                ["nodejs20.x", "10", "deprecated"], ["ruby3.3", "2", "ending"], ["unnamed", "1", "unknown"],
                ["cobol1.x", "1", "unknown"], ["not read", "3", "unknown"],
            ]
        )
        #expect(section?.groups.first?.rows[2].lead == "No new functions from 2027-02-01.")
        let owners = book.report(.owner(WeeklyReader(name: "anna", owners: ["anna@example.com"])))
        #expect(!owners.sections.contains { $0.title.contains("Runtimes") })
        records.environments = []
        #expect(!WeeklyBook(records).report().sections.contains { $0.title.contains("Runtimes") })
    }
}
