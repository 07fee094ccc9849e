import Core
import Curl
import Foundation
import Settings
import TestSupport
import Testing

@testable import curfew

/// Letters through everything that the settings can name.
@Suite struct CouriersTests {
    private struct Missing: Error, CustomStringConvertible {
        let description = "$PASSWORD\nis not set"
    }

    private let letter = Letter(
        subject: "2 environments are due",
        text: "feat-größe\n",
        html: "<p>feat-größe</p>",
        attachments: [.init(name: "all.csv", mediaType: "text/csv", text: "a,b\n")],
        id: LetterID("n-1.2"),
        list: "notices",
        date: Date(timeIntervalSince1970: 1_795_420_800)
    )

    private func couriers(
        _ transport: MailSettings.Transport?,
        channels: [ChannelName: ChannelSettings] = [:],
        from: String = "Curfew <curfew@example.com>",
        ses: SESAccess = SESAccess(variables: [:]),
        secret: @escaping Couriers.Secrets = { _ in throw Missing() }
    ) -> Couriers {
        let mail = transport.map {
            MailSettings(from: from, replyTo: "ops@example.com", transport: $0, unsubscribe: "https://example.com/u")
        }
        return Couriers(
            mail: mail,
            channels: channels,
            secret: secret,
            ses: ses,
            limits: SMTPLimits(connect: .seconds(5), total: .seconds(10))
        )
    }

    private func folder() throws -> String {
        let folder = NSTemporaryDirectory() + "curfew-couriers-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        return folder
    }

    @Test func `without mail or channel a letter waits, and says what to set`() async {
        let none = couriers(nil)
        #expect(
            await none.deliver(letter, to: .address("a@example.com"))
                == .deferred("no mail is set up: see `mail:` in the settings")
        )
        #expect(
            await none.deliver(letter, to: .channel(ChannelName("ops")))
                == .deferred("there is no channel 'ops': see `channels:` in the settings")
        )
        #expect(await none.check() == nil)
    }

    @Test func `a letter becomes a mail with everything that is in it`() async throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let courier = couriers(.drop(folder: folder))
        guard case .accepted = await courier.deliver(letter, to: .address("ada@example.com")) else {
            Issue.record("not taken")
            return
        }
        let text = try String(contentsOfFile: folder + "/n-1.2.ada@example.com.eml", encoding: .utf8)
        for line in [
            "From: Curfew <curfew@example.com>", "To: ada@example.com", "Reply-To: ops@example.com",
            "Subject: 2 environments are due", "Date: Mon, 23 Nov 2026 08:00:00 +0000",
            "Message-ID: <n-1.2@example.com>", "X-Curfew-Message: n-1.2", "List-Id: <notices.curfew.example.com>",
            "List-Unsubscribe: <https://example.com/u>", "feat-gr=C3=B6=C3=9Fe", "<p>feat-gr=C3=B6=C3=9Fe</p>",
            "Content-Disposition: attachment; filename=\"all.csv\"",
        ] { #expect(text.contains(line + "\r\n")) }
        guard case .accepted = await courier.check() else {
            Issue.record("the folder is there")
            return
        }
    }

    @Test(arguments: ["", "no address", "a@example.com\r\nBcc: b@example.com"])
    func `an address that is none is refused and hurts nobody else`(address: String) async throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let courier = couriers(.drop(folder: folder))
        guard case .refused(let words) = await courier.deliver(letter, to: .address(address)) else {
            Issue.record("taken")
            return
        }
        #expect(words.hasPrefix("the mail's To "))
        guard case .accepted = await courier.deliver(letter, to: .address("ada@example.com")) else {
            Issue.record("not taken")
            return
        }
    }

    @Test func `P17 the password is fetched when it is used, and its absence is said without it`() async throws {
        guard let server = try await MailServer.start() else { return }
        func courier(_ secret: @escaping Couriers.Secrets) -> Couriers {
            couriers(
                .smtp(
                    .init(
                        host: "localhost",
                        port: server.ports.login,
                        security: .starttls,
                        user: "curfew",
                        password: .environment("PASSWORD"),
                        authorities: server.authority
                    )
                ),
                secret: secret
            )
        }
        let recipient = Recipient.address("ada@example.com")
        let missing = await courier { _ in throw Missing() }.deliver(letter, to: recipient)
        #expect(missing == .deferred("the mail server's password could not be had: $PASSWORD is not set"))
        let wrong = await courier { _ in "battery-staple" }.deliver(letter, to: recipient)
        guard case .deferred(let words) = wrong else {
            Issue.record("\(wrong)")
            return
        }
        #expect(!words.contains("battery-staple"))
        let good = courier { $0 == .environment("PASSWORD") ? "right horse" : "" }
        guard case .accepted = await good.check() else {
            Issue.record("the check does not log in")
            return
        }
        for _ in 1...3 { _ = await good.deliver(letter, to: recipient) }
        let stored = try server.stored(for: "ada@example.com")
        #expect(stored.count == 3)
        #expect(Set(stored.map(\.peerPort)).count == 1, "one connection for all letters")
    }

    @Test func `a channel gets title and text, and its address is fetched when it is used`() async throws {
        let server = try ScriptedServer { _, _ in ScriptedAnswer(body: "ok") }
        let url = server.url + "/hook"
        let courier = couriers(
            nil,
            channels: [
                ChannelName("ops"): .slack(.file("/url")), ChannelName("lost"): .teams(.environment("X")),
                ChannelName("page"): .command(["false"]),
            ],
            secret: { reference in
                guard reference == .file("/url") else { throw Missing() }
                return url + "\n"
            }
        )
        guard case .accepted = await courier.deliver(letter, to: .channel(ChannelName("ops"))) else {
            Issue.record("not taken")
            return
        }
        #expect(server.requests.first?.body.contains("feat-größe") == true)
        #expect(
            await courier.deliver(letter, to: .channel(ChannelName("lost")))
                == .deferred("the webhook's address for Teams could not be had: $PASSWORD is not set")
        )
        #expect(
            await courier.deliver(letter, to: .channel(ChannelName("page")))
                == .refused("false refused it (exit status 1)")
        )
    }

    @Test(arguments: [
        (ScriptedAnswer(body: "{\"MessageId\":\"m-1\"}"), "accepted(\"SES took it as m-1"),
        (ScriptedAnswer(status: 429, body: "{\"__type\":\"TooManyRequestsException\"}"), "deferred("),
        (ScriptedAnswer(status: 400, body: "{\"__type\":\"MessageRejected\"}"), "refused("),
        (ScriptedAnswer(status: 400, body: "{\"__type\":\"SendingPausedException\"}"), "deferred("),
        (ScriptedAnswer(status: 403, body: "{\"__type\":\"AccessDeniedException\"}"), "deferred("),
        (ScriptedAnswer(status: 500, body: "{}"), "deferred("), (ScriptedAnswer(status: 504), "uncertain("),
        (ScriptedAnswer(ending: .silence), "uncertain("), (ScriptedAnswer(body: "{}"), "uncertain("),
    ])
    func `N2 SES is asked once, and what it answers is what became of it`(
        answer: ScriptedAnswer,
        outcome: String
    ) async throws {
        let server = try ScriptedServer { _, _ in answer }
        let courier = couriers(
            .ses(region: Region("eu-central-1"), profile: nil),
            ses: SESAccess(
                variables: ["AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "secret-key-1", "HOME": "/nowhere"],
                endpoint: server.url
            )
        )
        let result = await courier.deliver(letter, to: .address("ada@example.com"))
        #expect("\(result)".hasPrefix(outcome))
        #expect(!"\(result)".contains("secret-key-1"))
        #expect(server.requests.count == 1)
    }
}
