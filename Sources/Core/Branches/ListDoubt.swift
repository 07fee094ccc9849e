package import Foundation

/// What a host says of a repository, whatever its branches are.
package struct HostedProject: Sendable, Hashable {
    /// The host's own number for it, which no other repository ever gets; nil where it does not say.
    package var id: String?
    package var name: String?
    package var defaultBranch: String?

    package init(id: String? = nil, name: String? = nil, defaultBranch: String? = nil) {
        self.id = id
        self.name = name
        self.defaultBranch = defaultBranch
    }
}

/// A list of branches that was read to its end and is not believed yet (R3).
package struct ListDoubt: Sendable, Hashable {
    /// When a list like it was first read.
    package var since: Date
    /// How many of the branches known before it had.
    package var kept: Int
    /// Of which repository it was.
    package var project: String?

    package init(since: Date, kept: Int, project: String?) {
        self.since = since
        self.kept = kept
        self.project = project
    }
}

extension BranchBook {
    /// Between two readings that both have to lack something before it counts as gone.
    package static let apart = Duration.seconds(6 * 3_600)
}

extension KnownRepository {
    /// R3: why a list is not believed beside the one before; nil where it is.
    ///
    /// Less than half of a repository's branches may be left after a great clearing, and a name may pass to another
    /// repository. Both look like the answer of somebody who lost the right to see the rest, so they have to be read twice.
    package func suspicion(of reading: RepositoryReading, of repository: Repository, at now: Date) -> HostFailure? {
        guard case .success(let listing) = reading.branches else { return nil }
        let before = Set(pages.flatMap(\.branches).map(\.name))
        let kept = before.intersection(listing.branches.map(\.name)).count
        let lost = before.count - kept
        var found: String?
        switch reading.project {
        case .success(let project): found = project.id
        // Whose branches they are is not known, where it was before.
        case .failure(let failure) where project != nil: return failure
        case .failure, nil: break
        }
        let isOther = isOther(reading)
        guard isOther || (lost >= 5 && lost * 2 > before.count) else { return nil }
        var fresh = ListDoubt(since: now, kept: kept, project: found)
        if let doubt, doubt.project == found, kept * 2 >= doubt.kept {
            if now.passed(since: doubt.since) >= BranchBook.apart { return nil }
            fresh = doubt
        }
        let next = fresh.since.later(by: BranchBook.apart).minuteText
        return HostFailure(
            isOther
                ? "\(repository.place): another repository has its name by now"
                : "\(repository.place): only \(kept) of the \(before.count) branches known before are in its list, which is not believed yet",
            advice: "look at it; a scan after \(next) that finds the same believes it",
            doubt: fresh
        )
    }

    /// Whether it is another repository that was read than the ones before.
    package func isOther(_ reading: RepositoryReading) -> Bool {
        guard let project, let found = (try? reading.project?.get())?.id else { return false }
        return found != project
    }
}
