import Core
import Foundation
import Subprocess

/// `git ls-remote --heads`: every branch of a repository in one answer, on any host, without dates.
package struct LSRemote: Sendable {
    private let program: String
    private let limit: Duration
    private let variables: [String: String]

    /// `variables`: of which git and ssh get what they need to find their way, and nothing else.
    package init(
        program: String = "git",
        limit: Duration = .seconds(60),
        variables: [String: String] = ProcessInfo.processInfo.environment
    ) {
        self.program = program
        self.limit = limit
        self.variables = variables
    }

    /// Never empty; every line was understood, or there is no list at all.
    func branches(of repository: Repository, token: String?) async -> Result<BranchListing, HostFailure> {
        let name = repository.place.description
        guard Self.isSafe(repository.address) else {
            return .failure(
                HostFailure(
                    "\(name): git is not given an address that could be read as an order",
                    advice: "write https://HOST/PATH, ssh://git@HOST/PATH, git@HOST:PATH or file:///PATH"
                )
            )
        }
        switch await run(repository.address, token) {
        case .tooLong:
            return .failure(HostFailure("\(name): git ls-remote took longer than \(limit)", advice: "is it reachable?"))
        case .notRun:
            return .failure(HostFailure("\(name): git could not be run", advice: "install git on this machine"))
        case .ended(0, let output, let words):
            // Kept as one page, so that the next list can be held against it.
            return Self.read(output, name).map { branches in
                let page = ListPage(url: "refs/heads", etag: nil, next: nil, branches: branches)
                return BranchListing(branches: branches, pages: [page], isMoved: Self.isSentOn(words))
            }
        case .ended(let status, _, let words):
            // 2 is said only with --exit-code, and 128 of whatever could not be reached: neither says that one is gone.
            return .failure(
                HostFailure(
                    "\(name): git ls-remote ended with \(status)\(Self.discreet(words, token))",
                    advice: "try it as the user that runs curfew: git ls-remote --heads -- URL"
                )
            )
        }
    }

    /// git follows one redirect, and says so.
    private static func isSentOn(_ words: String) -> Bool {
        words.split(whereSeparator: \.isNewline).contains { $0.hasPrefix("warning: redirecting to ") }
    }

    /// Nothing that git would take for an option or for another program's protocol.
    static func isSafe(_ address: String) -> Bool {
        !address.hasPrefix("-") && !address.contains("::")
            && !address.unicodeScalars.contains { $0.value <= 32 || $0.value == 127 }
            && RepositoryPlace(address: address) != nil
    }

    private static func read(_ output: String, _ name: String) -> Result<[HostBranch], HostFailure> {
        var branches: [HostBranch] = []
        for line in output.split(separator: "\n") {
            let parts = line.split(separator: "\t", maxSplits: 1, omittingEmptySubsequences: false)
            let prefix = "refs/heads/"
            guard parts.count == 2, [40, 64].contains(parts[0].utf8.count), parts[0].allSatisfy(\.isHexDigit),
                parts[1].hasPrefix(prefix), parts[1].utf8.count > prefix.utf8.count
            else {
                return .failure(
                    HostFailure("\(name): git ls-remote wrote a line that is no branch", advice: "try it by hand")
                )
            }
            branches.append(HostBranch(name: String(parts[1].dropFirst(prefix.count)), commit: String(parts[0])))
        }
        guard !branches.isEmpty, output.hasSuffix("\n") else {
            return .failure(
                HostFailure(
                    "\(name): git ls-remote lists no branch at all, which is not believed",
                    advice: "look at the repository: is it empty?"
                )
            )
        }
        return .success(branches)
    }

    /// The last line that git wrote, without what opens the repository.
    private static func discreet(_ words: String, _ token: String?) -> String {
        guard let last = words.split(whereSeparator: \.isNewline).last(where: { !$0.allSatisfy(\.isWhitespace) }) else {
            return ""
        }
        // A user and password in an address, and whatever we handed over.
        var text = last.prefix(300).split(separator: " ").map { $0.contains("@") && $0.contains("://") ? "…" : $0 }
            .joined(separator: " ")
        for secret in [token, token.map(Self.basic)].compactMap(\.self) { text = text.replacing(secret, with: "…") }
        return ": \(text)"
    }

    private static func basic(_ token: String) -> String {
        Data("x-access-token:\(token)".utf8).base64EncodedString()
    }

    private enum End: Sendable {
        case ended(Int, output: String, words: String)
        case tooLong
        case notRun
    }

    private func run(_ address: String, _ token: String?) async -> End {
        await withTaskGroup(of: End?.self) { group in
            group.addTask { await uncounted(address, token) }
            group.addTask { [limit] in
                do { try await ContinuousClock().sleep(for: limit) } catch { return nil }
                return .tooLong
            }
            var end: End?
            for await result in group {
                guard let result, end == nil else { continue }
                end = result
                group.cancelAll()
            }
            return end ?? .notRun
        }
    }

    private func uncounted(_ address: String, _ token: String?) async -> End {
        var options = PlatformOptions()
        // With ssh and git's own children, which would otherwise outlive it.
        options.processGroupID = 0
        options.teardownSequence = [.gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: .seconds(2))]
        let safe = ["-c", "protocol.ext.allow=never", "-c", "credential.interactive=false"]
        do {
            let result = try await Subprocess.run(
                .name("sh"),
                arguments: Arguments(
                    ["-c", "exec \"$@\"", "sh", program] + safe + ["ls-remote", "--heads", "--", address]
                ),
                environment: .custom(surroundings(address, token)),
                platformOptions: options,
                input: .none,
                output: .string(limit: 32 << 20),
                error: .string(limit: 1 << 20)
            )
            let (output, words) = (result.standardOutput, result.standardError)
            switch result.terminationStatus {
            // The shell's own, for what is not there or cannot be run.
            case .exited(126), .exited(127): return .notRun
            case .exited(let status): return .ended(Int(status), output: output, words: words)
            case .signaled(let signal): return .ended(128 + Int(signal), output: "", words: words)
            }
        } catch {
            return .notRun
        }
    }

    /// What git needs; a token goes this way, and never among the arguments, which everybody on the machine can read.
    private func surroundings(_ address: String, _ token: String?) -> [Environment.Key: String] {
        let wanted = [
            "PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "SSH_AUTH_SOCK", "GIT_SSH_COMMAND", "GIT_SSL_CAINFO",
            "SSL_CERT_FILE", "SSL_CERT_DIR", "http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY",
            "no_proxy", "NO_PROXY",
        ]
        var all = variables.filter { wanted.contains($0.key) }
        all["LC_ALL"] = "C"
        all["GIT_TERMINAL_PROMPT"] = "0"
        if all["GIT_SSH_COMMAND"] == nil { all["GIT_SSH_COMMAND"] = "ssh -o BatchMode=yes -o ConnectTimeout=10" }
        if let token, address.hasPrefix("https://") || address.hasPrefix("http://") {
            let settings = [
                ("http.extraHeader", "Authorization: Basic \(Self.basic(token))"),
                // The header would go wherever we are sent.
                ("http.followRedirects", "false"),
            ]
            all["GIT_CONFIG_COUNT"] = String(settings.count)
            for (index, (key, value)) in settings.enumerated() {
                all["GIT_CONFIG_KEY_\(index)"] = key
                all["GIT_CONFIG_VALUE_\(index)"] = value
            }
        }
        var keyed: [Environment.Key: String] = [:]
        for (name, value) in all { keyed[Environment.Key(stringLiteral: name)] = value }
        return keyed
    }
}
