package import Foundation

/// What is known of the branches and pull requests behind one environment.
package struct EnvironmentBranches: Sendable, Hashable, Codable {
    /// Those that stand for it, sorted.
    package var repositories: [StandingRepository]
    package var branches: [BranchSighting]
    package var requests: [RequestSighting]
    /// The repository that a pipeline registered, where none of ours is that one.
    package var unlisted: String?

    package init(
        repositories: [StandingRepository] = [],
        branches: [BranchSighting] = [],
        requests: [RequestSighting] = [],
        unlisted: String? = nil
    ) {
        self.repositories = repositories
        self.branches = branches
        self.requests = requests
        self.unlisted = unlisted
    }

    package static let none = EnvironmentBranches()

    /// How long a reading is believed.
    package static let lasting = Duration.seconds(2 * 86_400)

    /// As of a moment: readings that are too old by then are none, and a repository that nobody lists is said.
    package func asOf(_ now: Date, registered: String?) -> EnvironmentBranches {
        var aged = self
        for index in aged.repositories.indices {
            guard let read = aged.repositories[index].readAt, aged.repositories[index].failure == nil,
                now.passed(since: read) > Self.lasting
            else { continue }
            aged.repositories[index].failure = "it was last read \(read.minuteText)"
            aged.repositories[index].advice = "a scan reads it: curfew scan"
        }
        if let registered, let place = RepositoryPlace(address: registered),
            !repositories.contains(where: { RepositoryPlace(address: $0.address) == place })
        {
            aged.unlisted = registered
        }
        return aged
    }

    func repository(_ address: String) -> StandingRepository? { repositories.first { $0.address == address } }

    /// Its newest reading was complete.
    func isRead(_ address: String) -> Bool { repository(address)?.whyUnknown == nil }

    /// The newest commit's author, where that is a person.
    package var authorship: OwnerEvidence? {
        let authored = branches.filter { $0.match.isFirm && $0.author != nil }
        let newest = authored.max {
            ($0.activeAt ?? .distantPast, $0.branch) < ($1.activeAt ?? .distantPast, $1.branch)
        }
        guard let newest, let author = newest.author else { return nil }
        return OwnerEvidence(
            owner: author,
            source: .branchAuthor,
            confidence: .authored,
            detail: "author of the newest commit on “\(newest.branch)”"
        )
    }

    /// When somebody last committed, as `idle` counts it.
    package func committed() -> Signal {
        guard !repositories.isEmpty else {
            return Signal(.committed, .notApplicable(reason: "no repository stands for it"), source: "settings")
        }
        // A newer one may be behind what could not be read.
        if let unread = repositories.first(where: { $0.whyUnknown != nil }) {
            return Signal(.committed, .unknown(reason: unread.whyUnknown ?? ""), source: unread.name)
        }
        let alive = branches.filter { $0.goneAt == nil }
        let newest = alive.max { ($0.activeAt ?? .distantPast, $0.branch) < ($1.activeAt ?? .distantPast, $1.branch) }
        if let newest, let at = newest.activeAt {
            return Signal(.committed, .known(at), source: "branch \(newest.branch) of \(name(newest.repository))")
        }
        let reason = branches.isEmpty ? "no branch of that name was ever seen" : "its branch is gone"
        return Signal(.committed, .notApplicable(reason: reason), source: names)
    }

    func name(_ address: String) -> String { repository(address)?.name ?? address }
    var names: String { repositories.map(\.name).joined(separator: ", ") }
}

/// A repository that an environment may come from, and how far it is known.
package struct StandingRepository: Sendable, Hashable, Codable {
    package var address: String
    package var kind: Repository.Kind
    /// A pipeline registered it; otherwise the settings say so.
    package var isRegistered: Bool
    /// When all its branches were last read to the end.
    package var readAt: Date?
    /// Why the newest reading was none.
    package var failure: String?
    package var advice: String
    package var requestsReadAt: Date?
    package var requestsFailure: String?
    /// Requests that last changed before were never read; nil where there are none.
    package var requestsFrom: Date?
    package var movedTo: String?

    package init(
        address: String,
        kind: Repository.Kind,
        isRegistered: Bool = false,
        readAt: Date? = nil,
        failure: String? = nil,
        advice: String = "",
        requestsReadAt: Date? = nil,
        requestsFailure: String? = nil,
        requestsFrom: Date? = nil,
        movedTo: String? = nil
    ) {
        self.address = address
        self.kind = kind
        self.isRegistered = isRegistered
        self.readAt = readAt
        self.failure = failure
        self.advice = advice
        self.requestsReadAt = requestsReadAt
        self.requestsFailure = requestsFailure
        self.requestsFrom = requestsFrom
        self.movedTo = movedTo
    }

    package var name: String { RepositoryPlace(address: address)?.description ?? address }

    package var whyUnknown: String? {
        if let failure { return failure }
        return readAt == nil ? "it was never read" : nil
    }

    var whyRequestsUnknown: String? {
        if let whyUnknown { return whyUnknown }
        if let requestsFailure { return requestsFailure }
        return requestsReadAt == nil ? "its pull requests were never read" : nil
    }

    /// How its branches are known, for people.
    var means: String {
        switch kind {
        case .github: "GitHub's list of branches"
        case .gitlab: "GitLab's list of branches"
        case .git: "git ls-remote"
        }
    }
}

/// A branch that an environment is taken for, from the day on which it was first seen.
package struct BranchSighting: Sendable, Hashable, Codable {
    /// Why it is taken for it.
    package enum Match: String, Sendable, Hashable, Codable, CaseIterable {
        /// A pipeline registered it.
        case registered
        /// Its pull request has the environment's number.
        case requested
        /// One of its slugs is the name.
        case named
        /// The name may be what a tool left of its slug.
        case resembling

        /// Once it is gone, the environment's branch is gone.
        package var isFirm: Bool { self != .resembling }
    }

    package var repository: String
    package var branch: String
    package var match: Match
    package var commit: String?
    package var author: OwnerName?
    package var merged: Bool?
    /// Nil: it was registered, and never in the list.
    package var firstSeenAt: Date?
    /// The newest commit's date, or when it was first seen, whatever can be believed.
    package var activeAt: Date?
    /// Of the first complete reading that it was missing from; nil while it is there.
    package var goneAt: Date?
    /// The newest list lacks it, which alone does not make it gone; nil where it has it, and where it is gone.
    package var missed: Missed?

    /// Neither there nor gone, as far as anybody knows.
    package struct Missed: Sendable, Hashable, Codable {
        package var since: Date
        /// What is needed to say that it is gone.
        package var why: String

        package init(since: Date, why: String) {
            self.since = since
            self.why = why
        }
    }

    package init(
        repository: String,
        branch: String,
        match: Match,
        commit: String? = nil,
        author: OwnerName? = nil,
        merged: Bool? = nil,
        firstSeenAt: Date? = nil,
        activeAt: Date? = nil,
        goneAt: Date? = nil,
        missed: Missed? = nil
    ) {
        self.missed = missed
        self.repository = repository
        self.branch = branch
        self.match = match
        self.commit = commit
        self.author = author
        self.merged = merged
        self.firstSeenAt = firstSeenAt
        self.activeAt = activeAt
        self.goneAt = goneAt
    }
}

/// A pull request of one of an environment's branches, or of its number.
package struct RequestSighting: Sendable, Hashable, Codable {
    package var repository: String
    package var request: PullRequest

    package init(repository: String, request: PullRequest) {
        self.repository = repository
        self.request = request
    }
}
