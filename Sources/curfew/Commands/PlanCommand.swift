import ArgumentParser
import Core
import Ledger
import Operations
import Reports

struct PlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Write plans for teardowns and print them: this is the dry run.",
        discussion: """
            Examples:
              curfew plan --due                   everything that is due, as far as the budgets allow
              curfew plan feat-checkout           one environment, due or not
              curfew plan feat-checkout --empty checkout-uploads --unprotect db-feat-checkout
                                                  with exceptions, which are part of what is approved
              curfew plan list
              curfew plan show P12
              curfew plan diff P12 P15            what changed between two plans
            Planning has no way to delete anything; a plan is carried out only after approval, by `curfew reap`.
            """,
        subcommands: [Make.self, List.self, Show.self, Diff.self],
        defaultSubcommand: Make.self
    )

    struct Make: ShellCommand {
        static let configuration = CommandConfiguration(
            commandName: "make",
            abstract: "Write plans and print them (the default).",
            discussion: "Examples:\n  curfew plan --due\n  curfew plan feat-checkout --empty all"
        )
        @OptionGroup var common: CommonOptions
        @OptionGroup var output: OutputOptions
        @Flag(help: "Plan everything that is due.") var due = false
        @OptionGroup(title: "Exceptions, each approved with the plan") var exceptions: ExceptionOptions
        @Argument(help: "Environments, as `feat-x` or `space/feat-x`.") var environments: [String] = []

        func validate() throws {
            if due, !exceptions.named.isNone {
                throw ValidationError(
                    "exceptions are named for environments that are named, too; for --due, see `teardown:` in the settings"
                )
            }
            if due, !environments.isEmpty { throw ValidationError("either --due or names of environments, not both") }
            if !due, environments.isEmpty {
                throw ValidationError("name environments, or say --due; `curfew plan list` lists plans")
            }
        }

        func perform(_ shell: Shell) async throws -> ExitStatus {
            try await shell.session(common) { session in
                shell.progress("reading what stands there now")
                let planning = Planning(session.wiring)
                let outcome =
                    try await due ? planning.due() : planning.named(environments, exceptions: exceptions.named)
                shell.endProgress()
                let context = try await session.planContext()
                shell.print(
                    output.json
                        ? JSONText.render(PlanningJSON(outcome, context: context))
                        : PlanText.text(outcome.plans, deferred: outcome.deferred, context: context, on: session.canvas)
                )
                try await shell.sayIfPaused(session)
                return ExitStatus.done.and(.undone, when: outcome.isHeld)
            }
        }
    }

    /// What a plan may do beyond deleting stacks.
    struct ExceptionOptions: ParsableArguments {
        @Option(
            help: ArgumentHelp(
                "Empty this bucket or repository if its stack's deletion fails on it; `all` is every one.",
                valueName: "name"
            )
        )
        var empty: [String] = []
        @Option(help: ArgumentHelp("Switch off this stack's termination protection.", valueName: "stack"))
        var unprotect: [String] = []
        @Option(
            help: ArgumentHelp(
                "Leave this resource behind if its deletion fails.",
                valueName: "stack/logical-id"
            ),
            transform: parsedRetained
        )
        var retain: [NamedExceptions.Retained] = []

        var named: NamedExceptions {
            NamedExceptions(
                empty: Set(empty).subtracting(["all"]),
                emptiesAll: empty.contains("all"),
                unprotect: Set(unprotect),
                retain: Set(retain)
            )
        }
    }

    struct List: ShellCommand {
        static let configuration = CommandConfiguration(
            abstract: "List plans, newest first; open ones unless --all.",
            discussion: "Examples:\n  curfew plan list\n  curfew plan list --all --json"
        )
        @OptionGroup var common: CommonOptions
        @OptionGroup var output: OutputOptions
        @Flag(help: "Ended ones, too.") var all = false
        @Option(help: ArgumentHelp("How many.", valueName: "number")) var limit = 200

        func perform(_ shell: Shell) async throws -> ExitStatus {
            try await shell.session(common) { session in
                let plans = try await session.ledger.plans(open: !all, run: nil, limit: limit)
                let context = try await session.planContext()
                shell.print(
                    output.json
                        ? JSONText.render(plans.map { PlanJSON($0, context: context) })
                        : PlanText.list(plans, on: session.canvas)
                )
                return .done
            }
        }
    }

    struct Show: ShellCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show one plan with its steps, approvals and blockers.",
            discussion: "Examples:\n  curfew plan show P12"
        )
        @OptionGroup var common: CommonOptions
        @OptionGroup var output: OutputOptions
        @Argument(help: "The plan, such as P12.", transform: parsedPlan) var plan: PlanID

        func perform(_ shell: Shell) async throws -> ExitStatus {
            try await shell.session(common) { session in
                let record = try await session.ledger.plan(plan)
                let context = try await session.planContext(of: [record])
                shell.print(
                    output.json
                        ? JSONText.render(PlanJSON(record, context: context))
                        : PlanText.text([record], context: context, on: session.canvas)
                )
                return .done
            }
        }
    }

    struct Diff: ShellCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say where two plans differ, and whether an approval of one would do for the other."
        )
        @OptionGroup var common: CommonOptions
        @OptionGroup var output: OutputOptions
        @Argument(help: "The earlier plan, such as P12.", transform: parsedPlan) var left: PlanID
        @Argument(help: "The later plan, such as P15.", transform: parsedPlan) var right: PlanID

        func perform(_ shell: Shell) async throws -> ExitStatus {
            try await shell.session(common) { session in
                let diff = PlanDiff(try await session.ledger.plan(left), try await session.ledger.plan(right))
                shell.print(output.json ? JSONText.render(diff) : diff.text(on: session.canvas))
                return .done
            }
        }
    }
}
