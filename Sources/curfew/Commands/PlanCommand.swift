import ArgumentParser
import Core
import Foundation
import Ledger
import Operations
import Reports
import Settings

struct PlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Write plans for teardowns and print them: this is the dry run.",
        discussion: """
            Examples:
              curfew plan --due                   everything that is due, as far as the budgets allow
              curfew plan feat-checkout           one environment, due or not
              curfew plan list
              curfew plan show P12
            Planning has no way to delete anything; a plan is carried out only after approval, by `curfew reap`.
            """,
        subcommands: [Make.self, List.self, Show.self],
        defaultSubcommand: Make.self
    )

    struct Make: ShellCommand {
        static let configuration = CommandConfiguration(
            commandName: "make",
            abstract: "Write plans and print them (the default)."
        )
        @OptionGroup var common: CommonOptions
        @OptionGroup var output: OutputOptions
        @Flag(help: "Plan everything that is due.") var due = false
        @Argument(help: "Environments, as `feat-x` or `space/feat-x`.") var environments: [String] = []

        func validate() throws {
            if due, !environments.isEmpty { throw ValidationError("either --due or names of environments, not both") }
            if !due, environments.isEmpty {
                throw ValidationError("name environments, or say --due; `curfew plan list` lists plans")
            }
        }

        func perform(_ shell: Shell) async throws -> ExitStatus {
            try await shell.session(common) { session in
                shell.progress("reading what stands there now")
                let planning = Planning(session.wiring)
                let outcome = try await due ? planning.due() : planning.named(environments)
                shell.endProgress()
                let context = try await session.planContext()
                shell.print(
                    output.json
                        ? JSONText.render(PlanningJSON(outcome, context: context))
                        : PlanText.text(outcome.plans, deferred: outcome.deferred, context: context, on: session.canvas)
                )
                return .done
            }
        }
    }

    struct List: ShellCommand {
        static let configuration = CommandConfiguration(abstract: "List plans, newest first; open ones unless --all.")
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
            abstract: "Show one plan with its steps, approvals and blockers."
        )
        @OptionGroup var common: CommonOptions
        @OptionGroup var output: OutputOptions
        @Argument(help: "The plan, such as P12.", transform: parsedPlan) var plan: PlanID

        func perform(_ shell: Shell) async throws -> ExitStatus {
            try await shell.session(common) { session in
                let record = try await session.ledger.plan(plan)
                let context = try await session.planContext()
                shell.print(
                    output.json
                        ? JSONText.render(PlanJSON(record, context: context))
                        : PlanText.text([record], context: context, on: session.canvas)
                )
                return .done
            }
        }
    }
}

func parsedPlan(_ text: String) throws -> PlanID {
    guard let plan = PlanID(text: text) else { throw ValidationError("\"\(text)\" is no plan; write P12") }
    return plan
}

/// A plan, or a run of several.
enum PlanReference: Sendable {
    case plan(PlanID)
    case run(RunID)
}

func parsedReference(_ text: String) throws -> PlanReference {
    if let run = RunID(text: text) { return .run(run) }
    guard let plan = PlanID(text: text) else { throw ValidationError("\"\(text)\" is no plan or run; write P12 or R3") }
    return .plan(plan)
}

struct ApproveCommand: ShellCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve",
        abstract: "Say yes to a plan, or to every waiting plan of a run.",
        discussion: """
            Examples:
              curfew approve P12
              curfew approve R3 --because "seen with the team"
              curfew approve P12 --confirm feat-checkout     your own plan, where its policy lets you
            The yes binds the plan's digest: a plan that changes needs another.
            """
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "A plan (P12) or a run (R3).", transform: parsedReference) var plan: PlanReference
    @Option(
        help: ArgumentHelp("An environment's name, typed as proof that it was read; repeatable.", valueName: "name")
    )
    var confirm: [String] = []
    @Option(help: ArgumentHelp("Why; it is recorded.", valueName: "text")) var because: String?

    func perform(_ shell: Shell) async throws -> ExitStatus {
        try await shell.session(common) { session in
            let approving = Approving(session.wiring)
            var ids: [PlanID]
            switch plan {
            case .plan(let id): ids = [id]
            case .run(let run):
                ids = try await approving.waiting(in: run).map(\.id)
                guard !ids.isEmpty else {
                    throw Problem(.undone, "no plan of run \(run) waits for approval", advice: "see: curfew plan list")
                }
            }
            let login = try await session.ledger.login()
            var approved: [PlanRecord] = []
            for id in ids {
                let record = try await session.ledger.plan(id)
                var confirmed = Set(confirm.map { EnvironmentName($0) })
                if record.madeBy == login.name {
                    confirmed.formUnion(shell.confirmed(record, beside: confirmed, to: "approve"))
                }
                approved.append(try await approving.approve(id, confirmed: confirmed, because: because))
            }
            let context = try await session.planContext()
            if output.json {
                shell.print(JSONText.render(approved.map { PlanJSON($0, context: context) }))
            } else {
                for plan in approved { shell.print(Self.sentence(plan, by: login.name)) }
            }
            shell.say("next: curfew reap carries out what is approved")
            return .done
        }
    }

    private static func sentence(_ plan: PlanRecord, by login: String) -> String {
        let names = plan.document.environments.map(\.key.name.text).joined(separator: ", ")
        let own = plan.approvals.contains { $0.selfApproved && $0.by == login } ? ", self-approved" : ""
        guard plan.state == .approved else {
            let given = plan.approvals.filter { $0.decision == "approved" }.count
            return "\(plan.id) (\(names)): \(given) of \(plan.terms.required) approvals, yours is recorded\(own)"
        }
        let until = plan.expiresAt.map { " until \($0.minuteText)" } ?? ""
        return "\(plan.id) (\(names)) is approved by \(login)\(own)\(until); digest \(plan.digest.short)"
    }
}

struct RejectCommand: ShellCommand {
    static let configuration = CommandConfiguration(
        commandName: "reject",
        abstract: "Say no to a plan; its environments are held for the policy's reject_hold."
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var reason: ReasonOptions
    @Argument(help: "The plan, such as P12.", transform: parsedPlan) var plan: PlanID

    func perform(_ shell: Shell) async throws -> ExitStatus {
        try await shell.session(common) { session in
            let record = try await Approving(session.wiring).reject(plan, because: reason.because)
            shell.print("\(record.id) is rejected; its environments are held, see: curfew stale")
            return .done
        }
    }
}

struct WithdrawCommand: ShellCommand {
    static let configuration = CommandConfiguration(
        commandName: "withdraw",
        abstract: "Take back a plan that has not begun."
    )

    @OptionGroup var common: CommonOptions
    @Argument(help: "The plan, such as P12.", transform: parsedPlan) var plan: PlanID

    func perform(_ shell: Shell) async throws -> ExitStatus {
        try await shell.session(common) { session in
            let record = try await Approving(session.wiring).withdraw(plan)
            shell.print("\(record.id) is withdrawn; what is due can be planned again: curfew plan --due")
            return .done
        }
    }
}

struct ReapCommand: ShellCommand {
    static let configuration = CommandConfiguration(
        commandName: "reap",
        abstract: "Carry out approved plans, and take up what was interrupted.",
        discussion: """
            Examples:
              curfew reap                         everything approved; never asks: the approval is the consent
              curfew reap P12 --confirm feat-checkout
            What is still being deleted when the time is over is taken up by the next run. Exit status 5 when something \
            failed or was skipped, 75 when another reaper is at work.
            """
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "Plans (P12) or runs (R3); left out, everything approved.", transform: parsedReference)
    var plans: [PlanReference] = []
    @Option(
        help: ArgumentHelp("An environment's name, typed as proof that it was read; repeatable.", valueName: "name")
    )
    var confirm: [String] = []

    func perform(_ shell: Shell) async throws -> ExitStatus {
        try await shell.session(common) { session in
            let named = try await named(session)
            let outcome = try await session.reaper.run(named) { shell.say($0) }
            let context = try await session.planContext()
            shell.print(
                output.json
                    ? JSONText.render(ReapingJSON(outcome, context: context))
                    : ReapText.text(
                        outcome.plans,
                        waiting: outcome.waiting,
                        stopped: outcome.stopped,
                        troubled: outcome.troubled,
                        on: session.canvas
                    )
            )
            return ExitStatus.done.and(.undone, when: outcome.isUndone)
        }
    }

    /// A person who names plans types the name of each environment in them.
    private func named(_ session: Session) async throws -> [PlanID]? {
        guard !plans.isEmpty else { return nil }
        var ids: [PlanID] = []
        for reference in plans {
            switch reference {
            case .plan(let id): ids.append(id)
            case .run(let run):
                ids += try await session.ledger.plans(open: true, run: run, limit: 1_000)
                    .filter { $0.state == .approved || $0.state == .running }.map(\.id)
            }
        }
        guard !ids.isEmpty else {
            throw Problem(.undone, "nothing of that is approved", advice: "see: curfew plan list")
        }
        let typed = Set(confirm.map { EnvironmentName($0) })
        for id in ids {
            let record = try await session.ledger.plan(id)
            let names = Set(record.document.environments.map(\.key.name))
            let confirmed = typed.union(session.shell.confirmed(record, beside: typed, to: "reap"))
            let missing = names.subtracting(confirmed).sorted().map(\.text)
            guard missing.isEmpty else {
                throw Problem(
                    .usage,
                    "reaping \(id) by name takes the name of each environment: \(missing.joined(separator: ", "))",
                    advice:
                        "curfew reap \(id) \(missing.map { "--confirm \($0)" }.joined(separator: " ")), or just: curfew reap"
                )
            }
        }
        return ids
    }
}

extension Shell {
    /// On a terminal, asks for the name of each environment of the plan that was not given yet.
    func confirmed(_ plan: PlanRecord, beside given: Set<EnvironmentName>, to verb: String) -> Set<EnvironmentName> {
        var typed: Set<EnvironmentName> = []
        for environment in plan.document.environments where !given.contains(environment.key.name) {
            let losses = plan.document.losses.count
            guard
                let answer = ask(
                    "\(plan.id) takes down \(environment.key.name) (\(environment.components.count) stacks, \(losses) data-bearing "
                        + "resources).\nType its name to \(verb): "
                )
            else { break }
            if EnvironmentName(answer) == environment.key.name { typed.insert(environment.key.name) }
        }
        return typed
    }
}
