import Core
import Foundation
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import Ledger

@Suite struct EmbeddedTests {
    @Test func `the data folder is the person's, root's, or the one that is set`() {
        func folder(_ override: String?, _ dataHome: String?, isRoot: Bool = false) -> String {
            LedgerLocation.defaultDataFolder(override: override, dataHome: dataHome, home: "/home/anna", isRoot: isRoot)
        }
        #expect(folder(nil, nil) == "/home/anna/.local/share/curfew")
        #expect(folder(nil, "/data") == "/data/curfew")
        #expect(folder(nil, "relative") == "/home/anna/.local/share/curfew")
        #expect(folder(nil, "/data", isRoot: true) == "/var/lib/curfew")
        #expect(folder("/elsewhere", "/data", isRoot: true) == "/elsewhere")
        #expect(folder("", nil) == "/home/anna/.local/share/curfew")
    }

    @Test func `the socket's path stays short`() {
        let long = "/home/" + String(repeating: "a", count: 90)
        let short = EmbeddedPlaces(dataFolder: "/var/lib/curfew/", user: 0) { _ in true }
        #expect(short.socket == "/var/lib/curfew/run" && short.cluster == "/var/lib/curfew/cluster")
        let root = EmbeddedPlaces(dataFolder: long, user: 0) { _ in true }
        let anna = EmbeddedPlaces(dataFolder: long, user: 1_000) { _ in true }
        let ben = EmbeddedPlaces(dataFolder: long, user: 1_001) { _ in false }
        #expect(root.socket.hasPrefix("/tmp/curfew-") && root.socket.hasSuffix("-0"))
        #expect(anna.socket.hasPrefix("/run/user/1000/curfew-"))
        #expect(ben.socket.hasPrefix("/tmp/curfew-") && ben.socket.hasSuffix("-1001"))
        for places in [short, root, anna, ben] {
            #expect("\(places.socket)/.s.PGSQL.\(EmbeddedPlaces.port)".utf8.count < 100)
        }
        let other = EmbeddedPlaces(dataFolder: long + "b", user: 0) { _ in true }
        #expect(other.socket != root.socket)
    }

    @Test func `an embedded database is made at first use and found again`() async throws {
        let folder = try TemporaryServerFolder.make()
        let location = LedgerLocation.embedded(dataFolder: folder, serverUser: nil)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(try await LedgerDatabase.status(location).running == nil)
        let said = Said()
        let first = try await LedgerDatabase.open(location) { said.add($0) }
        #expect(said.lines.first?.contains(folder) == true && said.lines.contains("granting rights"))
        let login = try await first.login()
        #expect(login.embedded && login.isOperator && login.name == personName())
        try await first.scan([component("a")], at: day(1))
        #expect(try await first.history(of: nil, limit: 1).first?.actor == personName())
        await first.close()

        let before = said.lines.count
        let second = try await LedgerDatabase.open(location) { said.add($0) }
        #expect(try await second.environments().map(\.key) == [key("feat-x")])
        #expect(said.lines.count == before)
        // The person is no superuser: the rules hold.
        #expect(await failure { _ = try await second.read("DELETE FROM audit_log") { _ in () } }?.kind != nil)
        await second.close()

        let status = try await LedgerDatabase.status(location)
        #expect(status.running == true && status.pending == [] && status.version?.contains(".") == true)
        try await LedgerDatabase.stop(location)
        #expect(try await LedgerDatabase.status(location).running == false)
        #expect(await failure { _ = try await first.login() }?.kind == .unreachable)
        #expect(try await LedgerDatabase.migrate(location) == [])
        try await LedgerDatabase.start(location)
        #expect(try await LedgerDatabase.status(location).running == true)
        try await LedgerDatabase.stop(location)
    }

    /// As on a machine where a service has a folder of its own, and an operator looks before the service ever ran.
    @Test(.enabled(if: geteuid() == 0, "only root can give a folder away"))
    func `root runs the server of a folder as the folder's owner`() async throws {
        let folder = try TemporaryServerFolder.make()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let daemon = unsafe getpwnam("daemon")?.pointee.pw_uid
        let id = try #require(daemon)
        let given = unsafe chown(folder, id, id)
        try #require(given == 0)
        let location = LedgerLocation.embedded(dataFolder: folder, serverUser: nil)
        try await LedgerDatabase.start(location)
        let owned = try FileManager.default.attributesOfItem(atPath: folder + "/cluster")[.ownerAccountID] as? Int
        #expect(owned == Int(id))
        try await LedgerDatabase.stop(location)
    }

    private func personName() -> String { unsafe String(cString: getpwuid(geteuid()).pointee.pw_name) }
}

/// Gathers what is said.
private final class Said: Sendable {
    private let storage = Mutex<[String]>([])
    var lines: [String] { storage.withLock { $0 } }
    func add(_ line: String) { storage.withLock { $0.append(line) } }
}
