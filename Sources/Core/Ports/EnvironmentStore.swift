package import Foundation

/// Reading the inventory and changing what people say about it.
///
/// Every change writes its audit entry in the same transaction.
package protocol EnvironmentStore: Sendable {
    func login() async throws(StoreFailure) -> Login
    /// The database's clock.
    func clock() async throws(StoreFailure) -> Date

    /// Environments whose life is open, sorted by key.
    func environments() async throws(StoreFailure) -> [EnvironmentRecord]
    /// The same, so many at a time, with what is needed of them: where there is something to do for each of them, and all of
    /// them together would be too many to hold. All are as they were at one moment; where the database asks for another try,
    /// they come once more from the first. How many there are.
    func environments(
        for purpose: EnvironmentPurpose,
        atMost: Int,
        each: ([EnvironmentRecord]) async throws(StoreFailure) -> Void
    ) async throws(StoreFailure) -> Int
    /// Those that are wanted of them, sorted by key, whatever the order in which they were counted.
    func environments(_ selection: EnvironmentSelection) async throws(StoreFailure) -> [EnvironmentRecord]
    /// The newest life of every environment of that name, open or ended, in any space.
    func environments(named: EnvironmentName) async throws(StoreFailure) -> [EnvironmentRecord]
    func components(of key: EnvironmentKey) async throws(StoreFailure) -> [ComponentRecord]
    /// Components present of the given classes, in any environment or none.
    func components(classes: Set<ComponentClass>) async throws(StoreFailure) -> [ComponentRecord]
    func resources(of id: ComponentID) async throws(StoreFailure) -> [ObservedResource]
    /// Functions in the stacks of the environments whose life is open, sorted by environment, target, stack and id.
    func functions() async throws(StoreFailure) -> [FunctionRecord]
    func history(of key: EnvironmentKey?, limit: Int) async throws(StoreFailure) -> [AuditEntry]

    func protect(_ key: EnvironmentKey, until: Date, because: String, at: Date) async throws(StoreFailure)
    /// Ends all open protections; returns how many there were.
    func unprotect(_ key: EnvironmentKey, at: Date) async throws(StoreFailure) -> Int
    /// Ends a release; the lease before ends and this one begins.
    func extend(_ key: EnvironmentKey, until: Date, because: String, at: Date) async throws(StoreFailure)
    func claim(_ key: EnvironmentKey, owner: String, at: Date) async throws(StoreFailure)
    /// Ends an open lease.
    func release(_ key: EnvironmentKey, at: Date) async throws(StoreFailure)
    /// Writes owners as the rules resolve them, only where they differ.
    func setOwners(_ owners: [EnvironmentKey: OwnerRecord]) async throws(StoreFailure)

    func accounts() async throws(StoreFailure) -> [AccountRecord]
    /// `origin`: where the account comes from now; the mode is of the account as that has it.
    func setMode(
        _ account: AccountID,
        _ mode: AccountRecord.Mode,
        of origin: AccountOverview.Origin,
        because: String,
        at: Date
    ) async throws(StoreFailure)
    /// D2: puts accounts back to `report` whose `reap` was said when they came from elsewhere; dated by the store's clock.
    func lapseModes(_ origins: [AccountID: AccountOverview.Origin]) async throws(StoreFailure)
    /// Closes the target's components as `unverifiable`; it is not read any more.
    func retire(_ target: Target, because: String, at: Date) async throws(StoreFailure)
    func accept(_ target: Target, because: String, at: Date) async throws(StoreFailure)
    /// Ends the account's hold; throws `notFound` where it is not held.
    func accept(_ account: AccountID, because: String, at: Date) async throws(StoreFailure)

    func pause(because: String, at: Date) async throws(StoreFailure)
    func resume(at: Date) async throws(StoreFailure) -> Bool
    /// Why everything stands still, or nil.
    func pauseReason() async throws(StoreFailure) -> String?
}

/// What many environments are read for, and with it what of them.
package enum EnvironmentPurpose: Sendable, CaseIterable {
    /// All but runtimes, signals and costs.
    case owners
    /// All but who made and deployed their components.
    case verdicts
}

extension EnvironmentStore {
    package func environments(
        atMost limit: Int,
        each body: ([EnvironmentRecord]) async throws(StoreFailure) -> Void
    ) async throws(StoreFailure) -> Int {
        try await environments(for: .owners, atMost: limit, each: body)
    }
}
