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
            var confirmed = Set(confirm.map { EnvironmentName($0) })
            // All or none: every plan is looked at before the first of them is approved.
            try await check(ids, &confirmed, approving, shell, session)
            var approved: [PlanRecord] = []
            var refusal: Problem?
            for id in ids {
                do throws(Problem) {
                    approved.append(try await approving.approve(id, confirmed: confirmed, because: because))
                } catch {
                    // Changed by somebody since we looked: what was approved before it is said all the same.
                    refusal = error
                    break
                }
            }
            let context = try await session.planContext()
            if output.json {
                shell.print(JSONText.render(approved.map { PlanJSON($0, context: context) }))
            } else {
                for plan in approved { shell.print(Self.sentence(plan, by: login.name)) }
            }
            if let refusal { throw refusal }
            shell.say("next: curfew reap carries out what is approved")
            try await shell.sayIfPaused(session)
            return .done
        }
    }

    /// Asks for the names of one's own plans, and refuses before anything is approved.
    private func check(
        _ ids: [PlanID],
        _ confirmed: inout Set<EnvironmentName>,
        _ approving: Approving,
        _ shell: Shell,
        _ session: Session
    ) async throws {
        var missing: Set<EnvironmentName> = []
        var own: [PlanID] = []
        for id in ids {
            guard let names = try await approving.namesToConfirm(id) else { continue }
            let record = try await session.ledger.plan(id)
            confirmed.formUnion(shell.confirmed(record, beside: confirmed, to: "approve"))
            if !names.isSubset(of: confirmed) { own.append(id) }
            missing.formUnion(names.subtracting(confirmed))
        }
        guard !missing.isEmpty else { return }
        let names = missing.sorted().map(\.text)
        let options = (confirm + names).map { "--confirm \($0)" }.joined(separator: " ")
        throw Problem(
            .usage,
            "nothing was approved: you asked for \(own.map(\.description).joined(separator: ", ")) yourself, so type the "
                + "name of each environment that goes, as proof that you read it: \(names.joined(separator: ", "))",
            advice: "curfew approve \(plan.text) \(options)"
        )
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
