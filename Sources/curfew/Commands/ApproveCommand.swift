import ArgumentParser
import Core
import Ledger
import Operations
import Reports

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
