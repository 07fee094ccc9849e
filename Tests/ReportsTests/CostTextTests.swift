import Core
import Foundation
import Testing

@testable import Reports

/// What environments cost, in each text that says so.
@Suite struct CostTextTests {
    private let canvas = Canvas(now: Samples.now, zone: Samples.berlin, accountNames: Samples.names)
    private static let november = CostMonth(containing: Samples.ago(20))
    private static let december = CostMonth(containing: Samples.now)

    private static func cost(
        _ began: Double = 90,
        _ months: (CostMonth, CostBasis, [Money], String?)...
    ) -> EnvironmentCost {
        let component = Samples.id("shop")
        let costs = months.map { month, basis, amounts, missing in
            ComponentCost(
                component: component,
                month: month,
                basis: basis,
                amounts: amounts,
                missing: missing,
                readAt: Samples.ago(0.2)
            )
        }
        let part = EnvironmentCost.Part(
            component: component,
            account: Samples.account,
            began: Samples.ago(began),
            costs: Dictionary(uniqueKeysWithValues: costs.map { ($0.month, $0) })
        )
        let reading = CostReadingRecord(
            tag: "aws:cloudformation:stack-name",
            metric: "UnblendedCost",
            triedAt: Samples.ago(0.2),
            readAt: Samples.ago(0.2)
        )
        return EnvironmentCost(parts: [part], readings: [Samples.account: reading])
    }

    private static func usd(_ text: String) -> [Money] { [Money(Money.amount(text) ?? .nan, "USD")] }

    private static func environment(_ name: String, _ cost: EnvironmentCost?) -> EnvironmentRecord {
        var record = Samples.environment(name)
        record.cost = cost
        return record
    }

    /// Billed; at least; so far; unknown; never read; nothing; another currency.
    private static let all = [
        environment(
            "feat-billed",
            cost(90, (november, .billed, usd("12.345"), nil), (december, .estimated, usd("1.5"), nil))
        ),
        environment("feat-least", cost(90, (november, .estimated, usd("120"), "a stack of it is new"))),
        environment("feat-new", cost(2.1, (december, .estimated, usd("0.004"), nil))),
        environment("feat-denied", cost(90, (november, .unknown, [], "ce GetCostAndUsage: AccessDenied"))),
        environment("feat-unread", nil), environment("feat-idle", cost(90, (november, .billed, [], nil))),
        environment("feat-euro", cost(90, (november, .billed, [Money(7, "EUR")] + usd("3"), nil))),
    ]

    @Test func `list, dearest first: what is unknown comes last, and currencies are not compared`() {
        let sorted = Self.all.shuffled().sorted { EnvironmentRecord.isDearer($0, $1, asOf: Samples.now) }
        #expect(
            sorted.map(\.key.name.text) == [
                "feat-euro", "feat-least", "feat-billed", "feat-new", "feat-idle", "feat-denied", "feat-unread",
            ]
        )
        expectGolden(ListText.text(sorted, on: canvas), "list-cost.txt")
        expectGolden(ListText.csv(sorted, on: canvas), "list-cost.csv")
        // Where nobody reads costs there is no such column.
        #expect(!ListText.text([Samples.environment("feat-x")], on: canvas).contains("cost"))
    }

    @Test func `show, by month and on what it rests`() {
        expectGolden(ShowText.text(Self.all[0], components: [], on: canvas), "cost.txt")
        #expect(ShowText.text(Self.all[3], components: [], on: canvas).contains("unknown: ce GetCostAndUsage"))
    }

    @Test func `JSON has every month with all digits, and the same keys whatever is known`() throws {
        let json = try AnyJSON(JSONText.render(EnvironmentJSON(Self.all[0], now: Samples.now)))
        let months = [json["costs"]?[0], json["costs"]?[1]].compactMap(\.self)
        #expect(months.map { $0["month"] } == [.text("2026-12"), .text("2026-11")])
        #expect(months.map { $0["basis"] } == [.text("estimated"), .text("billed")])
        #expect(months[1]["amounts"]?[0]?["amount"] == .text("12.345"))
        #expect(months[1]["amounts"]?[0]?["currency"] == .text("USD"))
        let unknown = try AnyJSON(JSONText.render(EnvironmentJSON(Self.all[3], now: Samples.now)))
        #expect(unknown["costs"]?[0]?.keys == ["amounts", "at_least", "basis", "missing", "month", "so_far"])
        #expect(unknown["costs"]?[0]?.keys == months[0].keys)
    }

    @Test func `the weekly report adds up what is stale, with what is not known of it`() {
        let report = WeeklyReportTests.report(Self.all)
        let fact = report.facts.map(\.text).first { $0.hasPrefix("What is stale cost") }
        #expect(
            fact
                == "What is stale cost at least 7.00 EUR and 135.35 USD in 2026-11 (estimated, 3 of 6 not or not wholly "
                + "known); at least 1.50 USD so far in 2026-12 (estimated, 5 of 7 not or not wholly known)."
        )
        #expect(report.text().replacing("\n", with: " ").contains("What is stale cost at least"))
        #expect(
            WeeklyReportTests.report([Samples.environment("feat-x")]).facts.allSatisfy { !$0.text.contains("cost") }
        )
    }

    @Test func `a plan says what it knew, and plans of before read as they were`() throws {
        var plan = Samples.fullPlan()
        plan.forecast.environments[0].costs = Self.all[0].cost?.months(asOf: Samples.now)
        let text = PlanText.text([plan], on: canvas)
        #expect(text.contains("cost: 2026-12: 1.50 USD so far (estimated); 2026-11: 12.35 USD (billed)"), "\(text)")
        let json = try AnyJSON(JSONText.render(PlanForecastJSON(plan.forecast.environments[0])))
        #expect(json["costs"]?[1]?["amounts"]?[0]?["amount"] == .text("12.345"))

        let written = try JSONEncoder().encode(plan.forecast)
        #expect(try JSONDecoder().decode(Forecast.self, from: written) == plan.forecast)
        let old =
            #"{"environments":[{"key":{"space":"a","name":"feat-x","incarnation":1},"counts":[],"losses":[],"#
            + #""stays":[],"duration":{"least":0,"most":0,"because":[]},"powers":[],"unread":[]}]}"#
        #expect(try JSONDecoder().decode(Forecast.self, from: Data(old.utf8)).environments[0].costs == nil)
        let digest = plan.document.digest
        plan.forecast.environments[0].costs = nil
        #expect(plan.document.digest == digest)
    }
}
