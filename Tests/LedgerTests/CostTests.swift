import Core
import Foundation
import Postgres
import Testing

@testable import Ledger

/// Costs of components by month, and of the environments that they make up.
@Suite struct CostTests {
    private let month = CostMonth(containing: day(1))
    private let nested = ObservedResource(
        logicalID: "Mid",
        physicalID: stackID("a-mid").text,
        type: "AWS::CloudFormation::Stack",
        status: "CREATE_COMPLETE"
    )

    private func outcome(
        _ costs: Result<[ComponentCost], ProviderFailure>,
        tag: String = "stack-name",
        at: Date = day(2)
    ) -> CostReadingOutcome {
        CostReadingOutcome(account: target.account, tag: tag, metric: .unblended, at: at, costs: costs)
    }

    private func cost(
        _ name: String,
        _ basis: CostBasis,
        _ amounts: [Money] = [],
        missing: String? = nil,
        month: CostMonth? = nil
    ) -> ComponentCost {
        ComponentCost(
            component: stackID(name),
            month: month ?? self.month,
            basis: basis,
            amounts: amounts,
            missing: missing,
            readAt: day(2)
        )
    }

    private let denied = ProviderFailure(.denied, "ce GetCostAndUsage: AccessDenied", advice: "allow it")

    @Test func `what is asked about are the stacks of environments and those nested in them`() async throws {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            let unlisted = ObservedResource(
                logicalID: "Other",
                physicalID: stackID("b-deep").text,
                type: "AWS::CloudFormation::Stack",
                status: "CREATE_COMPLETE"
            )
            // An earlier stack of b's name, and one of a's name in another region of the account.
            let earlier = RecordedComponent(
                observed: ObservedComponent(
                    id: ComponentID(stackID("b").text + "0"),
                    target: target,
                    name: "b",
                    status: ComponentStatus("CREATE_COMPLETE"),
                    created: day(0),
                    tags: [:]
                ),
                kind: .feature,
                named: [EnvironmentName("feat-b")],
                naming: "by its name",
                changed: day(0),
                tool: "CloudFormation",
                content: Digest(of: "earlier")
            )
            let far = Target(account: target.account, region: Region("us-east-1"))
            try await ledger.scan([earlier], at: day(1))
            try await ledger.scan(
                [
                    component("a"), component("a-mid", kind: .nested), component("b", named: ["feat-b"]),
                    component("lone", kind: .unmatched, named: []),
                ],
                gone: [earlier.observed.id],
                resources: [stackID("a"): [nested], stackID("b"): [unlisted]],
                at: day(2)
            )
            let scan = try await ledger.beginScan(of: [far], whole: true, at: day(3))
            try await ledger.record(
                complete([component("a", in: far, kind: .unmatched, named: [])], of: far, at: day(3)),
                in: scan
            )
            let subjects = try await ledger.costSubjects(since: day(0))
            #expect(subjects.map(\.name) == ["a-mid", "a", "b"])
            #expect(subjects.map(\.isElsewhere) == [false, true, false])
            #expect(subjects.map(\.lacksNested) == [false, false, true])
            #expect(subjects.map(\.namesakeUntil) == [nil, nil, day(2)])
            #expect(subjects.allSatisfy { $0.target == target && $0.began == day(0) })
            #expect(try await ledger.costSubjects(since: day(2)).allSatisfy { $0.namesakeUntil == nil })

            // One that went in the months asked about had its part of what has no region.
            let gone = try await ledger.beginScan(of: [far], whole: true, at: day(4))
            try await ledger.record(complete([], gone: [stackID("a", in: far)], of: far, at: day(4)), in: gone)
            #expect(try await ledger.costSubjects(since: day(3)).map(\.isElsewhere) == [false, true, false])
            #expect(try await ledger.costSubjects(since: day(4)).map(\.isElsewhere) == [false, false, false])
        }
    }

    @Test func `what was read comes back exactly, beside its environment, and only where something was read`()
        async throws
    {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            try await ledger.scan(
                [component("a"), component("a-mid", kind: .nested)],
                resources: [stackID("a"): [nested]],
                at: day(1)
            )
            #expect(try await ledger.environments().map(\.cost) == [nil])
            let small = try #require(Money.amount("0.12345678901234567"))
            try await ledger.record(
                outcome(
                    .success([
                        cost("a", .billed, [Money(3, "EUR"), Money(small, "USD")]),
                        cost("a-mid", .unknown, missing: "why"),
                    ])
                )
            )
            let found = try #require(try await ledger.environments().first?.cost)
            #expect(found.parts.map(\.component) == [stackID("a-mid"), stackID("a")])
            #expect(
                found.parts[1].costs
                    == [month: cost("a", .billed, [Money(3, "EUR"), Money(small, "USD")])]
            )
            #expect(found.parts[0].costs[month]?.missing == "why")
            #expect(found.readings[target.account]?.readAt == day(2))

            // Read again: written over, also where it cost less currencies than before.
            try await ledger.record(outcome(.success([cost("a", .estimated)]), at: day(3)))
            let again = try #require(try await ledger.environments().first?.cost)
            #expect(again.parts[1].costs == [month: cost("a", .estimated)] && again.parts[0].costs.count == 1)
            #expect(try await fixture.number("SELECT count(*)::int FROM component_cost_amounts") == 0)
        }
    }

    @Test func `D3 a failure says why and keeps what was known; another tag forgets it`() async throws {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            try await ledger.scan([component("a")], at: day(1))
            try await ledger.record(outcome(.failure(denied)))
            let refused = try #require(try await ledger.environments().first?.cost)
            #expect(refused.parts.map(\.costs) == [[:]])
            #expect(refused.readings[target.account]?.missing == denied.summary)
            #expect(refused.readings[target.account]?.readAt == nil)

            try await ledger.record(outcome(.success([cost("a", .billed, [Money(1, "USD")])]), at: day(3)))
            #expect(try await ledger.costReadings()[target.account]?.missing == nil)
            try await ledger.record(outcome(.failure(denied), at: day(4)))
            let reading = try #require(try await ledger.costReadings()[target.account])
            #expect(reading.readAt == day(3) && reading.triedAt == day(4) && reading.advice == "allow it")
            #expect(try await ledger.environments().first?.cost?.parts.first?.costs.count == 1)
            try await ledger.record(outcome(.failure(denied), tag: "team", at: day(5)))
            #expect(try await ledger.environments().first?.cost?.parts.first?.costs == [:])
        }
    }

    @Test func `months of more than a year ago are forgotten`() async throws {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            try await ledger.scan([component("a")], at: day(1))
            var months = [CostMonth(containing: day(1))]
            for _ in 0..<15 { months.append(months[months.count - 1].previous) }
            try await ledger.record(outcome(.success(months.map { cost("a", .billed, [Money(1, "USD")], month: $0) })))
            #expect(try await fixture.number("SELECT count(*)::int FROM component_costs") == 14)
        }
    }

    @Test func `the database refuses what nobody could have read`() async throws {
        try await LedgerFixture.with { fixture in
            try await fixture.ledger.scan([component("a")], at: day(1))
            let id = try await fixture.number("SELECT component_id::int FROM components")
            func add(_ month: String, _ basis: String, _ missing: String) -> SQL {
                SQL(
                    raw: "INSERT INTO component_costs (component_id, month, basis, missing, read_at) "
                        + "VALUES (\(id), '\(month)', '\(basis)', \(missing), now())"
                )
            }
            #expect(try await fixture.refusal(add("2026-10-02", "billed", "NULL")) != nil)
            #expect(try await fixture.refusal(add("2026-10-01", "guessed", "NULL")) != nil)
            #expect(try await fixture.refusal(add("2026-10-01", "unknown", "NULL")) != nil)
            #expect(try await fixture.refusal(add("2026-10-01", "unknown", "'why'")) == nil)
            for (currency, amount) in [("usd", "1"), ("USD", "'NaN'")] {
                let sql = SQL(
                    raw: "INSERT INTO component_cost_amounts VALUES (\(id), '2026-10-01', '\(currency)', \(amount))"
                )
                #expect(try await fixture.refusal(sql) != nil)
            }
            // A scan may write them, whoever only reads may not.
            let scanner = try await fixture.login("scan", "curfew_scanner")
            try await fixture.ledger(as: scanner).record(
                outcome(.success([cost("a", .billed, [Money(1, "USD")])]))
            )
            let reader = try await fixture.login("read", "curfew_reader")
            #expect(try await fixture.refusal("DELETE FROM component_costs", as: reader) != nil)
        }
    }
}
