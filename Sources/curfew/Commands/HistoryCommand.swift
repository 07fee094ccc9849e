import ArgumentParser
import Core
import Ledger
import Operations
import Reports

struct HistoryCommand: ShellCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Say what happened, newest first: to one environment, or to everything.",
        discussion: "Examples:\n  curfew history feat-checkout\n  curfew history --json"
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The environment, as `feat-x` or `space/feat-x`.") var environment: String?
    @Option(help: ArgumentHelp("How many entries.", valueName: "number")) var limit = 100

    func perform(_ shell: Shell) async throws -> ExitStatus {
        try await shell.session(common) { session in
            var key: EnvironmentKey?
            if let environment { key = try await session.wiring.environment(named: environment).key }
            let entries = try await session.ledger.history(of: key, limit: limit)
            shell.print(
                output.json
                    ? JSONText.render(entries.map(HistoryJSON.init)) : HistoryText.text(entries, on: session.canvas)
            )
            return .done
        }
    }
}
