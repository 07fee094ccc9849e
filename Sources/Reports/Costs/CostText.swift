package import Core
package import Foundation

extension MonthlyCost {
    /// For a column: `12.34 USD`, `≥ 3.20 USD so far`, `9.00 USD est.`, `unknown`.
    func cell(on canvas: Canvas) -> Span {
        guard basis != .unknown else { return Span("unknown", .dim) }
        let sum = amounts.isEmpty ? "nothing" : amounts.map(\.text).joined(separator: " + ")
        let least = isAtLeast ? (canvas.unicode ? "≥ " : ">= ") : ""
        return Span("\(least)\(sum)\(isSoFar ? " so far" : basis == .estimated ? " est." : "")")
    }
}

extension MonthlyCost {
    /// In the order of the currencies beside them; empty where nothing is known, 0 where nothing was charged.
    var csvAmounts: String {
        guard basis != .unknown else { return "" }
        return amounts.isEmpty ? "0" : amounts.map { "\($0.amount)" }.joined(separator: " ")
    }
}

/// What environments cost, as people read it.
enum CostText {
    /// A column where the costs of one of them were ever read.
    static func isShown(_ environments: [EnvironmentRecord]) -> Bool { environments.contains { $0.cost != nil } }

    /// What the column is of.
    static func note(_ environments: [EnvironmentRecord], on canvas: Canvas) -> String? {
        guard isShown(environments) else { return nil }
        let current = CostMonth(containing: canvas.now)
        return "cost: of \(current.previous) where it stood then, else of \(current) so far; est.: not billed yet"
    }

    /// By month, newest first.
    static func add(_ cost: EnvironmentCost?, _ page: inout Page) {
        for month in cost?.months(asOf: page.canvas.now) ?? [] {
            let read = month.readAt.map { "; read \(page.canvas.time($0))" } ?? ""
            page.field("cost", "\(month.month): \(month.words)\(read)")
        }
    }

    /// Of all that is stale, month by month; nothing where costs are not read.
    static func stale(_ environments: [EnvironmentRecord], on canvas: Canvas) -> String? {
        let stale = environments.filter(\.isStale)
        guard isShown(environments), !stale.isEmpty else { return nil }
        let current = CostMonth(containing: canvas.now)
        let totals = [current.previous, current].compactMap { month -> String? in
            // Where nothing is known at all, that is said and not left out.
            let costs = stale.compactMap { record -> MonthlyCost? in
                guard let cost = record.cost else {
                    return MonthlyCost(month: month, basis: .unknown, missing: "its account's costs were never read")
                }
                return cost.months(asOf: canvas.now).first { $0.month == month }
            }
            guard !costs.isEmpty else { return nil }
            let total = MonthlyCost.total(costs, of: month)
            let unknown = costs.count { $0.missing != nil }
            let rest = unknown == 0 ? "" : ", \(unknown) of \(costs.count) not or not wholly known"
            guard total.basis != .unknown else { return "unknown in \(month)" }
            let sum = total.amounts.isEmpty ? "nothing" : total.amounts.map(\.text).joined(separator: " and ")
            return
                "\(total.isAtLeast ? "at least " : "")\(sum)\(month == current ? " so far" : "") in \(month) "
                + "(\(total.basis.rawValue)\(rest))"
        }
        return totals.isEmpty ? nil : "What is stale cost \(totals.joined(separator: "; "))."
    }
}

extension EnvironmentRecord {
    /// For `--sort cost`, dearest first: what is unknown comes last, and currencies are not compared.
    package static func isDearer(_ left: EnvironmentRecord, _ right: EnvironmentRecord, asOf now: Date) -> Bool {
        let (one, other) = (left.price(asOf: now), right.price(asOf: now))
        switch (one, other) {
        case (nil, nil): return left.key < right.key
        case (nil, _): return false
        case (_, nil): return true
        case (let one?, let other?):
            if one.currency != other.currency { return one.currency < other.currency }
            return one.amount == other.amount ? left.key < right.key : one.amount > other.amount
        }
    }

    /// Nil where it is unknown; nothing is in the currency that sorts last.
    private func price(asOf now: Date) -> (currency: String, amount: Decimal)? {
        guard let figure = cost?.figure(asOf: now), figure.basis != .unknown else { return nil }
        return figure.amounts.first.map { ($0.currency, $0.amount) } ?? ("~", 0)
    }
}
