import Foundation
import Testing

@testable import Mail

@Suite struct ProgramTests {
    private func folder() throws -> String {
        let folder = NSTemporaryDirectory() + "curfew-program-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        return folder
    }

    private func program(_ text: String, in folder: String) throws -> String {
        let path = folder + "/program"
        try Data("#!/bin/sh\n\(text)\n".utf8).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        return path
    }

    @Test
    func `sendmail is called with the sender for what comes back, and gets the message with this machine's line ends`()
        async throws
    {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = try program("echo \"$@\" > \(folder)/arguments; cat > \(folder)/mail", in: folder)
        let message = try sampleMessage()
        let outcome = await SendmailTransport(path: path).send(message)
        #expect(outcome == .accepted("\(path) took it"))
        #expect(try String(contentsOfFile: folder + "/arguments", encoding: .utf8) == "-t -oi -f curfew@example.com\n")
        let written = try Data(contentsOf: URL(fileURLWithPath: folder + "/mail"))
        #expect(Array(written) == (try message.composed().filter { $0 != 13 }))
    }

    @Test(arguments: [
        ("exit 75", "deferred(", "(exit status 75)"),
        (
            "echo first >&2; printf 'no \\033[31msuch user\\n\\n' >&2; exit 67", "refused(",
            "(exit status 67): no [31msuch user"
        ),
        ("kill -9 $$", "uncertain(", "signal 9"), ("exec sleep 60", "uncertain(", "took longer than"),
        ("sleep 60 & sleep 60", "uncertain(", "took longer than"),
        ("trap '' TERM; while :; do sleep 1; done", "uncertain(", "took longer than"),
        ("head -c 300000 /dev/zero | tr '\\0' 'x' >&2; printf '\\nend\\n' >&2; exit 1", "refused(", ": end"),
    ])
    func `an end is what it means, and comes in time`(script: String, kind: String, words: String) async throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = try program(script, in: folder)
        var message = try sampleMessage()
        // More than a pipe holds: none of these programs reads it.
        message.text = String(repeating: "0123456789abcdef", count: 20_000)
        let began = ContinuousClock.now
        let outcome = await SendmailTransport(path: path, within: .seconds(3)).send(message)
        #expect("\(outcome)".hasPrefix(kind))
        #expect("\(outcome)".contains(words))
        #expect(ContinuousClock.now - began < .seconds(20))
    }

    @Test(arguments: [
        (
            "curl: (22) https://hooks.example.com/services/T1/B2/xyz returned 403",
            "curl: (22) https://hooks.example.com/… returned 403"
        ),
        ("connecting to amqp://curfew:s3cr3t@mq.example.com:5671/vhost", "connecting to amqp://mq.example.com:5671/…"),
        ("Authorization: Bearer abc.def, try again", "Authorization: …, try again"),
        ("sent bearer abcdef", "sent bearer …"),
        ("API_KEY=abc123 is unknown; password: 'x y'", "API_KEY=… is unknown; password: …"),
        ("{\"token\":\"abc\",\"ok\":false}", "{\"token\":…,\"ok\":false}"),
        ("unknown id 4f2a9c1e7b3d4f2a9c1e7b3d", "unknown id …"),
        ("known=hunter2\u{1B}[31m and hunter2", "known=… [31m and …"),
        ("no such user: ada@example.com", "no such user: ada@example.com"),
        ("the-channel-of-the-team-has-no-numbers", "the-channel-of-the-team-has-no-numbers"),
    ])
    func `P17 of what a program said nothing is kept that is a secret, or looks like one`(words: String, kept: String) {
        #expect(discreet(words) { $0.replacing("hunter2", with: "…") } == kept)
    }

    @Test func `P17 a program's words are masked while they are whole, and cut after that`() async throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let long = String(repeating: "word ", count: 38) + "hunter2-and-more " + String(repeating: "word ", count: 100)
        let path = try program("echo '\(long)' >&2; exit 1", in: folder)
        let message = try sampleMessage()
        let outcome = await SendmailTransport(path: path, masking: { $0.replacing("hunter2-and-more", with: "…") })
            .send(message)
        #expect(!"\(outcome)".contains("hunter2"))
        #expect("\(outcome)".count < 400)
        // A line whose beginning is lost might begin in the middle of a secret.
        let endless = try program("head -c 300000 /dev/zero | tr '\\0' 'x' >&2; exit 1", in: folder)
        #expect(
            await SendmailTransport(path: endless).send(message) == .refused("\(endless) refused it (exit status 1)")
        )
    }

    @Test func `a program that is not there is deferred`() async throws {
        let outcome = await SendmailTransport(path: "/no/such/sendmail").send(try sampleMessage())
        guard case .deferred(let words) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(words.contains("/no/such/sendmail was not run"))
        #expect(SendmailTransport(path: "/no/such/sendmail").check() != .accepted("/no/such/sendmail is there"))
    }

    @Test func `a command reads one JSON document, and no shell reads its arguments`() async throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = try program(
            "printf '%s' \"$1\" > \(folder)/argument; env > \(folder)/env; cat > \(folder)/json",
            in: folder
        )
        let document = CommandChannel.Document(
            subject: "2 due",
            text: "a\n\"ü\"",
            to: "pager",
            id: "n.1",
            list: "notices",
            date: Date(timeIntervalSince1970: 1_795_420_800)
        )
        let outcome = await CommandChannel([path, "$(id); x"]).send(document)
        #expect(outcome == .accepted("\(path) took it"))
        #expect(try String(contentsOfFile: folder + "/argument", encoding: .utf8) == "$(id); x")
        // Our secrets are in the environment, too: it is not handed on.
        let handed = try String(contentsOfFile: folder + "/env", encoding: .utf8)
        #expect(handed.contains("PATH=") && !handed.contains("CURFEW_TEST_VENV"))
        let json = try Data(contentsOf: URL(fileURLWithPath: folder + "/json"))
        #expect(try JSONDecoder().decode(CommandChannel.Document.self, from: json) == document)
        #expect(document.date == "2026-11-23T08:00:00Z")
        let members = try JSONSerialization.jsonObject(with: json) as? [String: String]
        #expect(members?.keys.sorted() == ["date", "id", "list", "subject", "text", "to"])
    }

    @Test func `a drop writes whole files, and the same message is the same file`() async throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let message = try sampleMessage()
        for _ in 1...2 {
            let outcome = await MailDrop(folder: folder).send(message)
            #expect(outcome == .accepted("written to \(folder)/n-2026-11-23.7.ada@example.com.eml"))
        }
        _ = await MailDrop(folder: folder).send(try sampleMessage(to: "x/../y@example.com"))
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        #expect(names == ["n-2026-11-23.7.ada@example.com.eml", "n-2026-11-23.7.x_.._y@example.com.eml"])
        let written = try Data(contentsOf: URL(fileURLWithPath: folder + "/" + names[0]))
        #expect(Array(written) == (try message.composed()))
        guard case .deferred = await MailDrop(folder: folder + "/none").send(message) else {
            Issue.record("a folder that is not there took a mail")
            return
        }
    }
}
