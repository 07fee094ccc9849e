import ArgumentParser
import Core
import Ledger
import Operations
import Reports

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
            // The reaper says why it refuses a plan that nobody approved; its names are not asked for.
            guard record.state == .approved || record.state == .running else { continue }
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
