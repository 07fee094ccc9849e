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
    /// Which of the branches are not there when each is asked for by its name.
    ///
    /// A list of many pages can lack what moved between two of them. After a host that does not answer, and once `isOver`
    /// says so, nothing more is asked.
    func missing(
        _ branches: [String],
        of repository: Repository,
        isOver: @Sendable () -> Bool,
        now: Date
    ) async -> MissingBranches
    /// What is known of commits, by hash; those that could not be read, or for which there was no time, are left out.
    func commits(
        _ hashes: [String],
        of repository: Repository,
        isOver: @Sendable () -> Bool,
        now: Date
    ) async -> [String: HostCommit]
    /// Whether it can be read, in words for `doctor`.
    func check(_ repository: Repository, now: Date) async -> Result<String, HostFailure>
}

/// What became of branches that a list lacks; those that are neither here nor there are there.
package struct MissingBranches: Sendable, Hashable {
    package var absent: Set<String>
    /// Why those are not known that could not be asked for.
    package var unanswered: [String: String]

    package init(absent: Set<String> = [], unanswered: [String: String] = [:]) {
        self.absent = absent
        self.unanswered = unanswered
    }
}
