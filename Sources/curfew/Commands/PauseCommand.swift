import ArgumentParser
import Operations
import Reports

struct PauseCommand: ShellCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Stop every teardown, everywhere, before its next destructive call.",
        discussion: "Example:\n  curfew pause --because \"incident 4711\""
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var reason: ReasonOptions

    func perform(_ shell: Shell) async throws -> ExitStatus {
        try await shell.session(common) { session in
            try await Administering(session.wiring).pause(because: reason.because)
            shell.print(
                output.json
                    ? JSONText.render(["paused": true])
                    : "paused: nothing is torn down until somebody runs: curfew resume"
            )
            shell.say("deletions that were already requested go on at the provider and cannot be stopped")
            return .done
        }
    }
}
