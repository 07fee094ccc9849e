import ArgumentParser
import Core
import Ledger
import Operations
import Reports

struct HistoryCommand: ShellCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Say why an environment was deleted, or what happened to everything.",
        discussion: """
            Of one environment all lives of its name, the newest first: whose it was, which clauses of which policy \
            called it stale and what they saw, who was told, who approved which plan, each call that was made and what \
            came of it, what stayed behind; then everything that happened, in the order in which it did. Without a name \
            the entries of the audit log, newest first.

            --json gives the entries of the audit log, newest first, in either case; with --story and a name, the whole \
            answer as one object.

            Examples:
              curfew history feat-checkout
              curfew history feat-checkout --all
              curfew history feat-checkout --limit 1000
              curfew history --json
            """
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The environment, as `feat-x` or `space/feat-x`.") var environment: String?
    @Flag(help: "The entries of its newest life as they were written down, newest first.") var all = false
    @Flag(help: "With --json: the whole answer about the environment in place of entries.") var story = false
    @Option(help: ArgumentHelp("How many entries, the newest; what is left out is said.", valueName: "number"))
    var limit = 100

    func validate() throws {
        if limit < 1 { throw ValidationError("--limit is a number from 1 on") }
        if story, environment == nil || !output.json {
            throw ValidationError("--story goes with --json and the name of an environment")
        }
        if story, all { throw ValidationError("--story and --all are different answers: give one of them") }
    }

    func perform(_ shell: Shell) async throws -> ExitStatus {
        try await shell.session(common) { session in
            if let environment, !all, story || !output.json {
                let lives = try await Remembering(session.wiring, history: session.ledger).lives(named: environment)
                guard let newest = lives.first else { return .done }
                shell.print(
                    output.json
                        ? JSONText.render(StoryJSON(lives, named: newest.environment.key))
                        : StoryText.text(lives, most: limit, on: session.canvas)
                )
                return .done
            }
            var key: EnvironmentKey?
            if let environment { key = try await session.wiring.environment(named: environment).key }
            // One more than is shown says whether there are more.
            let found = try await session.ledger.history(of: key, limit: min(limit, 1_000_000) + 1)
            let entries = Array(found.prefix(limit))
            shell.print(
                output.json
                    ? JSONText.render(entries.map(HistoryJSON.init)) : HistoryText.text(entries, on: session.canvas)
            )
            if found.count > entries.count {
                shell.say("these are the newest \(entries.count); for more: --limit \(entries.count * 10)")
            }
            return .done
        }
    }
}
