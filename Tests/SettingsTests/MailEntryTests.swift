import Core
import Settings
import Testing

@Suite struct MailEntryTests {
    private func mail(_ text: String) throws -> MailSettings {
        try #require(try settings(oneAccount + "mail: \(text)\n").mail)
    }

    private func wrong(_ text: String) -> String {
        problems(inSettings: oneAccount + "mail: \(text)\n").joined(separator: "\n")
    }

    @Test func `mail over SMTP as a whole`() throws {
        let mail = try mail(
            """

              from: "Curfew <curfew@example.com>"
              reply_to: platform@example.com
              smtp: { host: smtp.example.com, port: 2525, security: tls, user: curfew, password: "env:SMTP_PASSWORD", authorities: /etc/ca.pem }
              domains: [Example.com, mail.example.org]
              unsubscribe: "https://curfew.example.com/unsubscribe"
            """
        )
        #expect(
            mail
                == MailSettings(
                    from: "Curfew <curfew@example.com>",
                    replyTo: "platform@example.com",
                    transport: .smtp(
                        MailSettings.SMTP(
                            host: "smtp.example.com",
                            port: 2525,
                            security: .tls,
                            user: "curfew",
                            password: .environment("SMTP_PASSWORD"),
                            authorities: "/etc/ca.pem"
                        )
                    ),
                    domains: ["example.com", "mail.example.org"],
                    unsubscribe: "https://curfew.example.com/unsubscribe"
                )
        )
        #expect(try settings(oneAccount).mail == nil)
    }

    @Test(arguments: [
        ("{ host: smtp.example.com }", 587, MailSettings.Security.starttls),
        ("{ host: smtp.example.com, security: starttls }", 587, .starttls),
        ("{ host: smtp.example.com, security: tls }", 465, .tls),
        ("{ host: 127.0.0.1, security: none }", 25, .none),
        ("{ host: \"::1\", security: none }", 25, .none),
        ("{ host: localhost, security: none, port: 1025 }", 1025, .none),
    ])
    func `the port is the usual one of the security`(smtp: String, port: Int, security: MailSettings.Security) throws {
        guard case .smtp(let read) = try mail("{ from: a@example.com, smtp: \(smtp) }").transport else {
            Issue.record("not SMTP")
            return
        }
        #expect(read.port == port)
        #expect(read.security == security)
    }

    @Test func `mail leaves in one of four ways`() throws {
        func transport(_ text: String) throws -> MailSettings.Transport {
            try mail("{ from: a@example.com, \(text) }").transport
        }
        #expect(try transport("sendmail: /usr/sbin/sendmail") == .sendmail(path: "/usr/sbin/sendmail"))
        #expect(
            try transport("ses: { region: eu-central-1, profile: mail }")
                == .ses(region: Region("eu-central-1"), profile: "mail")
        )
        #expect(try transport("ses: { region: eu-central-1 }") == .ses(region: Region("eu-central-1"), profile: nil))
        #expect(try transport("drop: ./outbox") == .drop(folder: "./outbox"))
    }

    @Test(arguments: ["sendmail: /usr/sbin/sendmail, drop: ./outbox", "unsubscribe: \"mailto:off@example.com\""])
    func `neither two ways nor none`(text: String) {
        #expect(
            wrong("{ from: a@example.com, \(text) }").contains("`mail` needs exactly one of smtp, sendmail, ses, drop")
        )
    }

    @Test(arguments: ["smtp.example.com", "10.0.0.1", "127.0.0.1.example.com", "127.0.0.256"])
    func `a password and every message would be read on the way, so plain text stays on this machine`(host: String) {
        let found = wrong("{ from: a@example.com, smtp: { host: \(host), security: none } }")
        #expect(found.contains("curfew.yaml:2:"))
        #expect(found.contains("is only for a server on this machine"))
    }

    @Test(arguments: [
        "hunter2-hunter2", "ENV:hunter2-hunter2", "env:hunter2-hunter2", "\"hunter2-hunter2\\n\"", "\"env:\"",
    ])
    func `P17 a secret in place of its reference is refused and not shown`(password: String) {
        let found = wrong("{ from: a@example.com, smtp: { host: h.example.com, user: u, password: \(password) } }")
        #expect(found.contains("`mail.smtp.password` is no reference to a secret"))
        #expect(!found.contains("hunter2"))
    }

    @Test(arguments: [
        ("{ drop: x }", "`mail` lacks `from`"),
        ("{ from: nobody, drop: x }", "`mail.from` is `nobody`, expected an address"),
        ("{ from: \"a@example.com\\r\\nBcc: b@example.com\", drop: x }", "`mail.from` is"),
        ("{ from: \"A <a@example.com>, b@example.com\", drop: x }", "`mail.from` is"),
        ("{ from: a@example.com, drop: x, domains: [\"@example.com\"] }", "`mail.domains[1]` is"),
        ("{ from: a@example.com, drop: x, unsubscribe: \"http://example.com/\" }", "`mail.unsubscribe` is"),
        ("{ from: a@example.com, drop: x, unsubscribe: \"https://example.com/>x\" }", "`mail.unsubscribe` is"),
        (
            "{ from: a@example.com, sendmail: sendmail }",
            "`mail.sendmail` is `sendmail`, expected a program's whole path"
        ),
        ("{ from: a@example.com, smtp: { host: \"smtp.example.com:25\" } }", "without a scheme or a port"),
        ("{ from: a@example.com, smtp: { host: \"smtps://x\" } }", "without a scheme or a port"),
        ("{ from: a@example.com, smtp: { host: x.example, port: 0 } }", "from 1 to 65535"),
        ("{ from: a@example.com, smtp: { host: x.example, security: ssl } }", "expected one of starttls, tls, none"),
        ("{ from: a@example.com, smtp: { host: x.example, user: u } }", "means nothing without `password`"),
        ("{ from: a@example.com, smtp: { host: x.example, password: \"env:P\" } }", "means nothing without `user`"),
        ("{ from: a@example.com, ses: { region: Europe } }", "`mail.ses.region` is `Europe`"),
        ("{ from: a@example.com, stmp: { host: x.example } }", "did you mean `smtp`?"),
    ])
    func `what is wrong is said`(text: String, expected: String) {
        #expect(wrong(text).contains(expected), "\(wrong(text))")
    }

    @Test func `everything that is wrong is said at once, where it stands`() {
        let text = """
            mail: { from: x, smtp: { hots: h, port: many, password: plain }, domains: [a b] }
            channels: { "a b": { slack: plain }, shop: { teams: "env:A", slack: "env:B" } }
            notices: { routes: [{ owner: x, to: shpo }], platform: platform }
            night: { within: 2, metrics: curfew.txt }
            report: { zone: Europe/Berln }
            retention: { scans: 1d, audit: 90d }

            """
        let found = problems(inSettings: oneAccount + text)
        #expect(
            found.map { $0.prefix { $0 != " " } } == [
                "curfew.yaml:2:15:", "curfew.yaml:2:24:", "curfew.yaml:2:26:", "curfew.yaml:2:41:", "curfew.yaml:2:57:",
                "curfew.yaml:2:57:", "curfew.yaml:2:76:", "curfew.yaml:3:13:", "curfew.yaml:3:29:", "curfew.yaml:3:44:",
                "curfew.yaml:4:37:", "curfew.yaml:4:56:", "curfew.yaml:5:18:", "curfew.yaml:5:30:", "curfew.yaml:6:17:",
                "curfew.yaml:7:21:", "curfew.yaml:7:32:",
            ],
            "\(found.joined(separator: "\n"))"
        )
    }
}
