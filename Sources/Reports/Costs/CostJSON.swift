package import Core

/// What an environment cost in one month.
package struct CostJSON: Encodable, Sendable {
    /// `2026-10`, in UTC.
    package var month: String
    /// `billed`, `estimated`, `unknown`.
    package var basis: String
    /// A part is unknown: it cost this much or more.
    package var atLeast: Bool
    /// The month was not over when this was read.
    package var soFar: Bool
    /// One for each currency; empty where it cost nothing, or nothing is known.
    package var amounts: [Amount]
    /// Why it, or a part of it, is unknown.
    @OrNull package var missing: String?

    package struct Amount: Encodable, Sendable {
        /// A decimal number as text, so that nothing is rounded.
        package var amount: String
        package var currency: String
    }

    package init(_ cost: MonthlyCost) {
        month = cost.month.description
        basis = cost.basis.rawValue
        atLeast = cost.isAtLeast
        soFar = cost.isSoFar
        amounts = cost.amounts.map { Amount(amount: "\($0.amount)", currency: $0.currency) }
        missing = cost.missing
    }
}
