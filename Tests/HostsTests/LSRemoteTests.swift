import Core
import Curl
import Foundation
import TestSupport
import Testing

@testable import Hosts

/// Real repositories, read by git itself.
@Suite struct LSRemoteTests {
    private func plain(_ address: String) throws -> Repository {
        Repository(address: address, place: try #require(RepositoryPlace(address: address)), kind: .git)
    }

    private func reading(_ address: String, _ remote: LSRemote = LSRemote()) async throws -> RepositoryReading {
        let hosts = GitHosts(
            transport: HTTPPool(width: 1),
            token: { _ in .success(theToken) },
            git: remote,
            sleep: { _ in }
        )
        return await hosts.reading(try plain(address))
    }

    @Test func `every branch with its newest commit, and tags are none`() async throws {
        try await GitRepository.with { repository in
            try await repository.git("branch", "feature/JIRA-1_x")
            try await repository.git("tag", "feature/tagged")
            let listing = try #require(value(try await reading("file://\(repository.folder)").branches))
            #expect(listing.branches.map(\.name) == ["feature/JIRA-1_x", "main"])
            let head = try await repository.git("rev-parse", "main").trimmingCharacters(in: .newlines)
            #expect(listing.branches.map(\.commit) == [head, head])
            try await repository.git("branch", "-D", "feature/JIRA-1_x")
            let later = try #require(value(try await reading("file://\(repository.folder)").branches))
            #expect(later.branches.map(\.name) == ["main"])
        }
    }

    @Test func `R1 a repository that is not there, or has no branch, is unknown`() async throws {
        let missing = try #require(why(try await reading("file:///nowhere/shop.git").branches))
        #expect(missing.summary.contains("ended with 128"), "\(missing)")
        try await GitRepository.with { repository in
            try await repository.git("checkout", "-q", "--detach")
            try await repository.git("branch", "-D", "main")
            let empty = try #require(why(try await reading("file://\(repository.folder)").branches))
            #expect(empty.summary.contains("no branch at all"))
        }
    }

    @Test(arguments: [
        "ext::sh -c touch%20/tmp/curfew-was-here", "--upload-pack=touch /tmp/curfew-was-here", "-u", "file:///a b",
        "fd::17/x", "transport::address",
    ])
    func `an address that is an order is never given to git`(address: String) {
        #expect(!LSRemote.isSafe(address))
    }

    @Test func `R1 git that does not end is ended, with its children`() async throws {
        try await GitRepository.with { repository in
            let program = "\(repository.folder)/slow"
            try "#!/bin/sh\nsleep 600 & echo $! > \(repository.folder)/child\nwait\n".write(
                toFile: program,
                atomically: true,
                encoding: .utf8
            )
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
            let slow = LSRemote(program: program, limit: .milliseconds(700))
            let failure = try #require(why(try await reading("file://\(repository.folder)", slow).branches))
            #expect(failure.summary.contains("took longer"), "\(failure)")
            let child = try String(contentsOfFile: "\(repository.folder)/child", encoding: .utf8)
            let number = try #require(Int32(child.trimmingCharacters(in: .whitespacesAndNewlines)))
            for _ in 0..<200 where kill(number, 0) == 0 && !Self.isZombie(number) {
                try await Task.sleep(for: .milliseconds(10))
            }
            #expect(kill(number, 0) != 0 || Self.isZombie(number))
        }
    }

    private static func isZombie(_ number: Int32) -> Bool {
        let text = try? String(contentsOfFile: "/proc/\(number)/stat", encoding: .utf8)
        return text?.split(separator: ")").last?.split(separator: " ").first == "Z"
    }

    @Test(arguments: [0, 2, 128])
    func `R1 a list that is cut off, or ends with any status but 0, is none`(status: Int) async throws {
        try await GitRepository.with { repository in
            let program = "\(repository.folder)/half"
            let hash = String(repeating: "a", count: 40)
            // With status 0 the second line breaks off in the middle.
            let second = status == 0 ? "\(hash)\\trefs/he" : "\(hash)\\trefs/heads/b\\n"
            try "#!/bin/sh\nprintf '\(hash)\\trefs/heads/main\\n\(second)'\nexit \(status)\n".write(
                toFile: program,
                atomically: true,
                encoding: .utf8
            )
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
            #expect(
                why(try await reading("file://\(repository.folder)", LSRemote(program: program)).branches) != nil
            )
        }
    }

    @Test func `a repository that was moved is read, and that is said`() async throws {
        try await GitRepository.with { repository in
            let program = "\(repository.folder)/moved"
            let hash = String(repeating: "a", count: 40)
            let words = "echo 'warning: redirecting to https://x/' >&2"
            try "#!/bin/sh\n\(words)\nprintf '\(hash)\\trefs/heads/main\\n'\n"
                .write(toFile: program, atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
            let moved = try await reading("file://\(repository.folder)", LSRemote(program: program))
            #expect(value(moved.branches)?.branches.map(\.name) == ["main"])
            #expect(moved.movedTo == "")
            let own = try await reading("file://\(repository.folder)")
            #expect(own.movedTo == nil)
        }
    }

    @Test func `P17 the token is in the environment alone, and nowhere in what is said`() async throws {
        try await GitRepository.with { repository in
            let program = "\(repository.folder)/tell"
            try
                "#!/bin/sh\necho \"$@\" > \(repository.folder)/words\nenv > \(repository.folder)/env\nenv >&2\nexit 128\n"
                .write(toFile: program, atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
            let remote = LSRemote(
                program: program,
                variables: [
                    "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "", "AWS_SECRET_ACCESS_KEY": "other-secret",
                ]
            )
            let failure = try #require(why(try await reading("https://git.example.com/acme/shop", remote).branches))
            let encoded = Data("x-access-token:\(theToken)".utf8).base64EncodedString()
            let words = try String(contentsOfFile: "\(repository.folder)/words", encoding: .utf8)
            let environment = try String(contentsOfFile: "\(repository.folder)/env", encoding: .utf8)
            #expect(environment.contains(encoded))
            #expect(environment.contains("GIT_TERMINAL_PROMPT=0"))
            #expect(!environment.contains("other-secret"))
            #expect(words.contains("ls-remote --heads -- https://git.example.com/acme/shop"))
            #expect(words.contains("protocol.ext.allow=never"))
            for text in [words, "\(failure)"] {
                #expect(!text.contains(theToken) && !text.contains(encoded), "\(text)")
            }
        }
    }
}
