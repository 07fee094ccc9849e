import Core
import Foundation
import Testing

/// What a list of branches says of an environment, beside what was known.
@Suite struct BranchBookTests {
    private static let address = "https://github.com/acme/shop"

    private func book(
        _ branches: [HostBranch],
        kind: Repository.Kind = .github,
        requests: [PullRequest] = [],
        before: Date? = nil,
        now: Date = noon
    ) throws -> BranchBook {
        let place = try #require(RepositoryPlace(address: Self.address))
        return BranchBook(
            Repository(address: Self.address, place: place, kind: kind),
            listing: branches,
            requests: requests,
            names: NameEvaluator(NameRules()),
            before: before,
            now: now
        )
    }

    private func entry(_ name: String, _ known: [BranchSighting] = [], registered: String? = nil) -> BranchBook.Entry {
        BranchBook.Entry(name: EnvironmentName(name), known: known, registered: registered, began: daysAgo(10))
    }

    private let main = HostBranch(name: "main", commit: "m", isDefault: true)

    @Test func `D3 an environment whose name never matched a branch has none that could be gone`() throws {
        let book = try book([main, HostBranch(name: "feature/y", commit: "a")])
        #expect(book.sightings(entry("feat-x")).branches.isEmpty)
        #expect(book.doubts(entry("feat-x")).isEmpty)
    }

    @Test func `D3 a request of the same number that ended before the environment began is another one's`() throws {
        func request(ended: Date?) -> PullRequest {
            PullRequest(
                number: 12,
                branch: "fix/old",
                commit: "a",
                base: "main",
                intoDefault: true,
                state: ended == nil ? .open : .merged,
                updatedAt: ended ?? noon,
                endedAt: ended
            )
        }
        for (ended, isOurs) in [(daysAgo(900), false), (daysAgo(1), true), (nil, true)] as [(Date?, Bool)] {
            let book = try book([main], requests: [request(ended: ended)])
            #expect(book.sightings(entry("pr-12")).requests == (isOurs ? [12] : []))
            #expect(book.doubts(entry("pr-12")).isEmpty == (ended == nil || !isOurs))
        }
    }

    @Test func `D3 a branch is gone when the list lacks it and it is not there by its name, and not before`() throws {
        let seen = try book([main, HostBranch(name: "feature/x", commit: "a")], now: daysAgo(2))
            .sightings(entry("feat-x")).branches
        #expect(seen.map(\.goneAt) == [nil])
        var later = try book([main], before: daysAgo(2))
        #expect(later.doubts(entry("feat-x", seen)) == ["feature/x"])
        // The list alone: something may have moved between two pages.
        #expect(later.sightings(entry("feat-x", seen)).branches.map(\.goneAt) == [nil])
        later.absent = ["feature/x"]
        let gone = later.sightings(entry("feat-x", seen)).branches
        #expect(gone.map(\.goneAt) == [noon])
        // It stays gone since then, and nobody is asked again.
        let third = try book([main], before: noon, now: daysFromNow(1))
        #expect(third.doubts(entry("feat-x", gone)).isEmpty)
        #expect(third.sightings(entry("feat-x", gone)).branches == gone)
        // Pushed again, it is there, and it is younger than before.
        let again = try book([main, HostBranch(name: "feature/x", commit: "b")], before: noon, now: daysFromNow(1))
            .sightings(entry("feat-x", gone)).branches
        #expect(again.map(\.goneAt) == [nil])
        #expect(again.map(\.activeAt) == [daysFromNow(1)])
    }

    @Test func `D3 what another repository lacks, which got the name of the one before, is not gone`() throws {
        let seen = try book([main, HostBranch(name: "feature/x", commit: "a", merged: false)], now: daysAgo(2))
            .sightings(entry("feat-x")).branches
        var other = try book([main], before: daysAgo(2), now: daysAgo(1))
        other.isOther = true
        other.absent = ["feature/x", "topic"]
        #expect(other.doubts(entry("feat-x", seen, registered: "topic")).isEmpty)
        let kept = other.sightings(entry("feat-x", seen, registered: "topic")).branches
        #expect(
            kept.map(\.branch) == ["feature/x", "topic"] && kept.allSatisfy { $0.goneAt == nil && $0.missed != nil }
        )
        // Nor when it is read again.
        var again = try book([main], before: daysAgo(1))
        #expect(again.doubts(entry("feat-x", kept, registered: "topic")).isEmpty)
        again.absent = ["feature/x", "topic"]
        #expect(again.sightings(entry("feat-x", kept, registered: "topic")).branches == kept)
        // One of its own that is called the same is a new one.
        let own = try book([main, HostBranch(name: "feature/x", commit: "a", merged: true)], kind: .gitlab)
            .sightings(entry("feat-x", Array(kept.prefix(1)))).branches
        #expect(own.map(\.firstSeenAt) == [noon] && own.map(\.merged) == [nil] && own.map(\.missed) == [nil])
    }

    @Test func `a registered branch may be gone without ever having been seen, save where git alone is asked`() throws {
        var book = try book([main])
        #expect(book.doubts(entry("feat-x", registered: "topic")) == ["topic"])
        book.absent = ["topic"]
        #expect(book.sightings(entry("feat-x", registered: "topic")).branches.map(\.goneAt) == [noon])
        var plain = try self.book([main], kind: .git)
        plain.absent = ["topic"]
        #expect(plain.sightings(entry("feat-x", registered: "topic")).branches.isEmpty)
    }

    @Test func `commits count from their date where that can be, and from when they were seen where it cannot`() throws
    {
        func active(_ commit: String, at: Date?, known: [BranchSighting] = [], before: Date? = nil) throws -> Date? {
            let detail = at.map { HostCommit(at: $0, author: "Ada", address: "ada@example.com") }
            let branch = HostBranch(name: "feature/x", commit: commit, detail: detail)
            return try book([main, branch], before: before).sightings(entry("feat-x", known)).branches.first?.activeAt
        }
        #expect(try active("a", at: daysAgo(5)) == daysAgo(5))
        #expect(try active("a", at: nil) == noon)
        // Nobody commits tomorrow.
        #expect(try active("a", at: daysFromNow(3)) == noon)
        let known = BranchSighting(
            repository: Self.address,
            branch: "feature/x",
            match: .named,
            commit: "a",
            firstSeenAt: daysAgo(9),
            activeAt: daysAgo(9)
        )
        #expect(try active("a", at: nil, known: [known], before: daysAgo(1)) == daysAgo(9))
        #expect(try active("b", at: daysAgo(0.5), known: [known], before: daysAgo(1)) == daysAgo(0.5))
        // Moved since the last reading to a commit that is older than that.
        #expect(try active("b", at: daysAgo(8), known: [known], before: daysAgo(1)) == noon)
    }

    @Test func `a pull request's number, its branch, or none of them`() throws {
        func request(_ number: Int, _ branch: String, fork: Bool = false, ended: Date? = nil) -> PullRequest {
            PullRequest(
                number: number,
                branch: branch,
                commit: "a",
                isFork: fork,
                base: "main",
                state: ended == nil ? .open : .closed,
                updatedAt: noon,
                endedAt: ended
            )
        }
        let requests = [
            request(12, "topic"), request(13, "feature/x", ended: daysAgo(20)), request(14, "feature/x"),
            request(15, "other", fork: true),
        ]
        let book = try book([main, HostBranch(name: "topic", commit: "a")], requests: requests)
        let numbered = book.sightings(entry("pr-12"))
        #expect(numbered.requests == [12])
        #expect(numbered.branches.map(\.match) == [.requested])
        // 13 ended before the environment began: that was another life of the name.
        #expect(book.sightings(entry("feat-x")).requests == [14])
        let forked = book.sightings(entry("pr-15"))
        #expect(forked.requests == [15])
        #expect(forked.branches.isEmpty)
    }

    @Test func `D3 a branch that was only just made of the default one is not known to be merged, now or later`() throws
    {
        func merged(
            _ commit: String,
            _ said: Bool,
            trunk: String,
            _ past: [BranchSighting] = []
        ) throws -> [BranchSighting] {
            let trunk = HostBranch(name: "main", commit: trunk, merged: false, isDefault: true)
            let branch = HostBranch(name: "feature/x", commit: commit, merged: said)
            return try book([trunk, branch], kind: .gitlab).sightings(entry("feat-x", past)).branches
        }
        let made = try merged("m", true, trunk: "m")
        #expect(made.map(\.merged) == [nil])
        // Others went on; still nobody worked on it.
        let later = try merged("m", true, trunk: "n", made)
        #expect(later.map(\.merged) == [nil])
        // Work on it, and what became of that, as long as nothing is added.
        let worked = try merged("a", false, trunk: "n", later)
        #expect(worked.map(\.merged) == [false])
        let done = try merged("a", true, trunk: "o", worked)
        #expect(done.map(\.merged) == [true])
        #expect(try merged("a", true, trunk: "p", done).map(\.merged) == [true])
        // The default branch was moved on to it.
        #expect(try merged("a", true, trunk: "a", worked).map(\.merged) == [true])
        // Worked on and merged between two readings, or set back to where the default branch was: nobody can tell.
        #expect(try merged("b", true, trunk: "p", worked).map(\.merged) == [nil])
        // Begun anew from the default branch.
        #expect(try merged("p", true, trunk: "p", done).map(\.merged) == [nil])
        #expect(try merged("c", true, trunk: "p", done).map(\.merged) == [nil])
        var gone = worked
        gone[0].goneAt = noon
        #expect(try merged("a", true, trunk: "p", gone).map(\.merged) == [nil])
    }

    @Test func `D3 a commit that was never seen unmerged is merged where a request since then merged just that`() throws
    {
        let worked = BranchSighting(
            repository: Self.address,
            branch: "feature/x",
            match: .named,
            commit: "a",
            merged: false,
            firstSeenAt: daysAgo(2),
            activeAt: daysAgo(2)
        )
        func merged(_ commit: String, ended: Date, _ change: (inout PullRequest) -> Void = { _ in }) throws -> Bool? {
            var request = PullRequest(
                number: 3,
                branch: "feature/x",
                commit: "b",
                base: "main",
                intoDefault: true,
                state: .merged,
                updatedAt: ended,
                endedAt: ended
            )
            change(&request)
            let branch = HostBranch(name: "feature/x", commit: commit, merged: true)
            return try book([main, branch], kind: .gitlab, requests: [request]).sightings(entry("feat-x", [worked]))
                .branches.first?.merged
        }
        #expect(try merged("b", ended: daysAgo(1)) == true)
        #expect(try merged("c", ended: daysAgo(1)) == nil)
        // Of an earlier branch of that name.
        #expect(try merged("b", ended: daysAgo(3)) == nil)
        #expect(try merged("b", ended: daysAgo(1)) { $0.state = .closed } == nil)
        #expect(try merged("b", ended: daysAgo(1)) { $0.intoDefault = false } == nil)
        #expect(try merged("b", ended: daysAgo(1)) { $0.isFork = true } == nil)
    }

    @Test(arguments: [
        ("Ada", "ada@example.com", "ada@example.com"), ("Ada", "1+ada@users.noreply.github.com", nil),
        ("dependabot[bot]", "support@github.com", nil), ("Renovate Bot", "renovate@example.com", nil),
        ("GitHub", "noreply@github.com", nil), ("Ada", "ada", nil), ("ci", "ci@example.com", nil),
    ])
    func `an author is an owner only where that is a person`(name: String, address: String, owner: String?) {
        #expect(HostCommit(at: noon, author: name, address: address).owner?.text == owner)
    }
}
