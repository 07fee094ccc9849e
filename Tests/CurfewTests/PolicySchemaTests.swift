import Foundation
import Testing

/// The schemas as other tools use them: by Python's jsonschema, over what is installed and what the README shows.
@Suite struct PolicySchemaTests {
    private static let script = """
        import json, sys, yaml
        from jsonschema import Draft202012Validator

        class Loader(yaml.SafeLoader):
            # Dates stay text, as JSON has them and YAML 1.2 reads them.
            yaml_implicit_resolvers = {
                first: [(tag, form) for tag, form in forms if tag != "tag:yaml.org,2002:timestamp"]
                for first, forms in yaml.SafeLoader.yaml_implicit_resolvers.items()
            }

        answers = []
        for schema, text in json.load(sys.stdin):
            schema = json.loads(schema)
            Draft202012Validator.check_schema(schema)
            errors = Draft202012Validator(schema).iter_errors(yaml.load(text, Loader))
            answers.append(sorted(f"{error.json_path}: {error.message}" for error in errors))
        json.dump(answers, sys.stdout)
        """

    private static var root: URL {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../..").standardizedFileURL
    }

    private static func read(_ path: String) throws -> String {
        try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
    }

    /// What jsonschema says of each text; nil where there is no Python that has it.
    private func errors(_ texts: [(schema: String, text: String)]) throws -> [[String]]? {
        guard let python = ProcessInfo.processInfo.environment["CURFEW_TEST_PYTHON"], !python.isEmpty else {
            print("SKIPPED: CURFEW_TEST_PYTHON names no Python with jsonschema")
            return nil
        }
        let process = Process()
        let (input, output) = (Pipe(), Pipe())
        process.executableURL = URL(fileURLWithPath: python)
        process.arguments = ["-c", Self.script]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        input.fileHandleForWriting.write(try JSONEncoder().encode(texts.map { [$0.schema, $0.text] }))
        try input.fileHandleForWriting.close()
        return try JSONDecoder().decode([[String]].self, from: output.fileHandleForReading.readDataToEndOfFile())
    }

    private func schema(_ words: String...) async throws -> String {
        let printed = try await Program.run(["policy", "schema"] + words, variables: ["HOME": "/nonexistent"], in: "/")
        #expect(printed.status == 0, "\(printed)")
        return printed.output
    }

    @Test func `what is shipped and shown is valid`() async throws {
        let (policy, tests) = (try await schema(), try await schema("--tests"))
        var texts: [(name: String, schema: String, text: String)] = []
        let folder = Self.root.appendingPathComponent("Deploy/policy")
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        where name.hasSuffix(".yaml") {
            let text = try Self.read("Deploy/policy/\(name)")
            let own = name.contains(".tests.") ? "curfew-policy-tests" : "curfew-policy"
            // Editors find it by this line.
            #expect(text.hasPrefix("# yaml-language-server: $schema=\(own).schema.json\n"), "\(name)")
            texts.append((name, name.contains(".tests.") ? tests : policy, text))
        }
        texts.append(("the demo's", policy, try Self.read("Scripts/fleet/policy.yaml")))
        for block in try Self.read("README.md").components(separatedBy: "```yaml\n").dropFirst() {
            let text = block.components(separatedBy: "```")[0]
            if text.contains("stale_when") { texts.append(("the README's", policy, text)) }
        }
        #expect(texts.count >= 8)
        guard let found = try errors(texts.map { ($0.schema, $0.text) }) else { return }
        for (text, errors) in zip(texts, found) { #expect(errors.isEmpty, "\(text.name): \(errors)") }
    }

    @Test func `what is broken is not`() async throws {
        let whole = "policies: [{ name: a, applies_to: { name: a-* }, stale_when: { idle: 7d } }]"
        let broken = [
            whole.replacing("name: a,", with: "nmae: a,"), whole.replacing("idle", with: "idel"),
            whole.replacing("7d", with: "7"), whole.replacing("7d", with: "7 days"),
            whole.replacing("7d", with: "1h2d"),
            whole.replacing("{ idle: 7d }", with: "{ idle: 7d, age: 3d }"),
            whole.replacing("{ name: a-* }", with: "{}"),
            whole.replacing("a-*", with: "Feat_X"),
            whole.replacing("{ idle: 7d }", with: "{ idle: { of: [changed] } }"),
            whole.replacing("{ idle: 7d }", with: "{ branch: deleted }"), "policies: []", "policies: {}", "other: 1",
            whole + "\nbudgets: { per_run: \"3\" }", whole + "\nbudgets: { share: 0% }",
            whole + "\nbudgets: { share: 10 }",
            whole + "\nwindow: { days: Mo-Do }", whole + "\nwindow: { hours: 9-16 }",
            whole + "\nwindow: { except: [24.12.] }",
            whole.replacing("7d } }", with: "7d }, warn: never }"),
            whole.replacing("7d } }", with: "7d }, max_age: [1d] }"),
            whole.replacing("7d } }", with: "7d }, approval: { by: [\"team:x\"] } }"),
            whole.replacing("7d } }", with: "7d }, sightings: { count: 0 } }"),
        ]
        let policy = try await schema()
        guard let found = try errors([(policy, whole)] + broken.map { (policy, $0) }) else { return }
        #expect(found[0].isEmpty)
        for (text, errors) in zip(broken, found.dropFirst()) { #expect(!errors.isEmpty, "\(text)") }
        let one =
            "cases: [{ name: a, at: 2026-03-20, environment: { name: x, created: 3d ago }, expect: { verdict: keep } }]"
        let brokenCases = [
            one.replacing("keep", with: "kept"), one.replacing("3d ago", with: "3d before"),
            one.replacing("created", with: "made"), one.replacing("verdict: keep", with: ""),
            one.replacing("verdict: keep", with: "clause: { idle: 7 }"), "cases: []",
        ]
        let tests = try await schema("--tests")
        guard let others = try errors([(tests, one)] + brokenCases.map { (tests, $0) }) else { return }
        #expect(others[0].isEmpty)
        for (text, errors) in zip(brokenCases, others.dropFirst()) { #expect(!errors.isEmpty, "\(text)") }
    }
}
