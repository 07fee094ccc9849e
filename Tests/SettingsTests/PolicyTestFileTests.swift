import Core
import Foundation
import Testing

@testable import Settings

/// Cases of a policy's tests: how they are read, and what is said when they do not hold.
@Suite struct PolicyTestFileTests {
    private static let policy = """
        policies:
          - name: features
            applies_to: { name: "feat-*" }
            stale_when: { any: [{ idle: 7d }, { runtime: deprecated }] }
            not_before: 2d
            max_age: 60d
        """

    private func results(_ cases: String) throws -> [PolicyTestResult] {
        let text = "at: 2026-03-20T09:00:00Z\ncases:\n" + cases
        let file = try PolicyTestFile.parse(
            Data(text.utf8),
            file: "policy.tests.yaml",
            table: try RuntimeTableFile.embedded()
        )
        let set = try PolicyFile.parse(Data(Self.policy.utf8), file: "policy.yaml")
        return file.cases.map { $0.run(set) }
    }

    private func problems(_ text: String) -> [String] {
        do {
            _ = try PolicyTestFile.parse(Data(text.utf8), file: "t.yaml", table: .empty)
            return []
        } catch {
            return error.problems.map(\.description)
        }
    }

    @Test(arguments: [
        ("{ name: feat-a, created: 30d ago, changed: 7d ago }", "{ verdict: stale, clause: \"idle: 7d\" }"),
        ("{ name: feat-a, created: 30d ago, changed: 7d ago }", "{ clause: { idle: 7d }, policy: features }"),
        ("{ name: feat-a, created: 30d ago, changed: 6d ago }", "{ verdict: keep, changes: in 1d }"),
        ("{ name: feat-a, created: 2026-03-19 }", "{ verdict: keep, clause: \"not_before: 2d\" }"),
        ("{ name: feat-a, created: 70d ago, extended: { at: 1d ago, until: in 3d } }", "{ clause: \"max_age: 60d\" }"),
        ("{ name: feat-a, created: 30d ago, extended: { at: 1d ago, until: in 3d } }", "{ verdict: leased }"),
        ("{ name: feat-a, created: 30d ago, changed: 9d ago, claimed: 1h ago }", "{ verdict: keep }"),
        ("{ name: feat-a, created: 30d ago, changed: 9d ago, owners: \"ada, bob\" }", "{ verdict: undecided }"),
        ("{ name: feat-a, created: 30d ago, changed: 9d ago, reading: suspect }", "{ verdict: undecided }"),
        ("{ name: feat-a, created: 30d ago, changed: unknown }", "{ verdict: undecided, changes: in 30d }"),
        (
            "{ name: feat-a, created: 9d ago, released: 1h ago, changed: 2d ago }",
            "{ verdict: stale, clause: released }"
        ),
        ("{ name: feat-a, created: 9d ago, changed: 1d ago, runtimes: [nodejs16.x] }", "{ verdict: stale }"),
        ("{ name: feat-a, created: 9d ago, changed: 1d ago, images: 2 }", "{ verdict: keep }"),
        ("{ name: main, class: permanent, created: 9d ago }", "{ verdict: permanent, changes: never }"),
        ("{ name: pr-7, created: 900d ago }", "{ verdict: keep, policy: none }"),
    ])
    func `a case is judged as an evaluation would judge it`(_ environment: String, _ expected: String) throws {
        let found = try results("  - { name: x, environment: \(environment), expect: \(expected) }")
        #expect(found.count == 1 && found.allSatisfy(\.holds), "\(found.flatMap(\.differences))")
    }

    private static let everything = """
        policies:
          - { name: ours, applies_to: { owner: "ada@*", region: eu-west-1, tool: cdk }, stale_when: { branch: gone } }
          - { name: tagged, applies_to: { tag: { key: team, value: shop } }, stale_when: { pull_request: closed } }
          - { name: nobodys, applies_to: { owner: unknown }, stale_when: { owner: unknown } }
          - name: others
            applies_to: { name: "*" }
            stale_when: { any: [{ idle: { for: 7d, of: [invoked] } }, { all: [{ tag: junk }, { age: 1d }] }, { ttl_tag: expired }] }
            not_before: 0s
        """

    @Test(arguments: [
        ("owner: Ada@x.io, region: eu-west-1, tool: CDK, branch: { state: gone, at: 1d ago }", "stale", "ours"),
        ("owner: ada@x.io, region: eu-west-1, tool: CDK, branch: there", "keep", "ours"),
        ("owner: ada@x.io, region: eu-west-1, tool: CDK, branch: unread", "undecided", "ours"),
        ("owner: ada@x.io, region: eu-west-1, tool: CDK, branch: gone, rollout: in progress", "keep", "ours"),
        ("owner: ada@x.io, region: eu-west-1, tool: CDK, branch: gone, rollout: unknown", "undecided", "ours"),
        ("owner: bob@x.io, tags: { Team: shop }, pull_request: { state: merged, at: 2d ago }", "stale", "tagged"),
        ("owner: bob@x.io, tags: { team: shop }, pull_request: open", "keep", "tagged"),
        ("owner: unknown", "undecided", "none"), ("owner: unknown, region: us-east-1", "stale", "nobodys"),
        ("owner: ada@x.io, region: [eu-west-1, us-east-1], invoked: 8d ago", "stale", "others"),
        ("owner: bob@x.io, invoked: 2d ago", "keep", "others"),
        ("owner: bob@x.io, invoked: unknown", "undecided", "others"),
        ("owner: bob@x.io, invoked: never", "keep", "others"),
        ("owner: bob@x.io, invoked: { none_since: 8d ago }", "stale", "others"),
        ("owner: bob@x.io, invoked: 2d ago, tags: { JUNK: x }", "stale", "others"),
        ("owner: bob@x.io, invoked: 2d ago, tags: unread", "undecided", "none"),
        ("owner: bob@x.io, invoked: 2d ago, registered: { until: 1h ago }", "stale", "others"),
        ("owner: bob@x.io, invoked: 2d ago, registered: { until: in 3d }", "keep", "others"),
        ("owner: unread, invoked: 9d ago", "undecided", "none"),
        ("owner: bob@x.io, committed: 1d ago, invoked: 9d ago", "stale", "others"),
    ])
    func `a case can state whatever a clause asks`(_ said: String, _ verdict: String, _ policy: String) throws {
        let text = """
            at: 2026-03-20
            cases:
              - name: x
                environment: { name: feat-a, created: 30d ago, \(said) }
                expect: { verdict: \(verdict), policy: \(policy) }
            """
        let file = try PolicyTestFile.parse(Data(text.utf8), file: "t.yaml", table: .empty)
        let set = try PolicyFile.parse(Data(Self.everything.utf8), file: "policy.yaml")
        let results = file.cases.map { $0.run(set) }
        #expect(results.count == 1 && results.allSatisfy(\.holds), "\(results.flatMap(\.differences))")
    }

    @Test func `what a case states wrongly is said all at once`() {
        let said =
            "branch: lost, pull_request: { at: 1d ago }, rollout: maybe, tool: smm, invoked: {}, registered: 3d, region: []"
        let found = problems(
            "at: 2026-03-20\ncases: [{ name: x, environment: { name: a, created: 1d ago, \(said) }, expect: { verdict: keep } }]"
        )
        #expect(found.count == 7, "\(found)")
    }

    @Test func `whatever differs is said: what was expected, what came`() throws {
        let found = try results(
            """
              - name: wrong in every way
                environment: { name: feat-a, created: 30d ago, changed: 8d ago }
                expect: { verdict: keep, policy: none, clause: "age: 3d", changes: in 1d }
            """
        )
        let differences = try #require(found.first).differences
        #expect(differences.map(\.what) == ["verdict", "policy", "clause", "changes"])
        #expect(differences[0].expected == "keep" && differences[0].got.hasPrefix("stale: "))
        #expect(differences[1].got == "features")
        #expect(differences[2].got.contains("idle: 7d"))
        #expect(differences[3].expected == "2026-03-21 09:00 UTC" && differences[3].got == "never")
    }

    @Test func `everything wrong with the file is said at once, where it stands`() {
        let found = problems(
            """
            cases:
              - name: one
                environment: { name: feat-a, created: yesterday, colour: red }
                expect: { verdict: stail }
              - name: one
                at: 2026-03-20
                environment: { created: 3d ago, reading: half, class: nested }
                expect: {}
            """
        )
        let parts = [
            "t.yaml:2:5: `cases[1]` lacks `at`", "t.yaml:3:43: `cases[1].environment.created` is `yesterday`",
            "unknown key `colour`", "`cases[1].expect.verdict` is `stail`", "`cases[2].environment` lacks `name`",
            "`cases[2].environment.reading` is `half`", "`cases[2].environment.class`",
            "`cases[2].expect` expects nothing",
        ]
        for part in parts { #expect(found.contains { $0.contains(part) }, "\(part): \(found)") }
        #expect(found.count == parts.count, "\(found)")
        #expect(problems("cases: []\n").count == 1)
    }

    @Test func `two cases of one name are told apart by nobody`() {
        let twice = """
            at: 2026-03-20
            cases:
              - { name: one, environment: { name: feat-a, created: 3d ago }, expect: { verdict: keep } }
              - { name: one, environment: { name: feat-b, created: 3d ago }, expect: { verdict: keep } }
            """
        #expect(problems(twice).joined().contains("the case in line 3 is called `one`, too"))
    }
}
