/// Where pipelines' registrations are kept; they are added, and never changed.
package protocol RegistrationStore: Sendable {
    /// Adds one, dated and signed by the database, with its audit entry, in one transaction.
    ///
    /// Where the environment is known already and nothing better says whose it is, its owner changes at once.
    func register(
        _ draft: RegistrationDraft,
        in space: SpaceName
    ) async throws(StoreFailure) -> RegisteredEnvironment
    /// The spaces in which a life of that name is open, sorted.
    func spaces(with name: EnvironmentName) async throws(StoreFailure) -> [SpaceName]
}
