import CPostgres
import Foundation
import Threads

/// Keeps two processes from making or starting the same server at once; gone with the process that holds it.
struct FolderLock: Sendable {
    private let descriptor: Int32

    /// Waits up to two minutes: another process may be making the data folder.
    static func take(beside folder: String) async throws(PostgresError) -> FolderLock {
        let path = folder + ".lock"
        let parent = (folder as NSString).deletingLastPathComponent
        try? FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
        // Closed on exec: a server that inherited it would hold the lock for all its life.
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw PostgresError(.privateServer(.badPath), "\(path) cannot be opened: \(systemMessage())")
        }
        for _ in 0..<2_400 {
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return FolderLock(descriptor: descriptor) }
            do {
                try await Task.sleep(for: .milliseconds(50))
            } catch {
                Foundation.close(descriptor)
                throw PostgresError(.cancelled, "the task was cancelled")
            }
        }
        Foundation.close(descriptor)
        throw PostgresError(.privateServer(.start), "another process has held \(path) for two minutes")
    }

    func release() {
        Foundation.close(descriptor)
    }
}

/// Asks a server whether it is there, on a thread of its own: the question blocks.
actor ServerProbe {
    private let executor = ThreadExecutor(name: "postgres probe")

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    /// True also while it starts or stops.
    func answers(socketFolder: String, port: Int) -> Bool {
        guard !socketFolder.isEmpty else { return false }
        // The empty hostaddr keeps PGHOSTADDR out.
        let parameters = [
            ("dbname", "hostaddr='' dbname=postgres"), ("host", socketFolder), ("port", String(port)),
            ("user", "postgres"), ("connect_timeout", "5"),
        ]
        return unsafe withCStrings(parameters.map(\.0)) { keywords in
            unsafe withCStrings(parameters.map(\.1)) { values in
                let answer = unsafe PQpingParams(keywords, values, 1)
                return answer == PQPING_OK || answer == PQPING_REJECT
            }
        }
    }
}
