import Foundation
import Glibc

/// A listening socket on an ephemeral port of 127.0.0.1.
func listenOnLoopback() throws -> (socket: Int32, port: Int) {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard listener >= 0 else { throw POSIXError(.EMFILE) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { general in
            unsafe bind(listener, general, size) == 0 && listen(listener, 64) == 0
                && getsockname(listener, general, &size) == 0
        }
    }
    guard bound else {
        close(listener)
        throw POSIXError(.EADDRNOTAVAIL)
    }
    return (listener, Int(UInt16(bigEndian: address.sin_port)))
}

/// What is written goes out at once: it does not wait for the other side's acknowledgement, which takes 40 ms.
func sendAtOnce(_ socket: Int32) {
    var isOn: Int32 = 1
    let size = socklen_t(MemoryLayout<Int32>.size)
    _ = unsafe setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &isOn, size)
}

/// Reads requests off one connection, one after another.
struct RequestReader {
    let socket: Int32
    private var buffer: [UInt8] = []

    init(socket: Int32) { self.socket = socket }

    /// Nil at the end of the connection.
    mutating func next() -> ScriptedServer.Request? {
        var end = headEnd
        while end == nil {
            guard fill() else { return nil }
            end = headEnd
        }
        guard let end else { return nil }
        let lines = String(decoding: buffer[..<end], as: UTF8.self).components(separatedBy: "\r\n")
        let start = lines[0].split(separator: " ")
        let headers = lines.dropFirst().map { line -> [String] in
            let parts = line.split(separator: ":", maxSplits: 1)
            let value = parts.count > 1 ? parts[1].trimmingCharacters(in: .whitespaces) : ""
            return [String(parts.first ?? "").lowercased(), value]
        }
        let length = headers.first { $0[0] == "content-length" }.flatMap { Int($0[1]) } ?? 0
        while buffer.count < end + 4 + length {
            guard fill() else { return nil }
        }
        let body = String(decoding: buffer[(end + 4)..<(end + 4 + length)], as: UTF8.self)
        buffer.removeFirst(end + 4 + length)
        guard start.count >= 2 else { return nil }
        return ScriptedServer.Request(method: String(start[0]), path: String(start[1]), headers: headers, body: body)
    }

    /// Where the empty line begins.
    private var headEnd: Int? {
        guard buffer.count >= 4 else { return nil }
        return (0...(buffer.count - 4)).first { buffer[$0..<($0 + 4)].elementsEqual([13, 10, 13, 10]) }
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
