import Core
import Foundation
import Settings
import Testing

/// What is installed to begin with has to work as it is.
@Suite struct DeployedFilesTests {
    private func read(_ path: String) throws -> String {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Deploy/\(path)").standardizedFileURL
        return try String(contentsOf: file, encoding: .utf8)
    }

    @Test func `the package's settings are valid as they are, and with every comment taken as meant`() throws {
        let text = try read("debian/curfew.yaml")
        let settings = try SettingsFile.parse(Data(text.utf8), file: "curfew.yaml")
        #expect(settings.accounts.count == 1 && settings.policyFiles == ["policy.yaml"])
        let all = text.replacing(/(?m)^#(?=[a-z]| {2})/, with: "")
        #expect(all != text)
        let more = try SettingsFile.parse(Data(all.utf8), file: "curfew.yaml")
        #expect(more.people.count == settings.people.count + 1)
    }

    @Test(arguments: ["report-only", "cautious", "strict"])
    func `the policies are valid with the package's settings, warn, and let nobody approve alone`(
        _ name: String
    ) throws {
        let settings = try SettingsFile.parse(Data(try read("debian/curfew.yaml").utf8), file: "curfew.yaml")
        let set = try PolicyFile.parse(Data(try read("policy/\(name).yaml").utf8), file: name, knowing: settings)
        #expect(!set.policies.isEmpty)
        for policy in set.policies {
            #expect(policy.warning != .none, "\(policy.name) warns nobody")
            guard case .people(let approval) = policy.approval else {
                Issue.record("\(policy.name) approves by itself")
                continue
            }
            #expect(approval.requester == .excluded && approval.required >= 1)
        }
    }

    @Test(arguments: ["report-only", "cautious", "strict"])
    func `each policy's own cases hold, and none of its clauses can be left out unnoticed`(_ name: String) throws {
        let text = try read("policy/\(name).yaml")
        let tests = try PolicyTestFile.parse(
            Data(try read("policy/\(name).tests.yaml").utf8),
            file: "\(name).tests.yaml",
            table: try RuntimeTableFile.embedded()
        )
        #expect(tests.policies == ["\(name).yaml"] && tests.cases.count >= 5)
        func failures(_ text: String) throws -> [PolicyTestResult] {
            let set = try PolicyFile.parse(Data(text.utf8), file: name)
            return tests.cases.map { $0.run(set) }.filter { !$0.holds }
        }
        #expect(try failures(text).isEmpty)
        // Each line that has a say, one at a time: a clause gone, or a time made longer.
        let lines = text.components(separatedBy: "\n")
        var changed = 0
        for (index, line) in lines.enumerated() {
            let clause = line.trimmingCharacters(in: .whitespaces)
            guard
                clause.hasPrefix("- ttl_tag") || clause.hasPrefix("not_before:") || clause.hasPrefix("max_age:")
                    || clause.hasPrefix("- idle") || clause.hasPrefix("- age")
            else { continue }
            var others = lines
            others[index] =
                clause.hasPrefix("- ttl_tag")
                ? line.replacing("- ttl_tag: expired", with: "- age: 999d")
                : clause.hasPrefix("not_before:")
                    ? line.replacing(/not_before: \S+/, with: "not_before: 1h")
                    : line.replacing(/: \d+d/, with: ": 999d")
            changed += 1
            #expect(
                try !failures(others.joined(separator: "\n")).isEmpty,
                "nothing notices \(name):\(index + 1): \(clause)"
            )
        }
        #expect(changed >= 4)
    }
}
