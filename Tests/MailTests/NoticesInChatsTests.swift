import Core
import Curl
import Foundation
import Mail
import Reports
import TestSupport
import Testing

/// What a letter says counts as told, so a chat's message has to hold all of it (D4).
@Suite struct NoticesInChatsTests {
    @Test(arguments: Webhook.Kind.allCases, [false, true])
    func `D4 whatever counts as said in a chat is named in its message`(
        kind: Webhook.Kind,
        isHostile: Bool
    ) async throws {
        let now = Date(timeIntervalSince1970: 1_796_000_000)
        let items = (1...80).map { number in
            let name = "feat-number-\(number)-of-many"
            let key = EnvironmentKey(space: SpaceName("sandbox"), name: EnvironmentName(name), incarnation: 1)
            return NoticeItem(
                notice: Core.Notice(.warned, of: key, subject: "x"),
                name: name,
                owner: isHostile ? String(repeating: "<&\"*_", count: 20) : "ada@example.com",
                isStandIn: true,
                reason: isHostile ? String(repeating: "<&>`*", count: 100) : "idle: 9d without a deployment",
                stacks: 3,
                oldest: now,
                dueAt: now,
                extendBy: .seconds(7 * 86_400)
            )
        }
        let content = NoticeContent(recipient: .channel(ChannelName("shop")), items: items, at: now)
        let zone = try #require(TimeZone(identifier: "UTC"))
        let (letter, said) = NoticeText.letter(content, zone: zone)
        #expect(!said.isEmpty)
        let server = try ScriptedServer { _, _ in ScriptedAnswer(body: "ok") }
        let outcome = await Webhook(kind, url: server.url, pool: HTTPPool(width: 1))
            .send(Mail.Notice(title: letter.subject, text: letter.text))
        guard case .accepted = outcome else {
            Issue.record("\(outcome)")
            return
        }
        let body = try #require(server.requests.first?.body)
        for item in said { #expect(body.contains(item.name), "\(kind): \(item.name)") }
        #expect(body.utf8.count < 28_000)
    }
}
