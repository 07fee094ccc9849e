import Foundation
import Glibc
import Synchronization

/// An HTTP server on 127.0.0.1 that answers as a test says, faults included, and remembers what it was asked.
package final class ScriptedServer: Sendable {
    /// One request as it came in.
    package struct Request: Sendable, Equatable {
        package let method: String
        /// With the query, as written.
        package let path: String
        /// Names in lower case, in the order they came.
        package let headers: [[String]]
        package let body: String

        /// The same with another body.
        package func saying(_ body: String) -> Request {
            Request(method: method, path: path, headers: headers, body: body)
        }

        package subscript(header name: String) -> String? { headers.first { $0[0] == name.lowercased() }?[1] }
    }

    private let sessions: ScriptedSessions
    private let listener: Int32
    package let port: Int

    /// Answers in this order, whoever asks; later requests get a 500 that says so.
    package convenience init(_ answers: [ScriptedAnswer]) throws {
        try self.init { _, number in
            number < answers.count ? answers[number] : ScriptedAnswer(status: 500, body: "the script has ended")
        }
    }

    /// `answer` is given the request and how many came before it.
    package init(answer: @escaping @Sendable (Request, Int) -> ScriptedAnswer) throws {
        let (listener, port) = try listenOnLoopback()
        self.listener = listener
        self.port = port
        let sessions = ScriptedSessions(answer: answer)
        self.sessions = sessions
        Thread { sessions.accept(on: listener) }.start()
    }

    deinit { stop() }

    package var url: String { "http://127.0.0.1:\(port)" }

    /// Every request so far that was read completely.
    package var requests: [Request] { sessions.requests }

    /// How many connections were made.
    package var connections: Int { sessions.connections }

    /// New connections are refused from now on.
    package func stop() { sessions.stop(listener) }
}

/// What to answer to one request, and what goes wrong with it.
package struct ScriptedAnswer: Sendable {
    package enum Ending: Sendable {
        case complete
        /// `Content-Length` promises this many bytes more than are sent; then the connection closes.
        case missing(Int)
        /// What was written is followed by a TCP reset.
        case reset
        /// A TCP reset without a byte.
        case resetAtOnce
        /// The connection closes without a byte.
        case silence
    }

    package var status = 200
    package var headers: [(name: String, value: String)] = []
    package var body = ""
    package var ending = Ending.complete
    /// Before the first byte.
    package var delay: Duration = .zero
    /// Between pieces of the body; zero sends it at once.
    package var pause: Duration = .zero
    package var pieceBytes = 1

    package init(
        status: Int = 200,
        headers: [(name: String, value: String)] = [],
        body: String = "",
        ending: Ending = .complete,
        delay: Duration = .zero,
        pause: Duration = .zero,
        pieceBytes: Int = 1
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.ending = ending
        self.delay = delay
        self.pause = pause
        self.pieceBytes = pieceBytes
    }
}

/// The threads' side of the server: one accepts, one per connection answers.
private final class ScriptedSessions: Sendable {
    private struct State {
        var requests: [ScriptedServer.Request] = []
        var connections = 0
        var stopped = false
    }

    private let state = Mutex(State())
    private let answer: @Sendable (ScriptedServer.Request, Int) -> ScriptedAnswer

    init(answer: @escaping @Sendable (ScriptedServer.Request, Int) -> ScriptedAnswer) { self.answer = answer }

    var requests: [ScriptedServer.Request] { state.withLock { $0.requests } }

    var connections: Int { state.withLock { $0.connections } }

    func stop(_ listener: Int32) {
        let isFirst = state.withLock { state in
            defer { state.stopped = true }
            return !state.stopped
        }
        // Wakes the accepting thread, which closes it.
        if isFirst { _ = shutdown(listener, Int32(SHUT_RDWR)) }
    }

    func accept(on listener: Int32) {
        while !state.withLock({ $0.stopped }) {
            let socket = Glibc.accept(listener, nil, nil)
            guard socket >= 0 else { continue }
            sendAtOnce(socket)
            state.withLock { $0.connections += 1 }
            Thread { self.serve(socket) }.start()
        }
        close(listener)
    }

    private func serve(_ socket: Int32) {
        defer { close(socket) }
        var reader = RequestReader(socket: socket)
        while let request = reader.next() {
            let number = state.withLock { state in
                state.requests.append(request)
                return state.requests.count - 1
            }
            guard write(answer(request, number), to: socket, withBody: request.method != "HEAD") else { return }
        }
    }

    /// False when the connection is to end.
    private func write(_ answer: ScriptedAnswer, to socket: Int32, withBody: Bool) -> Bool {
        pause(answer.delay)
        let body = Array(answer.body.utf8)
        var length = body.count
        switch answer.ending {
        case .silence: return false
        case .missing(let count): length += count
        case .resetAtOnce:
            reset(socket)
            return false
        case .complete, .reset: break
        }
        var head = "HTTP/1.1 \(answer.status) Scripted\r\nContent-Length: \(length)\r\n"
        for header in answer.headers { head += "\(header.name): \(header.value)\r\n" }
        guard send(Array("\(head)\r\n".utf8), to: socket) else { return false }
        if withBody, !send(body, to: socket, as: answer) { return false }
        switch answer.ending {
        case .complete: return true
        case .missing, .silence, .resetAtOnce: return false
        case .reset:
            reset(socket)
            return false
        }
    }

    /// As soon as it is closed.
    private func reset(_ socket: Int32) {
        var option = linger(l_onoff: 1, l_linger: 0)
        _ = unsafe setsockopt(socket, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    }

    private func send(_ body: [UInt8], to socket: Int32, as answer: ScriptedAnswer) -> Bool {
        guard answer.pause > .zero else { return send(body, to: socket) }
        var rest = body[...]
        while !rest.isEmpty {
            guard send(Array(rest.prefix(answer.pieceBytes)), to: socket) else { return false }
            rest = rest.dropFirst(answer.pieceBytes)
            pause(answer.pause)
        }
        return true
    }

    private func send(_ bytes: [UInt8], to socket: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let sent = unsafe rest.withUnsafeBytes { buffer in
                unsafe Glibc.send(socket, buffer.baseAddress, buffer.count, Int32(MSG_NOSIGNAL))
            }
            guard sent > 0 else { return false }
            rest = rest.dropFirst(sent)
        }
        return true
    }

    /// On the connection's own thread.
    private func pause(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        guard duration > .zero else { return }
        Thread.sleep(forTimeInterval: TimeInterval(seconds) + TimeInterval(attoseconds) / 1e18)
    }
}
