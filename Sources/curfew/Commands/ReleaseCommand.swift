import ArgumentParser
import Core
import Operations

struct ReleaseCommand: ShellCommand {
    static let configuration = CommandConfiguration(
        commandName: "release",
        abstract: "Say that you are done with an environment: it is due at once, still planned and approved.",
        discussion: "Examples:\n  curfew release feat-checkout"
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
