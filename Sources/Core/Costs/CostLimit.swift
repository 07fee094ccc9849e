package import Foundation

/// What `cost_above` asks.
package struct CostLimit: Sendable, Hashable, CustomStringConvertible {
    package let amount: Decimal
    /// Nil: whichever there is, if there is only one.
    package let currency: String?

    package init(_ amount: Decimal, _ currency: String? = nil) {
        self.amount = amount
        self.currency = currency
    }

    /// As a policy writes it.
    package var description: String {
        currency.map { "{ amount: \(amount), currency: \($0) }" } ?? "\(amount)"
    }
}

/// What policies see of an environment's cost.
package struct CostFacts: Sendable, Hashable, Codable {
    /// The last whole month and this one, newest first, without those before it was there.
    package let months: [MonthlyCost]
    /// Why there are none.
    package let unread: String?

    package init(months: [MonthlyCost]) {
        self.months = months
        unread = nil
    }

    private init(unread: String) {
        months = []
        self.unread = unread
    }

    package static let notRead = CostFacts(unread: "costs are not read: cost: { read: on } in the settings")

    /// Nil: nothing was ever read.
    package init(_ cost: EnvironmentCost?, asOf now: Date) {
        guard let cost else {
            self = .notRead
            return
        }
        let oldest = CostMonth(containing: now).previous
        self.init(months: cost.months(asOf: now).filter { $0.month >= oldest })
    }
}

extension Condition {
    /// True where what is known is above it, whatever is not known; not true only where the whole of the last month is
    /// known and is not above.
    ///
    /// What was not there for a whole month may still become dearer: that is unknown, and means keep.
    func costTrace(_ limit: CostLimit, _ facts: EnvironmentFacts) -> Trace {
        let months = facts.cost.months
        let whole = months.first { !$0.isSoFar }
        let truth: Truth =
            if months.contains(where: { limit.isExceeded(by: $0) }) {
                .yes
            } else if let whole, limit.isKept(by: whole) { .no } else { .unknown }
        let isYoung =
            truth == .unknown && !months.isEmpty && whole?.stoodThroughout != true
            && months.allSatisfy { $0.basis != .unknown && $0.missing == nil && limit.covers($0) }
        return Trace(
            description,
            truth,
            saw: facts.cost.unread ?? (months.isEmpty ? "nothing of it is there" : months.sight),
            change: truth != .unknown
                ? "another month's cost" : isYoung ? "the cost of a whole month" : "a reading of its whole cost",
            meansKeep: isYoung
        )
    }
}

extension CostLimit {
    /// Amounts of one month are all in the currency that is asked about.
    fileprivate func covers(_ cost: MonthlyCost) -> Bool {
        currency.map { wanted in cost.amounts.allSatisfy { $0.currency == wanted } } ?? (cost.amounts.count < 2)
    }

    fileprivate func isExceeded(by cost: MonthlyCost) -> Bool {
        guard cost.basis != .unknown, currency != nil || cost.amounts.count == 1 else { return false }
        return cost.amounts.contains { $0.amount > amount && (currency == nil || $0.currency == currency) }
    }

    fileprivate func isKept(by cost: MonthlyCost) -> Bool {
        cost.basis != .unknown && cost.missing == nil && cost.stoodThroughout && covers(cost)
            && cost.amounts.allSatisfy { $0.amount <= amount }
    }
}

extension [MonthlyCost] {
    /// Moments and amounts, never ages.
    fileprivate var sight: String {
        map { "\($0.month): \($0.words)" }.joined(separator: "; ")
    }
}

extension MonthlyCost {
    /// `12.34 USD (billed)`; `at least 3.20 USD so far (estimated; the rest unknown: …)`; `unknown: …`.
    package var words: String {
        guard basis != .unknown else { return "unknown: \(missing ?? "not read")" }
        let sum = amounts.isEmpty ? "nothing" : amounts.map(\.text).joined(separator: " and ")
        let rest = missing.map { "; the rest unknown: \($0)" } ?? ""
        return "\(isAtLeast ? "at least " : "")\(sum)\(isSoFar ? " so far" : "") (\(basis.rawValue)\(rest))"
    }
}
