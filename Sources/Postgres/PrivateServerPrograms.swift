import Foundation
import Subprocess

/// One installation of PostgreSQL's programs.
struct ServerPrograms: Sendable {
    let folder: String
    let majorVersion: Int

    func path(_ program: String) -> String { folder + "/" + program }

    /// The newest installation, or the one that fits an existing data folder.
    static func find(
        _ settings: PrivateServer.Settings,
        majorVersion wanted: Int?
    ) async throws(PostgresError) -> ServerPrograms {
        let folders = settings.programFolder.map { [$0] } ?? folders(with: "pg_ctl")
        let found = await installed(in: folders)
        guard let newest = found.max(by: { $0.majorVersion < $1.majorVersion }) else {
            throw PostgresError(
                .privateServer(.noPrograms),
                "no PostgreSQL programs (postgres, initdb, pg_ctl) in \(folders.joined(separator: ", ")): "
                    + "install PostgreSQL, or name the folder that has them"
            )
        }
        guard let wanted else { return newest }
        if let fitting = found.first(where: { $0.majorVersion == wanted }) { return fitting }
        let versions = Set(found.map(\.majorVersion)).sorted()
        throw PostgresError(
            .privateServer(.otherVersion(data: wanted, programs: versions)),
            "the data in \(settings.dataFolder) is of PostgreSQL \(wanted), installed is PostgreSQL "
                + "\(versions.map(String.init).joined(separator: ", ")): install PostgreSQL \(wanted), or dump the "
                + "databases with PostgreSQL \(wanted) and restore them into a new folder"
        )
    }

    /// Every installation that is whole, in the order of the folders.
    static func installed(in folders: [String]) async -> [ServerPrograms] {
        var found: [ServerPrograms] = []
        for folder in folders {
            let isComplete = ["postgres", "initdb", "pg_ctl"].allSatisfy {
                FileManager.default.isExecutableFile(atPath: "\(folder)/\($0)")
            }
            guard isComplete, let version = await version(of: "\(folder)/postgres") else { continue }
            found.append(ServerPrograms(folder: folder, majorVersion: version))
        }
        return found
    }

    /// Debian's, Red Hat's and Homebrew's folders, then PATH.
    static func folders(with program: String) -> [String] {
        let roots = [
            ("/usr/lib/postgresql", "", "/bin"), ("/usr", "pgsql-", "/bin"),
            ("/opt/homebrew/opt", "postgresql", "/bin"),
        ]
        var folders: [String] = []
        for (root, start, end) in roots {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
            folders += names.filter { $0.hasPrefix(start) }.sorted().map { "\(root)/\($0)\(end)" }
        }
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        folders += path.split(separator: ":").map(String.init).filter { $0.hasPrefix("/") }
        return folders.filter { FileManager.default.fileExists(atPath: "\($0)/\(program)") }
    }

    /// From `postgres (PostgreSQL) 15.18 (Debian 15.18-1)`; the program answers this even to root.
    static func version(of program: String) async -> Int? {
        let result = try? await Subprocess.run(
            .name("env"),
            arguments: [program, "--version"],
            output: .string(limit: 4_096),
            error: .discarded
        )
        guard let text = result?.standardOutput, let range = text.firstRange(of: "(PostgreSQL) ") else { return nil }
        return Int(text[range.upperBound...].prefix { $0.isASCII && $0.isNumber })
    }
}
