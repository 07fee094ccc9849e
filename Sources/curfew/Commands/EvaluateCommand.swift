import ArgumentParser
import Core
import Operations
import Reports

struct EvaluateCommand: ShellCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Apply the policy in force to the inventory. Never deletes anything.",
        discussion: "Examples:\n  curfew evaluate\n  curfew evaluate --json"
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: OutputOptions
    @Flag(help: "Exit with status 3 when something is stale.") var exitCode = false

    func perform(_ shell: Shell) async throws -> ExitStatus {
        try await shell.session(common) { session in
            let outcome = try await Evaluate(session.wiring).run()
            shell.print(
                output.json
                    ? JSONText.render(EvaluationJSON(outcome)) : EvaluationText.text(outcome, on: session.canvas)
            )
            session.sayPolicyDiffers(from: outcome.revision)
            let stale = outcome.verdicts[.stale] ?? 0
            if stale > 0 { shell.say("next: curfew stale, then curfew plan --due (the dry run)") }
            let status: ExitStatus = exitCode && stale > 0 ? .stale : .done
            return status.and(.partial, when: outcome.isPartial)
        }
    }
}
