import Core
import Curl
import Foundation

extension HostClient {
    /// GitLab knows a project by its path in one piece.
    private var root: String {
        let path = repository.place.path
        switch repository.kind {
        case .github, .git: return "\(repository.api)/repos/\(path)"
        case .gitlab: return "\(repository.api)/projects/\(Self.escaped(path))"
        }
    }

    private static func escaped(_ text: String) -> String {
        var allowed = CharacterSet.alphanumerics
        allowed.insert(charactersIn: "-._~")
        return text.addingPercentEncoding(withAllowedCharacters: allowed) ?? text
    }

    /// Every branch, over all pages; a page that is missing is a failure of them all.
    func branches(known: [ListPage], isOver: @Sendable () -> Bool) async throws(HostFailure) -> BranchListing {
        let before = Dictionary(known.map { ($0.url, $0) }, uniquingKeysWith: { first, _ in first })
        let path = repository.kind == .gitlab ? "repository/branches" : "branches"
        var next: String? = "\(root)/\(path)?per_page=100"
        var pages: [ListPage] = []
        var seen: Set<String> = []
        var isMoved = false
        while let url = next {
            guard !isOver() else {
                throw HostFailure("\(name): the scan's time was over", advice: "the next scan reads it")
            }
            guard seen.insert(url).inserted, pages.count < Self.mostPages else {
                throw HostFailure("\(name): its list of branches has no end", advice: "is that address an API?")
            }
            let (page, moved) = try await page(url, before[url])
            isMoved = isMoved || moved
            pages.append(page)
            next = page.next
        }
        let branches = pages.flatMap(\.branches)
        // No repository that anything was deployed from has none.
        guard !branches.isEmpty else {
            throw HostFailure(
                "\(name): its host lists no branch at all, which is not believed",
                advice: "look at the repository; is the token still allowed to read it?"
            )
        }
        if let wanted = repository.defaultBranch, !branches.contains(where: { $0.name == wanted }) {
            throw HostFailure(
                "\(name): its host lists branches without its default branch, \(wanted), which is not believed",
                advice: "correct `default_branch` of the repository in the settings file"
            )
        }
        return BranchListing(branches: branches, pages: pages, isMoved: isMoved)
    }

    private func page(_ url: String, _ before: ListPage?) async throws(HostFailure) -> (ListPage, isMoved: Bool) {
        // A full page that was the last one stays the same when a branch is added behind it.
        let isFullEnd = before.map { $0.next == nil && $0.branches.count >= 100 } ?? true
        let answer = try await get(url, ifNot: isFullEnd ? nil : before?.etag)
        if answer.status == 304 {
            guard var before else {
                throw HostFailure("\(name): its host says that nothing changed since never", advice: "is it an API?")
            }
            if let next = try answer.next() { before.next = next }
            return (before, answer.isMoved)
        }
        let branches =
            switch repository.kind {
            case .github, .git: try decode(answer, as: [GitHubBranch].self).map(\.branch)
            case .gitlab: try decode(answer, as: [GitLabBranch].self).map(\.branch)
            }
        let page = ListPage(url: url, etag: answer.headers["ETag"], next: try answer.next(), branches: branches)
        return (page, answer.isMoved)
    }

    /// Requests that changed since the last reading, newest change first.
    func requests(
        known: KnownRepository,
        numbers: Set<Int>,
        isOver: @Sendable () -> Bool
    ) async throws(HostFailure) -> RequestListing {
        let query =
            repository.kind == .gitlab
            ? "merge_requests?state=all&scope=all&order_by=updated_at&sort=desc&per_page=100"
            : "pulls?state=all&sort=updated&direction=desc&per_page=100"
        var next: String? = "\(root)/\(query)"
        var found: [PullRequest] = []
        var etag: String?
        var isReached = false
        var pages = 0
        var trunk: String?
        while let url = next, !isReached {
            guard !isOver() else {
                throw HostFailure("\(name): the scan's time was over", advice: "the next scan reads it")
            }
            let answer = try await get(url, ifNot: pages == 0 ? known.requestsTag : nil)
            if answer.status == 304 {
                etag = known.requestsTag
                isReached = true
                break
            }
            if pages == 0 { etag = answer.headers["ETag"] }
            let page = try decodedRequests(answer)
            found += page.requests
            trunk = trunk ?? page.defaultBranch
            if let upTo = known.requestsUpTo, let oldest = page.requests.last, oldest.updatedAt < upTo {
                isReached = true
            }
            next = try answer.next()
            pages += 1
            if pages == Self.mostRequestPages { break }
        }
        let newest = found.map(\.updatedAt).max()
        // Where the bound cut the list off, older changes stay unread.
        let from: Date? =
            if isReached { known.requestsFrom } else if next == nil { nil } else { found.map(\.updatedAt).min() }
        let have = Set(known.requests.map(\.number) + found.map(\.number))
        for number in numbers.subtracting(have).sorted().prefix(50) {
            if let request = try await request(number) { found.append(request) }
        }
        return RequestListing(
            requests: found,
            etag: etag,
            upTo: [newest, known.requestsUpTo].compactMap(\.self).max(),
            from: from,
            defaultBranch: trunk
        )
    }

    /// Nil where there is none of that number.
    private func request(_ number: Int) async throws(HostFailure) -> PullRequest? {
        let path = repository.kind == .gitlab ? "merge_requests" : "pulls"
        let answer = try await get("\(root)/\(path)/\(number)", allowing404: true)
        guard answer.status != 404 else { return nil }
        switch repository.kind {
        case .github, .git: return try decode(answer, as: GitHubPull.self).request
        case .gitlab: return try decode(answer, as: GitLabRequest.self).request
        }
    }

    private func decodedRequests(_ answer: HostAnswer) throws(HostFailure) -> RequestListing {
        switch repository.kind {
        case .github, .git:
            let pulls = try decode(answer, as: [GitHubPull].self)
            let trunk = pulls.lazy.compactMap { $0.base.repo?.defaultBranch }.first
            return RequestListing(requests: pulls.map(\.request), defaultBranch: trunk)
        case .gitlab:
            return RequestListing(requests: try decode(answer, as: [GitLabRequest].self).map(\.request))
        }
    }

    /// Asked for by its name, in a list that is there and does not have it: 404 is no answer to that.
    func lacks(_ branch: String) async throws(HostFailure) -> Bool {
        switch repository.kind {
        case .github, .git:
            let path = branch.split(separator: "/", omittingEmptySubsequences: false)
                .map { Self.escaped(String($0)) }.joined(separator: "/")
            let answer = try await get("\(root)/git/matching-refs/heads/\(path)?per_page=100")
            let refs = try decode(answer, as: [GitHubRef].self)
            guard try answer.next() == nil || refs.contains(where: { $0.ref == "refs/heads/\(branch)" }) else {
                return false
            }
            return !refs.contains { $0.ref == "refs/heads/\(branch)" }
        case .gitlab:
            let answer = try await get("\(root)/repository/branches?per_page=100&search=%5E\(Self.escaped(branch))")
            let found = try decode(answer, as: [GitLabBranch].self)
            // `^` asks for what begins so; with a `$` as well, GitLab would look for one in the name.
            return try answer.next() == nil && !found.contains { $0.name == branch }
        }
    }

    func commit(_ hash: String) async throws(HostFailure) -> HostCommit {
        try decode(try await get("\(root)/commits/\(hash)"), as: GitHubCommit.self).commit.detail
    }

    /// Which repository it is, whatever it is called by now.
    func project() async throws(HostFailure) -> HostedProject {
        let project = try decode(try await get(root), as: HostProject.self)
        return HostedProject(id: project.id.map(String.init), name: project.name, defaultBranch: project.defaultBranch)
    }

    func check() async throws(HostFailure) -> String {
        let answer = try await get(root)
        let project: HostProject = try decode(answer)
        let left = answer.headers["X-RateLimit-Remaining"] ?? answer.headers["RateLimit-Remaining"]
        var text = "\(name) is there"
        if let name = project.name, name.lowercased() != repository.place.path.lowercased() {
            text = "\(self.name) is called \(name) by now: correct its address in the settings file"
        }
        if let branch = project.defaultBranch { text += ", default branch \(branch)" }
        if let left { text += ", \(left) requests left" }
        return token == nil ? "\(text), without a token" : text
    }

    /// 20,000 branches.
    private static let mostPages = 200
    /// The newest 1,000.
    private static let mostRequestPages = 10
}
