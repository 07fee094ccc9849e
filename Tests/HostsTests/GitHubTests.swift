import Core
import Foundation
import TestSupport
import Testing

@testable import Hosts

/// GitHub's lists, whole or not at all.
@Suite struct GitHubTests {
    private func branches(_ count: Int) -> [ScriptedGitHub.Branch] {
        [.init("main", "m")] + (0..<count).map { .init("feature/b\($0)", "c\($0)") }
    }

    @Test func `R6 every page is followed to the end, by the address that the host gives`() async throws {
        let server = try ScriptedGitHub(branches(249))
        defer { server.stop() }
        let reading = await hosts().reading(try repository(server.url))
        let listing = try #require(value(reading.branches))
        #expect(listing.branches.count == 250)
        #expect(Set(listing.branches.map(\.name)).count == 250)
        let paths = server.requests.map(\.path).filter { $0.contains("branches") }
        #expect(
            paths == [
                "/repos/acme/shop/branches?per_page=100", "/repositories/77/list/1?branches",
                "/repositories/77/list/2?branches",
            ]
        )
        #expect(server.requests.allSatisfy { $0[header: "authorization"] == "Bearer \(theToken)" })
    }

    @Test func `what has not changed is asked for with its ETag, and taken from what is known`() async throws {
        let server = try ScriptedGitHub(branches(149))
        defer { server.stop() }
        let repository = try repository(server.url)
        let first = try #require(value(await hosts().reading(repository).branches))
        var known = KnownRepository(pages: first.pages)
        var statuses: [Int] = []
        let again = try #require(value(await hosts().reading(repository, known: known).branches))
        #expect(again == first)
        #expect(server.requests.filter { $0[header: "if-none-match"] != nil }.count == 2)
        // One branch more at the end changes the last page alone.
        server.change { $0.branches.append(.init("zebra", "z")) }
        known.pages = again.pages
        let third = try #require(value(await hosts().reading(repository, known: known).branches))
        #expect(third.branches.count == 151)
        statuses.append(third.pages.count)
        #expect(statuses == [2])
    }

    @Test func `a full last page is read anew, for a page may have come behind it`() async throws {
        let server = try ScriptedGitHub(branches(99))
        defer { server.stop() }
        let repository = try repository(server.url)
        let first = try #require(value(await hosts().reading(repository).branches))
        #expect(first.branches.count == 100)
        server.change { $0.branches.append(.init("zebra", "z")) }
        let second = try #require(
            value(await hosts().reading(repository, known: KnownRepository(pages: first.pages)).branches)
        )
        #expect(second.branches.count == 101)
    }

    /// Each is a way to be unreadable, and none of them is an empty list.
    static let faults: [(String, ScriptedAnswer, String)] = [
        ("404", ScriptedAnswer(status: 404, body: #"{"message":"Not Found"}"#), "there is no such repository"),
        ("401", ScriptedAnswer(status: 401), "does not take the token"),
        ("403", ScriptedAnswer(status: 403, body: #"{"message":"Resource not accessible"}"#), "may not read it"),
        ("500", ScriptedAnswer(status: 500), "answered 500"),
        ("no list", ScriptedAnswer(body: #"{"message":"hello"}"#), "something else than github's API"),
        ("half an element", ScriptedAnswer(body: #"[{"name":"main"}]"#), "something else than github's API"),
        ("empty", ScriptedAnswer(body: "[]"), "no branch at all"),
        ("broken off", ScriptedAnswer(body: #"[{"name":"main""#, ending: .missing(200)), "broke off"),
        ("silence", ScriptedAnswer(ending: .silence), "broke off"),
        ("a page of a proxy", ScriptedAnswer(body: "<html>please log in</html>"), "something else than github's API"),
    ]

    @Test(arguments: faults)
    func `R1 a repository that cannot be read is unknown, and has not lost a branch`(
        name: String,
        answer: ScriptedAnswer,
        words: String
    ) async throws {
        let server = try ScriptedGitHub(branches(3))
        defer { server.stop() }
        server.change { $0.instead = { $0.path.contains("/branches") ? answer : nil } }
        let reading = await hosts().reading(try repository(server.url))
        let failure = try #require(why(reading.branches), "\(name)")
        #expect(failure.summary.contains(words), "\(failure)")
        #expect(!failure.advice.isEmpty)
        #expect(!"\(failure)".contains(theToken))
    }

    @Test(arguments: [
        ScriptedAnswer(status: 502), ScriptedAnswer(ending: .silence), ScriptedAnswer(status: 404),
        ScriptedAnswer(body: #"[{"name":"feature/b9"#, ending: .missing(100)),
        ScriptedAnswer(body: #"[{"name":"feature/b9"#),
    ])
    func `R1 a page that fails after others fails the whole list`(answer: ScriptedAnswer) async throws {
        let server = try ScriptedGitHub(branches(149))
        defer { server.stop() }
        server.change { $0.instead = { $0.path.contains("/list/1") ? answer : nil } }
        let reading = await hosts().reading(try repository(server.url))
        #expect(why(reading.branches) != nil)
    }

    @Test func `a failure that passes is tried again, and one that stays is not tried for ever`() async throws {
        let server = try ScriptedGitHub(branches(3))
        defer { server.stop() }
        server.change { $0.instead = { _ in ScriptedAnswer(status: 503) } }
        _ = await hosts().reading(try repository(server.url))
        #expect(server.requests.count == 3)
    }

    @Test(arguments: [
        (
            ScriptedAnswer(
                status: 403,
                headers: [("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "1795437000")]
            ), 1_800
        ),
        (ScriptedAnswer(status: 429, headers: [("Retry-After", "120")]), 120),
        (ScriptedAnswer(status: 403, body: #"{"message":"You have exceeded a secondary rate limit"}"#), 60),
        (ScriptedAnswer(status: 429), 60),
        // A clock that is wrong by years silences nobody for years.
        (
            ScriptedAnswer(
                status: 403,
                headers: [("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "1995437000")]
            ), 86_400
        ),
    ])
    func `N3 a rate limit that is used up says until when, and is not tried again`(
        answer: ScriptedAnswer,
        seconds: Int
    ) async throws {
        let server = try ScriptedGitHub(branches(3))
        defer { server.stop() }
        server.change { $0.instead = { _ in answer } }
        let failure = try #require(why(await hosts().reading(try repository(server.url)).branches))
        #expect(failure.until == now.addingTimeInterval(Double(seconds)))
        #expect(failure.summary.contains("takes no more requests until"))
        #expect(server.requests.count == 1)
    }

    @Test func `a renamed repository is read where it is, and its new name is said`() async throws {
        let server = try ScriptedGitHub(branches(3))
        defer { server.stop() }
        server.change { state in
            state.name = "acme/store"
            let inner = state
            _ = inner
            state.instead = { request in
                guard request.path.hasPrefix("/repos/acme/old") else { return nil }
                let rest = request.path.dropFirst("/repos/acme/old".count)
                return ScriptedAnswer(status: 301, headers: [("Location", "/repos/acme/shop\(rest)")])
            }
        }
        let address = "https://git.example.com/acme/old"
        let place = try #require(RepositoryPlace(address: address))
        let old = Repository(address: address, place: place, kind: .github, api: server.url)
        let reading = await hosts().reading(old)
        #expect(value(reading.branches)?.branches.count == 4)
        #expect(reading.movedTo == "acme/store")
        // The second time, with ETags, it is the same.
        let pages = value(reading.branches)?.pages ?? []
        let again = await hosts().reading(old, known: KnownRepository(pages: pages))
        #expect(again.movedTo == "acme/store")
        #expect(value(again.branches)?.branches.count == 4)
    }

    @Test(arguments: [301, 302, 307, 308])
    func `P17 no token goes to another host, wherever we are sent`(status: Int) async throws {
        let elsewhere = try ScriptedGitHub(branches(3))
        let server = try ScriptedGitHub(branches(3))
        defer {
            server.stop()
            elsewhere.stop()
        }
        let place = "\(elsewhere.url)/repos/acme/shop/branches"
        server.change { $0.instead = { _ in ScriptedAnswer(status: status, headers: [("Location", place)]) } }
        let failure = try #require(why(await hosts().reading(try repository(server.url)).branches))
        #expect(failure.summary.contains("was moved"))
        #expect(elsewhere.requests.isEmpty)
    }

    @Test func `P17 a list that goes on at another host is not followed there`() async throws {
        let elsewhere = try ScriptedGitHub(branches(3))
        let server = try ScriptedGitHub(branches(3))
        defer {
            server.stop()
            elsewhere.stop()
        }
        let link = "<\(elsewhere.url)/next>; rel=\"next\""
        server.change {
            $0.instead = { _ in
                ScriptedAnswer(headers: [("Link", link)], body: #"[{"name":"main","commit":{"sha":"m"}}]"#)
            }
        }
        #expect(why(await hosts().reading(try repository(server.url)).branches) != nil)
        #expect(elsewhere.requests.isEmpty)
    }

    @Test func `a list or a way without an end comes to one`() async throws {
        let server = try ScriptedGitHub(branches(3))
        defer { server.stop() }
        let url = server.url
        server.change { state in
            state.instead = { request in
                ScriptedAnswer(
                    headers: [("Link", "<\(url)\(request.path)>; rel=\"next\"")],
                    body: #"[{"name":"main","commit":{"sha":"m"}}]"#
                )
            }
        }
        #expect(why(await hosts().reading(try repository(url)).branches)?.summary.contains("has no end") == true)
        server.change { $0.instead = { ScriptedAnswer(status: 301, headers: [("Location", $0.path)]) } }
        #expect(why(await hosts().reading(try repository(url)).branches)?.summary.contains("in a circle") == true)
    }

    @Test func `a list without the default branch is not believed`() async throws {
        let server = try ScriptedGitHub(branches(3))
        defer { server.stop() }
        #expect(value(await hosts().reading(try repository(server.url, defaultBranch: "main")).branches) != nil)
        let failure = why(await hosts().reading(try repository(server.url, defaultBranch: "trunk")).branches)
        #expect(failure?.summary.contains("trunk") == true)
    }

    @Test func `R2 a branch that the list lacks is asked for by its name, in a list that answers 200`() async throws {
        let server = try ScriptedGitHub(branches(3) + [.init("feature/b1-more", "x")])
        defer { server.stop() }
        let asked = ["feature/b1", "feature/none", "feature/b1-mo"]
        let repository = try repository(server.url)
        #expect(await hosts().missing(asked, of: repository).absent == ["feature/none", "feature/b1-mo"])
        for answer in [ScriptedAnswer(status: 404), ScriptedAnswer(status: 500), ScriptedAnswer(body: "{}")] {
            server.change { $0.instead = { _ in answer } }
            #expect(await hosts().missing(asked, of: repository).absent.isEmpty)
        }
    }

    @Test(arguments: [ScriptedAnswer(status: 500), ScriptedAnswer(ending: .silence), ScriptedAnswer(status: 429)])
    func `N3 after a host that does not answer nothing more is asked, and the rest is unknown`(
        answer: ScriptedAnswer
    ) async throws {
        let server = try ScriptedGitHub(branches(1))
        defer { server.stop() }
        server.change { $0.instead = { _ in answer } }
        let asked = (0..<30).map { "feature/\($0)" }
        let missing = await hosts().missing(asked, of: try repository(server.url))
        #expect(missing.absent.isEmpty && Set(missing.unanswered.keys) == Set(asked))
        #expect(Set(missing.unanswered.values).count == 1)
        // As often as one request is tried.
        #expect(server.requests.count == (answer.status == 429 ? 1 : 3))
        let before = server.requests.count
        #expect(
            await hosts().commits(asked, of: try repository(server.url), isOver: { false }, now: now).isEmpty
        )
        #expect(server.requests.count - before == before)
    }

    @Test func `N3 nothing is asked for by its name once there is no time left`() async throws {
        let server = try ScriptedGitHub(branches(1))
        defer { server.stop() }
        let asked = (0..<130).map { "feature/\($0)" }
        let repository = try repository(server.url)
        let late = await hosts().missing(asked, of: repository, isOver: { server.requests.count >= 2 }, now: now)
        #expect(server.requests.count == 2)
        #expect(late.absent == ["feature/0", "feature/1"] && late.unanswered.count == 128)
        #expect(late.unanswered["feature/2"] == "the scan's time was over")
        let most = await hosts().missing(asked, of: repository)
        #expect(most.absent.count == 100 && most.unanswered.count == 30)
        // One that is refused, for its name perhaps, keeps nobody from asking for the next.
        server.change { $0.instead = { $0.path.hasSuffix("/0?per_page=100") ? ScriptedAnswer(status: 422) : nil } }
        #expect(await hosts().missing(Array(asked.prefix(3)), of: repository).absent == ["feature/1", "feature/2"])
        let before = server.requests.count
        #expect(await hosts().commits(["c0"], of: repository, isOver: { true }, now: now).isEmpty)
        #expect(server.requests.count == before)
    }

    @Test func `pull requests are read from the newest change on, as far as they are not known`() async throws {
        let server = try ScriptedGitHub(branches(1))
        defer { server.stop() }
        server.change { state in
            state.pageSize = 2
            state.pulls = (1...5).map { .init($0, "feature/b\($0)", "c", updatedAt: "2026-11-0\($0)T10:00:00Z") }
            state.pulls[3].state = "closed"
            state.pulls[3].closedAt = "2026-11-04T10:00:00Z"
            state.pulls[3].mergedAt = "2026-11-04T10:00:00Z"
            state.pulls[4].isFork = true
        }
        let repository = try repository(server.url)
        let first = try #require(value(await hosts().reading(repository).requests))
        #expect(first.requests.map(\.number) == [5, 4, 3, 2, 1])
        #expect(first.requests.map(\.state) == [.open, .merged, .open, .open, .open])
        #expect(first.requests.map(\.isFork) == [true, false, false, false, false])
        #expect(first.from == nil)
        var known = KnownRepository(
            requestsTag: first.etag,
            requestsUpTo: first.upTo,
            requests: first.requests
        )
        let before = server.requests.count
        let second = try #require(value(await hosts().reading(repository, known: known).requests))
        #expect(second.requests.isEmpty)
        #expect(second.upTo == first.upTo)
        #expect(
            server.requests.dropFirst(before).filter { $0.path.contains("pulls") || $0.path.contains("?pulls") }.count
                == 1
        )
        server.change { $0.pulls[0].updatedAt = "2026-11-20T10:00:00Z" }
        known.requestsTag = second.etag
        let third = try #require(value(await hosts().reading(repository, known: known).requests))
        #expect(third.requests.first?.number == 1)
        #expect(third.upTo == hostDate("2026-11-20T10:00:00Z"))
    }

    @Test func `requests that are wanted by number are asked for by it`() async throws {
        let server = try ScriptedGitHub(branches(1))
        defer { server.stop() }
        server.change { state in
            state.pulls = [.init(7, "feature/b0", "c0", updatedAt: "2026-11-01T10:00:00Z")]
            let seven = state.pulls
            state.instead = { request in
                // Older than what a first reading goes back to.
                request.path.contains("/pulls?") && !seven.isEmpty ? ScriptedAnswer(body: "[]") : nil
            }
        }
        let found = try #require(value(await hosts().reading(try repository(server.url), numbers: [7, 8]).requests))
        #expect(found.requests.map(\.number) == [7])
    }

    @Test func `requests that cannot be read leave the branches as they are`() async throws {
        let server = try ScriptedGitHub(branches(1))
        defer { server.stop() }
        server.change { $0.instead = { $0.path.contains("/pulls") ? ScriptedAnswer(status: 403) : nil } }
        let reading = await hosts().reading(try repository(server.url))
        #expect(value(reading.branches) != nil)
        #expect(why(reading.requests) != nil)
    }

    @Test func `a commit says when and by whom`() async throws {
        let server = try ScriptedGitHub(branches(1))
        defer { server.stop() }
        server.change {
            $0.commits["c0"] = .init(at: "2026-11-20T10:00:00+01:00", name: "Ada", address: "ada@example.com")
        }
        let found = await hosts()
            .commits(["c0", "unknown"], of: try repository(server.url), isOver: { false }, now: now)
        #expect(
            found == [
                "c0": HostCommit(
                    at: try #require(hostDate("2026-11-20T09:00:00Z")),
                    author: "Ada",
                    address: "ada@example.com"
                )
            ]
        )
    }

    @Test func `doctor hears whether it can be read, and how many requests are left`() async throws {
        let server = try ScriptedGitHub(branches(1))
        defer { server.stop() }
        let repository = try repository(server.url)
        #expect(
            value(await hosts().check(repository, now: now))
                == "git.example.com/acme/shop is there, default branch main"
        )
        #expect(value(await hosts(token: nil).check(repository, now: now))?.hasSuffix("without a token") == true)
        server.change { $0.instead = { _ in ScriptedAnswer(status: 404) } }
        #expect(why(await hosts().check(repository, now: now)) != nil)
    }
}
