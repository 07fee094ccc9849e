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
            let requests = await gathering { () async throws(HostFailure) in
                try await api.requests(known: known, numbers: numbers, isOver: isOver)
            }
            // The same branches at the same commits are those of the same repository: that costs no call.
            let isSame = Set(listing.branches) == Set(known.pages.flatMap(\.branches))
            var project: Result<HostedProject, HostFailure>?
            if !isSame || listing.isMoved || known.project == nil {
                project = await gathering { () async throws(HostFailure) in try await api.project() }
            }
            let asked = try? project?.get()
            let requested = try? requests.get().defaultBranch
            return RepositoryReading(
                branches: .success(listing),
                requests: requests,
                project: project,
                defaultBranch: repository.defaultBranch ?? listing.defaultBranch ?? asked?.defaultBranch ?? requested,
                movedTo: listing.isMoved ? asked?.name ?? "" : nil
            )
        }
    }

    package func missing(
        _ branches: [String],
        of repository: Repository,
        isOver: @Sendable () -> Bool,
        now: Date
    ) async -> MissingBranches {
        // One answer of `ls-remote` holds all branches of one moment.
        if repository.kind == .git { return MissingBranches(absent: Set(branches)) }
        var missing = MissingBranches()
        await ask(branches, of: repository, isOver: isOver, now: now) { (api, branch) async throws(HostFailure) in
            if try await api.lacks(branch) { missing.absent.insert(branch) }
        } failing: { branch, why in
            missing.unanswered[branch] = why
        }
        return missing
    }

    package func commits(
        _ hashes: [String],
        of repository: Repository,
        isOver: @Sendable () -> Bool,
        now: Date
    ) async -> [String: HostCommit] {
        guard repository.kind == .github else { return [:] }
        var commits: [String: HostCommit] = [:]
        await ask(hashes, of: repository, isOver: isOver, now: now) { (api, hash) async throws(HostFailure) in
            commits[hash] = try await api.commit(hash)
        } failing: { _, _ in
        }
        return commits
    }

    /// One question after the other, until there is no time left, or one of them was not worth asking the next.
    private func ask(
        _ subjects: [String],
        of repository: Repository,
        isOver: @Sendable () -> Bool,
        now: Date,
        _ question: (HostClient, String) async throws(HostFailure) -> Void,
        failing: (String, String) -> Void
    ) async {
        let api: HostClient
        switch await token(repository) {
        case .failure(let failure):
            for subject in subjects { failing(subject, failure.summary) }
            return
        case .success(let token): api = client(repository, token, now)
        }
        var stopped: String?
        for (index, subject) in subjects.enumerated() {
            if index >= Self.questions { stopped = stopped ?? "more than \(Self.questions) were to be asked for" }
            if stopped == nil, isOver() { stopped = "the scan's time was over" }
            guard stopped == nil else {
                failing(subject, stopped ?? "")
                continue
            }
            do throws(HostFailure) { try await question(api, subject) } catch {
                failing(subject, error.summary)
                if error.isOutage || error.until != nil { stopped = error.summary }
            }
        }
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
