import Core
import Foundation
import Testing

@testable import Reports

/// Names, tags and reasons are strangers' input, in every place of every edition.
struct WeeklyEscapingTests {
    /// A report with one text everywhere that a stranger's can stand.
    static func records(_ text: String) -> WeeklyRecords {
        var records = WeeklyRecords(now: Samples.now, zone: Samples.berlin)
        var environment = Samples.environment("feat-x", owner: text, reason: text)
        environment.targets[0].failure = text
        environment.key = EnvironmentKey(space: SpaceName(text), name: EnvironmentName("feat-x"), incarnation: 1)
        records.environments = [
            environment, Samples.environment("feat-z", owner: nil, verdict: .ambiguous, reason: text, kind: .ambiguous),
        ]
        var failed = Samples.plan(14, state: .failed, environment: "feat-z", ended: Samples.ago(1))
        failed.endedBecause = text
        records.plans = [
            Samples.plan(13, state: .draft, environment: "feat-y", blockers: [Blocker(.busy, nil, text)]), failed,
        ]
        var component = Samples.component("x", kind: .unmatched)
        (component.name, component.naming) = (text, text)
        records.unmatched = [component]
        records.accountNames = [Samples.account: text]
        var scan = Samples.scan(failing: true)
        scan.readings[1].failure = text
        records.scan = scan
        records.undelivered = [
            UndeliveredMessage(recipient: text, subject: text, state: "refused", because: text, at: Samples.ago(1))
        ]
        records.nights = [WeeklyNight(day: CalendarDay(daysSince1970: 20_780), outcome: .failed, because: text)]
        let because = (try? JSONEncoder().encode(["because": text])) ?? Data()
        records.forecastErrors = [
            AuditEntry(
                id: 1,
                at: Samples.now,
                actor: text,
                event: forecastWrong,
                environment: nil,
                plan: nil,
                details: Array(because)
            )
        ]
        return records
    }

    /// What a page is made of, without its texts.
    static func skeleton(_ html: String) -> [MailHTML.Tag] { MailHTML(html).tags.filter { $0.name != "title" } }

    static func pages(_ text: String) throws -> [String] {
        let book = WeeklyBook(records(text))
        let templates = try WeeklyTemplates()
        let reader = WeeklyReader(name: text, owners: [text])
        return [try book.report().html(templates), try book.report(.owner(reader)).html(templates)]
    }

    @Test(arguments: [
        "<script>alert(1)</script><img src=x onerror=\"y\">'&\u{202E}\u{1B}[2J", "\"><td onclick=\"x", "' onload='y",
        "</td></tr></table><h1>", "<!--", "-->", "&lt;b&gt;", "{{subject}}", "{{{subject}}}", "{{> weekly}}",
        // One character of two scalars, which an escaping of whole characters does not see.
        "<\u{338}script>", "\u{D4E}<script>alert(1)</script>", "\u{D4E}\" onclick=\u{D4E}\"x", "&\u{20DD}lt;",
        "\"\u{301}>",
        "<\u{200D}b>", "<\u{FE0F}b>",
    ])
    func `a text changes nothing but the text`(_ text: String) throws {
        for (page, plain) in zip(try Self.pages(text), try Self.pages("x")) {
            let html = MailHTML(page)
            #expect(html.mistakes.isEmpty)
            #expect(Self.skeleton(page) == Self.skeleton(plain))
            #expect(!page.unicodeScalars.contains { $0.value == 0x202E || $0.value == 0x1B })
        }
    }

    @Test func `whatever strangers write, the page's tags are its own`() throws {
        var random = Seeded(state: 0x5EED)
        let plain = try Self.pages("x").map(Self.skeleton)
        let pieces: [Unicode.Scalar] = [
            "<", ">", "&", "\"", "'", "/", "=", "{", "}", "#", "b", "x", " ", "\n", "\r", "\0", "\u{D4E}", "\u{301}",
            "\u{338}",
            "\u{200D}", "\u{202E}", "\u{FE0F}", "\u{1F984}", "\u{1F3FB}", "\u{1F1E9}", "\u{600}", "\u{110BD}",
            "\u{111C2}", "\u{1100}",
            "\u{1161}", "é", "ש", "ع", "\u{2066}", "\u{E0001}", "\u{FEFF}",
        ]
        for _ in 0..<60 {
            var text = ""
            for _ in 0..<Int.random(in: 1...24, using: &random) {
                text.unicodeScalars.append(pieces[Int.random(in: 0..<pieces.count, using: &random)])
            }
            for (page, plain) in zip(try Self.pages(text), plain) {
                #expect(MailHTML(page).mistakes.isEmpty, "\(text.debugDescription)")
                #expect(Self.skeleton(page) == plain, "\(text.debugDescription)")
            }
        }
    }

    @Test func `what is harmless stays as it is`() {
        for text in ["anna@example.com", "🦄 team unicorn", "👩‍👩‍👧", "Żółć", "a < b & c > d", "صندوق"] {
            #expect(MailText.safe(text) == text)
        }
    }

    @Test func `what is too long is cut, and what just fits is not`() {
        func safe(_ count: Int) -> String { MailText.safe(String(repeating: "é", count: count), 10) }
        #expect(safe(9).count == 9 && safe(10) == String(repeating: "é", count: 10))
        #expect(safe(11) == String(repeating: "é", count: 9) + "…" && safe(400).count == 10)
    }

    @Test func `escaping goes by scalars, where mustache goes by characters`() {
        let escaping = MailEscaping()
        #expect(escaping.escapeText("<\u{338}b>&\"'") == "&lt;\u{338}b&gt;&amp;&quot;&#39;")
        #expect(escaping.escapeText("\u{D4E}<b") == "\u{D4E}&lt;b")
    }

    @Test func `a subject has no stranger's text`() throws {
        for edition in [WeeklyReport.Edition.platform, .owner(WeeklyReader(name: "evil", owners: ["evil"]))] {
            #expect(!WeeklyBook(Self.records("evil")).report(edition).subject.contains("evil"))
        }
    }
}

/// The same numbers every time.
struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
