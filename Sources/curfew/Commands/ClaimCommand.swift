import ArgumentParser
import Core
import Operations

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
