import ArgumentParser
import Core
import Foundation
import Operations
import Reports

struct RestoreCommand: ShellCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Show how a reaped environment would be made again, and with --apply make it.",
        discussion: """
            Examples:
              curfew restore feat-checkout                      what would be made, and what stands in the way
              curfew restore feat-checkout --apply --confirm feat-checkout
              curfew restore feat-checkout --parameters-from secrets.txt --apply
            Each line of the file is STACK/NAME=VALUE. Data does not come back: buckets, tables and databases are made \
            empty. Stopped or killed, it goes on where it was when it is run again. Every tombstone that is read is \
            recorded. Exit status 5 when something is blocked, failed or not finished yet.
            """
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The environment, as `feat-x` or `space/feat-x`.") var environment: String
    @Flag(help: "Make the stacks; left out, nothing is made.") var apply = false
    @Option(
        name: .customLong("parameter"),
        help: ArgumentHelp("A value that replaces the one before; not for secrets.", valueName: "stack/name=value"),
        transform: parsedParameter
    )
    var parameters: [GivenParameter] = []
    @Option(help: ArgumentHelp("A file with values, - for standard input: for secrets.", valueName: "file"))
    var parametersFrom: String?
    @Option(
        help: ArgumentHelp("Leave this stack as it is, there or not; repeatable.", valueName: "stack")
    )
    var leave: [String] = []
    @Option(help: ArgumentHelp("How long to wait for all of it.", valueName: "duration"), transform: parsedDuration)
    var wait: Duration = .seconds(3_600)
    @Option(help: ArgumentHelp("The environment's name, typed as proof that it was read.", valueName: "name"))
    var confirm: String?

    func perform(_ shell: Shell) async throws -> ExitStatus {
        let given = try parameters + shell.parameters(from: parametersFrom)
        return try await shell.session(common) { session in
            let restoring = session.restoring
            let draft: RestoreDraft
            if apply {
                try confirmed(shell)
                draft = try await session.restorer(restoring, patience: wait)
                    .run(environment, giving: given, leaving: Set(leave)) { shell.say($0) }
            } else {
                draft = try await restoring.look(environment, giving: given, leaving: Set(leave))
            }
            shell.print(
                output.json
                    ? JSONText.render(RestoreJSON(draft, applied: apply))
                    : RestoreText.text(draft, applied: apply, on: session.canvas)
            )
            return ExitStatus.done.and(.undone, when: draft.isBlocked || (apply && !draft.isComplete))
        }
    }

    private func confirmed(_ shell: Shell) throws {
        let name = EnvironmentName(environment.split(separator: "/").last.map(String.init) ?? environment)
        let typed =
            confirm
            ?? shell.ask(
                "The stacks of \(name) are made again.\nTo restore it, type the environment's name; anything else makes "
                    + "nothing: "
            )
        guard typed.map({ EnvironmentName($0) }) == name else {
            throw Problem(
                .usage,
                "nothing was made: the environment's name is asked for, as proof that you read what would be made",
                advice: "say the same again with --confirm \(name)"
            )
        }
    }
}

func parsedParameter(_ text: String) throws -> GivenParameter {
    guard let parameter = GivenParameter(text: text, isPublic: true) else {
        throw ValidationError("--parameter takes STACK/NAME=VALUE")
    }
    return parameter
}

extension Shell {
    /// Values one a line; empty lines and those that begin with `#` say nothing.
    fileprivate func parameters(from file: String?) throws(Problem) -> [GivenParameter] {
        guard let file else { return [] }
        let text = String(decoding: file == "-" ? input() : try read(file), as: UTF8.self)
        var parameters: [GivenParameter] = []
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let line = line.hasSuffix("\r") ? line.dropLast() : line
            guard !line.isEmpty, !line.hasPrefix("#") else { continue }
            guard let parameter = GivenParameter(text: String(line), isPublic: false) else {
                // The line itself may be a secret.
                throw Problem(
                    .data,
                    "line \(number + 1) of \(file == "-" ? "standard input" : file) is not understood",
                    advice: "write one value on each line: STACK/NAME=VALUE"
                )
            }
            parameters.append(parameter)
        }
        return parameters
    }

    func input() -> Data { FileHandle.standardInput.readDataToEndOfFile() }
}
