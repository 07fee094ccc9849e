import ArgumentParser
import Core
import Reports
import Settings

struct NamesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "names",
        abstract: "How stack names and tags are read.",
        subcommands: [Test.self]
    )

    struct Test: ShellCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show which environment a stack name (with tags) belongs to, and why.",
            discussion:
                "Examples:\n  curfew names test shop-feat-checkout payments-prod\n  curfew names test payments --tag feature=checkout"
        )
        @OptionGroup var common: CommonOptions
        @OptionGroup var output: OutputOptions
        @Argument(help: "Stack names.") var names: [String]
        @Option(help: ArgumentHelp("A tag of the stacks; repeatable.", valueName: "key=value")) var tag: [String] = []

        func perform(_ shell: Shell) async throws -> ExitStatus {
            let found = try shell.settings(common)
            var tags: [String: String] = [:]
            for text in tag {
                let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
                guard parts.count == 2 else { throw ValidationError("--tag takes key=value, not \"\(text)\"") }
                tags[parts[0]] = parts[1]
            }
            let evaluator = NameEvaluator(found.settings.names)
            let evaluations = names.map { (name: $0, evaluation: evaluator.evaluate(stackName: $0, tags: tags)) }
            shell.print(
                output.json
                    ? JSONText.render(evaluations.map { NamesJSON($0.0, $0.1) })
                    : NamesText.text(evaluations, on: shell.canvas())
            )
            return .done
        }
    }
}
