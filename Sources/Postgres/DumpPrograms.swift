import CPostgres
import Foundation
import Subprocess

/// `pg_dump` and `pg_restore` of one installation, run by this process's own user.
package struct DumpPrograms: Sendable {
    package let majorVersion: Int
    let folder: String

    package enum Program: String, Sendable {
        case dump = "pg_dump"
        case restore = "pg_restore"
        case dumpRoles = "pg_dumpall"
        case shell = "psql"
    }

    /// Those that fit a server best: of its own version, else of the next one above.
    ///
    /// `pg_dump` refuses a server that is newer than itself, and what a newer `pg_restore` says an older server may not
    /// understand.
    package static func find(
        forServer version: Int,
        needing programs: [Program] = [.dump, .restore, .shell]
    ) async throws(PostgresError) -> DumpPrograms {
        var found: [DumpPrograms] = []
        for folder in ServerPrograms.folders(with: "pg_dump") {
            let isComplete = programs.allSatisfy {
                FileManager.default.isExecutableFile(atPath: "\(folder)/\($0.rawValue)")
            }
            guard isComplete, let own = await ServerPrograms.version(of: "\(folder)/pg_dump") else { continue }
            found.append(DumpPrograms(majorVersion: own, folder: folder))
        }
        if let fitting = found.filter({ $0.majorVersion >= version }).min(by: { $0.majorVersion < $1.majorVersion }) {
            return fitting
        }
        let versions = Set(found.map(\.majorVersion)).sorted().map(String.init).joined(separator: ", ")
        throw PostgresError(
            .privateServer(.noPrograms),
            versions.isEmpty
                ? "no pg_dump and pg_restore were found: install PostgreSQL's client programs "
                    + "(postgresql-client-\(version))"
                : "the server is PostgreSQL \(version), and the pg_dump that is installed is of \(versions): install "
                    + "PostgreSQL's client programs of \(version) or newer (postgresql-client-\(version))"
        )
    }

    /// Runs one of them against a server.
    ///
    /// No password is among the arguments, which everybody on the machine can read: it is in the environment.
    package func run(
        _ program: Program,
        _ arguments: [String],
        on settings: ConnectionSettings
    ) async throws(PostgresError) {
        let place = try settings.place()
        try await start(program, ["--no-password", "--dbname=\(place.text)"] + arguments, password: place.password)
    }

    /// Puts an archive, and what a script does afterwards, into a database: all of both or nothing.
    ///
    /// `pg_restore` alone commits before anything else can be done; so it writes a script, which `psql` carries out.
    package func restore(
        _ archive: String,
        _ arguments: [String],
        then script: String,
        on settings: ConnectionSettings
    ) async throws(PostgresError) {
        let whole = try NamelessFile()
        defer { whole.close() }
        try await start(.restore, ["--exit-on-error", "--file=\(whole.path)"] + arguments + [archive], password: nil)
        try whole.append(script)
        try await run(
            .shell,
            [
                "--quiet", "--no-psqlrc", "--output=/dev/null", "--set=ON_ERROR_STOP=1", "--single-transaction",
                "--file=\(whole.path)",
            ],
            on: settings
        )
    }

    private func start(
        _ program: Program,
        _ arguments: [String],
        password: String?
    ) async throws(PostgresError) {
        var environment: [Subprocess.Environment.Key: String?] = ["LC_ALL": "C", "LANGUAGE": nil]
        if let password { environment["PGPASSWORD"] = password }
        let succeeded: Bool
        let message: String
        do {
            let result = try await Subprocess.run(
                .name("env"),
                arguments: Arguments(["\(folder)/\(program.rawValue)"] + arguments),
                environment: .inherit.updating(environment),
                output: .discarded,
                error: .string(limit: 1 << 20)
            )
            succeeded = result.terminationStatus.isSuccess
            message = result.standardError
        } catch {
            if Task.isCancelled { throw PostgresError(.cancelled, "the task was cancelled") }
            throw PostgresError(.privateServer(.start), "\(program.rawValue) could not be run: \(error)")
        }
        guard succeeded else {
            let lines = message.split(separator: "\n")
            let line = lines.first { $0.contains("error:") || $0.contains("ERROR:") } ?? lines.last ?? "no message"
            throw PostgresError(.privateServer(.dump), String(line))
        }
    }
}

extension ConnectionSettings {
    /// Where the server is as a libpq connection string, and the password apart from it.
    struct Place: Equatable {
        var text: String
        var password: String?
    }

    /// Refuses secrets that no environment variable can carry.
    func place() throws(PostgresError) -> Place {
        try validate()
        var values: [String: String] = [:]
        var secret: Set<String> = []
        let isString = connection.contains("=") || connection.hasPrefix("postgres") && connection.contains("://")
        if !isString, !connection.isEmpty { values["dbname"] = connection }
        let options = unsafe PQconninfoParse(isString ? connection : "", nil)
        defer { unsafe PQconninfoFree(options) }
        guard var option = unsafe options else {
            throw PostgresError(.cannotConnect, "the connection string is not valid")
        }
        while let keyword = unsafe string(option.pointee.keyword) {
            if let value = unsafe string(option.pointee.val) { values[keyword] = value }
            if unsafe string(option.pointee.dispchar) == "*" { secret.insert(keyword) }
            unsafe option += 1
        }
        values.merge(overrides) { $1 }
        let password = values.removeValue(forKey: "password")
        if let other = secret.subtracting(["password"]).sorted().first(where: { values[$0] != nil }) {
            throw PostgresError(
                .cannotConnect,
                "the connection string holds \(other), which pg_dump takes in its arguments only, where everybody can "
                    + "read it: use a key without a passphrase, or a service file"
            )
        }
        let text = values.sorted { $0.key < $1.key }
            .map { "\($0.key)='\($0.value.replacing("\\", with: "\\\\").replacing("'", with: "\\'"))'" }
            .joined(separator: " ")
        return Place(text: text, password: password)
    }
}

/// A file for what holds secrets: it has no name, so whatever happens to this process, nothing of it stays.
private struct NamelessFile {
    private let descriptor: CInt

    /// For programs of the same user, while this process lives.
    var path: String { "/proc/\(getpid())/fd/\(descriptor)" }

    init() throws(PostgresError) {
        var name = Array((FileManager.default.temporaryDirectory.path + "/curfew-XXXXXX").utf8CString)
        descriptor = unsafe mkstemp(&name)
        guard descriptor >= 0 else {
            let folder = FileManager.default.temporaryDirectory.path
            throw PostgresError(.privateServer(.badPath), "no file can be made in \(folder): \(systemMessage())")
        }
        unsafe unlink(&name)
    }

    func append(_ text: String) throws(PostgresError) {
        do {
            let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: false)
            try handle.seekToEnd()
            try handle.write(contentsOf: Data(text.utf8))
        } catch {
            throw PostgresError(.privateServer(.badPath), "a file without a name cannot be written: \(systemMessage())")
        }
    }

    func close() { Foundation.close(descriptor) }
}
