package import Foundation

/// What a complete list of branches says of environments, beside what was known of them before; pure.
package struct BranchBook: Sendable {
    /// One environment as far as it matters here.
    package struct Entry: Sendable {
        package let name: EnvironmentName
        /// What was seen for it in this repository.
        package let known: [BranchSighting]
        /// The branch that its pipeline named.
        package let registered: String?
        /// Branches that something else names as they are: they count where they were seen.
        package let hinted: Set<String>
        /// When its oldest component was made: a request that ended before belongs to another life of the name.
        package let began: Date

        package init(
            name: EnvironmentName,
            known: [BranchSighting],
            registered: String? = nil,
            hinted: Set<String> = [],
            began: Date
        ) {
            self.name = name
            self.known = known
            self.registered = registered
            self.hinted = hinted
            self.began = began
        }

        /// What tags `branch` hold, and a branch that was registered without its repository.
        package static func hints(in tags: [[String: String]], and registered: String?) -> Set<String> {
            let values = tags.flatMap { $0.filter { EnvironmentTag.key($0.key) == "branch" }.values }
            return Set(values.map(EnvironmentTag.withoutReference)).union([registered].compactMap(\.self))
        }
    }

    private let address: String
    private let isPlain: Bool
    private let listed: [String: HostBranch]
    private let byBranch: [String: [PullRequest]]
    private let byNumber: [Int: [PullRequest]]
    /// What is merged by the host's word is in the branch that finished work goes to.
    private let isHostsDefault: Bool
    private let branches: BranchMatcher
    private let requested: BranchMatcher
    /// Of the reading before, and of this one.
    private let before: Date?
    private let now: Date
    /// Branches that are not listed, were asked for by name, and are not there: both have to say so.
    package var absent: Set<String> = []
    /// Branches that are not listed, and could not be asked for, with the reason.
    package var unanswered: [String: String] = [:]
    /// The list is another repository's than those before: what it lacks was never in it.
    package var isOther = false
    /// What the host says of commits, by hash.
    package var commits: [String: HostCommit] = [:]

    /// `requests`: all that are known of the repository by now.
    package init(
        _ repository: Repository,
        listing: [HostBranch],
        requests: [PullRequest],
        names: NameEvaluator,
        before: Date?,
        now: Date
    ) {
        address = repository.address
        isPlain = repository.kind == .git
        listed = Dictionary(listing.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        byBranch = Dictionary(grouping: requests, by: \.branch)
        byNumber = Dictionary(grouping: requests, by: \.number)
        let first = listing.first { $0.isDefault == true }
        isHostsDefault = repository.defaultBranch.map { $0 == first?.name } ?? true
        branches = BranchMatcher(branches: listed.keys, names: names)
        requested = BranchMatcher(branches: Set(requests.map(\.branch)), names: names)
        self.before = before
        self.now = now
    }

    /// Branches that may be gone as far as the list goes.
    package func doubts(_ entry: Entry) -> Set<String> {
        var names = Set(entry.known.filter { $0.goneAt == nil }.map(\.branch))
        let others = Set(entry.known.filter(Self.isOfAnother).map(\.branch))
        if let registered = entry.registered, !isPlain { names.insert(registered) }
        names.formUnion(ours(entry).filter { $0.state != .open && !$0.isFork }.map(\.branch))
        let gone = Set(entry.known.filter { $0.goneAt != nil }.map(\.branch))
        return isOther ? [] : names.subtracting(gone).subtracting(others).subtracting(listed.keys)
    }

    /// Commits that are new on its branches, and that nothing is known of yet.
    package func news(_ entry: Entry) -> Set<String> {
        let past = Dictionary(entry.known.map { ($0.branch, $0.commit) }, uniquingKeysWith: { first, _ in first })
        let found = matches(entry).filter(\.value.isFirm).keys.compactMap { listed[$0] }
        return Set(found.filter { $0.detail == nil && past[$0.name] != $0.commit }.map(\.commit))
    }

    package func sightings(_ entry: Entry) -> EnvironmentSightings {
        let past = Dictionary(entry.known.map { ($0.branch, $0) }, uniquingKeysWith: { first, _ in first })
        let found = matches(entry).sorted { $0.key < $1.key }.compactMap { branch, match in
            sighting(of: branch, match, past[branch])
        }
        return EnvironmentSightings(branches: found, requests: ours(entry).map(\.number).sorted())
    }

    private func matches(_ entry: Entry) -> [String: BranchSighting.Match] {
        var matches: [String: BranchSighting.Match] = [:]
        for sighting in entry.known { matches[sighting.branch] = sighting.match }
        for branch in branches.resembling(entry.name).sorted().prefix(Self.most) where matches[branch] == nil {
            matches[branch] = .resembling
        }
        for branch in branches.named(entry.name).sorted().prefix(Self.most) { matches[branch] = .named }
        for branch in entry.hinted where listed[branch] != nil { matches[branch] = .named }
        for request in ours(entry) where !request.isFork { matches[request.branch] = .requested }
        if let registered = entry.registered { matches[registered] = .registered }
        return matches
    }

    /// Requests of its number, and those of branches whose slug its name is.
    private func ours(_ entry: Entry) -> [PullRequest] {
        var names = requested.named(entry.name)
        if let registered = entry.registered { names.insert(registered) }
        // What ended before the environment began is of another life of its name, or of another repository's.
        func isOfThisLife(_ request: PullRequest) -> Bool { request.endedAt.map { $0 >= entry.began } ?? true }
        let numbered = (entry.name.requestNumber.flatMap { byNumber[$0] } ?? []).filter(isOfThisLife)
        let named = names.sorted().flatMap { byBranch[$0] ?? [] }
            .filter { isOfThisLife($0) && !numbered.contains($0) }
        return numbered + named
    }

    /// Nil: there is nothing to say of it.
    private func sighting(of branch: String, _ match: BranchSighting.Match, _ past: BranchSighting?) -> BranchSighting?
    {
        let isOfAnother = isOther || past.map(Self.isOfAnother) ?? false
        if let found = listed[branch] { return seen(found, match, isOfAnother ? nil : past) }
        if var past {
            past.match = match
            if past.goneAt == nil, isOfAnother {
                past.missed = BranchSighting.Missed(since: past.missed?.since ?? now, why: Self.ofAnother)
            } else if past.goneAt == nil {
                miss(&past)
            }
            return past
        }
        if isOther, match == .registered {
            let missed = BranchSighting.Missed(since: now, why: Self.ofAnother)
            return BranchSighting(repository: address, branch: branch, match: match, missed: missed)
        }
        // A pipeline may have named a branch of somebody's copy, of which plain git knows nothing.
        guard absent.contains(branch), !isPlain else { return nil }
        return BranchSighting(repository: address, branch: branch, match: match, goneAt: now)
    }

    /// Of a branch that was seen, or registered, before another repository got the name: nothing more is ever known of it.
    private static let ofAnother =
        "it was of another repository, which had this name before: correct the address under `repositories:`"

    private static func isOfAnother(_ sighting: BranchSighting) -> Bool { sighting.missed?.why == ofAnother }

    private func miss(_ past: inout BranchSighting) {
        let since = past.missed?.since ?? now
        past.missed = unanswered[past.branch].map { BranchSighting.Missed(since: since, why: $0) }
        guard absent.contains(past.branch) else { return }
        // One answer of git is all that it says of a repository, and nothing in it tells whose.
        guard !isPlain || now.passed(since: since) >= Self.apart else {
            let why = "another reading has to lack it, after \(since.later(by: Self.apart).minuteText)"
            past.missed = BranchSighting.Missed(since: since, why: why)
            return
        }
        past.goneAt = isPlain ? since : now
        past.missed = nil
    }

    private func seen(_ found: HostBranch, _ match: BranchSighting.Match, _ past: BranchSighting?) -> BranchSighting {
        let detail = found.detail ?? commits[found.commit]
        let dated = detail.map { min($0.at, now) }
        let active: Date? =
            if let past, past.commit == found.commit, past.goneAt == nil {
                past.activeAt ?? dated ?? now
            } else if past?.firstSeenAt == nil {
                dated ?? now
            } else if let dated, let before, dated >= before {
                dated
            } else {
                // It was moved since the last reading, whatever its newest commit's date is.
                now
            }
        return BranchSighting(
            repository: address,
            branch: found.name,
            match: match,
            commit: found.commit,
            author: detail == nil ? past?.author : detail?.owner,
            merged: merged(found, past),
            firstSeenAt: past?.firstSeenAt ?? now,
            activeAt: active
        )
    }

    /// Whether all of it was merged; nil where nobody can tell.
    ///
    /// A host also says so of a branch that never had a commit of its own, or that was set back to one of the default
    /// branch. It is believed of the very commit that was seen unmerged before, or that a request merged since.
    private func merged(_ found: HostBranch, _ past: BranchSighting?) -> Bool? {
        guard found.merged == true else { return found.merged }
        // What was pushed again after it was gone is another branch.
        guard isHostsDefault, let past, past.goneAt == nil else { return nil }
        // The default branch came to what it lacked before.
        if past.commit == found.commit, past.merged != nil { return true }
        guard let seen = past.firstSeenAt else { return nil }
        let wasRequested = (byBranch[found.name] ?? []).contains { request in
            request.state == .merged && request.commit == found.commit && !request.isFork
                && request.intoDefault != false && request.endedAt.map { $0 >= seen } ?? false
        }
        return wasRequested ? true : nil
    }

    /// More than these are an environment that is called like everything.
    private static let most = 20
}
