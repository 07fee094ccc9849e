import Curl
import Foundation
import Subprocess

/// How a program that was given something on standard input ended.
enum ProgramEnd: Sendable, Equatable {
    /// With the last line of its standard error as it is: nothing that may be shown.
    case exited(Int, words: String)
    case killed(Int, words: String)
    /// It was ended by us after this long.
    case tooLong(Duration)
    case notStarted(String)
    case cancelled
}

/// A program that ends before it has read everything is told by its status; without this it would end us, too.
private let survivingBrokenPipes: Void = { _ = signal(SIGPIPE, SIG_IGN) }()

/// Runs a program within a bounded time; its standard output is dropped.
func runProgram(
    _ program: String,
    _ arguments: [String],
    input: [UInt8],
    within limit: Duration
) async -> ProgramEnd {
    if Task.isCancelled { return .cancelled }
    survivingBrokenPipes
    return await withTaskGroup(of: ProgramEnd?.self) { group in
        group.addTask { await uncounted(program, arguments, input: input) }
        group.addTask {
            do { try await ContinuousClock().sleep(for: limit) } catch { return nil }
            return .tooLong(limit)
        }
        // Nil: the wait was cancelled with us, or the program's end was seen first.
        var end: ProgramEnd?
        for await result in group {
            guard let result, end == nil else { continue }
            end = result
            group.cancelAll()
        }
        return end ?? .cancelled
    }
}

private func uncounted(_ program: String, _ arguments: [String], input: [UInt8]) async -> ProgramEnd {
    var options = PlatformOptions()
    // With its children, which would otherwise outlive it.
    options.processGroupID = 0
    options.teardownSequence = [.gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: .seconds(2))]
    do {
        // The shell only looks the program up and becomes it: nothing in the words is expanded.
        let result = try await run(
            .name("sh"),
            arguments: Arguments(["-c", "exec \"$@\"", "sh", program] + arguments),
            environment: .custom(surroundings),
            platformOptions: options,
            input: .inputWriter,
            output: .discarded,
            error: .sequence
        ) { execution in
            try await withThrowingTaskGroup(of: [UInt8].self) { group in
                group.addTask {
                    // One that ends without reading says by its status what that means.
                    _ = try? await execution.standardInputWriter.write(input)
                    try? await execution.standardInputWriter.finish()
                    return []
                }
                group.addTask {
                    var tail: [UInt8] = []
                    for try await piece in execution.standardError {
                        unsafe piece.withUnsafeBytes { unsafe tail.append(contentsOf: $0) }
                        if tail.count > 2 * longestTail { tail.removeFirst(tail.count - longestTail) }
                    }
                    return tail
                }
                return try await group.reduce(into: [UInt8]()) { $0 += $1 }
            }
        }
        let words = lastLine(result.closureResult, isWhole: result.closureResult.count < longestTail)
        switch result.terminationStatus {
        // The shell's own, for what is not there or cannot be run.
        case .exited(127): return .notStarted("there is no such program")
        case .exited(126): return .notStarted("it is no program that we may run")
        case .exited(let status): return .exited(Int(status), words: words)
        case .signaled(let signal): return .killed(Int(signal), words: words)
        }
    } catch is CancellationError {
        return .cancelled
    } catch {
        return Task.isCancelled ? .cancelled : .notStarted("it could not be run")
    }
}

/// What every program needs, and nothing that may be a secret: ours are in the environment, too.
private var surroundings: [Environment.Key: String] {
    let wanted = ["PATH", "HOME", "USER", "LOGNAME", "LANG", "TZ", "TMPDIR"]
    var all: [Environment.Key: String] = [:]
    for (name, value) in ProcessInfo.processInfo.environment where wanted.contains(name) || name.hasPrefix("LC_") {
        all[Environment.Key(stringLiteral: name)] = value
    }
    return all
}

private let longestTail = 4_096

/// Empty where the beginning of that line is lost: half of a secret could not be told from anything else.
private func lastLine(_ bytes: [UInt8], isWhole: Bool) -> String {
    let lines = String(decoding: bytes, as: UTF8.self).split(
        omittingEmptySubsequences: false,
        whereSeparator: \.isNewline
    )
    guard let last = lines.lastIndex(where: { !$0.allSatisfy(\.isWhitespace) }), isWhole || last > 0 else { return "" }
    return String(lines[last])
}

extension SendOutcome {
    /// The conventions of sysexits: 0 is yes, 75 is later, all else is no.
    init(_ end: ProgramEnd, of program: String, masking: Masking) {
        func said(_ text: String, _ words: String) -> String {
            let words = discreet(words, masking)
            return words.isEmpty ? "\(program) \(text)" : "\(program) \(text): \(words)"
        }
        self =
            switch end {
            case .exited(0, _): .accepted("\(program) took it")
            case .exited(75, let words): .deferred(said("asked to try again later (exit status 75)", words))
            case .exited(let status, let words): .refused(said("refused it (exit status \(status))", words))
            case .killed(let signal, let words): .uncertain(said("was ended by signal \(signal)", words))
            case .tooLong(let limit): .uncertain("\(program) was ended: it took longer than \(limit)")
            case .notStarted(let why): .deferred("\(program) was not run: \(why)")
            case .cancelled: .uncertain("\(program) was not waited for: cancelled")
            }
    }
}
