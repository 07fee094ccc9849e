/// What AWS is asked about the costs of one account.
package struct CostQuestion: Sendable, Hashable {
    package let account: AccountID
    package let tag: String
    package let metric: CostMetric
    /// Whole months, the last one included.
    package let from: CostMonth
    package let to: CostMonth

    package init(account: AccountID, tag: String, metric: CostMetric, from: CostMonth, to: CostMonth) {
        self.account = account
        self.tag = tag
        self.metric = metric
        self.from = from
        self.to = to
    }
}

/// One month of an account.
package struct CostsOfMonth: Sendable, Hashable {
    package let month: CostMonth
    /// AWS does not call it closed.
    package let isEstimated: Bool
    package let items: [Item]

    package init(month: CostMonth, isEstimated: Bool, items: [Item]) {
        self.month = month
        self.isEstimated = isEstimated
        self.items = items
    }

    package struct Item: Sendable, Hashable {
        /// The tag's value; nil for what carries no such tag.
        package let name: String?
        /// As AWS says: a region's code, `global`, `NoRegion`, or nothing.
        package let region: String
        package let cost: Money

        package init(name: String?, region: String, cost: Money) {
            self.name = name
            self.region = region
            self.cost = cost
        }
    }
}

/// Reads what an account costs; each page of each question costs money.
package protocol CostReading: Sendable {
    /// All months that were asked for, all pages of them, or an error.
    ///
    /// `target`: any of the account's; costs are one service for the whole partition.
    func costs(_ question: CostQuestion, by target: Target) async throws(ProviderFailure) -> [CostsOfMonth]
}
