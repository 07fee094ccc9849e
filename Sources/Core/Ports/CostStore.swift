package import Foundation

/// One stack whose cost is wanted: a component of an open environment, or one nested in it.
package struct CostSubject: Sendable, Hashable {
    package let component: ComponentID
    package let target: Target
    package let name: String
    /// Created, or first seen where that is not known.
    package let began: Date
    /// Stacks of that name stand in other regions of the account, too, or stood there in the months that are asked about.
    package let isElsewhere: Bool
    /// When another stack of the name in that region was last known to be there.
    package let namesakeUntil: Date?
    /// It holds a nested stack that is not in the inventory.
    package let lacksNested: Bool

    package init(
        component: ComponentID,
        target: Target,
        name: String,
        began: Date,
        isElsewhere: Bool = false,
        namesakeUntil: Date? = nil,
        lacksNested: Bool = false
    ) {
        self.component = component
        self.target = target
        self.name = name
        self.began = began
        self.isElsewhere = isElsewhere
        self.namesakeUntil = namesakeUntil
        self.lacksNested = lacksNested
    }
}

/// What one try to read the costs of an account came to.
package struct CostReadingOutcome: Sendable {
    package let account: AccountID
    package let tag: String
    package let metric: CostMetric
    package let at: Date
    package let costs: Result<[ComponentCost], ProviderFailure>

    package init(
        account: AccountID,
        tag: String,
        metric: CostMetric,
        at: Date,
        costs: Result<[ComponentCost], ProviderFailure>
    ) {
        self.account = account
        self.tag = tag
        self.metric = metric
        self.at = at
        self.costs = costs
    }
}

/// Where costs are kept.
package protocol CostStore: Sendable {
    /// How each account was last read.
    func costReadings() async throws(StoreFailure) -> [AccountID: CostReadingRecord]
    /// The present components of all open environments, and the stacks nested in them, sorted by id.
    ///
    /// `since`: the beginning of the first month that is asked about.
    func costSubjects(since: Date) async throws(StoreFailure) -> [CostSubject]
    /// Writes what was read over what was known of those months; a failure leaves that as it is.
    ///
    /// Months longer ago than thirteen are forgotten.
    func record(_ outcome: CostReadingOutcome) async throws(StoreFailure)
}
