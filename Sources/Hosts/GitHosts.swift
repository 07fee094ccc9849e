package import Core
package import Curl
package import Foundation

/// GitHub, GitLab and plain git, read side by side; each repository is asked one thing at a time.
package struct GitHosts: GitHosting {
    /// The token of a repository; nil where it has none, a failure where it cannot be had.
    package typealias Token = @Sendable (Repository) async -> Result<String?, HostFailure>

    private let transport: HTTPPool
    private let token: Token
    private let git: LSRemote
    private let sleep: @Sendable (Duration) async -> Void

    /// `sleep`: between two tries of one request.
    package init(
        transport: HTTPPool,
        token: @escaping Token,
        git: LSRemote = LSRemote(),
        sleep: @escaping @Sendable (Duration) async -> Void
    ) {
        self.transport = transport
        self.token = token
        self.git = git
        self.sleep = sleep
    }

    package func read(
        _ repository: Repository,
        known: KnownRepository,
        numbers: Set<Int>,
        isOver: @Sendable () -> Bool,
        now: Date
    ) async -> RepositoryReading {
        switch await token(repository) {
        case .failure(let failure): return RepositoryReading(branches: .failure(failure))
        case .success(let token):
            guard repository.kind != .git else {
                let branches = await git.branches(of: repository, token: token)
                let isMoved = if case .success(let listing) = branches { listing.isMoved } else { false }
                // Where to is an address that may hold what opens it.
                return RepositoryReading(branches: branches, movedTo: isMoved ? "" : nil)
            }
            let api = client(repository, token, now)
            let listing: BranchListing
            do throws(HostFailure) {
                listing = try await api.branches(known: known.pages, isOver: isOver)
            } catch {
                // What the branches were refused for, the requests would be, too.
                return RepositoryReading(branches: .failure(error))
            }
            let base = repository.defaultBranch ?? listing.defaultBranch
            let requests = await gathering { () async throws(HostFailure) in
                try await api.requests(known: known, numbers: numbers, base: base, isOver: isOver)
            }
            let moved = listing.isMoved ? await api.nameByNow() : nil
            return RepositoryReading(branches: .success(listing), requests: requests, movedTo: moved)
        }
    }

    package func missing(_ branches: [String], of repository: Repository, now: Date) async -> Set<String> {
        // One answer of `ls-remote` holds all branches of one moment.
        if repository.kind == .git { return Set(branches) }
        guard case .success(let token) = await token(repository) else { return [] }
        let api = client(repository, token, now)
        var missing: Set<String> = []
        for branch in branches.prefix(Self.questions) {
            do throws(HostFailure) {
                if try await api.lacks(branch) { missing.insert(branch) }
            } catch {
                // Not known to be missing; whoever has asked too much is not asked on.
                if error.until != nil { break }
            }
        }
        return missing
    }

    package func commits(_ hashes: [String], of repository: Repository, now: Date) async -> [String: HostCommit] {
        guard repository.kind == .github, case .success(let token) = await token(repository) else { return [:] }
        let api = client(repository, token, now)
        var commits: [String: HostCommit] = [:]
        for hash in hashes.prefix(Self.questions) {
            do throws(HostFailure) { commits[hash] = try await api.commit(hash) } catch {
                if error.until != nil { break }
            }
        }
        return commits
    }

    package func check(_ repository: Repository, now: Date) async -> Result<String, HostFailure> {
        switch await token(repository) {
        case .failure(let failure): return .failure(failure)
        case .success(let token):
            guard repository.kind != .git else {
                return await git.branches(of: repository, token: token).map {
                    "\($0.branches.count) branches, by git ls-remote"
                }
            }
            let api = client(repository, token, now)
            return await gathering { () async throws(HostFailure) in try await api.check() }
        }
    }

    private func client(_ repository: Repository, _ token: String?, _ now: Date) -> HostClient {
        HostClient(repository: repository, token: token, transport: transport, sleep: sleep, now: now)
    }

    /// In one scan; the next one goes on.
    private static let questions = 100
}

/// Gathers a value or our typed failure.
func gathering<Value>(
    _ body: () async throws(HostFailure) -> Value
) async -> Result<Value, HostFailure> {
    do { return .success(try await body()) } catch { return .failure(error) }
}
