import Foundation
import Postgres
import TestSupport
import Testing

/// The whole night, with a real mail server, a real database, and AWS in an emulator.
@Suite struct NightlyTests {
    static let fleet = [
        Deployment(name: "shop-feat-a", tags: ["owner": "ada"]),
        Deployment(account: \.payments, name: "pay-feat-b", tags: ["owner": "grace@example.com"]),
        Deployment(name: "shop-feat-n", tags: [:]),
        Deployment(name: "shop-prod"),
    ]

    /// A house whose policy warns, with a fleet, accounts that may be reaped, and a way to write to people.
    static func with(
        _ body: (House, MailServer) async throws -> Void
    ) async throws {
        guard let server = try await MailServer.start() else { return }
        try await House.with(.people) { house in
            let house = try house.saying(mail(port: server.ports.plain))
            let warning = HousePolicies.people.text.replacingOccurrences(of: "warn: none", with: "warn: { before: 1d }")
            try house.write(warning, to: house.policyFile)
            try await house.deploy(fleet)
            try await house.curfew("policy", "apply")
            for account in ["shop", "payments"] {
                try await house.curfew("accounts", "mode", account, "reap", "--because", "a test")
            }
            try await body(house, server)
        }
    }

    static func mail(port: Int, _ more: String = "") -> String {
        """
        mail: { from: "Curfew <curfew@example.com>", smtp: { host: 127.0.0.1, port: \(port), security: none } }
        notices: { platform: [platform@example.com] }
        \(more)
        """
    }

    static func number(_ statement: SQL, _ house: House) async throws -> Int {
        Int(try await house.lines(statement).first ?? "") ?? -1
    }

    static func states(_ house: House) async throws -> [String: String] {
        let listed = try JSON(text: try await house.curfew("list", "--json").output)
        return Dictionary(
            uniqueKeysWithValues: listed.elements.map { ($0["name"].string, $0["state"].string) }
        )
    }

    @Test func `D4 a night warns every owner by real mail, says so to the switch and the metrics, and is silent again`()
        async throws
    {
        try await Self.with { house, server in
            let pings = try ScriptedServer { _, _ in ScriptedAnswer(body: "OK") }
            let metrics = "\(house.folder)/curfew.prom"
            let night = "night: { ping: \"env:PING_URL\", metrics: \(metrics) }"
            let house = try house.saying(Self.mail(port: server.ports.plain, night))
            let secret = "\(pings.url)/never-shown-uuid"
            let outcome = try await house.curfew("nightly", with: ["PING_URL": secret])
            #expect(outcome.output.hasPrefix("night N1 in "))
            #expect(outcome.output.contains("3 messages delivered"))
            #expect(!outcome.output.contains("never-shown") && !outcome.messages.contains("never-shown"))
            for (recipient, name) in [
                ("ada@example.com", "feat-a"), ("grace@example.com", "feat-b"), ("platform@example.com", "feat-n"),
            ] {
                let mail = try #require(try server.stored(for: recipient).first, "\(recipient)")
                let text = String(decoding: mail.content, as: UTF8.self)
                #expect(text.contains("curfew extend \(name)"))
                #expect(text.contains("Auto-Submitted: auto-generated"))
            }
            #expect(try server.stored(for: "ada@example.com").count == 1)
            #expect(
                pings.requests.map { $0.path.split(separator: "?").first.map(String.init) ?? "" } == [
                    "/never-shown-uuid/start", "/never-shown-uuid",
                ]
            )
            #expect(pings.requests.last?.body.contains("3 messages delivered") == true)
            let prometheus = try String(contentsOfFile: metrics, encoding: .utf8)
            #expect(prometheus.contains("curfew_night_status 0\n"))
            #expect(prometheus.contains("curfew_findings{state=\"warned\"} 3\n"))
            #expect(prometheus.contains("curfew_night_last_success_timestamp_seconds 1"))
            let listing = try FileManager.default.contentsOfDirectory(atPath: house.folder)
            #expect(!listing.contains { $0.hasPrefix(".curfew.prom") })
            // Nothing new: nobody hears anything.
            try await house.curfew("nightly", with: ["PING_URL": secret])
            #expect(try server.stored(for: "ada@example.com").count == 1)
            try await house.curfew("audit", "--verify")
        }
    }

    @Test func `N2 a night that is killed while it sends is followed by one that sends the same message once more`()
        async throws
    {
        try await Self.with { house, server in
            let hanging = try house.saying(Self.mail(port: server.ports.silent))
            let handle = Program.Handle()
            async let dying = hanging.curfew("nightly", expecting: nil, handle: handle)
            // It has committed its try when the server lets it wait.
            var sending = 0
            for _ in 0..<600 where sending == 0 {
                try await Task.sleep(for: .milliseconds(50))
                sending = try await Self.number(
                    "SELECT count(*)::text FROM curfew.messages WHERE state = 'sending'",
                    house
                )
            }
            #expect(sending == 1)
            handle.kill()
            #expect(try await dying.status == -9)
            let before = try await Self.number("SELECT count(*)::text FROM curfew.messages", house)
            let again = try house.saying(Self.mail(port: server.ports.plain))
            _ = try await house.lines("UPDATE curfew.nights SET lease_until = clock_timestamp() - interval '1 second'")
            let outcome = try await again.curfew("nightly")
            #expect(outcome.output.contains("3 messages delivered"))
            #expect(try await Self.number("SELECT count(*)::text FROM curfew.messages", house) == before)
            for recipient in ["ada@example.com", "grace@example.com", "platform@example.com"] {
                #expect(try server.stored(for: recipient).count == 1)
            }
            let nights = try await Self.number(
                "SELECT count(*)::text FROM curfew.nights WHERE outcome = 'abandoned'",
                house
            )
            #expect(nights == 1)
        }
    }

    @Test func `N1 a night without its database ends 69, says so to the switch, and keeps the last success`()
        async throws
    {
        try await Self.with { house, server in
            let pings = try ScriptedServer { _, _ in ScriptedAnswer(body: "OK") }
            let metrics = "\(house.folder)/curfew.prom"
            let night = "night: { ping: \"env:PING_URL\", metrics: \(metrics) }"
            let house = try house.saying(Self.mail(port: server.ports.plain, night))
            let ping = ["PING_URL": "\(pings.url)/x"]
            try await house.curfew("nightly", with: ping)
            let good = try String(contentsOfFile: metrics, encoding: .utf8).split(separator: "\n")
                .first { $0.hasPrefix("curfew_night_last_success") }
            let away = ping.merging(["CURFEW_DATABASE_URL": "postgresql://127.0.0.1:1/curfew"]) { $1 }
            try await house.curfew("nightly", with: away, expecting: 69)
            #expect(pings.requests.last?.path.hasPrefix("/x/fail?rid=") == true)
            let text = try String(contentsOfFile: metrics, encoding: .utf8)
            #expect(text.contains("curfew_night_status 69\n"))
            #expect(good.map { text.contains($0) } == true)
        }
    }

    @Test func `N1 metrics that could not be written are said with what to do, and the night does not end with 0`()
        async throws
    {
        try await Self.with { house, server in
            let night = "night: { metrics: \(house.folder)/nowhere/curfew.prom }"
            let outcome = try await house.saying(Self.mail(port: server.ports.plain, night))
                .curfew("nightly", expecting: 78)
            #expect(
                outcome.messages.contains(
                    "curfew: the night's metrics were not written: there is no folder \(house.folder)/nowhere, which "
                        + "`night.metrics` names\n  make it, writable for the user that runs curfew, or correct"
                ),
                "\(outcome)"
            )
        }
    }

    @Test func `who has no news gets no weekly mail, unless it is asked for`() async throws {
        try await Self.with { house, server in
            let zoe = "zoe@example.com"
            try await house.deploy([Deployment(name: "shop-pr-7", tags: ["owner": zoe])])
            let mail = Self.mail(port: server.ports.plain)
                .replacing("security: none }", with: "security: none }, domains: [example.com]")
            let house = try house.saying(mail)
            try await house.curfew("scan")
            try await house.curfew("evaluate")
            let sent = try await house.curfew("report", "--week", "--send")
            #expect(sent.output == "3 delivered\n" && sent.messages.contains("1 without news gets no mail"), "\(sent)")
            #expect(try server.stored(for: zoe).isEmpty)
            try await house.curfew("report", "--week", "--send", "--to", zoe)
            #expect(try server.stored(for: zoe).count == 1)
        }
    }

    @Test func `P17 what a channel's command says is kept without secrets, and goes into no ping`() async throws {
        try await Self.with { house, server in
            let pings = try ScriptedServer { _, _ in ScriptedAnswer(body: "OK") }
            let command = "\(house.folder)/page"
            try house.write(
                "#!/bin/sh\necho \"cannot reach $1 with never-shown-7: apparently down\" >&2\nexit 1\n",
                to: command
            )
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: command)
            let secret = "\(pings.url)/never-shown-7"
            let more = """
                night: { ping: "env:PING_URL" }
                channels: { pager: { command: ["\(command)", "\(secret)"] } }
                """
            let settings = Self.mail(port: server.ports.plain, more)
                .replacingOccurrences(of: "[platform@example.com]", with: "[pager]")
            let house = try house.saying(settings)
            let night = try await house.curfew("nightly", with: ["PING_URL": secret], expecting: 5)
            #expect(night.output.contains("apparently down"))
            let body = try #require(pings.requests.last?.body)
            #expect(body.contains("a message to channel pager was refused"))
            #expect(!body.contains("apparently down"))
            let reasons = try await house.lines("SELECT string_agg(reason, ' ') FROM curfew.messages")
            let kept =
                (reasons + (try await house.lines("SELECT array_to_string(left_undone, ' ') FROM curfew.nights")))
                .joined()
            #expect(kept.contains("apparently down"))
            for text in [night.output, night.messages, kept, body] { #expect(!text.contains("never-shown-7")) }
        }
    }

    @Test func `a night beside another ends 75 and changes nothing`() async throws {
        try await Self.with { house, server in
            _ = try await house.lines(
                """
                INSERT INTO curfew.nights (holder, lease_until, started_at)
                VALUES ('process 1 on elsewhere', clock_timestamp() + interval '1 minute', clock_timestamp())
                """
            )
            let outcome = try await house.curfew("nightly", expecting: 75)
            #expect(outcome.messages.contains("process 1 on elsewhere"))
            #expect(try await Self.number("SELECT count(*)::text FROM curfew.scans", house) == 0)
            #expect(try server.stored(for: "ada@example.com").isEmpty)
        }
    }

    @Test func `the week's mail reaches everybody once, whole, and a warning that came back counts no more`()
        async throws
    {
        try await Self.with { house, server in
            try await house.curfew("nightly")
            try await house.curfew("report", "--week", "--send")
            try await house.curfew("report", "--week", "--send")
            for recipient in ["ada@example.com", "grace@example.com", "platform@example.com"] {
                let weekly = try server.stored(for: recipient)
                    .map { String(decoding: $0.content, as: UTF8.self) }.filter { $0.contains("List-Id: <weekly.") }
                #expect(weekly.count == 1, "\(recipient)")
                #expect(weekly.first?.contains("multipart/") == true)
            }
            // What a mail server says of a mail that it could not hand on.
            let warned = try JSON(text: try await house.curfew("messages", "--json").output).elements
                .first { $0["recipient"].string == "mail:ada@example.com" && $0["kind"].string == "notices" }
            let message = try #require(warned?["message"].string)
            let stored = try #require(try server.stored(for: "ada@example.com").first)
            let id = try #require(
                String(decoding: stored.content, as: UTF8.self).split(whereSeparator: \.isNewline)
                    .first { $0.hasPrefix("Message-ID:") }?.split(separator: " ").last
            )
            let report = """
                From: MAILER-DAEMON@mx.example.com
                Subject: Undelivered Mail Returned to Sender
                MIME-Version: 1.0
                Content-Type: multipart/report; report-type=delivery-status; boundary="b"

                --b
                Content-Type: message/delivery-status

                Reporting-MTA: dns; mx.example.com

                Final-Recipient: rfc822; ada@example.com
                Action: failed
                Status: 5.1.1
                Diagnostic-Code: smtp; 550 5.1.1 no such user

                --b
                Content-Type: text/rfc822-headers

                Message-ID: \(id.trimmingCharacters(in: .whitespacesAndNewlines))
                From: curfew@example.com

                --b--
                """
            try house.write(report, to: "\(house.folder)/bounce.eml")
            let noted = try await house.curfew("messages", "bounced", "--mail", "bounce.eml")
            #expect(noted.output.contains(message))
            #expect(try await Self.states(house)["feat-a"] == "flagged")
            #expect(try await Self.states(house)["feat-b"] == "warned")
        }
    }
}
