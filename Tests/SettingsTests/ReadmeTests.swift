import Core
import Foundation
import Settings
import Testing

/// What the README shows has to work as it stands there.
@Suite struct ReadmeTests {
    private func examples() throws -> [String] {
        let readme = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../README.md").standardizedFileURL
        let text = try String(contentsOf: readme, encoding: .utf8)
        return text.components(separatedBy: "```yaml\n").dropFirst().compactMap {
            $0.components(separatedBy: "\n```").first
        }
    }

    @Test func `the settings and the policy of the README are valid together`() throws {
        let examples = try examples()
        try #require(examples.count == 2)
        let settings = try SettingsFile.parse(Data(examples[0].utf8), file: "README.md")
        let policy = try PolicyFile.parse(Data(examples[1].utf8), file: "README.md", knowing: settings)
        #expect(settings.accounts.count == 2)
        #expect(policy.policies.map(\.name) == ["feature-environments"])
    }

    @Test func `the values that the README shows as defaults are the defaults`() throws {
        let shown = try PolicyFile.parse(Data(try examples()[1].utf8), file: "README.md")
        let short = """
            policies:
              - name: feature-environments
                applies_to: { name: "feat-*" }
                stale_when: { age: 30d }
                warn: none
            """
        let defaults = try PolicyFile.parse(Data(short.utf8), file: "short")
        let (one, other) = (shown.policies[0], defaults.policies[0])
        #expect(one.notBefore == other.notBefore)
        #expect(one.sightings == other.sightings)
        #expect(one.extending == other.extending)
        #expect(one.approval == other.approval)
        #expect(one.rejectHold == other.rejectHold)
        #expect(shown.budgets == defaults.budgets)
        #expect(other.maxAge == nil)
        #expect(defaults.window == nil)
    }
}
