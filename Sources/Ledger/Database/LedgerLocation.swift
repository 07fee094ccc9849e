import Core
import Foundation

/// Where Curfew's records are.
package enum LedgerLocation: Sendable, Hashable {
    /// A libpq connection string or URI; no server is ever started for it. Empty means what the PG* variables say.
    case url(String)
    /// A private cluster in this folder, which is made at first use.
    /// - serverUser: who runs the server when this process is root; nil is the folder's owner, where it is somebody
    ///   else's, then `postgres` where there is such a user, else `nobody`.
    case embedded(dataFolder: String, serverUser: String?)

    package var isEmbedded: Bool { if case .embedded = self { true } else { false } }

    /// Where the private cluster is by default: `/var/lib/curfew` for root, else below the person's data folder.
    ///
    /// `override` is the value of CURFEW_DATA_DIR, which wins; `dataHome` that of XDG_DATA_HOME, used where it is an
    /// absolute path.
    package static func defaultDataFolder(
        override: String?,
        dataHome: String?,
        home: String,
        isRoot: Bool
    ) -> String {
        if let override, !override.isEmpty { return override }
        if isRoot { return "/var/lib/curfew" }
        if let dataHome, dataHome.hasPrefix("/") { return dataHome + "/curfew" }
        return home + "/.local/share/curfew"
    }
}

/// What lies where in the data folder.
struct EmbeddedPlaces {
    let cluster: String
    let log: String
    let socket: String

    static let port = 5_432
    /// A socket's path has to stay under 100 bytes.
    private static let longestSocketFolder = 99 - "/.s.PGSQL.\(port)".utf8.count

    /// `user` is this process's; `exists` is asked for `/run/user/…` only.
    init(dataFolder: String, user: UInt32, exists: (String) -> Bool) {
        var folder = dataFolder
        while folder.count > 1, folder.hasSuffix("/") { folder.removeLast() }
        cluster = folder + "/cluster"
        log = folder + "/log/server.log"
        let beside = folder + "/run"
        guard beside.utf8.count > Self.longestSocketFolder else {
            socket = beside
            return
        }
        // Named by a hash, so that each data folder has its own. Whoever starts the server checks who owns it.
        let name = "curfew-\(Digest(of: folder).short)"
        let runtime = "/run/user/\(user)"
        socket = user != 0 && exists(runtime) ? "\(runtime)/\(name)" : "/tmp/\(name)-\(user)"
    }
}
