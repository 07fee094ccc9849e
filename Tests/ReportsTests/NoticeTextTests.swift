import Core
import Foundation
import Testing

@testable import Reports

@Suite struct NoticeTextTests {
    private static let now = Date(timeIntervalSince1970: 1_796_000_000)

    static func item(_ kind: NoticeKind, _ name: String, _ change: (inout NoticeItem) -> Void = { _ in }) -> NoticeItem
    {
        let key = EnvironmentKey(space: SpaceName("sandbox"), name: EnvironmentName(name), incarnation: 1)
        var item = NoticeItem(
            notice: Notice(kind, of: key, subject: "x"),
            name: name,
            owner: "ada@example.com",
            reason: "idle: 9d without a deployment",
            stacks: 3,
            oldest: now.addingTimeInterval(-40 * 86_400),
            dueAt: now.addingTimeInterval(3 * 86_400),
            extendBy: .seconds(7 * 86_400)
        )
        change(&item)
        return item
    }

    static func content(_ items: [NoticeItem], to recipient: Recipient = .address("ada@example.com")) -> NoticeContent {
        NoticeContent(recipient: recipient, items: items, at: now)
    }

    static var everything: NoticeContent {
        content([
            item(.awaitingApproval, "feat-checkout") {
                $0.plan = PlanID(12)
                $0.losses = (1...7).map { "AWS::S3::Bucket uploads-\($0)" }
            },
            item(.superseded, "feat-search") {
                $0.plan = PlanID(9)
                $0.replacement = PlanID(13)
            },
            item(.due, "feat-checkout"), item(.due, "sandbox/feat-twice") { $0.owner = nil },
            item(.due, "feat-full") {
                $0.blockers = ["not empty: the bucket feat-full-uploads holds 12 objects", "operation in progress: db"]
            },
            item(.reminded, "feat-soon"),
            item(.warned, "feat-stale") { $0.isStandIn = true },
            item(.warned, "feat-spent") { $0.extendBy = nil },
            item(.cleared, "feat-kept") { $0.reason = "protected: demo on Friday" },
            item(.reaped, "feat-gone") { $0.endedAt = now.addingTimeInterval(-3_600) },
        ])
    }

    private static var zone: TimeZone { TimeZone(identifier: "Europe/Berlin") ?? .current }

    @Test func `a letter says what happens, when, why, and the very commands`() {
        let letter = NoticeText.letter(Self.everything, zone: Self.zone).letter
        expectGolden("Subject: \(letter.subject)\n\n\(letter.text)", "notices.txt")
    }

    @Test func `mail has the same in HTML that mail clients can draw`() throws {
        let letter = NoticeText.letter(Self.everything, zone: Self.zone, templates: try WeeklyTemplates()).letter
        let html = try #require(letter.html)
        expectGolden(html, "notices.html")
        let hostile = Self.item(.warned, "feat-x") { $0.reason = "<script>alert(1)</script> & \"'" }
        let page = NoticeText(Self.content([hostile]), zone: Self.zone, templates: try WeeklyTemplates()).letter.html
        #expect(page?.contains("<script>") == false)
        #expect(page?.contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp;") == true)
    }

    @Test(arguments: NoticeKind.allCases)
    func `a headline begins like a sentence, but never changes a name`(kind: NoticeKind) throws {
        let templates = try WeeklyTemplates()
        let item = Self.item(kind, "feat-x")
        let html = NoticeText.letter(Self.content([item]), zone: Self.zone, templates: templates).letter.html
        let page = try #require(html)
        #expect(!page.contains("Feat-x"))
        let begins = [">The teardown of feat-x", ">Your approval for feat-x", ">feat-x is ", ">feat-x was taken down"]
        #expect(begins.contains { page.contains($0) })
    }

    @Test func `what is blocked is promised no end: it says so, why, and that nothing goes before`() {
        let item = Self.item(.due, "feat-x") { $0.blockers = ["not empty: the bucket uploads holds 12 objects"] }
        let letter = NoticeText(Self.content([item]), zone: Self.zone).letter
        #expect(letter.subject == "Curfew: feat-x is due, but blocked")
        #expect(
            letter.text.contains("TO BE TAKEN DOWN, BUT BLOCKED (1)")
                && letter.text.contains("bucket uploads holds 12 objects")
        )
        #expect(!letter.text.contains("may take these down"))
        #expect(letter.text.contains("curfew release feat-x"))
    }

    @Test func `times of a reason are in the zone of the letter`() {
        let item = Self.item(.warned, "feat-x") { $0.reason = "idle: changed 2026-11-20 23:30 UTC" }
        let text = NoticeText(Self.content([item]), zone: Self.zone).letter.text
        #expect(text.contains("changed 2026-11-21 00:30 CET") && !text.contains("UTC"))
    }

    @Test(arguments: NoticeKind.allCases)
    func `one environment is named in the subject`(kind: NoticeKind) {
        let letter = NoticeText(Self.content([Self.item(kind, "feat-x")]), zone: Self.zone).letter
        #expect(letter.subject.contains("feat-x"))
        #expect(!letter.subject.contains("\n"))
    }

    @Test func `D4 what a channel cannot carry is not told: everything that counts as said is named`() {
        let items = (1...300).map { Self.item(.warned, "feat-number-\($0)") }
        for recipient in [Recipient.channel(ChannelName("shop")), .address("ada@example.com")] {
            let (letter, said) = NoticeText.letter(Self.content(items, to: recipient), zone: Self.zone)
            let words = Set(letter.text.split(whereSeparator: \.isWhitespace).map(String.init))
            for item in said { #expect(words.contains(item.name), "\(item.name)") }
            if case .channel = recipient {
                #expect(letter.text.utf8.count <= NoticeText.mostBytes)
                #expect(said.count < 300 && said.count > 8)
                #expect(letter.text.contains("of \(300 - said.count): the next night goes on"))
            } else {
                #expect(said.count == 300)
            }
        }
    }

    @Test func `what strangers wrote cannot end a line or colour a terminal`() {
        let hostile = "x\r\nBcc: eve@example.com\u{1B}[31m"
        let item = Self.item(.warned, "feat-x") {
            $0.reason = hostile
            $0.owner = hostile
        }
        let letter = NoticeText(Self.content([item]), zone: Self.zone).letter
        #expect(!letter.text.contains("\u{1B}") && !letter.text.contains("\r"))
        #expect(!letter.text.split(separator: "\n").contains { $0.hasPrefix("Bcc:") })
        #expect(!letter.subject.contains("\n"))
    }
}
