import ArgumentParser
import Core
import Ledger
import Operations
import Reports
import Settings

struct RuntimesCommand: ShellCommand {
    static let configuration = CommandConfiguration(
        commandName: "runtimes",
        abstract: "Show which Lambda runtimes the environments use, and when AWS ends them.",
        discussion: """
            Examples:
              curfew runtimes
              curfew runtimes --running-out --csv
              curfew runtimes --name feat-checkout --functions
            A runtime is supported, ending (one of its dates is within 180 days), deprecated, creation blocked or \
            update blocked; unknown where the table of AWS's dates does not know it. Functions made from images have \
            none and are counted apart. AWS moves its dates: the table says as of which day it is, and a newer one \
            takes its place with `runtimes: FILE` in the settings. Functions are read by scans, when something in their \
            account and region has changed, and at least every seventh day. Exit status 4 when the functions of an \
            environment could not be read.
            """
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: OutputOptions
    @Flag(help: "Give CSV.") var csv = false
    @Flag(help: "A line for each function.") var functions = false
    @Flag(help: "Leave out what is supported.") var runningOut = false
    @OptionGroup var filters: EnvironmentFilters

    func validate() throws {
        if output.json && csv { throw ValidationError("--json and --csv exclude each other") }
    }

    func perform(_ shell: Shell) async throws -> ExitStatus {
        try await shell.session(common) { session in
            let (table, now) = (session.wiring.runtimes, session.wiring.clock())
            let environments = try await session.ledger.environments(filters.selection(in: session))
            let whole = RuntimeInventory(environments, table: table, now: now)
            let inventory = runningOut ? whole.onlyRunningOut : whole
            let listed = functions ? try await chosen(of: environments, session) : nil
            if output.json {
                shell.print(
                    JSONText.render(RuntimesJSON(inventory, functions: listed, table: table, now: now))
                )
            } else if let listed {
                shell.print(
                    csv
                        ? RuntimesText.functionsCSV(listed, table: table, on: session.canvas)
                        : RuntimesText.functions(listed, table: table, on: session.canvas)
                )
            } else {
                shell.print(csv ? RuntimesText.csv(inventory) : RuntimesText.text(inventory, on: session.canvas))
            }
            if !whole.unread.isEmpty {
                let count = whole.unread.count
                shell.say(
                    "the functions of \(count) \(count == 1 ? "environment" : "environments") could not be read: "
                        + (whole.unread.first?.because ?? "")
                )
            }
            return ExitStatus.done.and(.partial, when: !whole.unread.isEmpty)
        }
    }

    private func chosen(of environments: [EnvironmentRecord], _ session: Session) async throws -> [FunctionRecord] {
        let keys = Set(environments.map(\.key))
        let (table, now) = (session.wiring.runtimes, session.wiring.clock())
        return try await session.ledger.functions().filter { function in
            guard keys.contains(function.environment) else { return false }
            guard runningOut else { return true }
            return function.kind == .unread
                || function.kind == .zip && table.standing(of: function.runtime, now: now).state != .supported
        }
    }
}
