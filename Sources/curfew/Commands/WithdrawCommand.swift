import ArgumentParser
import Core
import Operations

struct WithdrawCommand: ShellCommand {
    static let configuration = CommandConfiguration(
        commandName: "withdraw",
        abstract: "Take back a plan that has not begun.",
        discussion: "Examples:\n  curfew withdraw P12"
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
