import Foundation

/// What a policy may ask of an environment's branch.
package enum BranchState: String, Sendable, Hashable, Codable, CaseIterable {
    /// It was there, or a pipeline named it, and a complete reading no longer has it.
    case gone
    /// All of it is in the default branch.
    case merged
}

/// What a policy may ask of an environment's pull request.
package enum RequestState: String, Sendable, Hashable, Codable, CaseIterable {
    case open
    /// It is over, merged or not.
    case closed
    case merged
}

extension Condition {
    /// Moments of changes, never of readings, so that it reads the same until something happens.
    func branchTrace(_ state: BranchState, _ facts: EnvironmentFacts) -> Trace {
        let branches = facts.branches
        if let trace = unlisted(branches) { return trace }
        switch state {
        case .gone: return goneTrace(branches)
        case .merged: return mergedTrace(branches)
        }
    }

    private func unlisted(_ branches: EnvironmentBranches) -> Trace? {
        if let registered = branches.unlisted {
            let change = "the repository among `repositories:` in the settings file"
            return Trace(
                description,
                .unknown,
                saw: "a pipeline registered \(registered), which is not read",
                change: change
            )
        }
        guard branches.repositories.isEmpty else { return nil }
        return Trace(
            description,
            .notApplicable,
            saw: "no repository stands for it",
            change: "a repository under `repositories:` in the settings file"
        )
    }

    /// Gone is only what every repository's complete list lacks, and what is known to have been its branch.
    private func goneTrace(_ branches: EnvironmentBranches) -> Trace {
        let alive = branches.branches.filter { $0.isThere && branches.isRead($0.repository) }
        if !alive.isEmpty {
            let named = alive.prefix(3).map { "\($0.branch) of \(branches.name($0.repository)) \(Self.why($0))" }
            let more = alive.count > 3 ? " and \(alive.count - 3) more" : ""
            let several = alive.count > 1 ? "any of these may be its branch: " : ""
            let means = Set(alive.compactMap { branches.repository($0.repository)?.means }).sorted()
            return Trace(
                description,
                .no,
                saw: "\(several)\(named.joined(separator: "; "))\(more), is there (\(means.joined(separator: ", ")))",
                change: "the branch deleted, in a reading of all branches"
            )
        }
        if let open = branches.requests.first(where: { $0.request.state == .open }) {
            return Trace(
                description,
                .no,
                saw: "pull request \(open.request.number) of \(branches.name(open.repository)) is open",
                change: "the pull request closed"
            )
        }
        if let unread = branches.repositories.first(where: { $0.whyUnknown != nil }) {
            return Self.unread(description, unread, unread.whyUnknown)
        }
        if let trace = missedTrace(branches, branches.branches) { return trace }
        let gone = branches.branches.filter(\.match.isFirm)
        guard let newest = gone.max(by: { ($0.goneAt ?? .distantPast) < ($1.goneAt ?? .distantPast) }) else {
            return neverSeen(branches)
        }
        // A registered branch that no list ever had may be one of somebody's copy: its open request would say so.
        if gone.allSatisfy({ $0.firstSeenAt == nil }) {
            if let unread = branches.repositories.first(where: { $0.kind != .git && $0.whyRequestsUnknown != nil }) {
                return Self.unread(description, unread, unread.whyRequestsUnknown)
            }
            if branches.isCut { return neverSeen(branches) }
        }
        let means = branches.repository(newest.repository)?.means ?? "its list of branches"
        let others = gone.count > 1 ? " (so are \(gone.count - 1) others that may be its branch)" : ""
        return Trace(
            description,
            .yes,
            saw: "\(newest.branch) of \(branches.name(newest.repository)) \(Self.why(newest)), is not there since "
                + "\(newest.goneAt?.minuteText ?? "") (\(means))\(others)",
            since: newest.goneAt,
            change: "the branch pushed again"
        )
    }

    private func missedTrace(_ branches: EnvironmentBranches, _ sightings: [BranchSighting]) -> Trace? {
        for sighting in sightings {
            guard let missed = sighting.missed else { continue }
            let saw =
                "\(sighting.branch) of \(branches.name(sighting.repository)) is not in its list since "
                + "\(missed.since.minuteText): \(missed.why)"
            return Trace(description, .unknown, saw: saw, change: "another reading of all branches: curfew scan")
        }
        return nil
    }

    private func neverSeen(_ branches: EnvironmentBranches) -> Trace {
        if branches.branches.isEmpty, let copied = branches.requests.first(where: \.request.isFork) {
            let saw = "pull request \(copied.request.number) came from a copy of \(branches.name(copied.repository))"
            return Trace(description, .notApplicable, saw: saw, change: "`pull_request: closed` in the policy")
        }
        let guessed = branches.branches.first
        let saw =
            guessed.map { "\($0.branch) resembled its name and is gone; nothing says that it was its branch" }
            ?? "no branch of that name was ever seen in \(branches.names)"
        let change = "a branch that is there when a scan looks, or a registration: curfew register --branch"
        return Trace(description, .unknown, saw: saw, change: change)
    }

    private func mergedTrace(_ branches: EnvironmentBranches) -> Trace {
        if branches.repositories.allSatisfy({ $0.kind == .git }) {
            return Trace(
                description,
                .notApplicable,
                saw: "plain git does not say what was merged (\(branches.names))",
                change: "`kind: github` or `gitlab` under `repositories:`"
            )
        }
        if let unread = branches.repositories.first(where: { $0.kind != .git && $0.whyRequestsUnknown != nil }) {
            return Self.unread(description, unread, unread.whyRequestsUnknown)
        }
        let change = "its pull request merged into the default branch"
        if let open = branches.requests.first(where: { $0.request.state == .open }) {
            let saw = "pull request \(open.request.number) of \(branches.name(open.repository)) is open"
            return Trace(description, .no, saw: saw, change: change)
        }
        // Of a request it is kept what it was merged into, and not which branch is the default one.
        if let unsure = branches.requests.first(where: { $0.request.state == .merged && $0.request.intoDefault == nil })
        {
            let saw =
                "pull request \(unsure.request.number) of \(branches.name(unsure.repository)) was merged into "
                + "\(unsure.request.base); which branch is the default one is not known"
            return Trace(description, .unknown, saw: saw, change: "a reading of the repository: curfew scan")
        }
        let alive = branches.branches.filter { $0.goneAt == nil }
        // One branch with work that is nowhere else is enough.
        for branch in alive {
            let own = branches.requests.filter {
                $0.repository == branch.repository && $0.request.branch == branch.branch
            }
            if own.contains(where: { $0.request.isMerge && $0.request.commit == branch.commit }) { continue }
            if branch.merged == true { continue }
            if let trace = missedTrace(branches, [branch]) { return trace }
            if branch.merged == nil, branches.repository(branch.repository)?.kind == .gitlab {
                let saw =
                    "whether \(branch.branch) was merged is not known: its host says so of one without commits, too"
                return Trace(description, .unknown, saw: saw, change: change)
            }
            if own.isEmpty, branch.merged == nil, branches.isCut {
                let saw = "no pull request of \(branch.branch) is among those that were read"
                return Trace(description, .unknown, saw: saw, change: change)
            }
            let saw =
                own.contains { $0.request.isMerge }
                ? "\(branch.branch) has commits that came after its merge" : "\(branch.branch) was not merged"
            return Trace(description, .no, saw: saw, change: change)
        }
        if let ended = branches.deciding {
            let words = "pull request \(ended.request.number) of \(branches.name(ended.repository))"
            if ended.request.isMerge {
                let at = ended.request.endedAt
                let saw = "\(words) was merged into \(ended.request.base) \(at?.minuteText ?? "")"
                return Trace(description, .yes, saw: saw, since: at, change: "a new commit on the branch")
            }
            guard !alive.contains(where: \.match.isFirm) else { return wholly(branches, alive) }
            let how = ended.request.state == .merged ? "merged into \(ended.request.base)" : "closed, not merged"
            return Trace(description, .no, saw: "\(words) was \(how)", change: change)
        }
        guard !alive.contains(where: \.match.isFirm) else { return wholly(branches, alive) }
        let saw =
            branches.branches.isEmpty
            ? "no branch of that name was ever seen in \(branches.names)"
            : "its branch is gone, and no pull request says what became of it"
        return Trace(description, .unknown, saw: saw, change: change)
    }

    private func wholly(_ branches: EnvironmentBranches, _ alive: [BranchSighting]) -> Trace {
        let names = alive.map { "\($0.branch) of \(branches.name($0.repository))" }.joined(separator: ", ")
        return Trace(
            description,
            .yes,
            saw: "all of \(names) is in the default branch, says the host",
            change: "a new commit on the branch"
        )
    }

    func requestTrace(_ state: RequestState, _ facts: EnvironmentFacts) -> Trace {
        let branches = facts.branches
        if let trace = unlisted(branches) { return trace }
        let hosts = branches.repositories.filter { $0.kind != .git }
        guard !hosts.isEmpty else {
            let saw = "plain git knows no pull requests (\(branches.names))"
            return Trace(description, .notApplicable, saw: saw, change: "`kind: github` or `gitlab`")
        }
        func said(_ sighting: RequestSighting) -> String {
            let request = sighting.request
            let base = request.state == .merged ? " into \(request.base)" : ""
            let at = request.endedAt.map { " \($0.minuteText)" } ?? ""
            return "pull request \(request.number) of \(branches.name(sighting.repository)), \(request.branch): "
                + "\(request.state.rawValue)\(base)\(at)"
        }
        // An open one says that somebody is at work, whatever others say.
        let open = branches.requests.first { $0.request.state == .open && branches.isRead($0.repository) }
        if let open {
            let change = "the pull request closed or merged"
            return Trace(description, state == .open ? .yes : .no, saw: said(open), change: change)
        }
        if let unread = hosts.first(where: { $0.whyRequestsUnknown != nil }) {
            return Self.unread(description, unread, unread.whyRequestsUnknown)
        }
        guard let newest = branches.deciding else {
            let isKnown = branches.branches.contains(where: \.match.isFirm) && !branches.isCut
            return Trace(
                description,
                isKnown ? .notApplicable : .unknown,
                saw: isKnown ? "its branch has no pull request" : "no pull request of that name was ever seen",
                change: "a pull request of its branch"
            )
        }
        let truth: Truth =
            switch state {
            case .open: .no
            case .closed: .yes
            case .merged: newest.request.state == .merged ? .yes : .no
            }
        return Trace(description, truth, saw: said(newest), since: newest.request.endedAt, change: "a new pull request")
    }

    private static func unread(_ clause: String, _ repository: StandingRepository, _ why: String?) -> Trace {
        let change = repository.advice.isEmpty ? "a complete reading of \(repository.name)" : repository.advice
        return Trace(clause, .unknown, saw: "\(repository.name): \(why ?? "")", change: change)
    }

    private static func why(_ sighting: BranchSighting) -> String {
        switch sighting.match {
        case .registered: "(registered by its pipeline)"
        case .requested: "(named by its pull request)"
        case .named: "(its slug is the name)"
        case .resembling: "(which the name may be cut from)"
        }
    }
}

extension PullRequest {
    /// Into the default branch.
    fileprivate var isMerge: Bool { state == .merged && intoDefault == true }
}

extension BranchSighting {
    fileprivate var isThere: Bool { goneAt == nil && missed == nil }
}

extension EnvironmentBranches {
    /// Of the newest request of each repository one that was not merged, or else the newest of them all.
    fileprivate var deciding: RequestSighting? {
        let newest = Dictionary(grouping: requests, by: \.repository).values.compactMap { of in
            of.max { ($0.ended, $0.request.number) < ($1.ended, $1.request.number) }
        }
        let unmerged = newest.filter { $0.request.state != .merged || $0.request.intoDefault == false }
        return (unmerged.isEmpty ? newest : unmerged).max { ($0.ended, $0.repository) < ($1.ended, $1.repository) }
    }

    /// Older pull requests were not read.
    fileprivate var isCut: Bool { repositories.contains { $0.kind != .git && $0.requestsFrom != nil } }
}

extension RequestSighting {
    fileprivate var ended: Date { request.endedAt ?? .distantPast }
}
