import Foundation
import Subprocess

/// Who runs the server's programs: this process's user, or, for root, an account without rights.
struct ServerAccount: Sendable {
    let name: String
    let userID: uid_t
    let groupID: gid_t
    /// This process is root and has to step down.
    private let stepsDown: Bool

    init(_ settings: PrivateServer.Settings) throws(PostgresError) {
        stepsDown = geteuid() == 0
        guard stepsDown else {
            (name, userID, groupID) = (NSUserName(), geteuid(), getegid())
            return
        }
        name = settings.serverUser
        guard let (user, group) = Self.ids(of: name), user != 0 else {
            throw PostgresError(
                .privateServer(.badPath),
                "PostgreSQL refuses to run as root, and there is no other user \"\(name)\" to run it as"
            )
        }
        (userID, groupID) = (user, group)
    }

    struct Output: Sendable {
        let succeeded: Bool
        let text: String
        var lastLine: String { String(text.split(separator: "\n").last ?? "no message") }
    }

    /// Runs a program to its end.
    ///
    /// From root through `setpriv`: swift-subprocess's own user options change the user between fork and exec, where
    /// the child can deadlock.
    func run(_ program: String, _ arguments: [String]) async throws(PostgresError) -> Output {
        // The shell only leaves a folder that the server's user may not see, then becomes the program.
        let command = ["-c", "cd / && exec \"$@\"", "sh"]
        let steps = ["setpriv", "--reuid=\(name)", "--regid=\(groupID)", "--init-groups", "--"]
        do {
            let result = try await Subprocess.run(
                .name("sh"),
                arguments: Arguments(command + (stepsDown ? steps : []) + [program] + arguments),
                environment: .inherit.updating(Self.environment),
                output: .string(limit: 1 << 20),
                error: .combinedWithOutput
            )
            return Output(succeeded: result.terminationStatus.isSuccess, text: result.standardOutput)
        } catch {
            if Task.isCancelled { throw PostgresError(.cancelled, "the task was cancelled") }
            throw PostgresError(.privateServer(.start), "\(program) could not be run: \(error)")
        }
    }

    /// Without what would lead the programs elsewhere, and with messages that this program can read.
    private static let environment: [Subprocess.Environment.Key: String?] = [
        "PGDATA": nil, "PGHOST": nil, "PGPORT": nil, "PGUSER": nil, "PGDATABASE": nil, "PGOPTIONS": nil,
        "PGSERVICE": nil, "PGPASSWORD": nil, "LC_ALL": "C", "LANGUAGE": nil,
    ]

    /// Makes a folder with mode 0700 for the server's user, or checks that it is one.
    func prepareFolder(_ path: String) throws(PostgresError) {
        if !FileManager.default.fileExists(atPath: path) {
            try makeParent(of: path)
            if unsafe mkdir(path, 0o700) == 0 {
                try giveAway(path)
            } else if errno != EEXIST {
                throw bad(path, "cannot be made: \(systemMessage())")
            }
        }
        try check(path)
    }

    /// Refuses a folder of another user, or one that others may enter.
    func check(_ path: String) throws(PostgresError) {
        var info = stat()
        guard unsafe lstat(path, &info) == 0 else { throw bad(path, systemMessage()) }
        guard info.st_mode & S_IFMT == S_IFDIR else { throw bad(path, "is not a folder") }
        guard info.st_uid == userID else {
            throw bad(path, "belongs to user \(info.st_uid), not to \(name) (\(userID)), who runs the server")
        }
        guard info.st_mode & 0o077 == 0 else { throw bad(path, "is open to other users: chmod 700 it") }
    }

    /// Makes an empty file that the server's user can write, or leaves it as it is.
    func prepareFile(_ path: String) throws(PostgresError) {
        try makeParent(of: path)
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            if errno == EEXIST { return }
            throw bad(path, "cannot be made: \(systemMessage())")
        }
        defer { close(descriptor) }
        guard !stepsDown || fchown(descriptor, userID, groupID) == 0 else {
            throw bad(path, "cannot be given to \(name): \(systemMessage())")
        }
    }

    /// Refuses a folder that the server's user cannot reach because a folder above it is closed.
    func checkReachable(_ path: String) async throws(PostgresError) {
        guard stepsDown, try await !run("/usr/bin/test", ["-x", path]).succeeded else { return }
        throw bad(
            path,
            "cannot be reached by \(name), who runs the server: every folder above it must allow it (chmod a+x)"
        )
    }

    private func makeParent(of path: String) throws(PostgresError) {
        let parent = (path as NSString).deletingLastPathComponent
        do {
            try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
        } catch {
            throw bad(parent, "cannot be made")
        }
    }

    private func giveAway(_ path: String) throws(PostgresError) {
        guard stepsDown else { return }
        guard unsafe lchown(path, userID, groupID) == 0 else {
            throw bad(path, "cannot be given to \(name): \(systemMessage())")
        }
    }

    private func bad(_ path: String, _ reason: String) -> PostgresError {
        PostgresError(.privateServer(.badPath), "\(path) \(reason)")
    }

    private static func ids(of name: String) -> (uid_t, gid_t)? {
        var entry = unsafe passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16_384)
        let status = unsafe buffer.withUnsafeMutableBufferPointer { bytes in
            guard let base = bytes.baseAddress else { return ERANGE }
            return unsafe getpwnam_r(name, &entry, base, bytes.count, &found)
        }
        guard status == 0, unsafe found != nil else { return nil }
        return unsafe (entry.pw_uid, entry.pw_gid)
    }
}

/// What `errno` says.
func systemMessage() -> String { unsafe String(cString: strerror(errno)) }
