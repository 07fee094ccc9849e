import Foundation
import Postgres
import TestSupport
import Testing

/// Each test has its own folder; its server is stopped and the folder removed, whatever happens.
@Suite struct PrivateServerTests {
    private func withFolder(_ body: (String, PrivateServer.Settings) async throws -> Void) async throws {
        let folder = try TemporaryServerFolder.make()
        TemporaryServerFolder.removeAtExit(folder)
        defer { TemporaryServerFolder.remove(folder) }
        try await body(folder, TemporaryServerFolder.settings(in: folder))
    }

    private func answer(_ server: RunningServer, _ database: String = "postgres") async throws -> Int {
        let connection = try await Connection.open(server.connection(database: database))
        let answer = try await connection.query("SELECT 42").only()[0, as: Int.self]
        await connection.close()
        return answer
    }

    private func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    private func message(_ error: PostgresError?) -> String { error?.description ?? "no error" }

    @Test func `a server is made, started, used again, stopped and started again`() async throws {
        try await withFolder { (folder, settings) async throws in
            let server = PrivateServer(settings)
            guard case .absent = try await server.status() else { throw PostgresError(.misuse, "not absent") }

            let first = try await server.start(database: "curfew")
            #expect(first.wasStarted)
            #expect(try await answer(first, "curfew") == 42)
            #expect(try mode(folder + "/socket") == 0o700)
            #expect(try mode(folder + "/data") == 0o700)

            let again = try await server.start(database: "curfew")
            #expect(!again.wasStarted)
            #expect(again.processID == first.processID)

            try await server.stop()
            guard case .stopped(let version) = try await server.status() else {
                throw PostgresError(.misuse, "not stopped")
            }
            #expect(version == first.majorVersion)
            try await server.stop()

            let third = try await server.start()
            #expect(third.wasStarted)
            #expect(try await answer(third, "curfew") == 42)
        }
    }

    @Test func `the cluster has checksums and UTF-8, and listens on no TCP port`() async throws {
        try await withFolder { (_, settings) async throws in
            let server = try await PrivateServer(settings).start()
            let connection = try await Connection.open(server.connection(database: "postgres"))
            let row = try await connection.query(
                """
                SELECT current_setting('listen_addresses'), current_setting('data_checksums'),
                    current_setting('server_encoding'), current_setting('wal_segment_size')
                """
            ).only()
            #expect(try row.decode(String.self, String.self, String.self, String.self) == ("", "on", "UTF8", "1MB"))
            await connection.close()
        }
    }

    @Test func `a killed server recovers at the next start with what was committed`() async throws {
        try await withFolder { (_, settings) async throws in
            var settings = settings
            settings.serverSettings = [:]
            let server = PrivateServer(settings)
            let first = try await server.start()
            let connection = try await Connection.open(first.connection(database: "postgres"))
            try await connection.execute(script: "CREATE TABLE kept (id bigint); INSERT INTO kept VALUES (7)")
            kill(first.processID, SIGKILL)
            await connection.close()

            let second = try await server.start()
            #expect(second.wasStarted)
            #expect(second.processID != first.processID)
            let after = try await Connection.open(second.connection(database: "postgres"))
            #expect(try await after.query("SELECT id FROM kept").only()[0, as: Int.self] == 7)
            await after.close()
        }
    }

    @Test func `a process file that names another living process does not stop the start`() async throws {
        try await withFolder { (folder, settings) async throws in
            let server = PrivateServer(settings)
            try await server.start()
            let path = folder + "/data/postmaster.pid"
            let file = try String(contentsOfFile: path, encoding: .utf8)
            let owner = try FileManager.default.attributesOfItem(atPath: path)[.ownerAccountID]
            try await server.stop()

            // As after a reboot: the number now belongs to a program of the server's own user, or to anybody.
            for stranger in [try await otherServersProcess(), getpid()] {
                let lines = file.split(separator: "\n", omittingEmptySubsequences: false)
                try ([Substring("\(stranger)")] + lines.dropFirst()).joined(separator: "\n")
                    .write(toFile: path, atomically: false, encoding: .utf8)
                try FileManager.default.setAttributes(
                    [.ownerAccountID: owner as Any, .posixPermissions: 0o600],
                    ofItemAtPath: path
                )
                guard case .stopped = try await server.status() else { throw PostgresError(.misuse, "not stopped") }
                let next = try await server.start()
                #expect(next.wasStarted)
                #expect(try await answer(next) == 42)
                try await server.stop()
            }
        }
    }

    private func otherServersProcess() async throws -> Int32 {
        try await PostgresFixture.shared.server().processID
    }

    @Test func `a process file of a process long gone does not stop the start`() async throws {
        try await withFolder { (folder, settings) async throws in
            let server = PrivateServer(settings)
            try await server.start()
            try await server.stop()
            try "999999999\n\(folder)/data\n1\n5432\n\(folder)/socket\n\n  1  1\nready   \n"
                .write(toFile: folder + "/data/postmaster.pid", atomically: false, encoding: .utf8)
            #expect(try await server.start().wasStarted)
        }
    }

    @Test func `data of another major version is refused and stays as it is`() async throws {
        try await withFolder { (folder, settings) async throws in
            let server = PrivateServer(settings)
            let installed = try await server.start().majorVersion
            try await server.stop()
            try "9\n".write(toFile: folder + "/data/PG_VERSION", atomically: false, encoding: .utf8)
            let error = await errorOf { try await server.start() }
            guard case .privateServer(.otherVersion(data: 9, let programs)) = error?.kind else {
                throw error ?? PostgresError(.misuse, "no error")
            }
            #expect(programs.contains(installed))
            let text = message(error)
            #expect(text.contains("PostgreSQL 9,") && text.contains("PostgreSQL \(installed)"))
            #expect(text.contains("install PostgreSQL 9") && text.contains("dump"))
            #expect(FileManager.default.fileExists(atPath: folder + "/data/base"))
        }
    }

    @Test func `a socket path that is too long is refused with its length`() async throws {
        try await withFolder { (folder, settings) async throws in
            var settings = settings
            settings.socketFolder = folder + "/" + String(repeating: "s", count: 100)
            let error = await errorOf { try await PrivateServer(settings).start() }
            #expect(error?.kind == .privateServer(.badPath))
            #expect(message(error).contains("bytes, at most 99"))
            #expect(!FileManager.default.fileExists(atPath: settings.dataFolder))
        }
    }

    @Test func `strange and relative paths are refused`() async throws {
        try await withFolder { (folder, settings) async throws in
            for path in [
                "relative", folder + "/a'b", folder + "/$(id)", folder + "/a\"b", folder + "/a,b", folder + "/a\\b",
            ] {
                var settings = settings
                settings.dataFolder = path
                let error = await errorOf { try await PrivateServer(settings).start() }
                #expect(error?.kind == .privateServer(.badPath), "\(path)")
            }
        }
    }

    @Test func `a folder with blanks works`() async throws {
        try await withFolder { (folder, settings) async throws in
            var settings = settings
            settings.dataFolder = folder + "/my data"
            settings.socketFolder = folder + "/my socket"
            settings.logFile = folder + "/my log/server.log"
            let server = PrivateServer(settings)
            let running = try await server.start()
            #expect(try await answer(running) == 42)
            try await server.stop()
        }
    }

    @Test func `a folder with other things in it is refused and not touched`() async throws {
        try await withFolder { (folder, settings) async throws in
            try FileManager.default.createDirectory(atPath: folder + "/data", withIntermediateDirectories: false)
            try "mine".write(toFile: folder + "/data/letter", atomically: false, encoding: .utf8)
            let error = await errorOf { try await PrivateServer(settings).start() }
            #expect(error?.kind == .privateServer(.badPath))
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/data") == ["letter"])
        }
    }

    @Test func `a socket folder that others may enter is refused`() async throws {
        try await withFolder { (folder, settings) async throws in
            try FileManager.default.createDirectory(
                atPath: folder + "/socket",
                withIntermediateDirectories: false,
                attributes: [.posixPermissions: 0o755]
            )
            let error = await errorOf { try await PrivateServer(settings).start() }
            #expect(error?.kind == .privateServer(.badPath))
        }
    }

    @Test func `two starts at the same time both succeed, with one server`() async throws {
        try await withFolder { (_, settings) async throws in
            let servers = try await withThrowingTaskGroup(of: RunningServer.self) { group in
                for _ in 0..<2 { group.addTask { try await PrivateServer(settings).start(database: "curfew") } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(servers.count == 2)
            #expect(Set(servers.map(\.processID)).count == 1)
            #expect(servers.count { $0.wasStarted } == 1)
        }
    }

    @Test func `a first start that was cut short is made good`() async throws {
        try await withFolder { (folder, settings) async throws in
            try FileManager.default.createDirectory(
                atPath: folder + "/data.new/base",
                withIntermediateDirectories: true
            )
            #expect(try await PrivateServer(settings).start().wasStarted)
            #expect(!FileManager.default.fileExists(atPath: folder + "/data.new"))
        }
    }

    @Test func `a setting that the server refuses is in the error`() async throws {
        try await withFolder { (_, settings) async throws in
            var settings = settings
            settings.serverSettings["shared_buffers"] = "it's much"
            let error = await errorOf { try await PrivateServer(settings).start() }
            #expect(error?.kind == .privateServer(.start))
            #expect(message(error).contains("shared_buffers"), "\(message(error))")
        }
    }

    @Test func `missing programs are an error with the way out`() async throws {
        try await withFolder { (folder, settings) async throws in
            var settings = settings
            settings.programFolder = folder
            let error = await errorOf { try await PrivateServer(settings).start() }
            #expect(error?.kind == .privateServer(.noPrograms))
            #expect(message(error).contains("install PostgreSQL"))
        }
    }

    @Test(.enabled(if: geteuid() == 0)) func `root runs the server as another user, who must reach the folder`()
        async throws
    {
        try await withFolder { (folder, settings) async throws in
            let running = try await PrivateServer(settings).start()
            let owner = try FileManager.default.attributesOfItem(atPath: "/proc/\(running.processID)")[.ownerAccountID]
            #expect(owner as? Int != 0)

            var nobody = settings
            nobody.serverUser = "no-such-user"
            nobody.dataFolder = folder + "/other"
            #expect(await errorOf { try await PrivateServer(nobody).start() }?.kind == .privateServer(.badPath))

            try FileManager.default.createDirectory(
                atPath: folder + "/closed",
                withIntermediateDirectories: false,
                attributes: [.posixPermissions: 0o700]
            )
            var closed = settings
            closed.dataFolder = folder + "/closed/data"
            let error = await errorOf { try await PrivateServer(closed).start() }
            #expect(message(error).contains("every folder above it"), "\(message(error))")
        }
    }
}
