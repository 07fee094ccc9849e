import ArgumentParser
import Core
import Operations

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
