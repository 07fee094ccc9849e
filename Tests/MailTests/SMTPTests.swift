import Curl
import Foundation
import TestSupport
import Testing

@testable import Mail

/// Against a real mail server, which each test shares and none changes for another.
@Suite(.serialized) struct SMTPTests {
    private static let shared = SharedServer()

    private actor SharedServer {
        private var started: MailServer??

        func server() async throws -> MailServer? {
            if let started { return started }
            let server = try await MailServer.start()
            started = .some(server)
            return server
        }
    }

    private static func relay(
        _ server: SMTPServer,
        connect: Duration = .seconds(10),
        total: Duration = .seconds(20)
    ) -> SMTPRelay {
        SMTPRelay(limits: SMTPLimits(connect: connect, total: total)) { server }
    }

    private func plain(_ server: MailServer) -> SMTPServer {
        SMTPServer(host: "127.0.0.1", port: server.ports.plain, security: .none)
    }

    @Test func `what the server stores is what was composed, byte for byte`() async throws {
        guard let server = try await Self.shared.server() else { return }
        var message = try sampleMessage(to: "whole@example.com")
        message.subject = "Übermorgen läuft „feat-größe“ ab"
        message.html = "<p>ä</p>"
        message.text = ".\r\n..\r\nFrom here\r\n" + String(repeating: "long ", count: 300) + "\r\n.\r\nend"
        message.attachments = [.init(name: "all.csv", mediaType: "text/csv", bytes: Array("a,b\n.\n".utf8))]
        let outcome = await Self.relay(plain(server)).send(message)
        guard case .accepted(let words) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(words.contains("250 2.0.0 Ok: queued as"))
        let stored = try #require(try server.stored(for: "whole@example.com").first)
        #expect(Array(stored.content) == (try message.composed()))
        #expect(stored.sender == "curfew@example.com")
        #expect(stored.isEncrypted == false)
    }

    @Test func `a long message with a dot at every line's beginning arrives unharmed`() async throws {
        guard let server = try await Self.shared.server() else { return }
        let session = SMTPSession(plain(server))
        // Not composed by us: what is handed over raw is stuffed and unstuffed on the way.
        let raw = "Subject: dots\r\n\r\n" + String(repeating: ".a\r\n..\r\n.\r\n", count: 30_000)
        let transfer = SMTPTransfer(sender: "a@b.example", recipient: "dots@example.com", message: Array(raw.utf8))
        let reply = try await session.send(transfer)
        #expect(reply.code == 250)
        #expect(try server.stored(for: "dots@example.com").first?.content == Data(raw.utf8))
    }

    @Test func `messages of one relay go over one connection, and a refused one does not end the relay`() async throws {
        guard let server = try await Self.shared.server() else { return }
        let relay = Self.relay(plain(server))
        for name in ["reuse", "reuse", "nobody", "reuse", "full", "reuse", "reuse"] {
            _ = await relay.send(try sampleMessage(to: "\(name)@example.com"))
        }
        let ports = try server.stored(for: "reuse@example.com").map(\.peerPort)
        #expect(ports.count == 5)
        // libcurl leaves a server that refused a recipient or a message, and comes back.
        #expect(Set(ports).count <= 3)
        #expect(ports.first == ports.dropFirst().first)
    }

    @Test func `STARTTLS and TLS are used with a certificate that is believed`() async throws {
        guard let server = try await Self.shared.server() else { return }
        let ways: [(Int, SMTPServer.Security)] = [(server.ports.starttls, .starttls), (server.ports.tls, .tls)]
        for (port, security) in ways {
            for host in ["127.0.0.1", "localhost"] {
                let to = SMTPServer(host: host, port: port, security: security, authorities: server.authority)
                let recipient = "tls-\(port)-\(host.count)@example.com"
                let outcome = await Self.relay(to).send(try sampleMessage(to: recipient))
                guard case .accepted = outcome else {
                    Issue.record("\(outcome)")
                    continue
                }
                #expect(try server.stored(for: recipient).first?.isEncrypted == true)
            }
        }
    }

    @Test func `a certificate nobody vouches for, or of another name, gets nothing`() async throws {
        guard let server = try await Self.shared.server() else { return }
        let ways = [
            SMTPServer(host: "127.0.0.1", port: server.ports.starttls, security: .starttls),
            SMTPServer(host: "127.0.0.1", port: server.ports.tls, security: .tls),
            SMTPServer(
                host: "127.0.0.1",
                port: server.ports.misnamed,
                security: .starttls,
                authorities: server.authority
            ),
        ]
        for way in ways {
            let outcome = await Self.relay(way).send(try sampleMessage(to: "untrusted@example.com"))
            guard case .deferred(let words) = outcome else {
                Issue.record("\(outcome)")
                continue
            }
            #expect(words.contains("could not be trusted (TLS)"))
        }
        #expect(try server.stored(for: "untrusted@example.com").isEmpty)
    }

    @Test func `a server without STARTTLS gets nothing where it is asked for`() async throws {
        guard let server = try await Self.shared.server() else { return }
        let way = SMTPServer(
            host: "127.0.0.1",
            port: server.ports.plain,
            security: .starttls,
            login: .init(user: "curfew", password: "right horse")
        )
        let outcome = await Self.relay(way).send(try sampleMessage(to: "stripped@example.com"))
        guard case .deferred(let words) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(words.contains("TLS"))
        #expect(try server.stored(for: "stripped@example.com").isEmpty)
    }

    @Test func `a sender whom the server refuses says nothing about the recipient, a refused recipient does`()
        async throws
    {
        guard let server = try await Self.shared.server() else { return }
        let relay = Self.relay(plain(server))
        var message = try sampleMessage(to: "any@example.com")
        message.from = try MailAddress("Stranger <stranger@example.com>", part: "From")
        guard case .misconfigured(let words) = await relay.send(message) else {
            Issue.record("\(await relay.send(message))")
            return
        }
        #expect(words.contains("does not take mail from our sender's address: 550 5.1.8"))
        #expect(words.contains("correct `from`"))
        #expect(try server.stored(for: "any@example.com").isEmpty)
        guard case .refused = await relay.send(try sampleMessage(to: "nobody@example.com")) else {
            Issue.record("a recipient who does not exist is no trouble of the sender")
            return
        }
        // The size is said with MAIL FROM, and is the message's own.
        message = try sampleMessage(to: "any@example.com")
        message.text = String(repeating: "too long\n", count: 300_000)
        guard case .refused(let long) = await relay.send(message) else {
            Issue.record("what is too long will not be taken")
            return
        }
        #expect(long.contains("552"))
    }

    @Test(arguments: [
        ("unowned", "553 5.7.1 <unowned@example.com>: Sender Address Rejected: not owned by user curfew"),
        ("homeless", "550 5.1.8 <homeless@example.com>: domain not found"),
    ])
    func `a sender who is refused only after RCPT is no refused recipient`(name: String, words: String) async throws {
        guard let server = try await Self.shared.server() else { return }
        let relay = Self.relay(plain(server))
        var message = try sampleMessage(to: "any@example.com")
        message.from = try MailAddress("Curfew <\(name)@example.com>", part: "From")
        let outcome = await relay.send(message)
        #expect("\(outcome)".hasPrefix("misconfigured("))
        #expect("\(outcome)".contains(words), "\(outcome)")
        // What another server said of a sender, on the way to a recipient, is about that recipient.
        let verified = await relay.send(try sampleMessage(to: "verified@example.com"))
        #expect("\(verified)".hasPrefix("refused("), "\(verified)")
    }

    @Test func `without TLS nothing goes to another machine`() async throws {
        let way = SMTPServer(host: "192.0.2.1", port: 25, security: .none)
        let outcome = await Self.relay(way, connect: .milliseconds(200)).send(try sampleMessage())
        #expect(
            outcome == .deferred("192.0.2.1:25 was not called: without TLS mail goes to this machine only")
        )
    }

    @Test func `P17 a wrong password is deferred and said without it, a right one lets in`() async throws {
        guard let server = try await Self.shared.server() else { return }
        let passwords = Passwords(["wrong-horse-7", "right horse"])
        let port = server.ports.login
        let authority = server.authority
        let relay = SMTPRelay(limits: SMTPLimits(connect: .seconds(10), total: .seconds(20))) {
            SMTPServer(
                host: "127.0.0.1",
                port: port,
                security: .starttls,
                login: .init(user: "curfew", password: await passwords.next()),
                authorities: authority
            )
        }
        let refused = await relay.send(try sampleMessage(to: "auth@example.com"))
        guard case .deferred(let words) = refused else {
            Issue.record("\(refused)")
            return
        }
        #expect(words.contains("did not accept the user and password: 535"))
        #expect(!words.contains("wrong-horse-7"))
        #expect(!"\(SMTPServer.Login(user: "u", password: "wrong-horse-7"))".contains("wrong-horse-7"))
        #expect(try server.stored(for: "auth@example.com").isEmpty)
        // The password is asked for anew after that.
        let outcome = await relay.send(try sampleMessage(to: "auth@example.com"))
        guard case .accepted = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(try server.stored(for: "auth@example.com").first?.login == "curfew")
    }

    private actor Passwords {
        private var rest: [String]
        init(_ passwords: [String]) { rest = passwords }
        func next() -> String { rest.isEmpty ? "" : rest.removeFirst() }
    }

    @Test func `greylisting is deferred, and the next try is taken`() async throws {
        guard let server = try await Self.shared.server() else { return }
        let relay = Self.relay(plain(server))
        let message = try sampleMessage(to: "grey@example.com")
        let first = await relay.send(message)
        let name = "127.0.0.1:\(server.ports.plain)"
        #expect(first == .deferred("\(name) refused it: 451 4.7.1 Greylisted, try again later"))
        let second = await relay.send(message)
        guard case .accepted = second else {
            Issue.record("\(second)")
            return
        }
        #expect(try server.stored(for: "grey@example.com").count == 1)
    }

    @Test(arguments: [
        ("nobody", "refused it: 550 5.1.1 <nobody@example.com>: no such user here"),
        ("full", "refused it: 552 5.2.2 Mailbox full"),
        ("rude", "refused it: 554 5.7.1 [31mgo away"),
    ])
    func `a refusal for good is one, in the server's words made harmless`(name: String, words: String) async throws {
        guard let server = try await Self.shared.server() else { return }
        let outcome = await Self.relay(plain(server)).send(try sampleMessage(to: "\(name)@example.com"))
        #expect(outcome == .refused("127.0.0.1:\(server.ports.plain) \(words)"))
    }

    @Test func `a message that is put off after it was read is deferred`() async throws {
        guard let server = try await Self.shared.server() else { return }
        let outcome = await Self.relay(plain(server)).send(try sampleMessage(to: "later@example.com"))
        let name = "127.0.0.1:\(server.ports.plain)"
        #expect(outcome == .deferred("\(name) refused it: 452 4.2.2 Over quota, try again later"))
    }

    @Test func `a message longer than the server takes is refused before it is sent`() async throws {
        guard let server = try await Self.shared.server() else { return }
        var message = try sampleMessage(to: "huge@example.com")
        message.text = String(repeating: "0123456789", count: 250_000)
        let outcome = await Self.relay(plain(server)).send(message)
        guard case .refused(let words) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(words.contains("552"))
    }

    @Test func `N2 a connection that ends after the last byte without an answer is uncertain`() async throws {
        guard let server = try await Self.shared.server() else { return }
        let outcome = await Self.relay(plain(server)).send(try sampleMessage(to: "vanish@example.com"))
        let name = "127.0.0.1:\(server.ports.plain)"
        #expect(outcome == .uncertain("\(name) broke off after the whole message was sent"))
        #expect(try server.stored(for: "vanish@example.com").count == 1, "it was taken, and nobody could know")
    }

    @Test func `N2 a server that does not answer the last byte in time is uncertain`() async throws {
        guard let server = try await Self.shared.server() else { return }
        let relay = Self.relay(plain(server), total: .seconds(2))
        let outcome = await relay.send(try sampleMessage(to: "hang@example.com"))
        let name = "127.0.0.1:\(server.ports.plain)"
        #expect(outcome == .uncertain("\(name) took too long after the whole message was sent"))
    }

    @Test func `a connection that ends while a long message is sent is deferred`() async throws {
        guard let server = try await Self.shared.server() else { return }
        let raw = Array(("Subject: x\r\n\r\n" + String(repeating: "0123456789abcdef\r\n", count: 1_500_000)).utf8)
        let transfer = SMTPTransfer(sender: "a@b.example", recipient: "half@example.com", message: raw)
        let breaking = SMTPServer(host: "127.0.0.1", port: server.ports.breaking, security: .none)
        let failure = await #expect(throws: SMTPFailure.self) {
            try await SMTPSession(breaking).send(transfer)
        }
        #expect(failure?.fate == .notTaken)
        #expect(failure?.kind == .brokeOff)
    }

    @Test func `a server that is busy, silent or away is deferred and named`() async throws {
        guard let server = try await Self.shared.server() else { return }
        func words(_ port: Int, host: String = "127.0.0.1") async throws -> String {
            let way = SMTPServer(host: host, port: port, security: .none)
            let outcome = await Self.relay(way, connect: .seconds(1)).send(try sampleMessage())
            guard case .deferred(let words) = outcome else { return "\(outcome)" }
            return words
        }
        let busy = server.ports.busy
        #expect(
            try await words(busy) == "127.0.0.1:\(busy) does not let us in: 421 4.3.2 Too busy, come back later"
        )
        #expect(try await words(server.ports.silent) == "127.0.0.1:\(server.ports.silent) took too long")
        #expect(try await words(1).hasPrefix("127.0.0.1:1 could not be connected to"))
        let unknown = SMTPServer(host: "no-such-host.invalid", port: 25, security: .starttls)
        let outcome = await Self.relay(unknown).send(try sampleMessage())
        #expect("\(outcome)".contains("could not be found by name"))
    }

    @Test func `a check logs in and sends nothing`() async throws {
        guard let server = try await Self.shared.server() else { return }
        let good = await Self.relay(plain(server)).check()
        guard case .accepted = good else {
            Issue.record("\(good)")
            return
        }
        let bad = SMTPServer(host: "127.0.0.1", port: server.ports.starttls, security: .starttls)
        guard case .deferred = await Self.relay(bad).check() else {
            Issue.record("a certificate that nobody vouches for passed")
            return
        }
    }

    @Test func `an address that could end a command is refused before anything is sent`() async throws {
        guard let server = try await Self.shared.server() else { return }
        for address in ["a@b>\r\nRCPT TO:<c@d", "a b@c", "a@", "@b", "a", "a@b\u{0}", "ä@b.example"] {
            let transfer = SMTPTransfer(sender: "a@b.example", recipient: address, message: Array("x: y\r\n".utf8))
            let failure = await #expect(throws: SMTPFailure.self) {
                try await SMTPSession(plain(server)).send(transfer)
            }
            #expect(failure?.fate == .rejected)
        }
    }

    @Test func `a connection that the server ended meanwhile is made anew`() async throws {
        guard let server = try await Self.shared.server() else { return }
        let relay = Self.relay(SMTPServer(host: "127.0.0.1", port: server.ports.impatient, security: .none))
        for _ in 1...2 {
            let outcome = await relay.send(try sampleMessage(to: "idle@example.com"))
            guard case .accepted = outcome else {
                Issue.record("\(outcome)")
                return
            }
            try await Task.sleep(for: .milliseconds(1_500))
        }
        #expect(Set(try server.stored(for: "idle@example.com").map(\.peerPort)).count == 2)
    }

    @Test func `N2 an answer that came too late is not taken for the next message's`() async throws {
        guard let server = try await Self.shared.server() else { return }
        let relay = Self.relay(plain(server), total: .seconds(2))
        // The server answers after three seconds, 552.
        let first = await relay.send(try sampleMessage(to: "slow@example.com"))
        guard case .uncertain = first else {
            Issue.record("\(first)")
            return
        }
        try await Task.sleep(for: .milliseconds(1_500))
        let second = await relay.send(try sampleMessage(to: "after-slow@example.com"))
        guard case .accepted = second else {
            Issue.record("\(second)")
            return
        }
        #expect(try server.stored(for: "after-slow@example.com").count == 1)
    }

    @Test func `a cancelled task ends a hanging transfer, and so does the relay's end`() async throws {
        guard let server = try await Self.shared.server() else { return }
        let way = plain(server)
        let message = try sampleMessage(to: "hang-cancelled@example.com")
        let began = ContinuousClock.now
        func cancelled() async -> SendOutcome? {
            let relay = Self.relay(way, total: .seconds(50))
            return await withTaskGroup(of: SendOutcome.self) { group in
                group.addTask { await relay.send(message) }
                try? await Task.sleep(for: .seconds(1))
                group.cancelAll()
                return await group.next()
            }
        }
        let outcome = await cancelled()
        #expect(ContinuousClock.now - began < .seconds(20))
        guard case .uncertain = try #require(outcome) else {
            Issue.record("\(String(describing: outcome))")
            return
        }
    }
}
