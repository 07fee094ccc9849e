import Foundation

/// What came of bringing a private server's data to the newest PostgreSQL that is installed.
package enum PrivateServerUpgrade: Sendable, Hashable {
    /// There is no newer one.
    case current(majorVersion: Int)
    /// `kept`: the folder with the data as it was.
    case upgraded(from: Int, to: Int, kept: String)
}

extension PrivateServer {
    /// Copies one database, and all roles, from the data folder's PostgreSQL to the newest that is installed, and puts the
    /// new folder in the old one's place.
    ///
    /// The server is stopped for it, and nobody can start it meanwhile. The old folder is kept beside the new one. What
    /// fails leaves it where it was; `verify` is given both databases, and what it throws is such a failure.
    package func upgrade(
        database: String,
        progress: (String) -> Void,
        verify: (_ old: ConnectionSettings, _ new: ConnectionSettings) async throws(PostgresError) -> Void
    ) async throws(PostgresError) -> PrivateServerUpgrade {
        let lock = try await FolderLock.take(beside: settings.dataFolder)
        defer { lock.release() }
        try DataFolder(settings.dataFolder).finishExchange()
        guard let version = try DataFolder(settings.dataFolder).majorVersion else {
            throw PostgresError(.privateServer(.notRunning), "there is no data in \(settings.dataFolder) to upgrade")
        }
        // Throws where the programs of the data's own version are missing: only they can read it.
        _ = try await ServerPrograms.find(settings, majorVersion: version)
        let newest = try await ServerPrograms.find(settings, majorVersion: nil)
        guard newest.majorVersion > version else { return .current(majorVersion: version) }
        let kept = "\(settings.dataFolder).pg\(version)"
        guard !FileManager.default.fileExists(atPath: kept) else {
            throw PostgresError(
                .privateServer(.badPath),
                "\(kept) is there already, from an earlier upgrade: move it away"
            )
        }
        let copy = ServerCopy(
            old: moved(by: 1),
            new: moved(by: 2, to: settings.dataFolder + ".upgrade", programs: newest.folder),
            programs: DumpPrograms(majorVersion: newest.majorVersion, folder: newest.folder),
            dump: "\(settings.dataFolder).upgrade.dump"
        )
        progress("copying from PostgreSQL \(version) to PostgreSQL \(newest.majorVersion)")
        try await stopLocked()
        try await copy.run(database: database, verify: verify)
        try DataFolder(settings.dataFolder).exchange(with: copy.new.settings.dataFolder, keepingOldAs: kept)
        return .upgraded(from: version, to: newest.majorVersion, kept: kept)
    }

    /// The same server where none of its clients look for it.
    private func moved(by ports: Int, to folder: String? = nil, programs: String? = nil) -> PrivateServer {
        var settings = settings
        settings.port += ports
        if let folder { settings.dataFolder = folder }
        if let programs { settings.programFolder = programs }
        return PrivateServer(settings)
    }
}

extension DataFolder {
    /// An upgrade that is whole, and only has to take this folder's place.
    private var upgraded: String { path + ".upgraded" }

    /// Puts the new folder into this one's place.
    ///
    /// Between the two renames there is no data folder; whoever starts the server then finishes the second.
    func exchange(with new: String, keepingOldAs kept: String) throws(PostgresError) {
        try? FileManager.default.removeItem(atPath: upgraded)
        for (from, to) in [(new, upgraded), (path, kept), (upgraded, path)] where unsafe rename(from, to) != 0 {
            throw PostgresError(.privateServer(.badPath), "\(from) cannot become \(to): \(systemMessage())")
        }
    }

    /// What a killed upgrade left to do.
    func finishExchange() throws(PostgresError) {
        let files = FileManager.default
        guard !files.fileExists(atPath: path), files.fileExists(atPath: upgraded) else { return }
        guard unsafe rename(upgraded, path) == 0 else {
            throw PostgresError(.privateServer(.badPath), "\(upgraded) cannot become \(path): \(systemMessage())")
        }
    }
}

/// Two servers, and what goes from one to the other.
private struct ServerCopy {
    let old: PrivateServer
    let new: PrivateServer
    let programs: DumpPrograms
    let dump: String

    func run(
        database: String,
        verify: (ConnectionSettings, ConnectionSettings) async throws(PostgresError) -> Void
    ) async throws(PostgresError) {
        try await clear()
        do throws(PostgresError) {
            let account = try ServerAccount(old.settings)
            let source = try await old.startLocked(account)
            let target = try await new.startLocked(account)
            try await copy(database, source, target)
            try await verify(source.connection(database: database), target.connection(database: database))
            try await old.stopLocked()
            try await new.stopLocked()
        } catch {
            // What failed is told; what cannot be cleared besides is cleared the next time.
            try? await old.stopLocked()
            try? await clear()
            throw error
        }
        try? FileManager.default.removeItem(atPath: dump)
    }

    private func copy(_ database: String, _ source: RunningServer, _ target: RunningServer) async throws(PostgresError)
    {
        for file in [dump, dump + ".roles"] { try makeOwn(file) }
        defer { try? FileManager.default.removeItem(atPath: dump + ".roles") }
        try await programs.run(
            .dumpRoles,
            ["--roles-only", "--file=\(dump).roles"],
            on: source.connection(database: "postgres")
        )
        // The superuser is there already, which is no reason to stop.
        try await programs.run(
            .shell,
            ["--quiet", "--no-psqlrc", "--file=\(dump).roles"],
            on: target.connection(database: "postgres")
        )
        try await target.ensureDatabase(database)
        try await programs.run(.dump, ["--format=custom", "--file=\(dump)"], on: source.connection(database: database))
        // Without comments: what they say of grants is about the old server.
        try await programs.run(
            .restore,
            ["--single-transaction", "--exit-on-error", "--no-comments", dump],
            on: target.connection(database: database)
        )
    }

    /// Readable by nobody else from its first byte on.
    private func makeOwn(_ file: String) throws(PostgresError) {
        try? FileManager.default.removeItem(atPath: file)
        let descriptor = unsafe open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw PostgresError(.privateServer(.badPath), "\(file) cannot be made: \(systemMessage())")
        }
        close(descriptor)
    }

    /// What an upgrade that failed or was killed left behind.
    private func clear() async throws(PostgresError) {
        let folder = new.settings.dataFolder
        if FileManager.default.fileExists(atPath: folder) {
            try await new.stopLocked()
            do { try FileManager.default.removeItem(atPath: folder) } catch {
                throw PostgresError(
                    .privateServer(.badPath),
                    "\(folder), left by an earlier upgrade, cannot be removed"
                )
            }
        }
        try? FileManager.default.removeItem(atPath: dump)
    }
}
