import Core
import Foundation
import Testing

@testable import Settings

/// Several policy files.
@Suite struct PolicyFilesTests {
    private func parse(_ files: [(String, String)]) throws(SettingsProblems) -> PolicySet {
        try PolicyFile.parse(files.map { ($0.0, Data($0.1.utf8)) })
    }

    private func policy(_ name: String, _ clause: String = "idle: 7d") -> String {
        "policies:\n  - name: \(name)\n    applies_to: { name: \"\(name)-*\" }\n    stale_when: { \(clause) }\n"
    }

    @Test func `the order of the files is that of their policies, and each knows its file`() throws {
        let set = try parse([
            ("base.yaml", "budgets: { per_run: 3 }\nwindow: { days: Mon }\n"), ("teams/b.yaml", policy("b")),
            ("teams/a.yaml", policy("a") + policy("c").dropFirst("policies:\n".count)),
        ])
        #expect(set.policies.map(\.name) == ["b", "a", "c"])
        #expect(set.files == ["b": "teams/b.yaml", "a": "teams/a.yaml", "c": "teams/a.yaml"])
        #expect(set.budgets.perRun == 3 && set.window?.days == [.monday])
        // One alone needs no saying.
        #expect(try parse([("only.yaml", policy("a"))]).files.isEmpty)
    }

    @Test func `everything that is wrong in any of them is said at once, each with its own file, line and column`() {
        let found = problems { () throws(SettingsProblems) in
            try parse([
                ("one.yaml", policy("a", "idel: 7d")), ("two.yaml", "policies: [\n"),
                ("three.yaml", policy("b", "age: 7") + "budget: {}\n"),
            ])
        }
        #expect(
            found.map { $0.prefix { $0 != " " } } == [
                "one.yaml:4:19:", "two.yaml:2:1:", "three.yaml:4:24:", "three.yaml:5:1:",
            ]
        )
        #expect(found.first?.contains("did you mean `idle`?") == true)
    }

    @Test func `a name that two files give to a policy is an error that says where the first stands`() {
        // Also where something else is wrong with the files.
        let found = problems { () throws(SettingsProblems) in
            try parse([
                ("one.yaml", policy("a")), ("two.yaml", "# two\n" + policy("a")), ("three.yaml", policy("b", "age: 1")),
            ])
        }
        #expect(found.count == 2, "\(found)")
        #expect(
            found.first
                == "two.yaml:3:5: a second policy is called `a`; the first stands in one.yaml:2:5\n"
                + "  names are unique: plans and findings refer to them"
        )
    }

    @Test(arguments: ["budgets: { per_run: 3 }", "window: { days: Mon }"])
    func `what holds for all policies stands in one file only`(_ line: String) {
        let found = problems { () throws(SettingsProblems) in
            try parse([("one.yaml", policy("a") + line + "\n"), ("two.yaml", policy("b") + line + "\n")])
        }
        let key = line.prefix { $0 != ":" }
        #expect(
            found == [
                "two.yaml:5:1: `\(key)` stands in one.yaml:5:1, too\n  it holds for all policies: keep one of them"
            ]
        )
    }

    @Test func `files without any policy say so together, and one alone says that it lacks them`() {
        let lines = "budgets: { per_run: 3 }\n"
        let both = problems { () throws(SettingsProblems) in
            try parse([("one.yaml", lines), ("two.yaml", "window: { days: Mon }\n")])
        }
        #expect(both.count == 1 && both.first?.hasPrefix("one.yaml, two.yaml: there is no policy") == true, "\(both)")
        let alone = problems { () throws(SettingsProblems) in try parse([("one.yaml", lines)]) }
        #expect(alone.first?.contains("lacks `policies`") == true, "\(alone)")
    }

    @Test func `the setting takes a file or a list of files, folders and names with a star`() throws {
        let base = "accounts: [{ id: \"123456789012\", profile: x, regions: [eu-west-1] }]\n"
        #expect(try settings(base + "policy: all/\n").policyFiles == ["all/"])
        #expect(
            try settings(base + "policy: [base.yaml, \"teams/*.yaml\"]\n").policyFiles == ["base.yaml", "teams/*.yaml"]
        )
        for wrong in ["[]", "{ a: b }", "[a.yaml, { b: c }]", "[a.yaml, ~]", "\"teams/**/x.yaml\""] {
            #expect(problems(inSettings: base + "policy: \(wrong)\n").count == 1, "\(wrong)")
        }
        let layered = try SettingsFile.read(
            Data((base + "\npolicy: [base.yaml, teams]\n").utf8),
            file: "curfew.yaml",
            under: SettingsLayers(flags: [], variables: ["CURFEW_POLICY": "other"])
        )
        #expect(layered.settings.policyFiles == ["other"])
        let plain = try SettingsFile.read(Data((base + "\npolicy: [base.yaml, teams]\n").utf8), file: "curfew.yaml")
        let shown = try #require(plain.effective.first { $0.key == "policy" })
        #expect(shown.value == "base.yaml, teams" && shown.origin == .file("curfew.yaml", line: 3))
    }
}
