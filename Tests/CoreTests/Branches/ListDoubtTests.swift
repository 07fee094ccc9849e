import Core
import Foundation
import Testing

/// Which lists of branches are believed beside the ones before.
@Suite struct ListDoubtTests {
    private func known(_ count: Int, doubt: ListDoubt? = nil, project: String? = nil) -> KnownRepository {
        let page = ListPage(url: "a", etag: nil, next: nil, branches: branches(count))
        return KnownRepository(pages: [page], readAt: daysAgo(1), project: project, doubt: doubt)
    }

    private func branches(_ count: Int) -> [HostBranch] { (0..<count).map { HostBranch(name: "b\($0)", commit: "c") } }

    private func suspicion(
        _ known: KnownRepository,
        _ count: Int,
        project: Result<HostedProject, HostFailure>? = nil
    ) throws -> HostFailure? {
        let address = "https://github.com/acme/shop"
        let repository = Repository(
            address: address,
            place: try #require(RepositoryPlace(address: address)),
            kind: .github
        )
        let reading = RepositoryReading(
            branches: .success(BranchListing(branches: branches(count))),
            project: project
        )
        return known.suspicion(of: reading, of: repository, at: noon)
    }

    @Test(arguments: [
        (0, 1, true), (13, 13, true), (13, 14, true), (8, 4, true), (10, 5, true), (11, 5, false), (9, 4, false),
        (6, 2, true), (5, 1, true), (6, 1, false), (200, 99, false),
    ])
    func `R3 more than half of a repository's branches, and five or more, are not lost at once`(
        before: Int,
        after: Int,
        isBelieved: Bool
    ) throws {
        #expect(try (suspicion(known(before), after) == nil) == isBelieved, "\(before) to \(after)")
    }

    @Test func `R3 what was doubted is believed when it is read again six hours later, and no smaller by half`() throws
    {
        func doubt(_ since: Date, kept: Int) -> ListDoubt { ListDoubt(since: since, kept: kept, project: nil) }
        let first = try #require(try suspicion(known(20), 6)?.doubt)
        #expect(first == doubt(noon, kept: 6))
        let early = noon.addingTimeInterval(-6 * 3_600 + 1)
        #expect(try suspicion(known(20, doubt: doubt(early, kept: 6)), 6)?.doubt == doubt(early, kept: 6))
        let due = noon.addingTimeInterval(-6 * 3_600)
        #expect(try suspicion(known(20, doubt: doubt(due, kept: 6)), 6) == nil)
        #expect(try suspicion(known(20, doubt: doubt(due, kept: 6)), 3) == nil)
        // It goes on falling: that is another list.
        #expect(try suspicion(known(20, doubt: doubt(due, kept: 6)), 2)?.doubt == doubt(noon, kept: 2))
    }

    @Test func `R3 a repository that is another one is not believed, however alike`() throws {
        func project(_ id: String?) -> Result<HostedProject, HostFailure> { .success(HostedProject(id: id)) }
        #expect(try suspicion(known(3, project: "1"), 3, project: project("1")) == nil)
        #expect(try suspicion(known(3), 3, project: project("2")) == nil)
        #expect(try suspicion(known(3, project: "1"), 3) == nil)
        let other = try #require(try suspicion(known(3, project: "1"), 3, project: project("2")))
        #expect(other.doubt == ListDoubt(since: noon, kept: 3, project: "2"))
        let denied = HostFailure("denied", advice: "")
        #expect(try suspicion(known(3, project: "1"), 3, project: .failure(denied)) == denied)
        #expect(try suspicion(known(3), 3, project: .failure(denied)) == nil)
    }
}
