/// Whether scans read what environments cost, and by what.
package struct CostRules: Sendable, Hashable {
    package var isRead: Bool
    /// The cost allocation tag whose values are names of stacks.
    package var tag: String
    package var metric: CostMetric

    package init(
        isRead: Bool = false,
        tag: String = "aws:cloudformation:stack-name",
        metric: CostMetric = .unblended
    ) {
        self.isRead = isRead
        self.tag = tag
        self.metric = metric
    }
}

/// Which of its costs AWS is asked for; the raw value is AWS's own name.
package enum CostMetric: String, Sendable, CaseIterable {
    case unblended = "UnblendedCost"
    case netUnblended = "NetUnblendedCost"
    case amortized = "AmortizedCost"
    case netAmortized = "NetAmortizedCost"
    case blended = "BlendedCost"
}

/// On what an amount rests.
package enum CostBasis: String, Sendable, Codable, CaseIterable {
    /// AWS calls the month closed.
    case billed
    /// It does not yet.
    case estimated
    /// Nothing is known; the reason is said.
    case unknown
}
