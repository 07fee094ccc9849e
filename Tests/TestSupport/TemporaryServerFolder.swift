import Foundation
package import Postgres
import Synchronization

/// A short-lived folder for a private server, directly in `/tmp` because a socket's path must be short.
package enum TemporaryServerFolder {
    static let prefix = "curfew-pg-"

    private static let atExit = Mutex<[String]>([])

    /// A new folder, named after this process, that any account may enter.
    package static func make() throws -> String {
        let folder = "/tmp/\(prefix)\(getpid())-\(UInt32.random(in: 0...(.max)))"
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o755]
        )
        return folder
    }

    /// A server in the folder; it does not wait for the disk, which a test does not need.
    package static func settings(in folder: String) -> PrivateServer.Settings {
        PrivateServer.Settings(
            dataFolder: folder + "/data",
            socketFolder: folder + "/socket",
            logFile: folder + "/log/server.log",
            // Tests run at the same time, each with connections of its own.
            serverSettings: [
                "fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "max_connections": "1000",
            ]
        )
    }

    /// Stops the folder's server and removes the folder when this process exits.
    package static func removeAtExit(_ folder: String) {
        let isFirst = atExit.withLock { folders in
            folders.append(folder)
            return folders.count == 1
        }
        guard isFirst else { return }
        atexit {
            for folder in TemporaryServerFolder.atExit.withLock({ $0 }) { TemporaryServerFolder.remove(folder) }
        }
    }

    /// Stops whatever server runs in the folder, at once and without asking it nicely, and removes the folder.
    package static func remove(_ folder: String) {
        // `new` is where the data folder is while it is made.
        let process = (try? String(contentsOfFile: folder + "/data/postmaster.pid", encoding: .utf8))
            .flatMap { $0.split(separator: "\n").first.flatMap { Int32($0) } }
        // Only a process that works in this very folder is that server: numbers are used again.
        let workingFolder = process.flatMap {
            try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\($0)/cwd")
        }
        if let process, workingFolder == nil || workingFolder == folder + "/data" {
            kill(process, SIGQUIT)
            for _ in 0..<500 where kill(process, 0) == 0 { usleep(10_000) }
        }
        try? FileManager.default.removeItem(atPath: folder)
    }
}

/// Folders of test processes that were killed before they could clear up.
enum LeftBehind {
    static func clear() {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/tmp")) ?? []
        for name in names where name.hasPrefix(TemporaryServerFolder.prefix) {
            let owner = name.dropFirst(TemporaryServerFolder.prefix.count).split(separator: "-").first
            guard let process = owner.flatMap({ Int32($0) }), kill(process, 0) != 0, errno == ESRCH else { continue }
            TemporaryServerFolder.remove("/tmp/" + name)
        }
    }
}
