import Foundation
import Subprocess

/// A repository of git's own making in a folder of its own, gone when the test is.
package struct GitRepository: Sendable {
    package let folder: String

    package static func with(_ body: (GitRepository) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/curfew-git-\(UInt64.random(in: 0...(.max)))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let repository = GitRepository(folder: folder)
        try await repository.git("init", "-q", "-b", "main")
        try await repository.commit("begun")
        try await body(repository)
    }

    /// A commit on the branch that is checked out.
    package func commit(_ words: String) async throws {
        try await git("commit", "-q", "--allow-empty", "-m", words)
    }

    @discardableResult
    package func git(_ arguments: String...) async throws -> String {
        let who = ["-c", "user.name=ada", "-c", "user.email=ada@example.com", "-c", "commit.gpgsign=false"]
        let result = try await Subprocess.run(
            .name("git"),
            arguments: Arguments(["-C", folder] + who + arguments),
            environment: .inherit.updating(["GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"]),
            output: .string(limit: 1 << 20),
            error: .string(limit: 1 << 20)
        )
        guard result.terminationStatus.isSuccess else { throw Failed(words: result.standardError) }
        return result.standardOutput
    }

    package struct Failed: Error { let words: String }
}
