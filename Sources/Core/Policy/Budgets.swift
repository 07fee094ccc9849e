/// How much may be torn down, in every dimension at once (P7).
///
/// All but `perRun` count per day.
package struct Budgets: Sendable, Hashable {
    package var perRun: Int
    package var perDay: Int
    package var perAccount: Int
    package var perOwner: Int
    package var share: Share

    package init(
        perRun: Int = 20,
        perDay: Int = 30,
        perAccount: Int = 10,
        perOwner: Int = 5,
        share: Share = Share(hundredths: 1_000)
    ) {
        self.perRun = perRun
        self.perDay = perDay
        self.perAccount = perAccount
        self.perOwner = perOwner
        self.share = share
    }

    /// A part of an account's environments that are not permanent, per day.
    package struct Share: Sendable, Hashable, CustomStringConvertible {
        /// Hundredths of a per cent: 1,000 is 10 %.
        package let hundredths: Int
        package init(hundredths: Int) { self.hundredths = hundredths }

        /// Rounded up, at least one.
        package func limit(of population: Int) -> Int { max(1, (hundredths * max(0, population) + 9_999) / 10_000) }

        package var description: String {
            hundredths % 100 == 0 ? "\(hundredths / 100)%" : "\(Double(hundredths) / 100)%"
        }
    }
}

/// The dimensions, with the names that the policy file gives them.
package enum BudgetName: String, Sendable, Codable, CaseIterable, CustomStringConvertible {
    case perRun = "per_run"
    case perDay = "per_day"
    case perAccount = "per_account"
    case perOwner = "per_owner"
    case share

    package var description: String { rawValue }
}
