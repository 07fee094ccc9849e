import ArgumentParser
import Core
import Operations
import Reports

struct ExplainCommand: ShellCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Say why an environment is kept or stale: every clause, what it saw, what would change it.",
        discussion: "Examples:\n  curfew explain feat-checkout\n  curfew explain feat-checkout --at 2026-12-24"
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The environment, as `feat-x` or `space/feat-x`.") var environment: String
    @Option(help: ArgumentHelp("For another day, if nothing else happens.", valueName: "date")) var at: String?

    func perform(_ shell: Shell) async throws -> ExitStatus {
        try await shell.session(common) { session in
            let moment = try at.map { text throws in
                guard let date = parsedDate(text, endOfDay: false) else {
                    throw ValidationError("\"\(text)\" is no date; write 2026-12-24 or 2026-12-24T09:00:00Z")
                }
                return date
            }
            if let moment, moment < session.wiring.clock() {
                shell.say(
                    "what is known today is judged as on that day; what was decided then: curfew history \(environment)"
                )
            }
            let found = try await Explaining(session.wiring).explain(environment, at: moment)
            let revision = found.revision.number
            shell.print(
                output.json
                    ? JSONText.render(
                        JudgementJSON(
                            found.judgement,
                            of: found.record.key,
                            revision: revision,
                            file: found.file,
                            at: moment ?? session.wiring.clock()
                        )
                    )
                    : ExplainText.text(
                        found.judgement,
                        of: found.record,
                        revision: revision,
                        file: found.file,
                        at: moment,
                        on: session.canvas
                    )
            )
            return .done
        }
    }
}
