import ArgumentParser
import Core
import Operations

struct RejectCommand: ShellCommand {
    static let configuration = CommandConfiguration(
        commandName: "reject",
        abstract: "Say no to a plan; its environments are held for the policy's reject_hold.",
        discussion: "Examples:\n  curfew reject P12 --because \"shown to a customer on Friday\""
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
