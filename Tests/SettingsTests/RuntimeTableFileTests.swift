import Core
import Foundation
import Settings
import Testing

/// The table of Lambda's runtimes: the program's own, and files of an operator's.
@Suite struct RuntimeTableFileTests {
    private func parse(_ text: String) throws -> RuntimeTable {
        try RuntimeTableFile.parse(Data(text.utf8), file: "runtimes.csv")
    }

    private func problems(_ text: String) -> [String] {
        do {
            _ = try RuntimeTableFile.parse(Data(text.utf8), file: "runtimes.csv")
            return []
        } catch {
            return error.problems.map(\.description)
        }
    }

    @Test func `the program's own table says as of when it is, and knows what AWS has`() throws {
        let table = try RuntimeTableFile.embedded()
        #expect(table.asOf?.description == "2026-08-16")
        #expect(table.identifiers.count == 54)
        let node = try #require(table.entry("nodejs20.x"))
        #expect(node.label == "Node.js 20" && node.deprecation?.description == "2026-04-30")
        #expect(node.createBlock?.description == "2027-02-01" && node.updateBlock?.description == "2027-03-03")
        // Its notes have commas in quotation marks.
        #expect(table.entry("nodejs14.x")?.updateBlock?.description == "2027-03-03")
        #expect(table.entry("python3.15")?.deprecation == nil && table.entry("provided.al2023") != nil)
        // What AWS blocked before it was deprecated is as AWS has it.
        let early = try #require(table.entry("nodejs6.10"))
        #expect(early.createBlock?.description == "2019-07-12" && early.deprecation?.description == "2019-08-12")
    }

    @Test func `columns in any order, among others, with Windows' line ends`() throws {
        let table = try parse(
            "\u{FEFF}# as_of: 2027-01-02\r\n# more\r\nBlock_Update_Date,identifier,notes,deprecation_date,"
                + "block_create_date\r\n2027-03-03,x1,\"a, \"\"b\"\"\nc\",2027-01-01,\r\n\r\n,x2,,,\r\n"
        )
        #expect(table.asOf?.description == "2027-01-02" && table.identifiers == ["x1", "x2"])
        let entry = try #require(table.entry("x1"))
        #expect(entry.updateBlock?.description == "2027-03-03" && entry.createBlock == nil && entry.label == nil)
    }

    @Test func `everything that is wrong is said at once, with line and column`() {
        let text = """
            # as_of: August 2026
            identifier,deprecation_date,block_create_date,block_update_date
            a,2026-13-01,,soon
            b,2026-01-01
            ,2026-01-01,,
            a,,,
            """
        #expect(
            problems(text) == [
                "runtimes.csv:1:1: `as_of` is `August 2026`, which is no date\n  for example `# as_of: 2026-08-16`",
                "runtimes.csv:3:3: `deprecation_date` is `2026-13-01`, which is no date\n"
                    + "  for example `2027-03-03`, or nothing",
                "runtimes.csv:3:15: `block_update_date` is `soon`, which is no date\n"
                    + "  for example `2027-03-03`, or nothing",
                "runtimes.csv:4:1: the row has 2 values, and the table 4 columns\n"
                    + "  a value that has a comma in it stands in quotation marks",
                "runtimes.csv:5:1: the row names no runtime\n  for example `nodejs22.x`",
                "runtimes.csv:6:1: `a` stands in line 3 already\n  keep one of them",
            ]
        )
    }

    @Test(arguments: [
        ("", "there is no table"), ("# as_of: 2026-08-16\n", "there is no table"),
        (
            "# as_of: 2026-08-16\nidentifier,deprecation_date\nx,\n",
            "no column `block_create_date`, `block_update_date`"
        ),
        ("identifier,deprecation_date,block_create_date,block_update_date\nx,,,\n", "as of which day"),
        ("# as_of: 2026-08-16\nidentifier,deprecation_date,block_create_date,block_update_date\n", "no rows"),
        (
            "# as_of: 2026-08-16\nidentifier,deprecation_date,block_create_date,block_update_date\n\"x,,,\n",
            "never closed"
        ),
        ("# as_of: 2026-08-16\nidentifier,deprecation_date,block_create_date,block_update_date\n\"x\"y,,,\n", "behind"),
    ])
    func `a table that is none is refused`(text: String, because: String) {
        let said = problems(text)
        #expect(said.contains { $0.contains(because) }, "\(said)")
    }

    @Test func `whatever the bytes are, they are read or refused`() {
        var numbers = SystemRandomNumberGenerator()
        let pieces = ["\"", ",", "\n", "\r", "#", "as_of: 2026-08-16", "identifier", "2026-01-01", "\u{0}", "é", " "]
        for _ in 0..<500 {
            let text = (0..<Int.random(in: 0...40)).map { _ in pieces.randomElement(using: &numbers) ?? "" }.joined()
            do {
                let table = try RuntimeTableFile.parse(Data(text.utf8), file: "runtimes.csv")
                #expect(table.asOf != nil && !table.identifiers.isEmpty && !table.identifiers.contains(""), "\(text)")
            } catch {
                #expect(!error.problems.isEmpty, "\(text)")
                #expect(error.problems.allSatisfy { $0.description.hasPrefix("runtimes.csv") }, "\(text)")
            }
        }
    }

    @Test func `the clause and the setting are read`() throws {
        let settings = try SettingsFile.parse(
            Data("accounts: [{ id: \"111122223333\", regions: [eu-west-1] }]\nruntimes: ours.csv\n".utf8),
            file: "curfew.yaml"
        )
        #expect(settings.runtimesFile == "ours.csv")
        let policy = "policies: [{ name: a, applies_to: { name: \"*\" }, stale_when: { runtime: WORD }, warn: none }]"
        let good = try PolicyFile.parse(Data(policy.replacing("WORD", with: "deprecated").utf8), file: "p")
        #expect(good.policies.map(\.staleWhen) == [.runtimeDeprecated])
        #expect(throws: SettingsProblems.self) {
            try PolicyFile.parse(Data(policy.replacing("WORD", with: "ending").utf8), file: "p")
        }
    }
}
