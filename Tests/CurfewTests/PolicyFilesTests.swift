import Foundation
import TestSupport
import Testing

/// A policy in several files: found, checked, applied, compared.
@Suite struct PolicyFilesTests {
    private static func policy(_ name: String, _ scope: String, _ clause: String = "age: 30d") -> String {
        "policies:\n  - name: \(name)\n    applies_to: { name: \"\(scope)\" }\n    stale_when: { \(clause) }\n"
    }

    /// A house whose settings name `base.yaml` and all of `teams`.
    private func withTeams(_ body: (House) async throws -> Void) async throws {
        try await House.with { house in
            try house.write(house.settings + "policy: [base.yaml, \"teams/*.yaml\"]\n", to: house.settingsFile)
            try FileManager.default.createDirectory(atPath: "\(house.folder)/teams", withIntermediateDirectories: true)
            try house.write("budgets: { per_run: 3 }\nwindow: { days: Mon-Thu }\n", to: "\(house.folder)/base.yaml")
            try house.write(Self.policy("zebra", "feat-z*"), to: "\(house.folder)/teams/b.yaml")
            try house.write(Self.policy("apples", "feat-*"), to: "\(house.folder)/teams/a.yaml")
            // Beside policies lie their cases.
            try house.write("cases: 7\n", to: "\(house.folder)/teams/a.tests.yaml")
            try await body(house)
        }
    }

    @Test func `files are found sorted, applied as one, and the first that applies is shown with its file`()
        async throws
    {
        try await withTeams { house in
            let checked = try await house.curfew("policy", "check")
            #expect(
                checked.output.contains("teams/a.yaml: apples") && checked.output.contains("base.yaml: no policies")
            )
            #expect(checked.output.contains("3 files, 2 policies, nothing wrong"), "\(checked)")
            let first = try await house.curfew("policy", "apply")
            #expect(first.output.contains("revision 1"), "\(first)")
            // From elsewhere, by other words: the same files are the same revision.
            let again = try await house.curfew("policy", "apply", "\(house.folder)/base.yaml", "\(house.folder)/teams")
            #expect(again.output.contains("in force already, as revision 1"), "\(again)")
            let history = try await house.json("policy", "history")
            let revision = try #require(history.elements.first)
            #expect(revision["files"].elements.map(\.["name"].string) == ["base.yaml", "teams/a.yaml", "teams/b.yaml"])
            #expect(revision["text"] == .null && revision["hash"].string.count == 64)
            #expect(
                try await house.curfew("policy", "history").output.contains("base.yaml, teams/a.yaml, teams/b.yaml")
            )

            try await house.deploy([Deployment(name: "shop-feat-zoo")])
            try await house.curfew("scan")
            let evaluated = try await house.curfew("evaluate")
            #expect(!evaluated.messages.contains("policy diff"), "\(evaluated)")
            let explained = try await house.curfew("explain", "feat-zoo")
            #expect(explained.output.contains("policy apples of teams/a.yaml, revision 1"), "\(explained)")
            #expect(try await house.json("explain", "feat-zoo")["policy_file"].string == "teams/a.yaml")
            // In another order another one decides.
            try await house.curfew("policy", "apply", "base.yaml", "teams/b.yaml", "teams/a.yaml")
            try await house.curfew("evaluate")
            #expect(
                try await house.curfew("explain", "feat-zoo").output.contains(
                    "policy zebra of teams/b.yaml, revision 2"
                )
            )
        }
    }

    @Test func `whatever differs from what is in force is named, and diff says what it means`() async throws {
        try await withTeams { house in
            try await house.curfew("policy", "apply")
            let same = try await house.curfew("policy", "diff", "--exit-code")
            #expect(same.output.contains("Nothing differs."), "\(same)")
            func doctor() async throws -> String {
                let report = try JSON(text: try await house.curfew("doctor", "--json", expecting: nil).output)
                return report["checks"].elements.first { $0["check"].string == "policy" }?["text"].string ?? ""
            }
            #expect(try await doctor().contains("revision 1 of \(house.folder)/base.yaml"))

            try house.write(Self.policy("apples", "feat-*", "age: 9d"), to: "\(house.folder)/teams/a.yaml")
            try house.write(Self.policy("cherries", "pr-*"), to: "\(house.folder)/teams/c.yaml")
            try FileManager.default.removeItem(atPath: "\(house.folder)/teams/b.yaml")
            let differs = try await doctor()
            for words in [
                "teams/a.yaml differs from revision 1", "teams/c.yaml is not in revision 1",
                "teams/b.yaml of revision 1, which is in force, is not among the files",
            ] { #expect(differs.contains(words), "\(differs)") }
            #expect(!differs.contains("base.yaml"), "\(differs)")
            try await house.deploy([Deployment(name: "shop-feat-zoo")])
            try await house.curfew("scan")
            let evaluated = try await house.curfew("evaluate")
            #expect(evaluated.messages.contains("teams/a.yaml differs from revision 1"), "\(evaluated)")

            let diff = try await house.curfew("policy", "diff", "--exit-code", expecting: 3)
            for line in ["+ policy cherries", "- policy zebra", "~ policy apples", "+    stale_when: { age: 9d }"] {
                #expect(diff.output.contains(line), "\(diff)")
            }
            let json = try await house.json("policy", "diff", "1", "files")
            #expect(json["from"]["revision"] == .number(1) && json["from"]["in_force"] == .flag(true))
            #expect(json["added"].elements.map(\.string) == ["cherries"])
            try await house.curfew("policy", "apply")
            let revisions = try await house.curfew("policy", "diff", "1")
            #expect(revisions.output.contains("revision 1") && revisions.output.contains("+ policy cherries"))
            #expect(revisions.output.contains("by ada"), "\(revisions)")
            try await house.curfew("policy", "diff", "1", "99", expecting: 65)
            try await house.curfew("policy", "diff", "yesterday", expecting: 64)
        }
    }

    @Test func `mistakes in all files are told at once, and a name that matches nothing is one`() async throws {
        try await withTeams { house in
            try house.write(Self.policy("apples", "feat-*", "aeg: 9d"), to: "\(house.folder)/teams/a.yaml")
            try house.write(
                Self.policy("zebra", "feat-z*") + "budgets: { per_run: 1 }\n",
                to: "\(house.folder)/teams/b.yaml"
            )
            let wrong = try await house.curfew("policy", "check", expecting: 65)
            #expect(wrong.messages.contains("teams/a.yaml:4:19: unknown key `aeg`"), "\(wrong)")
            #expect(wrong.messages.contains("teams/b.yaml:5:1: `budgets` stands in"), "\(wrong)")
            try await house.curfew("policy", "apply", expecting: 65)
            for words in [["none/*.yaml"], ["teams/*.yml"], ["absent.yaml"]] {
                let none = try await Program.run(
                    ["policy", "check", "--settings", house.settingsFile] + words,
                    variables: house.variables(of: "ada"),
                    in: house.folder
                )
                #expect(none.status == 65 && none.messages.contains(words[0]), "\(none)")
            }
        }
    }

    @Test func `several files are tried on cases together`() async throws {
        let folder = try House.newFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        func write(_ text: String, _ name: String) throws {
            try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
        }
        try write(Self.policy("a", "a-*", "age: 3d"), "a.yaml")
        try write(Self.policy("b", "b-*", "age: 3d"), "b.yaml")
        func cases(_ policy: String) -> String {
            """
            \(policy)
            at: 2026-03-20
            cases:
              - { name: one, environment: { name: a-x, created: 5d ago }, expect: { verdict: stale, policy: a } }
              - { name: two, environment: { name: b-x, created: 5d ago }, expect: { verdict: stale, policy: b } }

            """
        }
        try write(cases("policy: [b.yaml, a.yaml]"), "both.tests.yaml")
        try write(cases("policy: \"?.yaml\""), "glob.tests.yaml")
        try write(cases(""), "b.tests.yaml")
        let words = ["policy", "test"]
        let held = try await Program.run(
            words + ["both.tests.yaml", "glob.tests.yaml"],
            variables: ["HOME": folder],
            in: folder
        )
        #expect(held.status == 0 && held.output.contains("both.tests.yaml against b.yaml, a.yaml"), "\(held)")
        let alone = try await Program.run(words + ["b.tests.yaml"], variables: ["HOME": folder], in: folder)
        #expect(alone.status == 65 && alone.output.contains("1 of 2 cases"), "\(alone)")
        let named = try await Program.run(
            words + ["b.tests.yaml", "--policy", "a.yaml", "--policy", "b.yaml"],
            variables: ["HOME": folder],
            in: folder
        )
        #expect(named.status == 0, "\(named)")
    }
}
