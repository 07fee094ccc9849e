import ArgumentParser
import Core
import Ledger
import Operations
import Reports

struct StaleCommand: ShellCommand {
    static let configuration = CommandConfiguration(
        commandName: "stale",
        abstract: "List what is flagged, warned and due, with reason and date.",
        discussion: "Examples:\n  curfew stale\n  curfew stale --limit 20\n  curfew stale --json"
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var page: PageOptions
    @Flag(help: "Exit with status 3 when something is stale, on whichever page.") var exitCode = false

    func perform(_ shell: Shell) async throws -> ExitStatus {
        try await shell.session(common) { session in
            var selection = EnvironmentSelection()
            selection.states = FindingState.allCases.filter(\.isOpen)
            selection.order = .due
            selection.limit = page.limit
            selection.offset = page.offset
            let now = session.wiring.clock()
            let stale = try await session.ledger.environments(selection)
            let plans = try await session.ledger.plans(open: true, run: nil, limit: 10_000)
            shell.print(
                output.json
                    ? JSONText.render(stale.map { EnvironmentJSON($0, now: now) })
                    : StaleText.text(stale, plans: plans, on: session.canvas)
            )
            if !output.json, let next = page.next(after: stale.count) { shell.say(next) }
            try await shell.sayIfPaused(session)
            guard exitCode else { return .done }
            if stale.isEmpty, page.offset > 0 {
                // Nothing on this page is not nothing at all.
                (selection.limit, selection.offset) = (1, 0)
                return try await session.ledger.environments(selection).isEmpty ? .done : .stale
            }
            return stale.isEmpty ? .done : .stale
        }
    }
}
