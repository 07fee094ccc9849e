/// Finds out where there is something to read.
///
/// It has no call that changes anything (P1).
package protocol TargetFinding: Sendable {
    /// Every account of the organization, all pages; throws rather than return a part.
    func organizationAccounts() async throws(ProviderFailure) -> [ListedAccount]
    /// The account that its credentials really belong to (R7).
    func identity(of account: AccountID) async throws(ProviderFailure) -> AccountID
    /// The regions that are enabled for an account, all pages, sorted.
    func enabledRegions(of account: AccountID) async throws(ProviderFailure) -> [Region]
}
