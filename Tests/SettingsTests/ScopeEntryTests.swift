import Core
import Foundation
import Settings
import Testing

/// `applies_to`, the clauses `tag` and `owner`, and the grace of what nobody owns, as a policy writes them.
@Suite struct ScopeEntryTests {
    private func about(_ scope: String) -> String {
        onePolicy().replacing("{ name: \"feat-*\" }", with: scope)
    }

    @Test(arguments: [
        ("{ region: eu-central-1 }", Scope(regions: [Region("eu-central-1")])),
        (
            "{ regions: [eu-central-1, us-gov-west-1] }",
            Scope(regions: [Region("eu-central-1"), Region("us-gov-west-1")])
        ),
        ("{ owner: [\"Team-*\", unknown] }", Scope(owners: [.named(NameGlob("Team-*")), .unknown])),
        ("{ tool: [sam, CDK, plain] }", Scope(tools: [.sam, .cdk, .plain])),
        ("{ tag: temporary }", Scope(tags: [TagMatch(key: "temporary")])),
        ("{ tag: { key: team, value: \"shop-*\" } }", Scope(tags: [TagMatch(key: "team", value: NameGlob("shop-*"))])),
        (
            "{ tag: [{ key: a, absent: true }, b] }",
            Scope(tags: [TagMatch(key: "a", isAbsent: true), TagMatch(key: "b")])
        ),
        ("{ space: shop, account: sandbox }", Scope(spaces: [SpaceName("shop")], accounts: ["sandbox"])),
        ("{ spaces: [shop], accounts: [sandbox] }", Scope(spaces: [SpaceName("shop")], accounts: ["sandbox"])),
    ])
    func `whatever can be said of an environment narrows a policy`(_ text: String, _ scope: Scope) throws {
        #expect(try policies(about(text)).policies.first?.scope == scope)
    }

    @Test(arguments: [
        ("{ region: europe }", "expected a region"), ("{ region: [] }", "empty list"),
        ("{ tool: smm }", "for example `SAM`"),
        ("{ tool: terraform }", "one of SAM, CDK, Serverless, SST, Copilot, Architect, Chalice, Amplify, plain"),
        ("{ tag: { value: x } }", "lacks `key`"), ("{ tag: { key: a, value: b, absent: true } }", "that is absent"),
        ("{ tag: { key: a, absent: false } }", "expected `true`"), ("{ account: a, accounts: [b] }", "mean the same"),
        ("{ regin: eu-central-1 }", "did you mean `region`?"), ("{ owner: \"\" }", "an owner's name"),
    ])
    func `a part that is wrong is refused with what was expected`(_ text: String, _ words: String) {
        let found = problems(inPolicies: about(text))
        #expect(found.count == 1 && found.first?.contains(words) == true, "\(found)")
    }

    @Test func `with settings known, a region has to be one that is read`() throws {
        let known = try settings(oneAccount)
        #expect(problems(inPolicies: about("{ region: eu-central-1 }"), knowing: known).isEmpty)
        let found = problems(inPolicies: about("{ region: eu-central-2 }"), knowing: known)
        #expect(found.count == 1 && found.first?.contains("did you mean `eu-central-1`?") == true, "\(found)")
    }

    @Test(arguments: [
        ("{ tag: temporary }", "tag: { key: temporary }"),
        ("{ tag: { key: team, value: \"a*\" } }", "tag: { key: team, value: a* }"),
        ("{ not: { tag: { key: keep, absent: true } } }", "not: { tag: { key: keep, absent: true } }"),
        ("{ all: [{ owner: unknown }, { idle: 7d }] }", "all: [{ owner: unknown }, { idle: 7d }]"),
    ])
    func `the clauses read as they are written`(_ text: String, _ described: String) throws {
        #expect(try policies(onePolicy(staleWhen: text)).policies.first?.staleWhen.description == described)
    }

    @Test(arguments: ["{ owner: ada }", "{ owner: }", "{ tag: {} }", "{ tag: [a] }", "{ tag: { key: a, vlue: b } }"])
    func `other words are refused`(_ text: String) {
        #expect(problems(inPolicies: onePolicy(staleWhen: text)).count == 1)
    }

    @Test func `what nobody owns has a fortnight unless the policy says otherwise, and never less than others`() throws
    {
        func grace(_ lines: String) throws -> Duration? {
            try policies(onePolicy(lines)).policies.first?.grace(unowned: true)
        }
        #expect(try grace("") == days(14))
        #expect(try grace("warn: { before: 3d }") == days(14))
        #expect(try grace("warn: { before: 20d }") == days(20))
        #expect(try grace("warn: { before: 3d, unowned: 5d }") == days(5))
        #expect(try grace("warn: none") == .zero)
        let found = problems(inPolicies: onePolicy("warn: { before: 3d, unowned: 2d }"))
        #expect(found.count == 1 && found.first?.contains("less than `before`") == true)
    }
}
