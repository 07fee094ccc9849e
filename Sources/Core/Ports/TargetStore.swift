package import Foundation

/// Where it is kept which accounts and regions were found, and which targets are read at all.
///
/// Every method is one transaction. What was found once stays known, whatever later readings lack.
package protocol TargetStore: Sendable {
    /// Nil: nobody ever tried to list an organization.
    func organization() async throws(StoreFailure) -> OrganizationRecord?
    /// All pages of one listing: accounts that it lacks have left; new ones, and changes of state or name, are audited.
    func note(_ accounts: [ListedAccount], at: Date) async throws(StoreFailure)
    /// A listing that failed concludes nothing.
    func note(unlisted failure: ProviderFailure, at: Date) async throws(StoreFailure)

    func regions() async throws(StoreFailure) -> [AccountID: RegionsRecord]
    func note(_ regions: [Region], of account: AccountID, at: Date) async throws(StoreFailure)
    /// The regions that were read before stay.
    func note(unread failure: ProviderFailure, of account: AccountID, at: Date) async throws(StoreFailure)

    /// Reads a retired target again from now on; throws `notFound` where it is not retired.
    func reopen(_ target: Target, because: String, at: Date) async throws(StoreFailure)
}
