import Core
import Foundation
import Testing

@testable import Settings

@Suite struct CostEntryTests {
    @Test func `costs are read only where the file says so, by the tag and metric that it names`() throws {
        #expect(try settings(oneAccount).cost == CostRules())
        #expect(try settings(oneAccount + "cost: { metric: AmortizedCost }").cost.isRead == false)
        #expect(try settings(oneAccount + "cost: { read: on }").cost == CostRules(isRead: true))
        let said = try settings(oneAccount + "cost: { read: on, tag: stack, metric: NetAmortizedCost }")
        #expect(said.cost == CostRules(isRead: true, tag: "stack", metric: .netAmortized))
    }

    @Test(arguments: [
        ("cost: { read: yes }", "expected one of on, off"),
        ("cost: { tag: \"\" }", "expected a cost allocation tag"),
        ("cost: { tag: \"a$b\" }", "without `$`"),
        ("cost: { metric: ListPrice }", "expected one of UnblendedCost"),
        ("cost: { reads: on }", "unknown key `reads`"),
        ("cost: on", "expected a mapping"),
    ])
    func `mistakes are told`(text: String, expected: String) {
        let found = problems(inSettings: oneAccount + text)
        #expect(found.count == 1 && found[0].contains(expected), "\(found)")
    }

    @Test func `the clause takes an amount, with a currency or without`() throws {
        for (text, limit) in [
            ("50", CostLimit(50)), ("12.5", CostLimit(Decimal(25) / 2)),
            ("{ amount: 50, currency: EUR }", CostLimit(50, "EUR")), ("{ amount: 0 }", CostLimit(0)),
        ] {
            let read = try policies(onePolicy(staleWhen: "{ cost_above: \(text) }"))
            #expect(read.policies.map(\.staleWhen) == [.costAbove(limit)], "\(text)")
        }
    }

    @Test(arguments: [
        "-1", "50 USD", "\"1,5\"", "{ currency: USD }", "{ amount: 5, currency: usd }", "[50]", "~", "1e3",
    ])
    func `an amount that is none is told`(text: String) {
        #expect(problems(inPolicies: onePolicy(staleWhen: "{ cost_above: \(text) }")).count == 1)
    }

    @Test(arguments: [
        ("cost: 51", "stale"), ("cost: 50", "keep"), ("cost: { amount: 51, currency: EUR }", "undecided"),
        ("cost: unknown", "undecided"), ("changed: 1d ago", "undecided"), ("cost: 0", "keep"),
    ])
    func `a case of a policy's tests says what the last month cost`(fact: String, verdict: String) throws {
        let text =
            "at: 2026-03-20T09:00:00Z\ncases:\n"
            + "  - { name: x, environment: { name: feat-a, created: 90d ago, \(fact) }, expect: { verdict: \(verdict) } }"
        let file = try PolicyTestFile.parse(Data(text.utf8), file: "policy.tests.yaml", table: .empty)
        let set = try policies(onePolicy(staleWhen: "{ cost_above: { amount: 50, currency: USD } }"))
        let results = file.cases.map { $0.run(set) }
        #expect(results.count == 1 && results.allSatisfy(\.holds), "\(results.flatMap(\.differences))")
    }
}
