import Core
import Foundation
import Testing

/// `branch` and `pull_request` in every truth value.
@Suite struct BranchClauseTests {
    private static let address = "https://github.com/acme/shop"

    private func repository(
        kind: Repository.Kind = .github,
        _ change: (inout StandingRepository) -> Void = { _ in }
    ) -> StandingRepository {
        var repository = StandingRepository(address: Self.address, kind: kind, readAt: noon, requestsReadAt: noon)
        change(&repository)
        return repository
    }

    private func branch(
        _ name: String = "feature/x",
        _ match: BranchSighting.Match = .named,
        commit: String = "a",
        merged: Bool? = nil,
        gone: Date? = nil
    ) -> BranchSighting {
        BranchSighting(
            repository: Self.address,
            branch: name,
            match: match,
            commit: commit,
            merged: merged,
            firstSeenAt: daysAgo(9),
            activeAt: daysAgo(9),
            goneAt: gone
        )
    }

    private func request(
        _ number: Int,
        _ state: PullRequest.State,
        commit: String = "a",
        base: String = "main",
        ended: Date? = nil
    ) -> RequestSighting {
        RequestSighting(
            repository: Self.address,
            request: PullRequest(
                number: number,
                branch: "feature/x",
                commit: commit,
                base: base,
                intoDefault: base == "main",
                state: state,
                updatedAt: noon,
                endedAt: ended
            )
        )
    }

    private func trace(_ condition: Condition, _ branches: EnvironmentBranches) -> Trace {
        condition.trace(on: facts { $0.branches = branches }, now: noon)
    }

    private func truth(_ condition: Condition, _ branches: EnvironmentBranches) -> Truth {
        trace(condition, branches).truth
    }

    @Test func `D3 a branch is gone only where every repository was read and none has it`() {
        let gone = branch(gone: daysAgo(1))
        func truth(_ branches: EnvironmentBranches) -> Truth { self.truth(.branch(.gone), branches) }
        #expect(truth(EnvironmentBranches(repositories: [repository()], branches: [gone])) == .yes)
        #expect(truth(EnvironmentBranches(repositories: [repository()], branches: [branch()])) == .no)
        #expect(truth(.none) == .notApplicable)
        // Nobody ever saw one.
        #expect(truth(EnvironmentBranches(repositories: [repository()])) == .unknown)
        // Read never, or not the last time.
        for change: (inout StandingRepository) -> Void in [
            { $0.readAt = nil }, { $0.failure = "there is no such repository (404)" },
        ] {
            #expect(truth(EnvironmentBranches(repositories: [repository(change)], branches: [gone])) == .unknown)
        }
        // A second repository that could not be read may have it; one that was read and has it, does.
        var other = repository { $0.failure = "denied" }
        other.address = "https://github.com/acme/web"
        #expect(truth(EnvironmentBranches(repositories: [repository(), other], branches: [gone])) == .unknown)
        #expect(truth(EnvironmentBranches(repositories: [repository(), other], branches: [branch()])) == .no)
        // Registered elsewhere.
        #expect(truth(EnvironmentBranches(unlisted: "https://github.com/acme/other")) == .unknown)
    }

    @Test func `D3 a registered branch that no list ever had is gone only where its pull requests are known`() {
        var registered = branch(gone: noon)
        (registered.match, registered.firstSeenAt) = (.registered, nil)
        func truth(_ change: (inout StandingRepository) -> Void) -> Truth {
            let branches = EnvironmentBranches(repositories: [repository(change)], branches: [registered])
            return self.truth(.branch(.gone), branches)
        }
        #expect(truth { _ in } == .yes)
        // It may be a branch of somebody's copy, and its request be open.
        #expect(truth { $0.requestsFailure = "the token may not read pull requests" } == .unknown)
        #expect(truth { $0.requestsReadAt = nil } == .unknown)
        #expect(truth { $0.requestsFrom = daysAgo(3) } == .unknown)
    }

    @Test func `several candidates are alive as long as one of them is`() {
        let branches = [branch(gone: daysAgo(1)), branch("feature-x")]
        let trace = trace(.branch(.gone), EnvironmentBranches(repositories: [repository()], branches: branches))
        #expect(trace.truth == .no)
        #expect(trace.saw.contains("feature-x of github.com/acme/shop"))
    }

    @Test func `D3 what only resembled the name keeps it while it is there, and proves nothing when it is gone`() {
        func truth(_ gone: Date?) -> Truth {
            let branches = [branch("feature/x-long", .resembling, gone: gone)]
            return self.truth(.branch(.gone), EnvironmentBranches(repositories: [repository()], branches: branches))
        }
        #expect(truth(nil) == .no)
        #expect(truth(daysAgo(3)) == .unknown)
    }

    @Test func `an open pull request, of a copy too, says that the branch is somewhere`() {
        let branches = EnvironmentBranches(
            repositories: [repository()],
            branches: [branch(gone: daysAgo(1))],
            requests: [request(12, .open)]
        )
        #expect(truth(.branch(.gone), branches) == .no)
    }

    @Test func `two repositories have a pull request of that number, and one merged is not both`() {
        var other = repository()
        other.address = "https://github.com/acme/web"
        var second = request(12, .closed, ended: daysAgo(90))
        second.repository = other.address
        let branches = EnvironmentBranches(
            repositories: [repository(), other],
            requests: [request(12, .merged, ended: daysAgo(1)), second]
        )
        #expect(truth(.pullRequest(.closed), branches) == .yes)
        #expect(truth(.pullRequest(.merged), branches) == .no)
        #expect(truth(.branch(.merged), branches) == .no)
    }

    @Test func `a branch of somebody's copy is none of ours`() {
        var copied = request(12, .closed, ended: daysAgo(1))
        copied.request.isFork = true
        let branches = EnvironmentBranches(repositories: [repository()], requests: [copied])
        #expect(truth(.branch(.gone), branches) == .notApplicable)
        #expect(truth(.pullRequest(.closed), branches) == .yes)
    }

    @Test func `the trace names repository, branch, how it was read and since when`() {
        let branches = EnvironmentBranches(repositories: [repository()], branches: [branch(gone: daysAgo(1))])
        let saw = trace(.branch(.gone), branches).saw
        for word in ["feature/x", "github.com/acme/shop", "GitHub's list of branches", "2026-11-22 12:00 UTC"] {
            #expect(saw.contains(word), "\(saw)")
        }
    }

    @Test func `merged is what a pull request merged into the default branch, and nothing that came after`() {
        func truth(_ branches: [BranchSighting], _ requests: [RequestSighting], cut: Date? = nil) -> Truth {
            let repository = repository { $0.requestsFrom = cut }
            return self.truth(
                .branch(.merged),
                EnvironmentBranches(repositories: [repository], branches: branches, requests: requests)
            )
        }
        let gone = branch(gone: daysAgo(1))
        let merged = request(1, .merged, ended: daysAgo(2))
        #expect(truth([gone], [merged]) == .yes)
        #expect(truth([branch()], [merged]) == .yes)
        // A squash merge leaves the branch's own commits where they were; the request knows which was its last.
        #expect(truth([branch(commit: "b")], [merged]) == .no)
        #expect(truth([branch()], [merged, request(2, .open)]) == .no)
        #expect(truth([gone], [request(1, .closed, ended: daysAgo(2))]) == .no)
        #expect(truth([gone], [request(1, .merged, base: "develop", ended: daysAgo(2))]) == .no)
        // Reverted and tried again: the newest says what became of it.
        #expect(truth([gone], [merged, request(2, .closed, ended: daysAgo(1))]) == .no)
        #expect(truth([gone], []) == .unknown)
        #expect(truth([branch()], []) == .no)
        #expect(truth([branch()], [], cut: daysAgo(90)) == .unknown)
        #expect(truth([], []) == .unknown)
        // GitLab says it of the branch.
        #expect(truth([branch(merged: true)], []) == .yes)
        #expect(truth([branch(merged: false)], []) == .no)
        #expect(truth([branch(merged: true), branch("feature-x", merged: false)], []) == .no)
        #expect(truth([branch("feature/x-long", .resembling, merged: true)], []) == .unknown)
    }

    @Test func `D3 what GitLab says of a branch that never held anything makes merged unknown, and so its opposite`() {
        let made = EnvironmentBranches(repositories: [repository(kind: .gitlab)], branches: [branch()])
        #expect(truth(.branch(.merged), made) == .unknown)
        #expect(truth(.not(.branch(.merged)), made) == .unknown)
        let request = EnvironmentBranches(
            repositories: [repository(kind: .gitlab)],
            branches: [branch()],
            requests: [request(1, .merged, ended: daysAgo(2))]
        )
        #expect(truth(.branch(.merged), request) == .yes)
    }

    @Test func `plain git knows neither merges nor pull requests`() {
        let branches = EnvironmentBranches(repositories: [repository(kind: .git)], branches: [branch()])
        #expect(truth(.branch(.merged), branches) == .notApplicable)
        for state in RequestState.allCases { #expect(truth(.pullRequest(state), branches) == .notApplicable) }
        #expect(truth(.branch(.gone), branches) == .no)
    }

    @Test func `a pull request is open, closed or merged, and an open one outweighs all others`() {
        func truths(_ requests: [RequestSighting], _ change: (inout StandingRepository) -> Void = { _ in }) -> [Truth] {
            let branches = EnvironmentBranches(
                repositories: [repository(change)],
                branches: [branch()],
                requests: requests
            )
            return [RequestState.open, .closed, .merged].map { truth(.pullRequest($0), branches) }
        }
        let merged = request(1, .merged, ended: daysAgo(2))
        #expect(truths([request(2, .open)]) == [.yes, .no, .no])
        #expect(truths([merged]) == [.no, .yes, .yes])
        #expect(truths([request(1, .closed, ended: daysAgo(2))]) == [.no, .yes, .no])
        #expect(truths([merged, request(2, .open)]) == [.yes, .no, .no])
        #expect(truths([merged, request(2, .closed, ended: daysAgo(1))]) == [.no, .yes, .no])
        #expect(truths([]) == [.notApplicable, .notApplicable, .notApplicable])
        #expect(truths([]) { $0.requestsFrom = daysAgo(90) } == [.unknown, .unknown, .unknown])
        #expect(truths([merged]) { $0.requestsFailure = "denied" } == [.unknown, .unknown, .unknown])
        #expect(truths([merged]) { $0.failure = "denied" } == [.unknown, .unknown, .unknown])
    }

    @Test func `D3 a reading that is too old is none`() {
        let branches = EnvironmentBranches(repositories: [repository()], branches: [branch(gone: daysAgo(1))])
        #expect(truth(.branch(.gone), branches.asOf(daysFromNow(2), registered: nil)) == .yes)
        let old = branches.asOf(daysFromNow(2.1), registered: nil)
        #expect(truth(.branch(.gone), old) == .unknown)
        #expect(old.committed().isUnknown)
        // Registered is another repository than the one that was read.
        let moved = branches.asOf(noon, registered: "git@github.com:acme/other.git")
        #expect(truth(.branch(.gone), moved) == .unknown)
        #expect(truth(.branch(.gone), branches.asOf(noon, registered: "git@github.com:acme/shop.git")) == .yes)
    }

    @Test func `commits are activity, where there is something to commit to`() {
        func idle(_ branches: EnvironmentBranches, of kinds: [SignalKind]? = nil) -> Truth {
            let facts = facts(changed: 40) { $0.signals.append(branches.committed()) }
            return Condition.idle(for: days(7), of: kinds).trace(on: facts, now: noon).truth
        }
        var young = branch()
        young.activeAt = daysAgo(1)
        #expect(idle(EnvironmentBranches(repositories: [repository()], branches: [young])) == .no)
        #expect(idle(EnvironmentBranches(repositories: [repository()], branches: [branch()])) == .yes)
        #expect(
            idle(EnvironmentBranches(repositories: [repository { $0.failure = "denied" }], branches: [young]))
                == .unknown
        )
        #expect(idle(.none) == .yes)
        #expect(idle(.none, of: [.committed]) == .notApplicable)
        #expect(idle(EnvironmentBranches(repositories: [repository()]), of: [.committed]) == .notApplicable)
        #expect(idle(EnvironmentBranches(repositories: [repository()], branches: [branch(gone: noon)])) == .yes)
    }

    @Test func `the newest commit's author may be the owner, as the weakest of all evidence`() {
        var ada = branch()
        ada.author = OwnerName("ada@example.com")
        var bob = branch("feature-x")
        bob.author = OwnerName("bob@example.com")
        bob.activeAt = daysAgo(1)
        let branches = EnvironmentBranches(repositories: [repository()], branches: [ada, bob])
        // One alone, so that two people on two branches are no disagreement.
        #expect(branches.authorship?.owner == OwnerName("bob@example.com"))
        let resolution = resolveOwner(
            components: [:],
            claim: nil,
            further: [branches.authorship].compactMap(\.self),
            name: EnvironmentName("feat-x"),
            rules: OwnerRules(patterns: [OwnerPattern(name: "feat-*", owner: OwnerName("team"))])
        )
        #expect(resolution.owner == OwnerName("bob@example.com"))
        let tagged = resolveOwner(
            components: [ComponentID("c"): ["owner": "eve@example.com"]],
            claim: nil,
            further: [branches.authorship].compactMap(\.self),
            name: EnvironmentName("feat-x"),
            rules: OwnerRules()
        )
        #expect(tagged.owner == OwnerName("eve@example.com"))
    }
}
