package import Foundation

/// What was concluded of one component in one month; kept as it is.
package struct ComponentCost: Sendable, Hashable {
    package let component: ComponentID
    package let month: CostMonth
    package let basis: CostBasis
    /// One for each currency; none where nothing was charged or nothing is known.
    package let amounts: [Money]
    /// Why it, or a part of it, is unknown.
    package let missing: String?
    package let readAt: Date

    package init(
        component: ComponentID,
        month: CostMonth,
        basis: CostBasis,
        amounts: [Money] = [],
        missing: String? = nil,
        readAt: Date
    ) {
        self.component = component
        self.month = month
        self.basis = basis
        self.amounts = amounts
        self.missing = missing
        self.readAt = readAt
    }
}

/// What an environment, or several of them, cost in one month.
package struct MonthlyCost: Sendable, Hashable, Codable {
    package let month: CostMonth
    package let basis: CostBasis
    /// One for each currency, sorted; none where nothing was charged or nothing is known.
    package let amounts: [Money]
    /// Why a part is unknown: it cost at least the amounts.
    ///
    /// With the basis `unknown` nothing is known.
    package let missing: String?
    /// The month is not over as far as this was read.
    package let isSoFar: Bool
    /// All of it stood from the month's beginning.
    package let stoodThroughout: Bool
    /// The oldest of the readings that it rests on.
    package let readAt: Date?

    package init(
        month: CostMonth,
        basis: CostBasis,
        amounts: [Money] = [],
        missing: String? = nil,
        isSoFar: Bool = false,
        stoodThroughout: Bool = true,
        readAt: Date? = nil
    ) {
        self.month = month
        self.basis = basis
        self.amounts = amounts
        self.missing = missing
        self.isSoFar = isSoFar
        self.stoodThroughout = stoodThroughout
        self.readAt = readAt
    }

    package var isAtLeast: Bool { basis != .unknown && missing != nil }

    /// Together: as uncertain as the least certain of them.
    package static func total(_ costs: [MonthlyCost], of month: CostMonth) -> MonthlyCost {
        let known = costs.filter { $0.basis != .unknown }
        let basis: CostBasis =
            known.isEmpty && !costs.isEmpty
            ? .unknown : known.contains { $0.basis == .estimated } ? .estimated : .billed
        return MonthlyCost(
            month: month,
            basis: basis,
            amounts: .total(known.flatMap(\.amounts)),
            missing: costs.lazy.compactMap(\.missing).first,
            isSoFar: costs.contains(where: \.isSoFar),
            stoodThroughout: costs.allSatisfy(\.stoodThroughout),
            readAt: costs.compactMap(\.readAt).min()
        )
    }
}
