import ArgumentParser
import Core
import Foundation
import Operations
import Reports

struct ExtendCommand: ShellCommand {
    static let configuration = CommandConfiguration(
        commandName: "extend",
        abstract: "Give an environment more time (a lease, capped by policy).",
        discussion: "Example:\n  curfew extend feat-checkout 7d --because \"the demo is on Friday\""
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var reason: ReasonOptions
    @Argument(help: "The environment, as `feat-x` or `space/feat-x`.") var environment: String
    @Argument(help: "How much longer: 36h, 7d, 2w.", transform: parsedDuration) var time: Duration

    func perform(_ shell: Shell) async throws -> ExitStatus {
        try await shell.session(common) { session in
            let (record, until) = try await Holding(session.wiring).extend(
                environment,
                by: time,
                because: reason.because
            )
            try await session.answer(
                record.key,
                json: output.json,
                "\(record.key.name) is leased until \(shell.moment(until)), its extension number \(record.leaseCount + 1)"
            )
            shell.say("the next evaluation clears its finding: curfew evaluate")
            return .done
        }
    }
}

struct ProtectCommand: ShellCommand {
    static let configuration = CommandConfiguration(
        commandName: "protect",
        abstract: "Hold an environment back from teardown until a date.",
        discussion: "Example:\n  curfew protect feat-checkout --until 2026-12-31 --because \"kept for the audit\""
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var reason: ReasonOptions
    @Argument(help: "The environment, as `feat-x` or `space/feat-x`.") var environment: String
    @Option(
        help: ArgumentHelp("The last day (2026-12-31) or a length (30d).", valueName: "date"),
        transform: parsedMoment
    )
    var until: Until

    func perform(_ shell: Shell) async throws -> ExitStatus {
        try await shell.session(common) { session in
            let end = until.date(from: session.wiring.clock())
            let record = try await Holding(session.wiring).protect(environment, until: end, because: reason.because)
            try await session.answer(
                record.key,
                json: output.json,
                "\(record.key.name) is protected until \(shell.moment(end))"
            )
            shell.say("end it earlier with: curfew unprotect \(record.key.name)")
            return .done
        }
    }
}

struct UnprotectCommand: ShellCommand {
    static let configuration = CommandConfiguration(
        commandName: "unprotect",
        abstract: "End an environment's protection."
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The environment, as `feat-x` or `space/feat-x`.") var environment: String

    func perform(_ shell: Shell) async throws -> ExitStatus {
        try await shell.session(common) { session in
            let (record, ended) = try await Holding(session.wiring).unprotect(environment)
            try await session.answer(
                record.key,
                json: output.json,
                ended == 0
                    ? "\(record.key.name) was not protected"
                    : "\(record.key.name) is not protected any more; its policy judges it again"
            )
            return .done
        }
    }
}

struct ClaimCommand: ShellCommand {
    static let configuration = CommandConfiguration(
        commandName: "claim",
        abstract: "Say that an environment is yours, or whose it is.",
        discussion: "Examples:\n  curfew claim feat-checkout\n  curfew claim feat-checkout --owner ada@example.com"
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The environment, as `feat-x` or `space/feat-x`.") var environment: String
    @Option(help: ArgumentHelp("Somebody else's; takes an operator.", valueName: "who")) var owner: String?

    func perform(_ shell: Shell) async throws -> ExitStatus {
        try await shell.session(common) { session in
            let (record, owner) = try await Holding(session.wiring).claim(environment, owner: owner)
            try await session.answer(
                record.key,
                json: output.json,
                "\(record.key.name) is owned by \(owner); a claim counts as activity"
            )
            return .done
        }
    }
}

struct ReleaseCommand: ShellCommand {
    static let configuration = CommandConfiguration(
        commandName: "release",
        abstract: "Say that you are done with an environment: it is due at once, still planned and approved."
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The environment, as `feat-x` or `space/feat-x`.") var environment: String

    func perform(_ shell: Shell) async throws -> ExitStatus {
        try await shell.session(common) { session in
            let record = try await Holding(session.wiring).release(environment)
            try await session.answer(
                record.key,
                json: output.json,
                "\(record.key.name) is released; a claim, an extension or a new deployment takes that back"
            )
            shell.say("it becomes due with the next evaluation: curfew evaluate")
            return .done
        }
    }
}

struct PauseCommand: ShellCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Stop every teardown, everywhere, before its next destructive call.",
        discussion: "Example:\n  curfew pause --because \"incident 4711\""
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var reason: ReasonOptions

    func perform(_ shell: Shell) async throws -> ExitStatus {
        try await shell.session(common) { session in
            try await Administering(session.wiring).pause(because: reason.because)
            shell.print(
                output.json
                    ? JSONText.render(["paused": true])
                    : "paused: nothing is torn down until somebody runs: curfew resume"
            )
            shell.say("deletions that were already requested go on at the provider and cannot be stopped")
            return .done
        }
    }
}

struct ResumeCommand: ShellCommand {
    static let configuration = CommandConfiguration(commandName: "resume", abstract: "End a pause.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: OutputOptions

    func perform(_ shell: Shell) async throws -> ExitStatus {
        try await shell.session(common) { session in
            let ended = try await Administering(session.wiring).resume()
            shell.print(
                output.json
                    ? JSONText.render(["paused": false])
                    : ended ? "resumed: approved plans may be carried out again: curfew reap" : "nothing was paused"
            )
            if let reason = shell.pauseReason() { shell.say("this machine still stands still: \(reason)") }
            return .done
        }
    }
}
