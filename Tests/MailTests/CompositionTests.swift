import Foundation
import TestSupport
import Testing

@testable import Mail

/// What we write, read by Python's parser.
@Suite struct CompositionTests {
    @Test func `all parts of a mail come back as they were`() async throws {
        var message = try sampleMessage()
        message.from = try MailAddress("Größe \"der\" Müller <curfew@example.com>", part: "From")
        message.replyTo = try MailAddress("Smith, Ann <ann@example.com>", part: "Reply-To")
        message.subject = "Zwölf Umgebungen 🧹 laufen morgen ab, und dieser Betreff ist länger als eine Zeile: öäü"
        message.html = "<html><body><p>Grüße &amp; Küsse</p></body></html>"
        message.attachments = [
            .init(name: "every environment.csv", mediaType: "text/csv", bytes: Array("a,ü\r\n1,2\n".utf8)),
            .init(name: "Übersicht für alle Teams im November \"2026\" 🧹.csv", mediaType: "text/csv", bytes: []),
        ]
        message.unsubscribe = "https://curfew.example.com/u?x=1"
        let bytes = try message.composed()
        guard let parsed = try await Parsed.all([bytes])?.first else { return }
        #expect(parsed.defects == [])
        #expect(parsed.type == "multipart/mixed")
        #expect(parsed.headers["subject"] == message.subject)
        #expect(parsed.headers["from"] == "\"Größe \\\"der\\\" Müller\" <curfew@example.com>")
        #expect(parsed.headers["reply-to"] == "\"Smith, Ann\" <ann@example.com>")
        #expect(parsed.headers["to"] == "ada@example.com")
        #expect(parsed.headers["date"] == "Mon, 23 Nov 2026 08:00:00 +0000")
        #expect(parsed.headers["message-id"] == "<n-2026-11-23.7@example.com>")
        #expect(parsed.headers["x-curfew-message"] == "n-2026-11-23.7")
        #expect(parsed.headers["auto-submitted"] == "auto-generated")
        #expect(parsed.headers["x-auto-response-suppress"] == "All")
        #expect(parsed.headers["list-id"] == "<notices.curfew.example.com>")
        #expect(parsed.headers["list-unsubscribe"] == "<https://curfew.example.com/u?x=1>")
        #expect(parsed.headers["list-unsubscribe-post"] == "List-Unsubscribe=One-Click")
        #expect(parsed.headers["mime-version"] == "1.0")
        #expect(parsed.text == arrived(message.text))
        #expect(parsed.html == arrived(message.html ?? ""))
        #expect(parsed.attachments.map(\.name) == message.attachments.map(\.name))
        #expect(parsed.attachments.map { Array($0.content) } == message.attachments.map(\.bytes))
        #expect(parsed.attachments.map(\.type) == ["text/csv", "text/csv"])
    }

    @Test func `a mail of text alone has one part, and without a list it says nothing of one`() async throws {
        var message = try sampleMessage()
        message.listID = nil
        guard let parsed = try await Parsed.all([try message.composed()])?.first else { return }
        #expect(parsed.type == "text/plain")
        #expect(parsed.text == arrived(message.text))
        #expect(parsed.headers.keys.filter { $0.hasPrefix("list-") }.isEmpty)
    }

    @Test func `one click is offered with https alone`() async throws {
        var message = try sampleMessage()
        message.unsubscribe = "mailto:stop@example.com"
        let text = String(decoding: try message.composed(), as: UTF8.self)
        #expect(text.contains("List-Unsubscribe: <mailto:stop@example.com>\r\n"))
        #expect(!text.contains("List-Unsubscribe-Post"))
        message.unsubscribe = "http://example.com/stop"
        let problem = #expect(throws: MailProblem.self) { try message.composed() }
        #expect(problem?.part == "List-Unsubscribe")
    }

    @Test func `whatever is written comes back, in lines that pass everywhere`() async throws {
        var dice = Dice(seed: 20_261_123)
        var messages: [MailMessage] = []
        for number in 0..<400 {
            var message = try sampleMessage(id: "p.\(number)")
            message.subject = generated(&dice, from: Self.words, upTo: 40)
            message.text = generated(&dice, from: Self.words + Self.breaks, upTo: 120)
            if Bool.random(using: &dice) { message.html = generated(&dice, from: Self.words + Self.breaks, upTo: 60) }
            message.from = try MailAddress(
                name: generated(&dice, from: Self.words, upTo: 12),
                address: "curfew@example.com",
                part: "From"
            )
            if Bool.random(using: &dice) {
                let short = Self.words.filter { !"/\\".contains($0) && $0.utf8.count < 30 }
                let name = "n" + generated(&dice, from: short, upTo: 6) + ".csv"
                let content = Array(generated(&dice, from: Self.words + Self.breaks, upTo: 60).utf8)
                message.attachments = [.init(name: name, mediaType: "text/csv", bytes: content)]
            }
            messages.append(message)
        }
        let mails = try messages.map { try $0.composed() }
        for mail in mails { expectPassable(mail) }
        guard let parsed = try await Parsed.all(mails) else { return }
        for (message, parsed) in zip(messages, parsed) {
            #expect(parsed.defects == [])
            #expect(parsed.headers["subject"] == message.subject)
            #expect(parsed.text == arrived(message.text))
            #expect(parsed.html == message.html.map { arrived($0) })
            #expect(parsed.attachments.map(\.name) == message.attachments.map(\.name))
            #expect(parsed.attachments.map { Array($0.content) } == message.attachments.map(\.bytes))
        }
    }

    private static let words = [
        "feat-checkout", "Größe", "🧹", "👩‍👩‍👧‍👦", "=?UTF-8?Q?x?=", "=", "a=b", "\"", "\\", "e\u{301}", "日本語の件名",
        " ", "  ", " ", ".", "..", "From ", "x", "ﷺ", String(repeating: "long", count: 60), "&<>", ";", "--=_m_", "_",
        "?",
    ]
    private static let breaks = [
        "\n", "\r\n", "\n\n", "\n.", "\n..\n", "\nFrom ", " \n", "\t\n", "\t", "\u{0}", "\u{1B}[0m",
    ]

    private func generated(_ dice: inout Dice, from words: [String], upTo count: Int) -> String {
        (0..<Int.random(in: 1...count, using: &dice)).map { _ in words.randomElement(using: &dice) ?? "" }.joined()
    }

    /// CRLF alone, 76 characters, ASCII, no dot or "From " that SMTP or a mailbox would take for its own.
    private func expectPassable(_ mail: [UInt8]) {
        let text = String(decoding: mail, as: UTF8.self)
        #expect(mail.allSatisfy { $0 == 13 || $0 == 10 || $0 == 9 || ($0 >= 32 && $0 < 127) })
        #expect(mail.suffix(2) == [13, 10])
        let lines = text.components(separatedBy: "\r\n")
        #expect(lines.allSatisfy { !$0.contains("\r") && !$0.contains("\n") })
        #expect(lines.allSatisfy { $0.utf8.count <= 78 })
        #expect(lines.allSatisfy { !$0.hasPrefix(".") && !$0.hasPrefix("From ") })
    }

    @Test func `the same message is the same bytes`() throws {
        var message = try sampleMessage()
        message.html = "<p>x</p>"
        message.attachments = [.init(name: "x.csv", mediaType: "text/csv", bytes: [1])]
        #expect(try message.composed() == message.composed())
        var other = message
        other.id = "other"
        #expect(try message.composed() != other.composed())
    }

    @Test(arguments: ["\r\n", "\n", "\r", "\u{0}", "\u{85}", "\u{2028}", "\u{7F}", "\t", "\u{1B}"])
    func `a header that could end early is refused and named, never cleaned`(bad: String) throws {
        let message = try sampleMessage()
        let text = "a\(bad)Bcc: all@example.com"
        let tries: [(String, (inout MailMessage) throws -> Void)] = [
            ("Subject", { $0.subject = text }),
            ("From", { $0.from = try MailAddress(name: text, address: "a@example.com", part: "From") }),
            ("To", { $0.to = try MailAddress("\(text)", part: "To") }),
            ("Reply-To", { $0.replyTo = try MailAddress("\(text) <a@example.com>", part: "Reply-To") }),
            ("Message-ID", { $0.id = text }),
            ("List-Id", { $0.listID = text }),
            ("List-Unsubscribe", { $0.unsubscribe = "https://x/\(bad)Bcc:x" }),
            ("attachment's name", { $0.attachments = [.init(name: text, mediaType: "text/csv", bytes: [])] }),
            ("attachment's media type", { $0.attachments = [.init(name: "x", mediaType: text, bytes: [])] }),
        ]
        for (part, change) in tries {
            let problem = #expect(throws: MailProblem.self) {
                var changed = message
                try change(&changed)
                return try changed.composed()
            }
            #expect(problem?.part == part)
            #expect(problem?.description.hasPrefix("the mail's \(part) ") == true)
        }
    }

    @Test(arguments: ["", "a", "a@", "@b", "a@b@c", "a b@c", "ä@b", "a@b>", "a,b@c", "<a@b> x"])
    func `what is no address is refused`(text: String) throws {
        let problem = #expect(throws: MailProblem.self) { try MailAddress(text, part: "To") }
        #expect(problem?.part == "To")
    }

    @Test func `addresses with and without names are read`() throws {
        let named = try MailAddress(" \"Smith, Ann\"  <ann@example.com>", part: "From")
        #expect(named.name == "Smith, Ann")
        #expect(named.address == "ann@example.com")
        #expect(named.domain == "example.com")
        #expect(try MailAddress("<ann@example.com>", part: "From").name == nil)
        #expect(try MailAddress("ann@example.com", part: "From").name == nil)
    }

    @Test func `text goes as quoted-printable, and as base64 where that is shorter`() {
        #expect(ContentEncoding.text("Grüße an alle, die das hier lesen").encoding == .quotedPrintable)
        #expect(ContentEncoding.text(String(repeating: "日本語", count: 20)).encoding == .base64)
    }
}
