import Foundation
import Glibc
import Synchronization

/// One connection through a `PostgresProxy`: a thread for what the program says, another for what the server says.
final class PostgresLink: Sendable {
    private let client: Int32
    private let server: Int32
    private let decide: PostgresProxy.Decision
    /// What happens instead of handing the server's answer to a commit back.
    private let instead = Mutex<(@Sendable () -> Void)?>(nil)

    init(client: Int32, server: Int32, decide: @escaping PostgresProxy.Decision) {
        self.client = client
        self.server = server
        self.decide = decide
    }

    /// The two threads notice, and end.
    func cut() {
        _ = shutdown(client, Int32(SHUT_RDWR))
        _ = shutdown(server, Int32(SHUT_RDWR))
    }

    /// Returns when both sides have ended.
    func carry() {
        let isDone = DispatchSemaphore(value: 0)
        Thread { [self] in
            carryAnswers()
            cut()
            isDone.signal()
        }.start()
        carryQuestions()
        cut()
        isDone.wait()
        close(client)
        close(server)
    }

    private func carryQuestions() {
        var reader = MessageReader(socket: client)
        var statements: [PostgresProxy.Statement] = []
        guard let greeting = reader.untyped(), send(greeting, to: server) else { return }
        while let message = reader.typed() {
            guard let text = message.statement else {
                if !statements.isEmpty { statements[statements.count - 1].words += message.words }
                guard send(message.bytes, to: server) else { return }
                continue
            }
            if text.hasPrefix("BEGIN") { statements = [] }
            statements.append(PostgresProxy.Statement(text: text))
            guard text == "COMMIT", !(statements.first?.text.contains("READ ONLY") ?? true) else {
                guard send(message.bytes, to: server) else { return }
                continue
            }
            switch decide(statements) {
            case .passes: break
            case .isLost(let event): return event()
            case .losesItsAnswer(let event): instead.withLock { $0 = event }
            }
            guard send(message.bytes, to: server) else { return }
        }
    }

    private func carryAnswers() {
        var piece = [UInt8](repeating: 0, count: 65_536)
        var held: [UInt8] = []
        while true {
            let count = unsafe piece.withUnsafeMutableBytes { bytes in
                unsafe recv(server, bytes.baseAddress, bytes.count, 0)
            }
            guard count > 0 else { return }
            guard let event = instead.withLock(\.self) else {
                guard send(Array(piece.prefix(count)), to: client) else { return }
                continue
            }
            held += piece.prefix(count)
            // ReadyForQuery, the last message of each answer.
            if held.count >= 6, held.suffix(6).prefix(5).elementsEqual([UInt8(ascii: "Z"), 0, 0, 0, 5]) {
                return event()
            }
        }
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
}

/// Reads PostgreSQL's messages of a client off one connection.
private struct MessageReader {
    struct Message {
        let bytes: [UInt8]

        /// What a Query or Parse message asks for, in one line; nil for all others.
        var statement: String? {
            guard let kind = bytes.first else { return nil }
            let content = bytes.dropFirst(5)
            let text: ArraySlice<UInt8>
            switch kind {
            case UInt8(ascii: "Q"): text = content.prefix { $0 != 0 }
            // The prepared statement's name stands before it.
            case UInt8(ascii: "P"): text = content.drop { $0 != 0 }.dropFirst().prefix { $0 != 0 }
            default: return nil
            }
            return String(decoding: text, as: UTF8.self).split { $0.isWhitespace }.joined(separator: " ")
        }

        /// Values of a Bind message that consist of small letters and blanks.
        var words: [String] {
            guard bytes.first == UInt8(ascii: "B") else { return [] }
            // Behind the names of portal and statement.
            var rest = bytes.dropFirst(5).drop { $0 != 0 }.dropFirst().drop { $0 != 0 }.dropFirst()
            func number(_ count: Int) -> Int {
                defer { rest = rest.dropFirst(count) }
                return rest.prefix(count).reduce(0) { $0 << 8 | Int($1) }
            }
            let formats = number(2)
            rest = rest.dropFirst(2 * formats)
            let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
            return (0..<number(2)).compactMap { _ in
                let length = number(4)
                guard length != Int(UInt32.max) else { return nil }
                defer { rest = rest.dropFirst(length) }
                let value = rest.prefix(length)
                let isWord = length > 2 && value.allSatisfy { letters.contains($0) || $0 == UInt8(ascii: " ") }
                return isWord ? String(decoding: value, as: UTF8.self) : nil
            }
        }
    }

    let socket: Int32
    private var buffer: [UInt8] = []

    init(socket: Int32) { self.socket = socket }

    /// The first message of a connection has no type.
    mutating func untyped() -> [UInt8]? { take(lengthAt: 0) }

    mutating func typed() -> Message? { take(lengthAt: 1).map(Message.init) }

    private mutating func take(lengthAt place: Int) -> [UInt8]? {
        while buffer.count < place + 4 { guard fill() else { return nil } }
        let length = buffer[place..<(place + 4)].reduce(0) { $0 << 8 | Int($1) }
        while buffer.count < place + length { guard fill() else { return nil } }
        defer { buffer.removeFirst(place + length) }
        return Array(buffer.prefix(place + length))
    }

    private mutating func fill() -> Bool {
        var piece = [UInt8](repeating: 0, count: 65_536)
        let count = unsafe piece.withUnsafeMutableBytes { bytes in
            unsafe recv(socket, bytes.baseAddress, bytes.count, 0)
        }
        guard count > 0 else { return false }
        buffer += piece.prefix(count)
        return true
    }
}
