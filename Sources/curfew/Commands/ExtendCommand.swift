import ArgumentParser
import Core
import Operations

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
