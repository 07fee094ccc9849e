import Testing

@testable import Mail

/// Reports in the shapes that common servers give them, written by hand after real ones.
@Suite struct BounceTests {
    private func bounces(_ text: String, breaks: String = "\r\n") -> [Bounce] {
        Bounce.all(
            in: Array(text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: breaks).utf8)
        )
    }

    @Test(arguments: ["\r\n", "\n"])
    func `Postfix names the message by the headers that it returns`(breaks: String) {
        let found = bounces(BounceSamples.postfix, breaks: breaks)
        #expect(
            found == [
                Bounce(
                    messageID: "n-2026-11-23.7",
                    recipient: "nobody@example.com",
                    status: "5.1.1",
                    isPermanent: true,
                    reason: "550 5.1.1 <nobody@example.com>: Recipient address rejected: User unknown"
                )
            ]
        )
    }

    @Test func `Postfix is late, and has not given up`() {
        let late = BounceSamples.postfix.replacing("Action: failed", with: "Action: delayed")
            .replacing("Status: 5.1.1", with: "Status: 4.4.1")
        #expect(bounces(late).map(\.isPermanent) == [false])
        #expect(bounces(late).map(\.status) == ["4.4.1"])
    }

    @Test func `Exchange returns the headers as text`() {
        let found = bounces(BounceSamples.exchange)
        #expect(found.map(\.messageID) == ["n-2026-11-23.8"])
        #expect(found.map(\.recipient) == ["gone@contoso.example"])
        #expect(found.map(\.status) == ["5.1.10"])
        #expect(found.first?.reason.hasPrefix("550 5.1.10 RESOLVER.ADR.RecipientNotFound") == true)
    }

    @Test func `Gmail gives the recipient a group of its own, with a reason over several lines`() {
        let found = bounces(BounceSamples.gmail)
        #expect(found.map(\.messageID) == ["w-2026-W47.ada"])
        #expect(found.map(\.recipient) == ["full@gmail.example"])
        #expect(found.map(\.status) == ["4.2.2"])
        #expect(found.map(\.isPermanent) == [true], "it gave up, though the cause may pass")
        #expect(found.first?.reason.contains("out of storage space. Please direct") == true)
    }

    @Test func `SES wrote a Message-ID of its own, and our header tells which it was`() {
        let found = bounces(BounceSamples.ses)
        #expect(found.map(\.messageID) == ["n-2026-11-23.9"])
        #expect(found.map(\.recipient) == ["bounce@simulator.amazonses.com"])
        #expect(found.map(\.status) == ["5.1.1"])
    }

    @Test func `several recipients are several bounces, and who got it is none`() {
        let found = bounces(BounceSamples.several)
        #expect(found.map(\.recipient) == ["a@example.com", "b@example.com"])
        #expect(found.map(\.isPermanent) == [true, false])
        #expect(found.map(\.messageID) == [nil, nil])
        #expect(found.first?.reason == "This is what happened to your mail.", "the first words for people")
    }

    @Test func `a report in base64 or quoted-printable is read as well`() {
        let found = bounces(BounceSamples.encoded)
        #expect(found.map(\.recipient) == ["nobody@example.com"])
        #expect(found.map(\.messageID) == ["n.1"])
    }

    @Test func `what is no report gives nothing`() throws {
        #expect(Bounce.all(in: try sampleMessage().composed()).isEmpty)
        #expect(bounces("").isEmpty)
        #expect(bounces("Subject: Out of office\n\nI am away. Action: failed\nFinal-Recipient: rfc822; a@b").isEmpty)
        let read = BounceSamples.postfix.replacing(
            "report-type=delivery-status",
            with: "report-type=disposition-notification"
        )
        #expect(bounces(read).isEmpty, "that somebody read it is no bounce")
    }

    @Test func `a reason holds nothing that a terminal obeys`() {
        let rude = BounceSamples.postfix.replacing("User unknown", with: "\u{1B}[31mred\u{7}")
        #expect(bounces(rude).first?.reason.contains("\u{1B}") == false)
        #expect(bounces(rude).first?.reason.contains("\u{7}") == false)
    }

    @Test func `whatever is cut off or mixed up, reading ends`() {
        let whole = Array(BounceSamples.postfix.utf8)
        var dice = Dice(seed: 7)
        for _ in 0..<400 {
            var mail = Array(whole.prefix(Int.random(in: 0...whole.count, using: &dice)))
            for _ in 0..<5 where !mail.isEmpty {
                mail[Int.random(in: 0..<mail.count, using: &dice)] = UInt8.random(in: 0...255, using: &dice)
            }
            let found = Bounce.all(in: mail)
            #expect(found.count <= 1)
        }
        let nested = String(repeating: "Content-Type: multipart/report; boundary=a\n\n--a\n", count: 3_000)
        #expect(bounces(nested).isEmpty)
    }
}
