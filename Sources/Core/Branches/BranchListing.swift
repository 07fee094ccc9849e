package import Foundation

/// One branch as its host lists it.
package struct HostBranch: Sendable, Hashable, Codable {
    package var name: String
    /// The hash of its newest commit.
    package var commit: String
    /// The host says that all of it is in the default branch; nil where it does not say.
    package var merged: Bool?
    package var isDefault: Bool?
    package var detail: HostCommit?

    package init(
        name: String,
        commit: String,
        merged: Bool? = nil,
        isDefault: Bool? = nil,
        detail: HostCommit? = nil
    ) {
        self.name = name
        self.commit = commit
        self.merged = merged
        self.isDefault = isDefault
        self.detail = detail
    }
}

/// What a host says of a commit.
package struct HostCommit: Sendable, Hashable, Codable {
    /// When it was committed, by the clock of whoever did.
    package var at: Date
    /// Name and address as they stand in the commit: anybody can write anything there.
    package var author: String
    package var address: String

    package init(at: Date, author: String, address: String) {
        self.at = at
        self.author = author
        self.address = address
    }

    /// The person behind it; nil for a host's stand-in and for programs.
    package var owner: OwnerName? {
        let name = author.lowercased()
        let address = OwnerName(address)
        guard address.isAddress, address.text.utf8.count <= 320,
            !address.text.unicodeScalars.contains(where: { $0.value < 32 || $0.value == 127 })
        else { return nil }
        let parts = address.text.split(separator: "@")
        guard let login = parts.first, let domain = parts.last else { return nil }
        if domain.split(separator: ".").contains(where: { $0 == "noreply" }) { return nil }
        if ["noreply", "no-reply", "donotreply", "git", "root", "ci", "bot"].contains(String(login)) { return nil }
        if login.hasSuffix("[bot]") || name.hasSuffix("[bot]") || name.hasSuffix(" bot") { return nil }
        let programs = ["dependabot", "renovate", "github-actions", "github actions", "gitlab", "mergify", "snyk"]
        if programs.contains(where: { name.hasPrefix($0) || login.hasPrefix($0) }) { return nil }
        return address
    }
}

/// A pull request, or a merge request.
package struct PullRequest: Sendable, Hashable, Codable {
    package enum State: String, Sendable, Hashable, Codable, CaseIterable {
        case open
        /// Ended without being merged.
        case closed
        case merged
    }

    package var number: Int
    /// The branch that it would merge.
    package var branch: String
    /// The newest commit of that branch as the request knows it.
    package var commit: String
    /// The branch is in somebody's copy of the repository.
    package var isFork: Bool
    package var base: String
    /// Into the branch that is the default one now, whichever that was then; nil where that is not known.
    ///
    /// Hosts leave it out: what is kept answers it anew each time.
    package var intoDefault: Bool?
    package var state: State
    package var updatedAt: Date
    package var endedAt: Date?

    package init(
        number: Int,
        branch: String,
        commit: String,
        isFork: Bool = false,
        base: String,
        intoDefault: Bool? = nil,
        state: State,
        updatedAt: Date,
        endedAt: Date? = nil
    ) {
        self.number = number
        self.branch = branch
        self.commit = commit
        self.isFork = isFork
        self.base = base
        self.intoDefault = intoDefault
        self.state = state
        self.updatedAt = updatedAt
        self.endedAt = endedAt
    }
}

/// One page of a list of branches, kept so that an unchanged one costs next to nothing.
package struct ListPage: Sendable, Hashable, Codable {
    package var url: String
    package var etag: String?
    /// The next page as the host named it; nil where this is the last.
    package var next: String?
    package var branches: [HostBranch]

    package init(url: String, etag: String?, next: String?, branches: [HostBranch]) {
        self.url = url
        self.etag = etag
        self.next = next
        self.branches = branches
    }
}

/// Every branch of a repository: a list that was read to its end.
package struct BranchListing: Sendable, Hashable {
    package var branches: [HostBranch]
    package var pages: [ListPage]
    /// The host sent us on: the repository has another name by now.
    package var isMoved: Bool

    package init(branches: [HostBranch], pages: [ListPage] = [], isMoved: Bool = false) {
        self.branches = branches
        self.pages = pages
        self.isMoved = isMoved
    }

    /// The default branch, where the host marks it.
    package var defaultBranch: String? { branches.first { $0.isDefault == true }?.name }
}

/// Pull requests that changed since the last reading.
package struct RequestListing: Sendable, Hashable {
    package var requests: [PullRequest]
    /// Of the first page.
    package var etag: String?
    /// No request that changed up to then is missing, from `from` on.
    package var upTo: Date?
    /// Older changes were not read; nil: there are none.
    package var from: Date?
    /// The default branch as the newest of them has it.
    package var defaultBranch: String?

    package init(
        requests: [PullRequest],
        etag: String? = nil,
        upTo: Date? = nil,
        from: Date? = nil,
        defaultBranch: String? = nil
    ) {
        self.defaultBranch = defaultBranch
        self.requests = requests
        self.etag = etag
        self.upTo = upTo
        self.from = from
    }
}

/// What is known of a repository from readings before.
package struct KnownRepository: Sendable, Hashable {
    package var pages: [ListPage]
    package var requestsTag: String?
    package var requestsUpTo: Date?
    package var requestsFrom: Date?
    package var requests: [PullRequest]
    package var readAt: Date?
    /// Its host asked not to be called before.
    package var notBefore: Date?
    /// The host's own number for it.
    package var project: String?
    package var doubt: ListDoubt?

    package init(
        pages: [ListPage] = [],
        requestsTag: String? = nil,
        requestsUpTo: Date? = nil,
        requestsFrom: Date? = nil,
        requests: [PullRequest] = [],
        readAt: Date? = nil,
        notBefore: Date? = nil,
        project: String? = nil,
        doubt: ListDoubt? = nil
    ) {
        self.project = project
        self.doubt = doubt
        self.pages = pages
        self.requestsTag = requestsTag
        self.requestsUpTo = requestsUpTo
        self.requestsFrom = requestsFrom
        self.requests = requests
        self.readAt = readAt
        self.notBefore = notBefore
    }

    package static let none = KnownRepository()
}

/// One reading of a repository.
package struct RepositoryReading: Sendable {
    package var branches: Result<BranchListing, HostFailure>
    /// Nil where its kind knows none.
    package var requests: Result<RequestListing, HostFailure>?
    /// Asked where the branches are not those that were known; nil where they are, or its kind knows none.
    package var project: Result<HostedProject, HostFailure>?
    /// Where finished work goes, as the settings or this reading say; nil: as before.
    package var defaultBranch: String?
    /// Its name by now, where the host sent us on.
    package var movedTo: String?

    package init(
        branches: Result<BranchListing, HostFailure>,
        requests: Result<RequestListing, HostFailure>? = nil,
        project: Result<HostedProject, HostFailure>? = nil,
        defaultBranch: String? = nil,
        movedTo: String? = nil
    ) {
        self.project = project
        self.defaultBranch = defaultBranch
        self.branches = branches
        self.requests = requests
        self.movedTo = movedTo
    }
}
