import ArgumentParser
import Core
import Ledger
import Operations
import Reports

struct CoverageCommand: ShellCommand {
    static let configuration = CommandConfiguration(
        commandName: "coverage",
        abstract: "Which targets were read, how completely, and what waits for the others.",
        discussion: """
            A target is one account and region. Environments with a part in a target that was not read completely are \
            neither flagged nor cleared nor called gone. The numbers are those of the newest complete reading; by class \
            they add up to what AWS listed.

            Examples:
              curfew coverage
              curfew coverage --missing --exit-code
            """
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: OutputOptions
    @Flag(help: "Only targets that something waits for.") var missing = false
    @Flag(help: "Give CSV.") var csv = false
    @Flag(help: "Exit with status 4 when something waits for a target.") var exitCode = false

    func validate() throws {
        if csv, output.json { throw ValidationError("--csv and --json: choose one") }
    }

    func perform(_ shell: Shell) async throws -> ExitStatus {
        try await shell.session(common) { session in
            let all = try await session.coveredTargets() + session.accountsWithoutRegions()
            let shown = missing ? all.filter(\.coverage.isMissing) : all
            if output.json {
                shell.print(JSONText.render(shown.map(CoverageReportJSON.init)))
            } else if csv {
                shell.print(CoverageText.csv(shown))
            } else {
                shell.print(CoverageText.text(shown, of: all.count, on: session.canvas))
            }
            return ExitStatus.done.and(.partial, when: exitCode && all.contains(where: \.coverage.isMissing))
        }
    }
}
