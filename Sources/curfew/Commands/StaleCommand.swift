import ArgumentParser
import Core
import Ledger
import Operations
import Reports

struct StaleCommand: ShellCommand {
    static let configuration = CommandConfiguration(
        commandName: "stale",
        abstract: "List what is flagged, warned and due, with reason and date.",
        discussion: "Examples:\n  curfew stale\n  curfew stale --json"
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: OutputOptions
    @Flag(help: "Exit with status 3 when something is stale.") var exitCode = false

    func perform(_ shell: Shell) async throws -> ExitStatus {
        try await shell.session(common) { session in
            let open = Set(FindingState.allCases.filter(\.isOpen).map(\.rawValue))
            let now = session.wiring.clock()
            let stale = try await session.ledger.environments().filter { $0.findingState.map(open.contains) ?? false }
            let plans = try await session.ledger.plans(open: true, run: nil, limit: 10_000)
            shell.print(
                output.json
                    ? JSONText.render(stale.map { EnvironmentJSON($0, now: now) })
                    : StaleText.text(stale, plans: plans, on: session.canvas)
            )
            try await shell.sayIfPaused(session)
            return exitCode && !stale.isEmpty ? .stale : .done
        }
    }
}
