import Foundation
import Glibc
import Synchronization

/// Stands between a program and PostgreSQL, sees every commit of a transaction that may write, and decides what becomes
/// of it.
///
/// It listens on 127.0.0.1 and passes everything on to the server's Unix socket, byte for byte.
package final class PostgresProxy: Sendable {
    package enum Fate: Sendable {
        /// On to the server, and its answer back.
        case passes
        /// Something happens first; the server never hears of it, and the connection ends.
        case isLost(@Sendable () -> Void)
        /// The server commits, then something happens; the connection ends without an answer.
        case losesItsAnswer(@Sendable () -> Void)
    }

    /// A statement of a transaction.
    package struct Statement: Sendable {
        /// In one line.
        package let text: String
        /// Those of its values that are words, such as states.
        package internal(set) var words: [String] = []
    }

    /// Decides about a commit, given the statements of its transaction; on a thread of the proxy's own.
    package typealias Decision = @Sendable ([Statement]) -> Fate

    private let listener: Int32
    private let port: Int
    private let links: PostgresLinks

    package init(toSocket path: String) throws {
        let (listener, port) = try listenOnLoopback()
        self.listener = listener
        self.port = port
        let links = PostgresLinks(path)
        self.links = links
        Thread { links.accept(on: listener) }.start()
    }

    deinit { stop() }

    /// What libpq has to be told in place of the server's own place.
    package var place: [String: String] {
        ["host": "127.0.0.1", "port": String(port), "sslmode": "disable", "gssencmode": "disable"]
    }

    /// What becomes of each commit from now on.
    package func decide(_ decide: @escaping Decision) { links.state.withLock { $0.decide = decide } }

    /// Ends every connection at once, as a network that breaks does.
    package func cut() { links.cut() }

    /// New connections are refused from now on, and all others end.
    package func stop() {
        links.state.withLock { $0.isStopped = true }
        _ = shutdown(listener, Int32(SHUT_RDWR))
        links.cut()
    }
}

/// All connections of a proxy.
private final class PostgresLinks: Sendable {
    struct State {
        var decide: PostgresProxy.Decision = { _ in .passes }
        var open: [Int: PostgresLink] = [:]
        var made = 0
        var isStopped = false
    }

    let state = Mutex(State())
    private let path: String

    init(_ path: String) { self.path = path }

    func cut() { for link in state.withLock({ Array($0.open.values) }) { link.cut() } }

    func accept(on listener: Int32) {
        while !state.withLock({ $0.isStopped }) {
            let client = Glibc.accept(listener, nil, nil)
            guard client >= 0 else { continue }
            sendAtOnce(client)
            guard let server = Self.connected(to: path) else {
                close(client)
                continue
            }
            let link = PostgresLink(client: client, server: server) { [self] statements in
                state.withLock { $0.decide }(statements)
            }
            let number = state.withLock { state in
                state.made += 1
                state.open[state.made] = link
                return state.made
            }
            Thread { [self] in
                link.carry()
                _ = state.withLock { $0.open.removeValue(forKey: number) }
            }.start()
        }
        close(listener)
    }

    private static func connected(to path: String) -> Int32? {
        let server = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        guard server >= 0 else { return nil }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8) + [0]
        guard bytes.count <= MemoryLayout.size(ofValue: address.sun_path) else { return nil }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        let isConnected = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe connect(server, $0, size) == 0 }
        }
        if isConnected { return server }
        close(server)
        return nil
    }
}
