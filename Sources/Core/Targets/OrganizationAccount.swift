package import Foundation

/// An account as the provider's organization lists it.
package struct ListedAccount: Sendable, Hashable {
    package var id: AccountID
    /// What the organization calls it; any text, and nobody keeps two from having the same.
    package var name: String
    /// `ACTIVE`, or why nothing can be read in it: `SUSPENDED`, `PENDING_CLOSURE` and so on.
    package var state: String
    /// Of which partition it is, as its ARN says.
    package var partition: String
    /// The organizational units above it; nil where the listing does not say.
    package var units: [String]?

    package init(id: AccountID, name: String, state: String, partition: String, units: [String]?) {
        self.id = id
        self.name = name
        self.state = state
        self.partition = partition
        self.units = units
    }

    package var isActive: Bool { state == "ACTIVE" }
}

/// An account of the organization as the newest listing that had it left it.
package struct OrganizationAccount: Sendable, Hashable {
    package var listed: ListedAccount
    /// When a complete listing last had it.
    package var seenAt: Date
    /// Since when complete listings do not have it any more; nil while they do.
    package var leftAt: Date?

    package init(listed: ListedAccount, seenAt: Date, leftAt: Date? = nil) {
        self.listed = listed
        self.seenAt = seenAt
        self.leftAt = leftAt
    }
}

/// What is known of the organization's accounts: a listing that failed changes nothing but what is said of it.
package struct OrganizationRecord: Sendable, Hashable {
    package var accounts: [OrganizationAccount]
    /// When all of them were last listed; nil: never.
    package var listedAt: Date?
    /// Why the newest try failed, and what to do; nil where it did not.
    package var trouble: TroubleRecord?

    package init(accounts: [OrganizationAccount], listedAt: Date?, trouble: TroubleRecord? = nil) {
        self.accounts = accounts
        self.listedAt = listedAt
        self.trouble = trouble
    }
}

/// Which regions an account has enabled, as they were last read.
package struct RegionsRecord: Sendable, Hashable {
    package var regions: [Region]
    /// Nil: they were never read.
    package var readAt: Date?
    package var trouble: TroubleRecord?

    package init(regions: [Region], readAt: Date?, trouble: TroubleRecord? = nil) {
        self.regions = regions
        self.readAt = readAt
        self.trouble = trouble
    }
}

/// Why something could not be read, and when.
package struct TroubleRecord: Sendable, Hashable {
    package var why: String
    package var advice: String
    package var at: Date

    package init(why: String, advice: String, at: Date) {
        self.why = why
        self.advice = advice
        self.at = at
    }
}
