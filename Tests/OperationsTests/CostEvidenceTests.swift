import Core
import Foundation
import Testing

@testable import Ledger
@testable import Operations

/// Costs as a test says; keeps a log of every question.
private actor CostWorld: CostReading {
    private var months: [AccountID: [CostsOfMonth]] = [:]
    private var failures: [AccountID: ProviderFailure] = [:]
    private(set) var questions: [CostQuestion] = []

    func charge(_ account: AccountID, _ all: [CostsOfMonth]) { months[account] = all }
    func fail(_ account: AccountID, _ failure: ProviderFailure?) { failures[account] = failure }

    func costs(_ question: CostQuestion, by target: Target) async throws(ProviderFailure) -> [CostsOfMonth] {
        questions.append(question)
        if let failure = failures[question.account] { throw failure }
        return months[question.account] ?? []
    }
}

/// When costs are read, what is made of them, and what a policy makes of that.
@Suite struct CostEvidenceTests {
    private static let dear = Scenario.strict.replacing("{ age: 1d }", with: "{ cost_above: 50 }")
    private static let denied = ProviderFailure(
        .denied,
        "ce GetCostAndUsage: AccessDeniedException",
        advice: "give the role the right",
        code: "AccessDeniedException"
    )

    private func evidence(
        _ scenario: Scenario,
        _ costs: CostWorld,
        rules: CostRules = CostRules(isRead: true)
    ) -> CostEvidence {
        CostEvidence(provider: costs, store: scenario.ledger, rules: rules, targets: scenario.wiring.rules.targets)
    }

    private func read(
        _ scenario: Scenario,
        _ costs: CostWorld,
        rules: CostRules = CostRules(isRead: true),
        full: Bool = false,
        until: Date? = nil
    ) async throws -> [EvidenceNote] {
        try await evidence(scenario, costs, rules: rules).read(full: full, until: until, clock: { scenario.clock.now })
    }

    /// `late`: the tag was activated in the last month.
    private func months(_ scenario: Scenario, _ amounts: [String: Decimal], late: Bool = false) -> [CostsOfMonth] {
        let current = CostMonth(containing: scenario.clock.now)
        let items = amounts.sorted { $0.key < $1.key }.map {
            CostsOfMonth.Item(name: $0.key, region: "eu-west-1", cost: Money($0.value, "USD"))
        }
        return [
            CostsOfMonth(month: current.previous.previous, isEstimated: false, items: late ? [] : items),
            CostsOfMonth(month: current.previous, isEstimated: false, items: items),
            CostsOfMonth(month: current, isEstimated: true, items: items),
        ]
    }

    @Test func `once a day each account with environments is asked, and nobody where the settings do not say so`()
        async throws
    {
        try await Scenario.run(targets: [Scenario.home, Scenario.away]) { scenario in
            let costs = CostWorld()
            await scenario.world.add("shop-feat-a", in: Scenario.home, created: Scenario.longAgo)
            await scenario.world.add("something", in: Scenario.away, created: Scenario.longAgo)
            try await scenario.scan()
            #expect(try await read(scenario, costs, rules: CostRules()).isEmpty)
            #expect(await costs.questions.isEmpty)

            await costs.charge(Scenario.shop, months(scenario, ["shop-feat-a": 1]))
            #expect(try await read(scenario, costs).isEmpty)
            let current = CostMonth(containing: scenario.clock.now)
            let question = CostQuestion(
                account: Scenario.shop,
                tag: "aws:cloudformation:stack-name",
                metric: .unblended,
                from: current.previous.previous,
                to: current
            )
            #expect(await costs.questions == [question])
            #expect(try await read(scenario, costs, full: true).isEmpty)
            #expect(await costs.questions.count == 1)
            // The clock stands at 08:53 UTC: 15 hours are today, 16 are tomorrow.
            scenario.clock.pass(.seconds(15 * 3_600))
            _ = try await read(scenario, costs)
            #expect(await costs.questions.count == 1)
            scenario.clock.pass(.seconds(3_600))
            _ = try await read(scenario, costs)
            #expect(await costs.questions.count == 2)
            _ = try await read(scenario, costs, rules: CostRules(isRead: true, metric: .amortized))
            #expect(await costs.questions.map(\.metric) == [.unblended, .unblended, .amortized])
            // No time is left: the next scan asks.
            scenario.clock.pass(.seconds(86_400))
            _ = try await read(scenario, costs, until: scenario.clock.now.addingTimeInterval(-1))
            #expect(await costs.questions.count == 3)
            _ = try await read(scenario, costs)
            #expect(await costs.questions.count == 4)
        }
    }

    @Test func `what is dear is stale, what is not is kept, and plans say what it cost outside their digest`()
        async throws
    {
        try await Scenario.run { scenario in
            let costs = CostWorld()
            try await scenario.ready(Self.dear)
            await scenario.world.add("shop-feat-a", in: Scenario.home, created: Scenario.longAgo)
            await scenario.world.add("shop-feat-b", in: Scenario.home, created: Scenario.longAgo)
            await costs.charge(Scenario.shop, months(scenario, ["shop-feat-a": 51, "shop-feat-b": 49]))
            try await scenario.scan()
            _ = try await read(scenario, costs)
            try await scenario.evaluate()
            #expect(try await scenario.verdict("feat-a") == "stale")
            #expect(try await scenario.verdict("feat-b") == "keep")
            let reason = try await scenario.environment("feat-a")?.verdict?.reason
            #expect(reason?.contains("51.00 USD (billed)") == true, "\(reason ?? "")")

            let first = try #require(try await scenario.plan("feat-a").first)
            let planned = first.forecast.environments.first?.costs
            #expect(planned?.map(\.basis) == [.estimated, .billed] && planned?.last?.amounts == [Money(51, "USD")])
            // Another cost is the same plan.
            scenario.clock.pass(.seconds(86_400))
            await costs.charge(Scenario.shop, months(scenario, ["shop-feat-a": 80, "shop-feat-b": 49]))
            try await scenario.scan()
            _ = try await read(scenario, costs)
            try await scenario.evaluate()
            let again = try #require(try await scenario.plan("feat-a").first)
            #expect(again.digest == first.digest)
        }
    }

    @Test func `D3 costs that are refused are told and unknown, nothing is stale, and the next day asks again`()
        async throws
    {
        try await Scenario.run { scenario in
            let costs = CostWorld()
            try await scenario.ready(Self.dear)
            await scenario.world.add("shop-feat-a", in: Scenario.home, created: Scenario.longAgo)
            await costs.fail(Scenario.shop, Self.denied)
            try await scenario.scan()
            let notes = try await read(scenario, costs)
            #expect(notes.map(\.summary) == ["what the environments in 111111111111 cost is unknown"])
            #expect(notes[0].why == Self.denied.summary && notes[0].advice.contains("ce:GetCostAndUsage"))
            try await scenario.evaluate()
            #expect(try await scenario.verdict("feat-a") == "undecided")
            // Not again today, but when everything is to be read anew.
            #expect(try await read(scenario, costs).isEmpty)
            #expect(try await read(scenario, costs, full: true).count == 1)
            #expect(await costs.questions.count == 2)

            await costs.fail(Scenario.shop, nil)
            // An answer without the months is none.
            #expect(try await read(scenario, costs, full: true).first?.why.contains("not in the answer") == true)
            await costs.charge(Scenario.shop, months(scenario, ["shop-feat-a": 51]))
            scenario.clock.pass(.seconds(86_400))
            #expect(try await read(scenario, costs).isEmpty)
            try await scenario.scan()
            try await scenario.evaluate()
            #expect(try await scenario.verdict("feat-a") == "stale")
        }
    }

    @Test func `D3 a tag that nobody activated, and a reading of days ago, make nothing stale`() async throws {
        try await Scenario.run { scenario in
            let costs = CostWorld()
            try await scenario.ready(Scenario.strict.replacing("{ age: 1d }", with: "{ not: { cost_above: 50 } }"))
            await scenario.world.add("shop-feat-a", in: Scenario.home, created: Scenario.longAgo)
            let current = CostMonth(containing: scenario.clock.now)
            let untagged = CostsOfMonth.Item(name: nil, region: "eu-west-1", cost: Money(80, "USD"))
            await costs.charge(
                Scenario.shop,
                [CostsOfMonth(month: current.previous, isEstimated: false, items: [untagged])]
            )
            try await scenario.scan()
            _ = try await read(scenario, costs)
            try await scenario.evaluate()
            #expect(try await scenario.verdict("feat-a") == "undecided")

            // It counts since the end of the last month: three days look cheap.
            scenario.clock.pass(.seconds(86_400))
            await costs.charge(Scenario.shop, months(scenario, ["shop-feat-a": 3], late: true))
            _ = try await read(scenario, costs)
            try await scenario.scan()
            try await scenario.evaluate()
            #expect(try await scenario.verdict("feat-a") == "undecided")

            scenario.clock.pass(.seconds(86_400))
            await costs.charge(Scenario.shop, months(scenario, ["shop-feat-a": 49]))
            _ = try await read(scenario, costs)
            try await scenario.scan()
            try await scenario.evaluate()
            #expect(try await scenario.verdict("feat-a") == "stale")
        }
    }
}
