package import Foundation

/// Reads repositories where they are; changes nothing there.
package protocol GitHosting: Sendable {
    /// All branches, and the pull requests that changed since the last reading.
    ///
    /// A list that was not read to its end is a failure, never a part of it. `numbers`: pull requests that are wanted
    /// whether they changed or not. No request is begun once `isOver` says so.
    func read(
        _ repository: Repository,
        known: KnownRepository,
        numbers: Set<Int>,
        isOver: @Sendable () -> Bool,
        now: Date
    ) async -> RepositoryReading
    /// Those of the branches that are not there when each is asked for by its name.
    ///
    /// A list of many pages can lack what moved between two of them.
    func missing(_ branches: [String], of repository: Repository, now: Date) async -> Set<String>
    /// What is known of commits, by hash; those that could not be read are left out.
    func commits(_ hashes: [String], of repository: Repository, now: Date) async -> [String: HostCommit]
    /// Whether it can be read, in words for `doctor`.
    func check(_ repository: Repository, now: Date) async -> Result<String, HostFailure>
}
