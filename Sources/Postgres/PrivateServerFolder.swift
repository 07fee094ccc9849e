import Foundation

/// The folder that holds a cluster.
struct DataFolder: Sendable {
    let path: String

    init(_ path: String) { self.path = path }

    /// The version that made the folder; nil where there is no folder, or an empty one.
    var majorVersion: Int? {
        get throws(PostgresError) {
            guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
                guard !FileManager.default.fileExists(atPath: path) else {
                    throw PostgresError(.privateServer(.badPath), "\(path) cannot be read")
                }
                return nil
            }
            if names.isEmpty { return nil }
            let text = try? String(contentsOfFile: path + "/PG_VERSION", encoding: .utf8)
            guard let text, let version = Int(text.prefix { $0.isASCII && $0.isNumber }) else {
                throw PostgresError(
                    .privateServer(.badPath),
                    "\(path) is neither empty nor a PostgreSQL data folder: nothing in it was touched"
                )
            }
            return version
        }
    }

    /// Makes the cluster beside its place and moves it there when it is whole, so that a crash leaves no half folder.
    func initialize(
        _ programs: ServerPrograms,
        _ account: ServerAccount,
        _ settings: PrivateServer.Settings
    ) async throws(PostgresError) {
        let draft = path + ".new"
        if FileManager.default.fileExists(atPath: draft) { try? FileManager.default.removeItem(atPath: draft) }
        try account.prepareFolder(draft)
        try await account.checkReachable(draft)
        var output = try await initdb(draft, locale: "C.UTF-8", programs, account, settings)
        if !output.succeeded, output.text.contains("locale") {
            // Not every system has C.UTF-8; C with UTF-8 differs in upper and lower case outside ASCII only.
            output = try await initdb(draft, locale: "C", programs, account, settings)
        }
        guard output.succeeded else {
            throw PostgresError(.privateServer(.initialization), "initdb failed: \(output.lastLine)")
        }
        guard unsafe rename(draft, path) == 0 else {
            throw PostgresError(.privateServer(.badPath), "\(draft) cannot become \(path): \(systemMessage())")
        }
    }

    private func initdb(
        _ folder: String,
        locale: String,
        _ programs: ServerPrograms,
        _ account: ServerAccount,
        _ settings: PrivateServer.Settings
    ) async throws(PostgresError) -> ServerAccount.Output {
        // Trust is safe only because nobody else can enter the socket folder; see `PrivateServer`.
        let arguments = [
            "-D", folder, "--username=\(settings.superuser)", "--auth-local=trust", "--auth-host=reject",
            "--encoding=UTF8", "--locale=\(locale)", "--wal-segsize=1", "--data-checksums",
        ]
        let isShortLived = settings.serverSettings["fsync"] == "off"
        return try await account.run(programs.path("initdb"), arguments + (isShortLived ? ["--no-sync"] : []))
    }

    /// Removes what a server that was killed left behind where PostgreSQL would take it for a running one: files that
    /// name a living process which is no server of this folder, as after a reboot, when the number went to another
    /// program, or a dead one that nobody has collected yet.
    ///
    /// Nothing is removed while any process works in the folder (the rest of a killed server), or where the system does
    /// not tell.
    func removeLeftovers(socketFolder: String, port: Int) throws(PostgresError) {
        let lock = "\(socketFolder)/.s.PGSQL.\(port).lock"
        let left = [path + "/postmaster.pid", lock].filter { file in
            PostmasterFile(path: file).map { $0.dataFolder == path && kill($0.processID, 0) == 0 } ?? false
        }
        guard !left.isEmpty, ProcessTable.hasProcess(in: path) == false else { return }
        for file in left {
            do {
                try FileManager.default.removeItem(atPath: file)
            } catch {
                throw PostgresError(.privateServer(.start), "\(file) was left by a killed server and cannot be removed")
            }
        }
    }
}

/// `postmaster.pid`, or the lock file of a socket: what a server writes about itself (PostgreSQL's `pidfile.h`).
struct PostmasterFile: Sendable {
    let processID: Int32
    let dataFolder: String
    let port: Int
    let socketFolder: String

    /// Nil where there is none.
    init?(path: String) {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard let first = lines.first, let processID = Int32(first), processID > 0 else { return nil }
        self.processID = processID
        dataFolder = lines.count > 1 ? String(lines[1]) : ""
        port = lines.count > 3 ? Int(lines[3]) ?? 0 : 0
        socketFolder = lines.count > 4 ? String(lines[4]) : ""
    }
}

enum ProcessTable {
    /// False also for a process that has ended and was not collected by its parent.
    static func isAlive(_ processID: Int32) -> Bool {
        guard kill(processID, 0) == 0 || errno == EPERM else { return false }
        // The state stands behind the name in parentheses, which may hold anything.
        let line = try? String(contentsOfFile: "/proc/\(processID)/stat", encoding: .utf8)
        guard let line, let end = line.lastIndex(of: ")") else { return true }
        return line[line.index(after: end)...].first { $0 != " " } != "Z"
    }

    /// Whether any process has the folder as its working folder, as every process of a server has; nil where the
    /// system does not tell (no `/proc`).
    static func hasProcess(in folder: String) -> Bool? {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: "/proc"),
            let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/cwd"), !own.isEmpty
        else { return nil }
        let wanted = URL(fileURLWithPath: folder).resolvingSymlinksInPath().path
        return names.contains { name in
            guard Int32(name) != nil else { return false }
            return (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(name)/cwd")) == wanted
        }
    }
}
