import Core
import Foundation
import Testing

@testable import Reports

@Suite struct PolicyDiffTests {
    private let canvas = Canvas(now: Samples.now, zone: Samples.berlin, accountNames: Samples.names)
    private static let base = """
        policies:
          - name: pulls
            applies_to: { name: "pr-*" }
            stale_when: { age: 30d }
          - name: features
            applies_to: { name: "feat-*" }
            stale_when: { idle: 7d }
            max_age: 60d

        """

    @Test func `lines are compared as diff -u does`() {
        let before = (1...12).map { "line \($0)" }
        var after = before
        after[1] = "line two"
        after.remove(at: 10)
        after.append("line 13")
        let text = UnifiedDiff.text(
            before.joined(separator: "\n") + "\n",
            after.joined(separator: "\n"),
            name: "policy.yaml"
        )
        #expect(
            text == """
                --- a/policy.yaml
                +++ b/policy.yaml
                @@ -1,5 +1,5 @@
                 line 1
                -line 2
                +line two
                 line 3
                 line 4
                 line 5
                @@ -8,5 +8,5 @@
                 line 8
                 line 9
                 line 10
                -line 11
                 line 12
                +line 13
                \\ No newline at end of file

                """
        )
        #expect(UnifiedDiff.text("a\n", "a\n", name: "x") == "")
        #expect(UnifiedDiff.text(nil, "a\n", name: "x") == "--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+a\n")
        #expect(UnifiedDiff.text("a\n", nil, name: "x") == "--- a/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n")
        // A carriage return is a difference, and no line of its own.
        #expect(UnifiedDiff.hunks("a\r\nb\n", "a\nb\n").first?.lines.count == 3)
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/diff")))
    func `hunks have the headers that diff gives them`() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var seed = SystemGenerator(state: 7)
        for _ in 0..<20 {
            let old = (0..<30).map { _ in "line \(Int.random(in: 0..<1000, using: &seed))" }
            var new = old
            for _ in 0..<3 {
                new[Int.random(in: 0..<new.count, using: &seed)] = "new \(Int.random(in: 0..<9, using: &seed))"
            }
            new.remove(at: Int.random(in: 0..<new.count, using: &seed))
            new.insert("inserted", at: Int.random(in: 0..<new.count, using: &seed))
            let texts = [old, new].map { $0.map { $0 + "\n" }.joined() }
            for (text, name) in zip(texts, ["a", "b"]) {
                try Data(text.utf8).write(to: folder.appendingPathComponent(name))
            }
            let process = Process()
            let pipe = Pipe()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/diff")
            process.arguments = [
                "-u", folder.appendingPathComponent("a").path, folder.appendingPathComponent("b").path,
            ]
            process.standardOutput = pipe
            try process.run()
            let theirs = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            let ours = UnifiedDiff.text(texts[0], texts[1], name: "x")
            func headers(_ text: String) -> [Substring] { text.split(separator: "\n").filter { $0.hasPrefix("@@") } }
            #expect(headers(ours) == headers(theirs))
        }
    }

    @Test func `what it means comes first, then the texts`() throws {
        let old = PolicyRevision(
            number: 3,
            hash: Digest(bytes: Array(repeating: 3, count: 32)),
            source: PolicySource(Self.base, name: "base.yaml"),
            appliedAt: Samples.ago(9),
            appliedBy: "bert"
        )
        let base = Self.base.replacing("    max_age: 60d\n", with: "    max_age: 30d\n")
        let team =
            "policies:\n  - name: team\n    applies_to: { name: \"x-*\" }\n    stale_when: { age: 9d }\nbudgets: { per_day: 7 }\n"
        let source = PolicySource([.init(name: "base.yaml", text: base), .init(name: "team.yaml", text: team)])
        let pulls = Policy(name: "pulls", scope: Scope(), staleWhen: .age(.seconds(30 * 86_400)))
        var features = Policy(name: "features", scope: Scope(), staleWhen: .age(.seconds(7 * 86_400)))
        features.maxAge = .seconds(60 * 86_400)
        let before = PolicySet(policies: [pulls, features])
        features.maxAge = .seconds(30 * 86_400)
        let after = PolicySet(
            policies: [features, pulls, Policy(name: "team", scope: Scope(), staleWhen: .ttlExpired)],
            budgets: Budgets(perDay: 7)
        )
        let diff = PolicyDiff(
            from: PolicyDiff.Side(old, inForce: true),
            (old.source, before),
            to: PolicyDiff.Side(source, paths: ["policy/base.yaml", "policy/team.yaml"]),
            (source, after)
        )
        expectGolden(diff.text(on: canvas), "policy-diff.txt")
        let json = JSONText.render(diff)
        #expect(json.contains(#""added":["team"]"#) && json.contains(#""means_the_same":false"#))
        #expect(json.contains(#""parts":[{"after":"30d","before":"60d","key":"max_age"}]"#))
        let same = PolicyDiff(
            from: PolicyDiff.Side(old, inForce: true),
            (old.source, before),
            to: PolicyDiff.Side(old, inForce: true),
            (old.source, before)
        )
        #expect(same.isSame && same.text(on: canvas).contains("Nothing differs."))
    }
}

/// The same numbers in every run.
private struct SystemGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state
    }
}
