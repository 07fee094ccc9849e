import Core
import Foundation
import Operations

/// Where there is something to read is passed on as it is.
extension StoreInBetween {
    func organization() async throws(StoreFailure) -> OrganizationRecord? { try await store.organization() }
    func note(_ accounts: [ListedAccount], at: Date) async throws(StoreFailure) {
        try await store.note(accounts, at: at)
    }
    func note(unlisted failure: ProviderFailure, at: Date) async throws(StoreFailure) {
        try await store.note(unlisted: failure, at: at)
    }
    func regions() async throws(StoreFailure) -> [AccountID: RegionsRecord] { try await store.regions() }
    func note(_ regions: [Region], of account: AccountID, at: Date) async throws(StoreFailure) {
        try await store.note(regions, of: account, at: at)
    }
    func note(unread failure: ProviderFailure, of account: AccountID, at: Date) async throws(StoreFailure) {
        try await store.note(unread: failure, of: account, at: at)
    }
    func reopen(_ target: Target, because: String, at: Date) async throws(StoreFailure) {
        try await store.reopen(target, because: because, at: at)
    }
}
