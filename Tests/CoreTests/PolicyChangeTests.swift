import Foundation
import Testing

@testable import Core

@Suite struct PolicyChangeTests {
    private let old = PolicySet(
        policies: [
            Policy(name: "a", scope: Scope(names: [NameGlob("a-*")]), staleWhen: .age(.seconds(86_400))),
            Policy(name: "b", scope: Scope(names: [NameGlob("b-*")]), staleWhen: .age(.seconds(86_400))),
            Policy(name: "c", scope: Scope(names: [NameGlob("*")]), staleWhen: .age(.seconds(86_400))),
        ],
        files: ["a": "one.yaml", "b": "one.yaml", "c": "two.yaml"]
    )

    @Test func `the same policies mean the same, wherever they stand`() {
        var new = old
        new.files = ["a": "x.yaml", "b": "y.yaml", "c": "z.yaml"]
        #expect(PolicyChange(from: old, to: new).isEmpty)
    }

    @Test func `policies come, go, change and change places`() throws {
        var new = old
        new.policies.swapAt(0, 2)
        new.policies.remove(at: 1)
        new.policies[0].maxAge = .seconds(60 * 86_400)
        new.policies[0].scope.accounts = ["sandbox"]
        new.policies.append(Policy(name: "d", scope: Scope(), staleWhen: .ttlExpired))
        let change = PolicyChange(from: old, to: new)
        #expect(change.added == ["d"] && change.removed == ["b"])
        #expect(change.order == .init(before: ["a", "c"], after: ["c", "a"]))
        let changed = try #require(change.changed.first)
        #expect(change.changed.count == 1 && changed.name == "c")
        #expect(
            changed.parts == [
                .init(key: "applies_to", before: "{ name: [*] }", after: "{ name: [*], accounts: [sandbox] }"),
                .init(key: "max_age", before: "none", after: "60d"),
            ]
        )
    }

    @Test func `each key of a policy that says something else is named`() {
        let changes: [(String, (inout Policy) -> Void)] = [
            ("applies_to", { $0.scope.spaces = [SpaceName("x")] }), ("stale_when", { $0.staleWhen = .ttlExpired }),
            ("not_before", { $0.notBefore = .zero }), ("max_age", { $0.maxAge = .seconds(1) }),
            ("sightings", { $0.sightings.count = 7 }), ("warn", { $0.warning = .none }),
            ("extension", { $0.extending.atMost = 9 }), ("approval", { $0.approval = .automatic }),
            ("reject_hold", { $0.rejectHold = .zero }),
        ]
        for (key, change) in changes {
            var new = old
            change(&new.policies[1])
            let parts = PolicyChange(from: old, to: new).changed.flatMap(\.parts)
            #expect(parts.map(\.key) == [key] && parts.allSatisfy { $0.before != $0.after }, "\(key): \(parts)")
        }
    }

    @Test func `what holds for all policies is compared, too`() {
        var new = old
        new.budgets.perDay = 7
        new.window = Window(zone: .gmt)
        let change = PolicyChange(from: old, to: new)
        #expect(change.common.map(\.key) == ["budgets.per_day", "window"])
        #expect(change.common.first?.before == "30" && change.common.first?.after == "7")
        #expect(PolicyChange(from: nil, to: old).added == ["a", "b", "c"])
    }

    @Test func `files have the same names wherever they were checked out`() {
        #expect(
            PolicySource.names(of: ["/home/ada/repo/policy/base.yaml", "/home/ada/repo/policy/teams/a.yaml"])
                == ["base.yaml", "teams/a.yaml"]
        )
        #expect(
            PolicySource.names(of: ["./policy/base.yaml", "policy/teams/a.yaml"]) == ["base.yaml", "teams/a.yaml"]
        )
        #expect(PolicySource.names(of: ["/etc/curfew/policy.yaml"]) == ["policy.yaml"])
        #expect(PolicySource.names(of: ["a/x.yaml", "b/x.yaml"]) == ["a/x.yaml", "b/x.yaml"])
        #expect(PolicySource.names(of: ["a/x.yaml", "a/b/x.yaml", "c.yaml"]) == ["a/x.yaml", "a/b/x.yaml", "c.yaml"])
        #expect(PolicySource.names(of: []).isEmpty)
    }

    @Test func `one file keeps the hash that its text has alone; of several, names, texts and order count`() {
        #expect(PolicySource("text", name: "policy.yaml").digest == Digest(of: "text"))
        func source(_ files: (String, String)...) -> PolicySource {
            PolicySource(files.map { .init(name: $0.0, text: $0.1) })
        }
        let all = [
            source(("a", "1"), ("b", "2")), source(("b", "2"), ("a", "1")), source(("a", "1"), ("c", "2")),
            source(("a", "12"), ("b", "")), source(("a", "1b"), ("", "2")), source(("a", "1")),
        ]
        #expect(Set(all.map(\.digest)).count == all.count)
        #expect(source(("a", "1"), ("b", "2")).digest == all[0].digest)
    }

    @Test func `files that changed, came, went or changed places are told apart`() {
        func source(_ names: String) -> PolicySource {
            PolicySource(names.map { .init(name: String($0).lowercased(), text: String($0)) })
        }
        let change = PolicyFilesChange(from: source("abcd"), to: source("caBe"))
        #expect(change.changed.map(\.name) == ["b", "e", "d"] && change.isReordered)
        #expect(PolicyFilesChange(from: source("ab"), to: source("ab")).isEmpty)
        #expect(!PolicyFilesChange(from: source("ab"), to: source("ba")).isEmpty)
        // One file is that one, whatever it was called, and before names were kept.
        #expect(PolicyFilesChange(from: PolicySource("x"), to: PolicySource("x", name: "policy.yaml")).isEmpty)
        #expect(
            PolicyFilesChange(from: PolicySource("x", name: "a"), to: PolicySource("y", name: "b")).changed.count == 1
        )
    }
}
