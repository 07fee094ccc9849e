import ArgumentParser
import Core
import Ledger
import Operations
import Reports

struct AuditCommand: ShellCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Show the newest entries of the audit log, or verify that nothing in it was changed.",
        discussion: """
            Entries are chained: each seal covers one entry and the seal before. --verify calculates the whole chain anew \
            and names the first entry that is missing or is not what was sealed (exit status 65). It cannot know of \
            entries cut off at the end: write down the number and digest of the last seal, and compare.
            """
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: OutputOptions
    @Flag(help: "Calculate the whole chain anew.") var verify = false
    @Option(help: ArgumentHelp("How many entries are shown.", valueName: "number")) var limit = 100

    func perform(_ shell: Shell) async throws -> ExitStatus {
        try await shell.session(common) { session in
            guard verify else {
                let entries = try await session.ledger.history(of: nil, limit: limit)
                let unsealed = try await session.ledger.unsealedCount()
                shell.print(
                    output.json
                        ? JSONText.render(AuditJSON(entries, unsealed: unsealed))
                        : AuditText.text(entries, unsealed: unsealed, on: session.canvas)
                )
                return .done
            }
            let chain = try await VerifyingAudit(session.ledger).run()
            shell.print(
                output.json ? JSONText.render(AuditChainJSON(chain)) : AuditText.text(chain, on: session.canvas)
            )
            return ExitStatus.done.and(.data, when: chain.fault != nil)
        }
    }
}
