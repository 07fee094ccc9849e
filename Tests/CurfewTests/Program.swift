import Foundation
import Glibc
import Subprocess
import Synchronization

/// The built program, run as a person would run it: with a few variables of its own and nothing of this process's.
struct Program: Sendable {
    /// What one run came to.
    struct Outcome: Sendable, CustomStringConvertible {
        let arguments: [String]
        /// The exit status, or the signal that ended it, negative.
        let status: Int32
        let output: String
        let messages: String

        /// The lines of standard error that a person reads.
        var messageLines: [String] { messages.split(separator: "\n").map(String.init) }

        var description: String {
            "curfew \(arguments.joined(separator: " ")) → \(status)\nstdout: \(output)\nstderr: \(messages)"
        }
    }

    /// It did not end in time, and was killed.
    struct Overdue: Error, CustomStringConvertible {
        let description: String
    }

    /// Where a run's process is noted as soon as there is one, for whoever wants to end it.
    final class Handle: Sendable {
        private let process = Mutex<pid_t?>(nil)

        var number: pid_t? { process.withLock(\.self) }

        func note(_ number: pid_t) { process.withLock { $0 = number } }

        /// Ends the process as nothing can be prepared for, and returns when not one more instruction of it can run.
        ///
        /// It waits for the number where the process has not been noted yet. For a thread of the test's own.
        func kill() {
            for _ in 0..<2_000 {
                if let number {
                    _ = Glibc.kill(number, SIGKILL)
                    if Self.hasEnded(number) { return }
                }
                usleep(1_000)
            }
        }

        /// Stops the process where it stands, as a machine that is suspended does, and returns when it stands.
        func freeze() {
            for _ in 0..<2_000 {
                if let number {
                    _ = Glibc.kill(number, SIGSTOP)
                    if Self.state(number) == "T" { return }
                }
                usleep(1_000)
            }
        }

        /// Asks it to end, as a service manager does.
        func ask(_ signal: Int32) { if let number { _ = Glibc.kill(number, signal) } }

        func wake() { if let number { _ = Glibc.kill(number, SIGCONT) } }

        private static func hasEnded(_ number: pid_t) -> Bool {
            guard let state = state(number) else { return true }
            return state == "Z" || state == "X"
        }

        /// As Linux calls it; nil when there is no such process.
        private static func state(_ number: pid_t) -> Substring? {
            let text = try? String(contentsOfFile: "/proc/\(number)/stat", encoding: .utf8)
            return text?.split(separator: ")").last?.split(separator: " ").first
        }
    }

    /// Beside the test bundle, where the build puts both.
    static let path: String = {
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return URL(fileURLWithPath: own).deletingLastPathComponent().appendingPathComponent("curfew").path
    }()

    /// What every process needs; nothing else of ours is handed on.
    static let surroundings: [String: String] = [
        "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "TZ": "UTC",
    ]

    /// Runs it to its end, with these variables besides PATH and TZ.
    ///
    /// As somebody else only where this process is root.
    static func run(
        _ arguments: [String],
        variables: [String: String],
        in folder: String,
        as user: String? = nil,
        within limit: Duration = .seconds(90),
        handle: Handle = Handle()
    ) async throws -> Outcome {
        let stepDown = user.map { ["--reuid=\($0)", "--regid=\($0)", "--init-groups", "--", path] } ?? []
        return try await run(
            user == nil ? path : "/usr/bin/setpriv",
            stepDown + arguments,
            said: arguments,
            variables,
            folder,
            limit,
            handle
        )
    }

    /// Runs any other program in the same way.
    static func run(
        other program: String,
        _ arguments: [String],
        variables: [String: String],
        in folder: String,
        within limit: Duration = .seconds(60)
    ) async throws -> Outcome {
        try await run(program, arguments, said: [program] + arguments, variables, folder, limit, Handle())
    }

    private static func run(
        _ program: String,
        _ arguments: [String],
        said: [String],
        _ variables: [String: String],
        _ folder: String,
        _ limit: Duration,
        _ handle: Handle
    ) async throws -> Outcome {
        var all: [Subprocess.Environment.Key: String] = [:]
        for (name, value) in surroundings.merging(variables, uniquingKeysWith: { $1 }) {
            all[Subprocess.Environment.Key(stringLiteral: name)] = value
        }
        // The shell only changes the folder, then becomes the program.
        let enter = ["-c", "cd \"$1\" && shift && exec \"$@\"", "sh", folder, program]
        let configuration = Configuration(
            executable: .name("sh"),
            arguments: Arguments(enter + arguments),
            environment: .custom(all)
        )
        return try await withThrowingTaskGroup(of: Outcome?.self) { group in
            group.addTask {
                let result = try await Subprocess.run(
                    configuration,
                    input: .none,
                    output: .string(limit: 1 << 24),
                    error: .string(limit: 1 << 22)
                ) { execution in handle.note(execution.processIdentifier.value) }
                return Outcome(
                    arguments: said,
                    status: result.terminationStatus.number,
                    output: result.standardOutput,
                    messages: result.standardError
                )
            }
            group.addTask {
                try await Task.sleep(for: limit)
                return nil
            }
            // The first to end decides; whatever is left is cancelled, which kills the process.
            defer { group.cancelAll() }
            guard let first = try await group.next(), let outcome = first else {
                throw Overdue(description: "\(said.joined(separator: " ")) did not end within \(limit)")
            }
            return outcome
        }
    }
}

extension TerminationStatus {
    fileprivate var number: Int32 {
        switch self {
        case .exited(let code): code
        case .signaled(let signal): -signal
        }
    }
}
