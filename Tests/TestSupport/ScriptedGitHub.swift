import Foundation
import Synchronization

/// A GitHub of one repository, `acme/shop`, as far as its documentation tells: pages that name the next one, ETags,
/// 304, and whatever a test has go wrong.
package final class ScriptedGitHub: Sendable {
    package struct Branch: Sendable {
        package var name: String
        package var commit: String

        package init(_ name: String, _ commit: String) {
            self.name = name
            self.commit = commit
        }
    }

    package struct Pull: Sendable {
        package var number: Int
        package var branch: String
        package var commit: String
        /// `open` or `closed`.
        package var state = "open"
        package var mergedAt: String?
        package var closedAt: String?
        package var updatedAt: String
        package var base = "main"
        package var isFork = false

        package init(
            _ number: Int,
            _ branch: String,
            _ commit: String,
            updatedAt: String,
            _ change: (inout Pull) -> Void = { _ in }
        ) {
            self.number = number
            self.branch = branch
            self.commit = commit
            self.updatedAt = updatedAt
            change(&self)
        }
    }

    package struct Author: Sendable {
        let at: String
        let name: String
        let address: String

        package init(at: String, name: String, address: String) {
            self.at = at
            self.name = name
            self.address = address
        }
    }

    package struct State: Sendable {
        package var branches: [Branch]
        package var pulls: [Pull] = []
        package var commits: [String: Author] = [:]
        package var pageSize = 100
        package var name = "acme/shop"
        package var id = 77
        package var defaultBranch = "main"
        /// What is answered instead; nil passes.
        package var instead: @Sendable (ScriptedServer.Request) -> ScriptedAnswer? = { _ in nil }
    }

    private final class Kept: Sendable {
        let state: Mutex<State>
        init(_ state: State) { self.state = Mutex(state) }
    }

    private let kept: Kept
    private let server: ScriptedServer

    package init(_ branches: [Branch]) throws {
        let kept = Kept(State(branches: branches))
        self.kept = kept
        server = try ScriptedServer { request, _ in
            let state = kept.state.withLock(\.self)
            return state.instead(request) ?? state.answer(request)
        }
    }

    package var url: String { server.url }
    package var port: Int { server.port }
    package var requests: [ScriptedServer.Request] { server.requests }
    package func stop() { server.stop() }
    package func change(_ body: (inout State) -> Void) { kept.state.withLock { body(&$0) } }
}

extension ScriptedGitHub.State {
    fileprivate func answer(_ request: ScriptedServer.Request) -> ScriptedAnswer {
        let parts = request.path.split(separator: "?", maxSplits: 1)
        let path = parts.first.map(String.init) ?? ""
        let query = parts.count > 1 ? String(parts[1]) : ""
        // The next pages have addresses that nobody could have put together.
        if path.hasPrefix("/repositories/77/list/"), let page = Int(path.split(separator: "/").last ?? "") {
            return listed(page, query, request)
        }
        let root = "/repos/acme/shop"
        guard path.hasPrefix(root) else { return ScriptedAnswer(status: 404, body: #"{"message":"Not Found"}"#) }
        let rest = path.dropFirst(root.count)
        if rest.isEmpty {
            return ScriptedAnswer(body: #"{"id":\#(id),"full_name":"\#(name)","default_branch":"\#(defaultBranch)"}"#)
        }
        if rest == "/branches" { return listed(0, "branches", request) }
        if rest == "/pulls" { return listed(0, "pulls", request) }
        if rest.hasPrefix("/pulls/"), let number = Int(rest.dropFirst("/pulls/".count)) {
            guard let pull = pulls.first(where: { $0.number == number }) else { return ScriptedAnswer(status: 404) }
            return ScriptedAnswer(body: json(pull))
        }
        if rest.hasPrefix("/git/matching-refs/heads/") {
            let prefix = String(rest.dropFirst("/git/matching-refs/heads/".count)).removingPercentEncoding ?? ""
            let found = branches.filter { $0.name.hasPrefix(prefix) }.map { #"{"ref":"refs/heads/\#($0.name)"}"# }
            return ScriptedAnswer(body: "[\(found.joined(separator: ","))]")
        }
        if rest.hasPrefix("/commits/"), let author = commits[String(rest.dropFirst("/commits/".count))] {
            let person = #"{"name":"\#(author.name)","email":"\#(author.address)","date":"\#(author.at)"}"#
            return ScriptedAnswer(body: #"{"commit":{"author":\#(person),"committer":\#(person)}}"#)
        }
        return ScriptedAnswer(status: 404, body: #"{"message":"Not Found"}"#)
    }

    private func listed(_ page: Int, _ kind: String, _ request: ScriptedServer.Request) -> ScriptedAnswer {
        let all =
            kind == "pulls"
            ? pulls.sorted { $0.updatedAt > $1.updatedAt }.map(json)
            : branches.sorted { $0.name < $1.name }.map {
                #"{"name":"\#($0.name)","commit":{"sha":"\#($0.commit)","url":"x"},"protected":false}"#
            }
        let begin = min(all.count, page * pageSize)
        let end = min(all.count, begin + pageSize)
        let body = "[\(all[begin..<end].joined(separator: ","))]"
        let etag = "W/\"\(body.utf8.reduce(UInt64(5381)) { $0 &* 33 &+ UInt64($1) })\""
        if request[header: "if-none-match"] == etag { return ScriptedAnswer(status: 304, headers: [("ETag", etag)]) }
        var headers: [(name: String, value: String)] = [("ETag", etag), ("X-RateLimit-Remaining", "4999")]
        if end < all.count {
            let host = request[header: "host"] ?? ""
            let next = "http://\(host)/repositories/77/list/\(page + 1)?\(kind)"
            headers.append(("Link", "<\(next)>; rel=\"next\", <http://\(host)/last>; rel=\"last\""))
        }
        return ScriptedAnswer(headers: headers, body: body)
    }

    private func json(_ pull: ScriptedGitHub.Pull) -> String {
        func text(_ value: String?) -> String { value.map { "\"\($0)\"" } ?? "null" }
        let home = #"{"id":\#(id),"full_name":"\#(name)","default_branch":"\#(defaultBranch)"}"#
        let head = pull.isFork ? #"{"full_name":"eve/shop","default_branch":"main"}"# : home
        return """
            {"number":\(pull.number),"state":"\(pull.state)","updated_at":"\(pull.updatedAt)",\
            "closed_at":\(text(pull.closedAt)),"merged_at":\(text(pull.mergedAt)),\
            "head":{"ref":"\(pull.branch)","sha":"\(pull.commit)","repo":\(head)},\
            "base":{"ref":"\(pull.base)","sha":"0","repo":\(home)}}
            """
    }
}
