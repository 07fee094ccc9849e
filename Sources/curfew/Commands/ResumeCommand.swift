import ArgumentParser
import Operations
import Reports

struct ResumeCommand: ShellCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "End a pause.",
        discussion: "Examples:\n  curfew resume"
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: OutputOptions

    func perform(_ shell: Shell) async throws -> ExitStatus {
        try await shell.session(common) { session in
            let ended = try await Administering(session.wiring).resume()
            shell.print(
                output.json
                    ? JSONText.render(["paused": false])
                    : ended ? "resumed: approved plans may be carried out again: curfew reap" : "nothing was paused"
            )
            if let reason = shell.pauseReason() { shell.say("this machine still stands still: \(reason)") }
            return .done
        }
    }
}
