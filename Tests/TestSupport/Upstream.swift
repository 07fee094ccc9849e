import Foundation
import Glibc

/// A server on this machine to which a `ScriptedServer` passes what it is asked.
///
/// Used in a script's closure, it makes the scripted server a proxy: each request can be passed on, answered otherwise,
/// or lost, before or after the server has seen it.
package struct Upstream: Sendable {
    private let port: UInt16

    /// The server at `http://127.0.0.1:PORT`.
    package init(_ url: String) throws {
        guard let port = URLComponents(string: url)?.port, let number = UInt16(exactly: port) else {
            throw POSIXError(.EINVAL)
        }
        self.port = number
    }

    /// What the server says to the request, on a connection of its own; blocks the calling thread until it has said all.
    ///
    /// A server that cannot be reached is a 502.
    package func answer(to request: ScriptedServer.Request) -> ScriptedAnswer {
        guard let socket = connected() else { return ScriptedAnswer(status: 502, body: "the upstream does not answer") }
        defer { close(socket) }
        let left = ["connection", "content-length", "expect", "transfer-encoding"]
        var head = "\(request.method) \(request.path) HTTP/1.1\r\n"
        for header in request.headers where !left.contains(header[0]) { head += "\(header[0]): \(header[1])\r\n" }
        head += "connection: close\r\ncontent-length: \(request.body.utf8.count)\r\n\r\n"
        guard send(Array((head + request.body).utf8), to: socket) else {
            return ScriptedAnswer(status: 502, body: "the upstream closed the connection")
        }
        return Self.answer(from: received(on: socket))
    }

    private func connected() -> Int32? {
        let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard client >= 0 else { return nil }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        address.sin_port = port.bigEndian
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isConnected = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe connect(client, $0, size) == 0 }
        }
        if isConnected { return client }
        close(client)
        return nil
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

    private func received(on socket: Int32) -> [UInt8] {
        var all: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe piece.withUnsafeMutableBytes { bytes in
                unsafe recv(socket, bytes.baseAddress, bytes.count, 0)
            }
            guard count > 0 else { return all }
            all += piece.prefix(count)
        }
    }

    private static func answer(from bytes: [UInt8]) -> ScriptedAnswer {
        guard bytes.count >= 4,
            let end = (0...(bytes.count - 4)).first(where: { bytes[$0..<($0 + 4)].elementsEqual([13, 10, 13, 10]) })
        else { return ScriptedAnswer(status: 502, body: "the upstream broke off") }
        let lines = String(decoding: bytes[..<end], as: UTF8.self).components(separatedBy: "\r\n")
        let status = lines[0].split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 502
        var headers: [(name: String, value: String)] = []
        var isChunked = false
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            guard parts.count == 2 else { continue }
            switch parts[0].lowercased() {
            case "transfer-encoding": isChunked = parts[1].lowercased() == "chunked"
            case "content-length", "connection", "keep-alive": break
            default: headers.append((parts[0], parts[1]))
            }
        }
        let rest = Array(bytes[(end + 4)...])
        let body = isChunked ? unchunked(rest) : rest
        return ScriptedAnswer(status: status, headers: headers, body: String(decoding: body, as: UTF8.self))
    }

    private static func unchunked(_ bytes: [UInt8]) -> [UInt8] {
        var rest = bytes[...]
        var body: [UInt8] = []
        while let end = rest.firstIndex(of: 13) {
            let text = String(decoding: rest[rest.startIndex..<end], as: UTF8.self)
            guard let size = Int(text.prefix { $0 != ";" }, radix: 16), size > 0, rest.count > size else { return body }
            rest = rest[(end + 2)...]
            body += rest.prefix(size)
            rest = rest.dropFirst(size + 2)
        }
        return body
    }
}
