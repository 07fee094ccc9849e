import Curl
import TestSupport
import Testing

@Suite struct TransferTests {
    private let pool = HTTPPool(width: 4)

    @Test func `status, headers and body come back, and what is sent arrives`() async throws {
        let server = try ScriptedServer([
            ScriptedAnswer(status: 418, headers: [("X-Thing", " a: b ")], body: "hällo")
        ])
        let request = HTTPRequest(
            method: "POST",
            url: server.url + "/a%2Fb/../c?x=1",
            headers: HTTPHeaders([("X-One", "1"), ("X-Empty", "")]),
            body: Array("name=value".utf8)
        )
        let response = try await pool.send(request)
        #expect(response.status == 418)
        #expect(response.headers["x-thing"] == "a: b")
        #expect(String(decoding: response.body, as: UTF8.self) == "hällo")
        let seen = try #require(server.requests.first)
        #expect(seen.method == "POST")
        #expect(seen.path == "/a%2Fb/../c?x=1")
        #expect(seen.body == "name=value")
        #expect(seen[header: "x-one"] == "1")
        #expect(seen[header: "x-empty"] == "")
        #expect(seen[header: "content-type"] == nil)
        #expect(seen[header: "expect"] == nil)
    }

    @Test func `a body of two megabytes goes and comes unharmed`() async throws {
        let text = String(repeating: "0123456789abcdef", count: 131_072)
        let server = try ScriptedServer([ScriptedAnswer(body: text)])
        let response = try await pool.send(HTTPRequest(method: "PUT", url: server.url, body: Array(text.utf8)))
        #expect(response.body == Array(text.utf8))
        #expect(server.requests.first?.body == text)
    }

    @Test func `connections are kept for the next transfer`() async throws {
        let server = try ScriptedServer { _, _ in ScriptedAnswer(body: "x") }
        for _ in 1...5 { _ = try await pool.send(HTTPRequest(url: server.url)) }
        #expect(server.requests.count == 5)
        #expect(server.connections == 1)
    }

    @Test func `as many transfers run at once as the pool is wide`() async throws {
        // One after another would need one connection; eight at once, eight.
        let server = try ScriptedServer { _, _ in ScriptedAnswer(body: "x", delay: .milliseconds(300)) }
        let url = server.url
        let pool = self.pool
        let statuses = await withTaskGroup(of: Int?.self) { group in
            for _ in 1...8 { group.addTask { try? await pool.send(HTTPRequest(url: url)).status } }
            return await group.reduce(into: [Int?]()) { $0.append($1) }
        }
        #expect(statuses == Array(repeating: 200, count: 8))
        #expect(server.connections == 4)
    }

    @Test func `a redirect is an answer and is not followed`() async throws {
        let server = try ScriptedServer([ScriptedAnswer(status: 301, headers: [("Location", "http://127.0.0.1:1/")])])
        let response = try await pool.send(HTTPRequest(url: server.url))
        #expect(response.status == 301)
        #expect(server.requests.count == 1)
    }

    @Test(arguments: [
        (ScriptedAnswer(body: "abc", ending: .missing(5)), TransferError.Kind.brokeOff),
        (ScriptedAnswer(body: "abc", ending: .silence), .brokeOff),
        (ScriptedAnswer(body: String(repeating: "a", count: 2_000)), .tooLarge),
        (ScriptedAnswer(body: "abc", delay: .seconds(3)), .timedOut),
        (ScriptedAnswer(body: "abcdefghijklmnop", pause: .milliseconds(300)), .timedOut),
    ])
    func `a fault is an error of its own kind`(answer: ScriptedAnswer, kind: TransferError.Kind) async throws {
        let server = try ScriptedServer([answer])
        let limits = TransferLimits(total: .milliseconds(700), maximumBytes: 1_000)
        let error = await #expect(throws: TransferError.self) {
            try await pool.send(HTTPRequest(url: server.url + "/path?token=secret", limits: limits))
        }
        #expect(error?.kind == kind)
        #expect(error?.nothingWasSent == false)
        #expect(error?.description.contains("secret") == false)
        #expect(error?.host == "127.0.0.1:\(server.port)")
    }

    @Test func `a reset in the middle of a body is an error`() async throws {
        let server = try ScriptedServer([
            ScriptedAnswer(headers: [("Transfer-Encoding", "chunked")], body: "ff\r\nabc", ending: .reset)
        ])
        let error = await #expect(throws: TransferError.self) { try await pool.send(HTTPRequest(url: server.url)) }
        #expect(error?.kind == .brokeOff)
    }

    @Test func `a slow answer ends by its rate, long before the whole time is up`() async throws {
        let server = try ScriptedServer([
            ScriptedAnswer(body: String(repeating: "a", count: 100), pause: .milliseconds(200))
        ])
        let limits = TransferLimits(total: .seconds(60), slow: .seconds(1), slowestBytesPerSecond: 1_000)
        let error = await #expect(throws: TransferError.self) {
            try await pool.send(HTTPRequest(url: server.url, limits: limits))
        }
        #expect(error?.kind == .timedOut)
    }

    @Test func `a connection that does not come to be in time sent nothing`() async throws {
        // The server waits for more where TLS waits for an answer.
        let server = try ScriptedServer([])
        let limits = TransferLimits(connect: .milliseconds(500), total: .seconds(20))
        let error = await #expect(throws: TransferError.self) {
            try await pool.send(HTTPRequest(url: "https://127.0.0.1:\(server.port)/", limits: limits))
        }
        #expect(error?.kind == .unconnected)
        #expect(error?.nothingWasSent == true)
        #expect(error?.detail.isEmpty == false)
    }

    @Test func `nobody listening and no such name are different errors, and nothing was sent`() async throws {
        let server = try ScriptedServer([])
        let url = server.url
        server.stop()
        let refused = await #expect(throws: TransferError.self) {
            // The first request after the stop may still meet the closing socket.
            _ = try? await pool.send(HTTPRequest(url: url, limits: TransferLimits(total: .seconds(2))))
            return try await pool.send(HTTPRequest(url: url, limits: TransferLimits(total: .seconds(2))))
        }
        #expect(refused?.kind == .unconnected)
        #expect(refused?.nothingWasSent == true)
        let unknown = await #expect(throws: TransferError.self) {
            try await pool.send(HTTPRequest(url: "http://no-such-host.invalid/"))
        }
        #expect(unknown?.kind == .unresolved)
    }

    @Test(arguments: ["file:///etc/passwd", "ftp://127.0.0.1/", "127.0.0.1:80", "http://", "http://u:p@127.0.0.1/"])
    func `only http and https without a user are called`(url: String) async {
        let error = await #expect(throws: TransferError.self) { try await pool.send(HTTPRequest(url: url)) }
        #expect(error?.kind == .other)
        #expect(error?.description.contains("passwd") == false)
    }

    @Test func `a line break in a header is refused`() async throws {
        let server = try ScriptedServer([ScriptedAnswer()])
        let request = HTTPRequest(url: server.url, headers: HTTPHeaders([("X-One", "1\r\nX-Two: 2")]))
        await #expect(throws: TransferError.self) { try await pool.send(request) }
        #expect(server.requests.isEmpty)
    }

    @Test func `P11 nothing is sent after the deadline`() async throws {
        let server = try ScriptedServer([ScriptedAnswer()])
        let late = HTTPRequest(url: server.url, notAfter: ContinuousClock.now - .milliseconds(1))
        let error = await #expect(throws: TransferError.self) { try await pool.send(late) }
        #expect(error?.kind == .tooLate)
        #expect(error?.nothingWasSent == true)
        let early = HTTPRequest(url: server.url, notAfter: ContinuousClock.now + .seconds(60))
        #expect(try await pool.send(early).status == 200)
        #expect(server.requests.count == 1)
    }

    @Test func `cancelling the task ends a transfer and a wait for one`() async throws {
        let server = try ScriptedServer { _, _ in ScriptedAnswer(delay: .seconds(20)) }
        let narrow = HTTPPool(width: 1)
        let url = server.url
        let started = ContinuousClock.now
        let kinds = await withTaskGroup(of: TransferError.Kind?.self) { group in
            for _ in 1...3 {
                group.addTask {
                    do throws(TransferError) {
                        _ = try await narrow.send(HTTPRequest(url: url))
                        return nil
                    } catch {
                        return error.kind
                    }
                }
            }
            while server.requests.isEmpty { await Task.yield() }
            group.cancelAll()
            return await group.reduce(into: [TransferError.Kind?]()) { $0.append($1) }
        }
        #expect(kinds == [.cancelled, .cancelled, .cancelled])
        #expect(ContinuousClock.now - started < .seconds(10))
        // The slot is free again.
        let other = try ScriptedServer([ScriptedAnswer(body: "y")])
        #expect(try await narrow.send(HTTPRequest(url: other.url)).status == 200)
    }

    @Test(arguments: [
        ("127.0.0.1:80", true), ("127.255.0.9", true), ("localhost:4566", true), ("LOCALHOST", true),
        ("[::1]:4566", true), ("::1", true), ("127.0.0.1.example.com", false), ("127.0.0.256", false),
        ("localhost.example.com", false), ("10.0.0.1", false), ("127.0.1", false), ("", false),
    ])
    func `loopback is judged by the letter`(host: String, expected: Bool) {
        #expect(isLoopback(host: host) == expected)
    }
}
