import Core
import Foundation
import TestSupport
import Testing

@testable import Hosts

/// GitLab's API, version 4.
@Suite struct GitLabTests {
    private static func branch(_ name: String, merged: Bool = false, isDefault: Bool = false) -> String {
        """
        {"name":"\(name)","merged":\(merged),"default":\(isDefault),"commit":{"id":"c-\(name)",\
        "committed_date":"2026-11-20T10:00:00.000+00:00","author_name":"Ada","author_email":"ada@example.com"}}
        """
    }

    @Test func `pages go on by Link, and by X-Next-Page where a proxy took that away`() async throws {
        for hasLink in [true, false] {
            let server = try ScriptedServer { request, _ in
                let host = request[header: "host"] ?? ""
                if request.path.contains("merge_requests") { return ScriptedAnswer(body: "[]") }
                if request.path.contains("page=2") || request.path.contains("token=abc") {
                    return ScriptedAnswer(headers: [("X-Next-Page", "")], body: "[\(Self.branch("feature/b"))]")
                }
                let link =
                    "<http://\(host)/projects/acme%2Fshop/repository/branches?per_page=100&token=abc>; rel=\"next\""
                return ScriptedAnswer(
                    headers: hasLink ? [("Link", link)] : [("X-Next-Page", "2")],
                    body: "[\(Self.branch("main", isDefault: true))]"
                )
            }
            defer { server.stop() }
            let reading = await hosts().reading(try repository(server.url, kind: .gitlab))
            let listing = try #require(value(reading.branches))
            #expect(listing.branches.map(\.name) == ["main", "feature/b"])
            #expect(listing.defaultBranch == "main")
            #expect(listing.branches.last?.detail?.owner == OwnerName("ada@example.com"))
            #expect(listing.branches.last?.detail?.at == hostDate("2026-11-20T10:00:00Z"))
            #expect(server.requests.first?.path == "/projects/acme%2Fshop/repository/branches?per_page=100")
            #expect(server.requests.allSatisfy { $0[header: "private-token"] == theToken })
        }
    }

    @Test func `merge requests are open, closed or merged, into one branch or another`() async throws {
        func request(_ number: Int, _ state: String, base: String = "main", source: Int = 1) -> String {
            """
            {"iid":\(number),"state":"\(state)","source_branch":"feature/\(number)","target_branch":"\(base)","sha":"c",\
            "source_project_id":\(source),"target_project_id":1,"updated_at":"2026-11-20T10:00:00.000Z",\
            "merged_at":\(state == "merged" ? "\"2026-11-19T10:00:00.000Z\"" : "null"),"closed_at":null}
            """
        }
        let requests = [
            request(1, "opened"), request(2, "merged"), request(3, "closed"), request(4, "locked", source: 2),
            request(5, "merged", base: "develop"),
        ]
        let server = try ScriptedServer { call, _ in
            call.path.contains("merge_requests")
                ? ScriptedAnswer(body: "[\(requests.joined(separator: ","))]")
                : ScriptedAnswer(body: "[\(Self.branch("main", isDefault: true))]")
        }
        defer { server.stop() }
        let reading = await hosts().reading(try repository(server.url, kind: .gitlab))
        let found = try #require(value(reading.requests)).requests
        #expect(found.map(\.state) == [.open, .merged, .closed, .open, .merged])
        #expect(found.map(\.isFork) == [false, false, false, true, false])
        #expect(found.map(\.base) == ["main", "main", "main", "main", "develop"])
        #expect(reading.defaultBranch == "main")
        #expect(found[1].endedAt == hostDate("2026-11-19T10:00:00Z"))
    }

    @Test func `a branch that the list lacks is asked for by its name`() async throws {
        let server = try ScriptedServer { call, _ in
            call.path.contains("search=%5Efeature%2Fthere") && !call.path.contains("%24")
                ? ScriptedAnswer(body: "[\(Self.branch("feature/there")),\(Self.branch("feature/there-too"))]")
                : ScriptedAnswer(body: "[]")
        }
        defer { server.stop() }
        let repository = try repository(server.url, kind: .gitlab)
        let missing = await hosts().missing(["feature/there", "feature/gone"], of: repository).absent
        #expect(missing == ["feature/gone"])
    }

    @Test func `N3 GitLab's rate limit says until when`() async throws {
        let server = try ScriptedServer { _, _ in
            ScriptedAnswer(
                status: 429,
                headers: [("RateLimit-Remaining", "0"), ("RateLimit-Reset", "1795435260")]
            )
        }
        defer { server.stop() }
        let failure = try #require(why(await hosts().reading(try repository(server.url, kind: .gitlab)).branches))
        #expect(failure.until == now.addingTimeInterval(60))
    }
}
