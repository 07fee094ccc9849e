package import Foundation

/// Where repositories are kept, and the branches that environments were taken for.
package protocol BranchStore: Sendable {
    /// What is known of each, by address; those that were never read are left out.
    func knownRepositories() async throws(StoreFailure) -> [String: KnownRepository]
    /// Says which repositories stand for which open environment: exactly these, from now on.
    ///
    /// What was seen of others is forgotten.
    func setStanding(_ standing: [StandingPair]) async throws(StoreFailure)
    /// Writes one reading, and what it says of environments, in one transaction.
    ///
    /// A failed one leaves everything as it was but the failure. `sightings` are all that a complete one says of each
    /// environment that the repository stands for.
    func record(
        _ reading: RepositoryReading,
        of repository: Repository,
        sightings: [EnvironmentKey: EnvironmentSightings],
        at: Date
    ) async throws(StoreFailure)
}

/// A repository that stands for an environment.
package struct StandingPair: Sendable, Hashable {
    package let environment: EnvironmentKey
    package let address: String
    package let kind: Repository.Kind
    package let isRegistered: Bool

    package init(environment: EnvironmentKey, address: String, kind: Repository.Kind, isRegistered: Bool) {
        self.environment = environment
        self.address = address
        self.kind = kind
        self.isRegistered = isRegistered
    }
}

/// What one reading of a repository says of one environment.
package struct EnvironmentSightings: Sendable, Hashable {
    package let branches: [BranchSighting]
    /// Numbers of its pull requests.
    package let requests: [Int]

    package init(branches: [BranchSighting], requests: [Int]) {
        self.branches = branches
        self.requests = requests
    }
}
