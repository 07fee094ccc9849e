import Foundation
import Testing

/// `curfew policy test`: what a pipeline gets to see.
@Suite struct PolicyTestCommandTests {
    private static let policy = """
        policies:
          - name: features
            applies_to: { name: "feat-*", accounts: [sandbox] }
            stale_when: { idle: 7d }

        """
    private static let tests = """
        at: 2026-03-20
        cases:
          - { name: "idle & <old>", environment: { name: feat-a, created: 30d ago, changed: 8d ago }, expect: { verdict: keep } }
          - { name: busy, environment: { name: feat-a, created: 30d ago, changed: 1d ago }, expect: { verdict: keep } }

        """

    @Test func `without settings, database or AWS it says what differs, also as JUnit and JSON`() async throws {
        let folder = try House.newFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let variables = ["HOME": folder, "NO_COLOR": "1"]
        func write(_ text: String, _ name: String) throws {
            try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
        }
        try write(Self.policy, "features.yaml")
        try write(Self.tests, "features.tests.yaml")
        let words = ["policy", "test", "features.tests.yaml"]
        let failed = try await Program.run(words + ["--junit", "out.xml"], variables: variables, in: folder)
        #expect(failed.status == 65, "\(failed)")
        #expect(failed.output.contains("idle & <old> (features.tests.yaml:3)"), "\(failed)")
        #expect(failed.output.contains("verdict: expected keep"), "\(failed)")
        #expect(failed.output.contains("1 of 2 cases does not hold"), "\(failed)")
        let parser = casesOfXML(try Data(contentsOf: URL(fileURLWithPath: "\(folder)/out.xml")))
        #expect(parser == ["idle & <old>": true, "busy": false])
        let json = try await Program.run(words + ["--json"], variables: variables, in: folder)
        #expect(json.output.contains("\"failed\":1"), "\(json)")
        // Put right, it holds; and a file that is none is told apart from a case that fails.
        try write(
            Self.tests.replacing("verdict: keep", with: "verdict: stale", maxReplacements: 1),
            "features.tests.yaml"
        )
        let held = try await Program.run(words, variables: variables, in: folder)
        #expect(held.status == 0 && held.output.contains("all 2 cases hold"), "\(held)")
        try write("cases: 7\n", "features.tests.yaml")
        let broken = try await Program.run(words, variables: variables, in: folder)
        #expect(broken.status == 65 && broken.messages.contains("features.tests.yaml:1:"), "\(broken)")
        let absent = try await Program.run(["policy", "test", "none.yaml"], variables: variables, in: folder)
        #expect(absent.status != 0 && absent.messages.contains("none.yaml"), "\(absent)")
    }
}

/// Which cases an XML file has, and whether each failed.
private func casesOfXML(_ data: Data) -> [String: Bool] {
    let text = String(decoding: data, as: UTF8.self)
    var found: [String: Bool] = [:]
    for part in text.components(separatedBy: "<testcase name=\"").dropFirst() {
        let name = part.prefix { $0 != "\"" }.replacing("&lt;", with: "<").replacing("&gt;", with: ">")
            .replacing("&amp;", with: "&")
        found[String(name)] = part.contains("<failure")
    }
    return found
}
