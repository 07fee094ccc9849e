package import Foundation

/// What is known of an environment's cost, component by component.
package struct EnvironmentCost: Sendable, Hashable {
    /// Its components that are present, and the stacks nested in them.
    package var parts: [Part]
    /// How costs were read in the accounts of those.
    package var readings: [AccountID: CostReadingRecord]

    package init(parts: [Part], readings: [AccountID: CostReadingRecord]) {
        self.parts = parts
        self.readings = readings
    }

    package struct Part: Sendable, Hashable {
        package let component: ComponentID
        package let account: AccountID
        /// Created, or first seen where that is not known.
        package let began: Date
        package var costs: [CostMonth: ComponentCost]

        package init(
            component: ComponentID,
            account: AccountID,
            began: Date,
            costs: [CostMonth: ComponentCost] = [:]
        ) {
            self.component = component
            self.account = account
            self.began = began
            self.costs = costs
        }
    }

    /// How long a reading of a month that is not closed says anything.
    package static let holds: Duration = .seconds(48 * 3_600)

    /// By month, newest first: this month, the last, and older ones of which something is known.
    ///
    /// Months before its oldest part was there are left out.
    package func months(asOf now: Date) -> [MonthlyCost] {
        let current = CostMonth(containing: now)
        let known = parts.flatMap(\.costs.keys)
        return Set(known + [current, current.previous]).filter { $0 <= current }.sorted(by: >)
            .compactMap { cost(of: $0, asOf: now) }
    }

    /// The figure for lists: of the last whole month in which it was there, else of this month so far.
    ///
    /// Nil where it has no components.
    package func figure(asOf now: Date) -> MonthlyCost? {
        let current = CostMonth(containing: now)
        return cost(of: current.previous, asOf: now) ?? cost(of: current, asOf: now)
    }

    /// Nil where no part of it was there yet.
    private func cost(of month: CostMonth, asOf now: Date) -> MonthlyCost? {
        let there = parts.filter { $0.began < month.end }
        guard !there.isEmpty else { return nil }
        let costs = there.map { part in
            cost(of: part, in: month, asOf: now)
        }
        return MonthlyCost.total(costs, of: month)
    }

    private func cost(of part: Part, in month: CostMonth, asOf now: Date) -> MonthlyCost {
        let isSoFar = month == CostMonth(containing: now)
        let stood = part.began <= month.start
        func unknown(_ reason: String) -> MonthlyCost {
            MonthlyCost(month: month, basis: .unknown, missing: reason, isSoFar: isSoFar, stoodThroughout: stood)
        }
        guard let cost = part.costs[month] else {
            guard let reading = readings[part.account] else { return unknown("its account's costs were never read") }
            return unknown(reading.missing ?? "not read since it was found")
        }
        var missing = cost.missing
        // A bill that is closed does not change; everything else does, every day.
        if cost.basis == .estimated, cost.readAt.later(by: Self.holds) < now {
            let why = readings[part.account]?.missing.map { ": \($0)" } ?? ""
            return unknown("last read \(cost.readAt.minuteText), which is too long ago\(why)")
        }
        if cost.basis == .unknown { missing = missing ?? "not known" }
        return MonthlyCost(
            month: month,
            basis: cost.basis,
            amounts: cost.amounts,
            missing: missing,
            isSoFar: isSoFar,
            stoodThroughout: stood,
            readAt: cost.readAt
        )
    }
}

/// How the costs of one account were last read.
package struct CostReadingRecord: Sendable, Hashable {
    package let tag: String
    package let metric: String
    package let triedAt: Date
    package let readAt: Date?
    /// Why the last try gave nothing.
    package let missing: String?
    package let advice: String?

    package init(
        tag: String,
        metric: String,
        triedAt: Date,
        readAt: Date?,
        missing: String? = nil,
        advice: String? = nil
    ) {
        self.tag = tag
        self.metric = metric
        self.triedAt = triedAt
        self.readAt = readAt
        self.missing = missing
        self.advice = advice
    }
}
