import ArgumentParser
import Core
import Operations

struct UnprotectCommand: ShellCommand {
    static let configuration = CommandConfiguration(
        commandName: "unprotect",
        abstract: "End an environment's protection.",
        discussion: "Examples:\n  curfew unprotect feat-checkout"
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
