import ArgumentParser
import Core
import Ledger
import Operations
import Reports

struct ShowCommand: ShellCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show one environment: components, owner, verdict, finding, holds, history.",
        discussion: "Example:\n  curfew show feat-checkout"
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The environment, as `feat-x` or `space/feat-x`.") var environment: String

    func perform(_ shell: Shell) async throws -> ExitStatus {
        try await shell.session(common) { session in
            let record = try await session.wiring.environment(named: environment)
            let components = try await session.ledger.components(of: record.key)
            let history = try await session.ledger.history(of: record.key, limit: 10)
            let owners = OwnerFinding(of: record, rules: session.wiring.rules.owners)
            shell.print(
                output.json
                    ? JSONText.render(
                        EnvironmentJSON(record, components: components, owners: owners, now: session.wiring.clock())
                    )
                    : ShowText.text(
                        record,
                        components: components,
                        owners: owners,
                        history: history,
                        on: session.canvas
                    )
            )
            return .done
        }
    }
}
