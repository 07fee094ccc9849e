import Foundation

/// A PostgreSQL server for this program alone: its own data folder, reachable through a Unix socket only.
///
/// It outlives this process. Every local connection is trusted, so what protects it is the socket folder: mode 0700,
/// owned by the user who runs the server (root can enter as well). TCP is off and rejected.
package struct PrivateServer: Sendable {
    /// Where things are; all paths absolute.
    package struct Settings: Sendable {
        package var dataFolder: String
        /// At most 99 bytes with the socket's own name, a limit of Unix sockets.
        package var socketFolder: String
        package var logFile: String
        /// The folder with `postgres`, `initdb` and `pg_ctl`; nil looks in the usual places and in PATH.
        package var programFolder: String?
        /// Who runs the server when this process is root, which PostgreSQL refuses to run as.
        ///
        /// Ignored otherwise.
        package var serverUser: String
        /// The database superuser that `initdb` makes.
        package var superuser: String
        /// Names the socket; nothing listens on TCP.
        package var port: Int
        /// Settings of the server that win over the built-in ones, such as `["fsync": "off"]`.
        package var serverSettings: [String: String]

        package init(
            dataFolder: String,
            socketFolder: String,
            logFile: String,
            programFolder: String? = nil,
            serverUser: String = "postgres",
            superuser: String = "postgres",
            port: Int = 5_432,
            serverSettings: [String: String] = [:]
        ) {
            self.dataFolder = dataFolder
            self.socketFolder = socketFolder
            self.logFile = logFile
            self.programFolder = programFolder
            self.serverUser = serverUser
            self.superuser = superuser
            self.port = port
            self.serverSettings = serverSettings
        }
    }

    package enum Status: Sendable {
        /// No data folder yet.
        case absent
        /// A data folder, nobody running on it (a file left by a killed server does not count).
        case stopped(majorVersion: Int)
        case running(RunningServer)
    }

    package let settings: Settings

    package init(_ settings: Settings) { self.settings = settings }

    /// Makes sure that the server runs, and the database exists where one is named.
    ///
    /// Makes the data folder when there is none, recovers from a killed server, and uses a server that runs already.
    ///
    /// Several processes may call this at once: one does the work.
    @discardableResult
    package func start(database: String? = nil) async throws(PostgresError) -> RunningServer {
        try checkPaths()
        let account = try ServerAccount(settings)
        let lock = try await FolderLock.take(beside: settings.dataFolder)
        defer { lock.release() }
        let server = try await startLocked(account)
        if let database { try await server.ensureDatabase(database) }
        return server
    }

    /// Stops the server: open transactions are rolled back, clients cut off.
    ///
    /// Fine when nobody runs.
    package func stop() async throws(PostgresError) {
        guard case .running = try await status() else { return }
        let lock = try await FolderLock.take(beside: settings.dataFolder)
        defer { lock.release() }
        try await stopLocked()
    }

    /// The caller holds the folder's lock.
    func stopLocked() async throws(PostgresError) {
        guard case .running(let running) = try await status() else { return }
        let account = try ServerAccount(settings)
        let programs = try await ServerPrograms.find(settings, majorVersion: running.majorVersion)
        let output = try await account.run(
            programs.path("pg_ctl"),
            ["-D", settings.dataFolder, "-m", "fast", "-w", "-t", "60", "stop"]
        )
        guard output.succeeded || !ProcessTable.isAlive(running.processID) else {
            throw PostgresError(.privateServer(.stop), "the server did not stop: \(output.lastLine)")
        }
    }

    /// What is there now.
    package func status() async throws(PostgresError) -> Status {
        guard let version = try DataFolder(settings.dataFolder).majorVersion else { return .absent }
        guard let file = PostmasterFile(path: settings.dataFolder + "/postmaster.pid"),
            ProcessTable.isAlive(file.processID),
            await ServerProbe().answers(socketFolder: file.socketFolder, port: file.port)
        else { return .stopped(majorVersion: version) }
        return .running(
            RunningServer(
                socketFolder: file.socketFolder,
                port: file.port,
                superuser: settings.superuser,
                processID: file.processID,
                majorVersion: version,
                wasStarted: false
            )
        )
    }

    /// The caller holds the folder's lock.
    func startLocked(_ account: ServerAccount) async throws(PostgresError) -> RunningServer {
        let folder = DataFolder(settings.dataFolder)
        try folder.finishExchange()
        let version = try folder.majorVersion
        if version != nil, case .running(let server) = try await status() { return server }
        let programs = try await ServerPrograms.find(settings, majorVersion: version)
        try account.prepareFolder(settings.socketFolder)
        if version == nil {
            try await folder.initialize(programs, account, settings)
        } else {
            try account.check(settings.dataFolder)
        }
        try account.prepareFile(settings.logFile)
        try await launch(folder, programs, account)
        guard case .running(var server) = try await status() else {
            throw PostgresError(.privateServer(.start), "the server stopped at once: \(lastLogLine)")
        }
        server.wasStarted = true
        return server
    }

    /// Starts through `pg_ctl`, which detaches the server from this process and its pipes and waits until it is ready.
    private func launch(
        _ folder: DataFolder,
        _ programs: ServerPrograms,
        _ account: ServerAccount
    ) async throws(PostgresError) {
        let arguments = [
            "-D", settings.dataFolder, "-l", settings.logFile, "-w", "-t", "60", "-o", serverOptions, "start",
        ]
        // After a kill, processes of the old server may take a moment to notice; the new one refuses until then.
        for attempt in 1...50 {
            try folder.removeLeftovers(socketFolder: settings.socketFolder, port: settings.port)
            let output = try await account.run(programs.path("pg_ctl"), arguments)
            if output.succeeded { return }
            let reason = lastLogLine
            guard attempt < 50, logEndsWithOldServer else {
                throw PostgresError(
                    .privateServer(.start),
                    "the server did not start: \(reason.isEmpty ? output.lastLine : reason) (log: \(settings.logFile))"
                )
            }
            do {
                try await Task.sleep(for: .milliseconds(200))
            } catch {
                throw PostgresError(.cancelled, "the task was cancelled")
            }
        }
    }

    /// `pg_ctl` gives these to a shell.
    private var serverOptions: String {
        var options = [
            "listen_addresses": "",
            "unix_socket_directories": settings.socketFolder,
            "unix_socket_permissions": "0700",
            "port": String(settings.port),
            "max_connections": "40",
            "shared_buffers": "64MB",
            "max_wal_size": "256MB",
            "wal_level": "minimal",
            "max_wal_senders": "0",
            "jit": "off",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "lc_messages": "C",
        ]
        options.merge(settings.serverSettings) { $1 }
        return options.sorted { $0.key < $1.key }
            .map { "-c '\($0.key)=\($0.value.replacing("'", with: "'\\''"))'" }
            .joined(separator: " ")
    }

    private var logTail: [Substring] {
        guard let file = FileHandle(forReadingAtPath: settings.logFile) else { return [] }
        defer { try? file.close() }
        let end = (try? file.seekToEnd()) ?? 0
        try? file.seek(toOffset: end > 4_096 ? end - 4_096 : 0)
        let bytes = (try? file.readToEnd()) ?? Data()
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").suffix(6)
    }

    private var lastLogLine: String {
        let lines = logTail
        return String(lines.last { $0.contains("FATAL:") } ?? lines.last ?? "")
    }

    private var logEndsWithOldServer: Bool {
        logTail.contains { $0.contains("pre-existing shared memory block") || $0.contains("\" already exists") }
    }

    private func checkPaths() throws(PostgresError) {
        for path in [settings.dataFolder, settings.socketFolder, settings.logFile] {
            guard path.hasPrefix("/") else {
                throw PostgresError(.privateServer(.badPath), "\(path) is not an absolute path")
            }
            // pg_ctl puts paths into a shell command between double quotes.
            guard !path.contains(where: { "\"$`\\'".contains($0) || $0.isNewline || $0 == "\0" || $0 == "," }) else {
                throw PostgresError(
                    .privateServer(.badPath),
                    "\(path.debugDescription): quotes, $, commas, backslashes and line breaks cannot be used"
                )
            }
        }
        let socket = "\(settings.socketFolder)/.s.PGSQL.\(settings.port)"
        guard socket.utf8.count < 100 else {
            throw PostgresError(
                .privateServer(.badPath),
                "the socket's path has \(socket.utf8.count) bytes, at most 99 work; choose a shorter folder than "
                    + settings.socketFolder
            )
        }
    }
}

/// A server that answers.
package struct RunningServer: Sendable {
    package let socketFolder: String
    package let port: Int
    package let superuser: String
    package let processID: Int32
    package let majorVersion: Int
    /// True where this call started it.
    package internal(set) var wasStarted: Bool

    /// How to connect to one of its databases.
    package func connection(
        database: String,
        user: String? = nil,
        applicationName: String? = nil
    ) -> ConnectionSettings {
        // An empty hostaddr in the string keeps PGHOSTADDR out; an empty override would not.
        ConnectionSettings(
            "hostaddr=''",
            applicationName: applicationName,
            overrides: [
                "host": socketFolder, "port": String(port), "dbname": database, "user": user ?? superuser,
            ]
        )
    }

    /// Creates the database where it does not exist.
    package func ensureDatabase(_ name: String) async throws(PostgresError) {
        let connection = try await Connection.open(connection(database: "postgres"))
        do throws(PostgresError) {
            let rows = try await connection.query("SELECT FROM pg_database WHERE datname = \(name)")
            if rows.isEmpty { try await connection.execute("CREATE DATABASE \(identifier: name)") }
        } catch {
            await connection.close()
            guard error.sqlState == .duplicateDatabase else { throw error }
            return
        }
        await connection.close()
    }
}
