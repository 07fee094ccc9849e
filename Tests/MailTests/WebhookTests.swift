import Curl
import Foundation
import TestSupport
import Testing

@testable import Mail

@Suite struct WebhookTests {
    private let pool = HTTPPool(width: 2)
    private let notice = Notice(
        title: "2 environments <are> due & more",
        text: "feat_a_b\n  curfew extend feat_a_b 3d\n\n<!channel> @all @here *bold* `x`\n# head"
    )

    private func sent(_ kind: Webhook.Kind, _ notice: Notice) async throws -> ([String: Any], Int) {
        let server = try ScriptedServer { _, _ in ScriptedAnswer(body: "ok") }
        let outcome = await Webhook(kind, url: server.url + "/hook/secret", pool: pool).send(notice)
        #expect(outcome == .accepted("\(kind.rawValue) (127.0.0.1:\(server.port)) answered 200"))
        let request = try #require(server.requests.first)
        #expect(request.method == "POST")
        #expect(request[header: "content-type"] == "application/json")
        let json = try JSONSerialization.jsonObject(with: Data(request.body.utf8))
        return (try #require(json as? [String: Any]), request.body.utf8.count)
    }

    @Test func `Slack gets blocks in which nothing is a command of Slack's`() async throws {
        let (json, _) = try await sent(.slack, notice)
        #expect(json["text"] as? String == "2 environments &lt;are&gt; due &amp; more")
        let blocks = try #require(json["blocks"] as? [[String: Any]])
        #expect(blocks.map { $0["type"] as? String } == ["header", "section"])
        let section = try #require(blocks[1]["text"] as? [String: Any])
        #expect(section["verbatim"] as? Bool == true)
        let text = try #require(section["text"] as? String)
        #expect(text.hasPrefix("feat_a_b\n  curfew extend feat_a_b 3d\n\n&lt;!channel&gt; @all"))
    }

    @Test func `Mattermost gets text in which nothing is Markdown and nobody is called`() async throws {
        let (json, _) = try await sent(.mattermost, notice)
        let text = try #require(json["text"] as? String)
        #expect(text.hasPrefix("#### 2 environments \\<are\\> due & more\n\nfeat\\_a\\_b\n\u{A0}\u{A0}curfew extend"))
        #expect(text.contains("@\u{200B}all @\u{200B}here \\*bold\\* \\`x\\`\n\\# head"))
    }

    @Test func `Teams gets an Adaptive Card with one line for each line`() async throws {
        let (json, _) = try await sent(.teams, notice)
        #expect(json["type"] as? String == "message")
        let attachment = try #require((json["attachments"] as? [[String: Any]])?.first)
        #expect(attachment["contentType"] as? String == "application/vnd.microsoft.card.adaptive")
        let card = try #require(attachment["content"] as? [String: Any])
        #expect(card["type"] as? String == "AdaptiveCard")
        let body = try #require(card["body"] as? [[String: Any]])
        let lines = body.compactMap { (($0["inlines"] as? [[String: Any]])?.first)?["text"] as? String }
        #expect(lines.first == "2 environments <are> due & more")
        #expect(lines.dropFirst().first == "feat_a_b")
        #expect(lines.count == 5)
    }

    @Test(arguments: Webhook.Kind.allCases, [10, 40, 300, 3_000])
    func `what does not fit is counted, and the limits hold`(kind: Webhook.Kind, count: Int) async throws {
        let lines = (1...count).map { "line \($0): feat-größe <a & b> \(String(repeating: "x_", count: $0 % 40))" }
        let notice = Notice(title: "many", text: lines.joined(separator: "\n"))
        let (json, bytes) = try await sent(kind, notice)
        let shown: String
        switch kind {
        case .slack:
            let blocks = try #require(json["blocks"] as? [[String: Any]])
            let texts = blocks.compactMap { ($0["text"] as? [String: Any])?["text"] as? String }
            #expect(blocks.count <= 50)
            #expect(texts.dropFirst().allSatisfy { $0.utf16.count <= 3_000 && !$0.isEmpty })
            #expect(texts.reduce(0) { $0 + $1.utf16.count } <= 12_500)
            shown = texts.joined(separator: "\n")
        case .mattermost:
            shown = try #require(json["text"] as? String)
            #expect(shown.unicodeScalars.count <= 16_383)
        case .teams:
            #expect(bytes <= 28_000)
            shown = try #require(String(data: JSONSerialization.data(withJSONObject: json), encoding: .utf8))
        }
        // Every line is there, or among those that are said to be missing: none twice, none lost.
        let present = (1...count).filter { shown.contains("line \($0):") }
        #expect(present == Array(1..<(1 + present.count)))
        let missing = count - present.count
        #expect(shown.contains("more line") == (missing > 0))
        if missing > 0 { #expect(shown.contains("and \(missing) more line")) }
        if count <= 10 { #expect(missing == 0) }
    }

    @Test(arguments: Webhook.Kind.allCases)
    func `a single line longer than everything is begun and said to be cut`(kind: Webhook.Kind) async throws {
        let (json, bytes) = try await sent(kind, Notice(title: "t", text: String(repeating: "größe ", count: 20_000)))
        #expect(bytes <= 40_000)
        let all = try #require(String(data: JSONSerialization.data(withJSONObject: json), encoding: .utf8))
        #expect(all.contains("and 1 more line"))
    }

    @Test(arguments: [
        (ScriptedAnswer(status: 429, headers: [("Retry-After", "30")]), "deferred", "asks to wait 30 s"),
        (ScriptedAnswer(status: 404, body: "no_service"), "refused", "answered 404: no_service"),
        (ScriptedAnswer(status: 400, body: "<html>no"), "refused", "answered 400"),
        (ScriptedAnswer(status: 302, headers: [("Location", "http://127.0.0.1:1/")]), "refused", "answered 302"),
        (ScriptedAnswer(status: 500, body: "rollup_error"), "deferred", "rollup_error"),
        (ScriptedAnswer(status: 503), "deferred", "answered 503"), (ScriptedAnswer(status: 504), "uncertain", "504"),
        (ScriptedAnswer(ending: .silence), "uncertain", "broke off"),
        (ScriptedAnswer(delay: .seconds(2)), "uncertain", "took too long"),
        (ScriptedAnswer(status: 403, body: "bad /services/T0001SECRET/B2 T0001SECRET"), "refused", "answered 403"),
    ])
    func `P17 an answer becomes what it means, and the address is never told`(
        answer: ScriptedAnswer,
        kind: String,
        words: String
    ) async throws {
        let server = try ScriptedServer { _, _ in answer }
        let limits = TransferLimits(total: .milliseconds(600))
        let url = server.url + "/services/T0001SECRET/B2?token=SECRET-query"
        let outcome = await Webhook(.slack, url: url, pool: pool, limits: limits).send(notice)
        let shown = "\(outcome)"
        #expect(shown.hasPrefix("\(kind)("))
        #expect(shown.contains(words))
        #expect(!shown.contains("SECRET"))
        #expect(server.requests.count == 1)
    }

    @Test func `nobody there is deferred`() async throws {
        let outcome = await Webhook(.teams, url: "http://127.0.0.1:1/x", pool: pool).send(notice)
        guard case .deferred = outcome else {
            Issue.record("\(outcome)")
            return
        }
    }

    @Test(arguments: [
        "http://hooks.slack.com/services/SECRET", "ftp://x/SECRET", "SECRET", "https://u:SECRET@x/",
        "http://127.0.0.1@hooks.slack.com/SECRET", "https://x/SECRET\nX: y", "",
    ])
    func `P17 an address that is not https is refused without being told`(url: String) async throws {
        let outcome = await Webhook(.slack, url: url, pool: pool).send(notice)
        guard case .refused(let words) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(!words.contains("SECRET"))
    }
}
