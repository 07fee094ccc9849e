import Core
import Foundation
import Testing

private let account = AccountID("111111111111")
private let here = Target(account: account, region: Region("eu-west-1"))
private let october = CostMonth(containing: daysAgo(30))
private let november = CostMonth(containing: noon)

private func usd(_ text: String) -> Money { Money(Money.amount(text) ?? .nan, "USD") }
private func stack(_ name: String) -> ComponentID { ComponentID("stack/\(name)") }

private func subject(
    _ name: String,
    began: Date = daysAgo(100),
    elsewhere: Bool = false,
    namesake: Date? = nil,
    lacksNested: Bool = false
) -> CostSubject {
    CostSubject(
        component: stack(name),
        target: here,
        name: name,
        began: began,
        isElsewhere: elsewhere,
        namesakeUntil: namesake,
        lacksNested: lacksNested
    )
}

private func item(_ name: String?, _ amount: String, _ region: String = "eu-west-1") -> CostsOfMonth.Item {
    CostsOfMonth.Item(name: name, region: region, cost: usd(amount))
}

/// What a closed month says of one stack.
private func conclusion(
    _ subject: CostSubject,
    _ items: [CostsOfMonth.Item],
    estimated: Bool = false,
    month: CostMonth = october,
    before: [CostsOfMonth.Item]? = [item("b", "2")]
) -> ComponentCost? {
    let earlier = before.map { CostsOfMonth(month: month.previous, isEstimated: false, items: $0) }
    return CostsOfMonth(month: month, isEstimated: estimated, items: items)
        .conclusions(on: [subject], tag: "stack-name", after: earlier, readAt: noon).first
}

/// Months, amounts, and what billing says of stacks.
@Suite struct CostTests {
    @Test func `months follow each other, over years and in leap years`() throws {
        #expect(november.description == "2026-11" && october.description == "2026-10")
        #expect(november.previous == october && october.next == november && october < november)
        let january = try #require(CostMonth(text: "2028-01-01"))
        #expect(january.previous.description == "2027-12")
        #expect(january.next.description == "2028-02" && january.next.next.description == "2028-03")
        #expect(january.next.end == january.next.next.start)
        #expect(CostMonth(text: "2028-01-02") == nil && CostMonth(text: "2028-13-01") == nil)
        let written = try JSONEncoder().encode([january])
        #expect(String(decoding: written, as: UTF8.self) == #"["2028-01"]"#)
        #expect(try JSONDecoder().decode([CostMonth].self, from: written) == [january])
    }

    @Test func `amounts are exact, and two currencies are never added up`() {
        let sum = [Money].total([usd("0.1"), usd("0.2"), Money(5, "EUR"), usd("-0.0000000001")])
        #expect(sum == [Money(5, "EUR"), usd("0.2999999999")])
        #expect([Money].total([usd("1"), usd("-1")]).isEmpty)
        #expect(
            [usd("12"), usd("0.004"), usd("1234.565"), usd("0")].map(\.text) == [
                "12.00 USD", "under 0.01 USD", "1234.57 USD", "0.00 USD",
            ]
        )
        for text in ["", "1,5", "1.5 USD", "0x10", "--1", "nan", "1e", " 1"] {
            #expect(Money.amount(text) == nil, "\(text)")
        }
        #expect(Money.amount("1.2E-7") == Money.amount("0.00000012"))
        #expect(Money.isCurrency("USD") && !Money.isCurrency("usd") && !Money.isCurrency("N/A"))
    }

    @Test func `a stack costs what carries its name in its region`() throws {
        let items = [
            item("a", "1.5"), item("a", "0.25"), item("a", "9", "us-east-1"), item("ab", "7"), item(nil, "80"),
        ]
        let cost = try #require(conclusion(subject("a"), items))
        #expect(cost.basis == .billed && cost.amounts == [usd("1.75")] && cost.missing == nil)
        #expect(conclusion(subject("a"), items, estimated: true)?.basis == .estimated)
        // What has no region is the one stack's of that name, and nobody's where there are several.
        let global = items + [item("a", "0.5", "global"), item("a", "0.5", "NoRegion")]
        #expect(conclusion(subject("a"), global)?.amounts == [usd("2.75")])
        let several = try #require(conclusion(subject("a", elsewhere: true), global))
        #expect(several.amounts == [usd("1.75")] && several.missing != nil)
        #expect(conclusion(subject("a", elsewhere: true), items)?.missing == nil)
        #expect(conclusion(subject("a", lacksNested: true), items)?.missing?.contains("nested") == true)
    }

    @Test func `D3 no amount is nothing only where the tag is seen to work and the stack is not new`() throws {
        let seen = [item("b", "3")]
        let nothing = try #require(conclusion(subject("a"), seen))
        #expect(nothing.basis == .billed && nothing.amounts.isEmpty && nothing.missing == nil)
        // The tag is not activated: all there is carries no tag, or an empty one.
        for items in [[item(nil, "80")], [item("", "80")], [item("b", "0")], []] {
            let unknown = try #require(conclusion(subject("a"), items))
            #expect(unknown.basis == .unknown && unknown.missing != nil, "\(items)")
        }
        #expect(conclusion(subject("a"), [])?.missing == "AWS has no costs of that month yet")
        // Made within 48 hours before.
        let new = subject("a", began: noon.addingTimeInterval(-47 * 3_600))
        let unknown = try #require(conclusion(new, seen, estimated: true, month: november))
        #expect(unknown.basis == .unknown)
        let some = try #require(conclusion(new, [item("a", "3")], estimated: true, month: november))
        #expect(some.basis == .estimated && some.amounts == [usd("3")] && some.missing != nil)
        let older = subject("a", began: noon.addingTimeInterval(-49 * 3_600))
        #expect(conclusion(older, seen, estimated: true, month: november)?.basis == .estimated)
    }

    @Test func `D3 the first month in which the tag counts is not wholly known, only the least`() throws {
        for before in [nil, [], [item(nil, "80")], [item("", "80")], [item("b", "0")]] {
            let first = try #require(conclusion(subject("a"), [item("a", "3")], before: before))
            #expect(first.basis == .billed && first.amounts == [usd("3")], "\(String(describing: before))")
            #expect(first.missing == "the tag stack-name may not have counted for all of that month")
            let none = try #require(conclusion(subject("a"), [item("b", "3")], before: before))
            #expect(none.basis == .unknown && none.missing == first.missing)
        }
        #expect(conclusion(subject("a"), [item("a", "3")])?.missing == nil)
    }

    @Test func `D3 costs of a name that two stacks had in a month are neither's`() throws {
        let began = october.start.addingTimeInterval(86_400 * 9)
        let items = [item("a", "100")]
        let shared = try #require(
            conclusion(subject("a", began: began, namesake: began.addingTimeInterval(-60)), items)
        )
        #expect(shared.basis == .unknown && shared.amounts.isEmpty)
        #expect(shared.missing == "another stack had its name in that month")
        // It was gone before the month, or this one stood in all of the month.
        let before = october.start.addingTimeInterval(-60)
        #expect(conclusion(subject("a", began: began, namesake: before), items)?.amounts == [usd("100")])
        #expect(conclusion(subject("a", namesake: began), items)?.amounts == [usd("100")])
        // What came after the month has no part in it.
        #expect(conclusion(subject("a", began: daysAgo(2)), items) == nil)
    }

    private func part(_ name: String, began: Date = daysAgo(100), _ costs: ComponentCost...) -> EnvironmentCost.Part {
        EnvironmentCost.Part(
            component: stack(name),
            account: account,
            began: began,
            costs: Dictionary(uniqueKeysWithValues: costs.map { ($0.month, $0) })
        )
    }

    private func cost(
        _ month: CostMonth,
        _ basis: CostBasis,
        _ amounts: [Money] = [],
        missing: String? = nil,
        readAt: Date = noon
    ) -> ComponentCost {
        ComponentCost(
            component: stack("x"),
            month: month,
            basis: basis,
            amounts: amounts,
            missing: missing,
            readAt: readAt
        )
    }

    private func environment(_ parts: EnvironmentCost.Part..., missing: String? = nil) -> EnvironmentCost {
        let reading = CostReadingRecord(
            tag: "t",
            metric: "m",
            triedAt: noon,
            readAt: missing == nil ? noon : nil,
            missing: missing
        )
        return EnvironmentCost(parts: parts, readings: [account: reading])
    }

    @Test func `an environment costs what its stacks do, and at least that where one is unknown`() throws {
        let first = part("a", cost(october, .billed, [usd("1.1")]), cost(november, .estimated, [usd("0.5")]))
        let second = part("b", cost(october, .billed, [usd("2"), Money(3, "EUR")]), cost(november, .estimated))
        let months = environment(first, second).months(asOf: noon)
        #expect(months.map(\.month) == [november, october])
        #expect(months.map(\.basis) == [.estimated, .billed] && !months.contains(where: \.isAtLeast))
        #expect(months[1].amounts == [Money(3, "EUR"), usd("3.1")] && months.map(\.isSoFar) == [true, false])
        #expect(months[0].words == "0.50 USD so far (estimated)")

        let third = part("c", began: daysAgo(40), cost(october, .unknown, missing: "why"))
        let least = environment(first, third).months(asOf: noon)
        #expect(least[1].amounts == [usd("1.1")] && least[1].isAtLeast && least[1].missing == "why")
        #expect(least[1].words == "at least 1.10 USD (billed; the rest unknown: why)")
        #expect(least[0].missing == "not read since it was found")
        #expect(environment(third).months(asOf: noon).map(\.basis) == [.unknown, .unknown])
        // A month in which it was not there is left out.
        let young = environment(part("d", began: daysAgo(3), cost(november, .estimated, [usd("4")])))
        #expect(young.months(asOf: noon).map(\.month) == [november])
        #expect(young.figure(asOf: noon)?.amounts == [usd("4")])
        #expect(environment(first).figure(asOf: noon)?.month == october)
        #expect(environment().figure(asOf: noon) == nil)
    }

    @Test func `D3 what was refused or read too long ago is unknown, what was billed stays`() {
        let refused = environment(part("a"), missing: "AccessDenied").months(asOf: noon)
        #expect(refused.map(\.basis) == [.unknown, .unknown] && refused.allSatisfy { $0.missing == "AccessDenied" })
        let old = noon.addingTimeInterval(-49 * 3_600)
        let months = environment(
            part(
                "a",
                cost(october, .billed, [usd("1")], readAt: old),
                cost(november, .estimated, [usd("2")], readAt: old)
            ),
            missing: "AccessDenied"
        ).months(asOf: noon)
        #expect(months.map(\.basis) == [.unknown, .billed])
        #expect(months[0].missing?.hasSuffix("too long ago: AccessDenied") == true)
    }
}

/// `cost_above` on every kind of knowing.
@Suite struct CostClauseTests {
    private func month(
        _ month: CostMonth,
        _ amounts: [Money],
        _ basis: CostBasis = .billed,
        missing: String? = nil,
        stood: Bool = true
    ) -> MonthlyCost {
        MonthlyCost(
            month: month,
            basis: basis,
            amounts: amounts,
            missing: missing,
            isSoFar: month == november,
            stoodThroughout: stood
        )
    }

    private func trace(_ months: [MonthlyCost], _ limit: CostLimit = CostLimit(50)) -> Trace {
        Condition.costAbove(limit).trace(on: facts { $0.cost = CostFacts(months: months) }, now: noon)
    }

    @Test func `it is true above, also of a part or so far, and not true where a whole month is not`() {
        #expect(trace([month(october, [usd("50.01")])]).truth == .yes)
        #expect(trace([month(october, [usd("51")], missing: "a part")]).truth == .yes)
        #expect(trace([month(november, [usd("51")], .estimated, stood: false)]).truth == .yes)
        #expect(
            trace([month(november, [usd("51")], .estimated), month(october, [], .unknown, missing: "w")]).truth == .yes
        )
        #expect(trace([month(october, [usd("50")])]).truth == .no)
        #expect(trace([month(october, [])]).truth == .no)
        #expect(trace([month(october, [usd("50")])]).saw == "2026-10: 50.00 USD (billed)")
        #expect(Condition.costAbove(CostLimit(50)).description == "cost_above: 50")
        #expect(Condition.costAbove(CostLimit(50, "USD")).description == "cost_above: { amount: 50, currency: USD }")
    }

    @Test func `D3 what is not known, or in another currency, is unknown and never stale, nor is its opposite`() {
        let eur = [Money(90, "EUR")]
        let cases: [([MonthlyCost], CostLimit)] = [
            ([], CostLimit(50)), ([month(october, [], .unknown, missing: "denied")], CostLimit(50)),
            ([month(october, [usd("1")], missing: "a part")], CostLimit(50)),
            ([month(october, eur)], CostLimit(50, "USD")), ([month(october, eur + [usd("1")])], CostLimit(50)),
            ([month(october, eur + [usd("1")])], CostLimit(50, "USD")),
        ]
        for (months, limit) in cases {
            let trace = trace(months, limit)
            #expect(trace.truth == .unknown && !trace.meansKeep, "\(months) \(limit)")
            for condition in [Condition.costAbove(limit), .not(.costAbove(limit))] {
                let verdict = judge(facts { $0.cost = CostFacts(months: months) }, policy(condition), now: noon).verdict
                #expect(verdict == .undecided, "\(condition) \(months)")
            }
        }
        #expect(trace([month(october, eur + [usd("51")])], CostLimit(50, "USD")).truth == .yes)
        let unread = Condition.costAbove(CostLimit(50)).trace(on: facts(), now: noon)
        #expect(unread.truth == .unknown && unread.saw.hasPrefix("costs are not read"))
    }

    @Test func `D3 what was not there for a whole month may still become dear, so it is kept`() {
        let months = [month(november, [usd("3")], .estimated, stood: false)]
        let young = trace(months)
        #expect(young.truth == .unknown && young.meansKeep && young.change == "the cost of a whole month")
        for condition in [Condition.costAbove(CostLimit(50)), .not(.costAbove(CostLimit(50)))] {
            #expect(judge(facts { $0.cost = CostFacts(months: months) }, policy(condition), now: noon).verdict == .keep)
        }
    }
}
