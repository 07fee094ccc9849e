import ArgumentParser
import Operations

@main
struct Curfew: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "curfew",
        abstract: "Finds temporary cloud environments that nobody needs any more, and takes them down after approval.",
        discussion: """
            The way through: scan, evaluate, plan (the dry run), approve, reap, report. Each step can be run alone, \
            twice, or be killed at any point, without harm.

            Settings are read from --settings FILE, $CURFEW_SETTINGS, ./curfew.yaml, ~/.config/curfew/curfew.yaml or \
            /etc/curfew/curfew.yaml, whichever is found first.

            Exit status: 0 all done; 3 something is stale (only with --exit-code); 4 partial reading; 5 planned work \
            failed, halted or was skipped; 64 usage, --set included; 65 bad data in a policy, template or given file; \
            69 database or provider unreachable; 70 a bug; 75 another run holds the lock; 77 not allowed; 78 \
            configuration: the settings file or a CURFEW_ variable.
            """,
        version: "0.1.0",
        groupedSubcommands: [
            CommandGroup(
                name: "Find out",
                subcommands: [
                    ScanCommand.self, ListCommand.self, ShowCommand.self, ExplainCommand.self, EvaluateCommand.self,
                    StaleCommand.self, RuntimesCommand.self, HistoryCommand.self, AuditCommand.self, ReportCommand.self,
                ]
            ),
            CommandGroup(
                name: "Say something about an environment",
                subcommands: [
                    ExtendCommand.self, ProtectCommand.self, UnprotectCommand.self, ClaimCommand.self,
                    ReleaseCommand.self, RegisterCommand.self,
                ]
            ),
            CommandGroup(
                name: "Take down",
                subcommands: [
                    PlanCommand.self, ApproveCommand.self, RejectCommand.self, WithdrawCommand.self, ReapCommand.self,
                    PauseCommand.self, ResumeCommand.self, RestoreCommand.self,
                    LeftoversCommand.self,
                ]
            ),
            CommandGroup(
                name: "Every night",
                subcommands: [NightlyCommand.self, MessagesCommand.self]
            ),
            CommandGroup(
                name: "Set up",
                subcommands: [
                    PolicyCommand.self, AccountsCommand.self, CoverageCommand.self, NamesCommand.self,
                    DoctorCommand.self,
                    DatabaseCommand.self,
                ]
            ),
        ]
    )

    /// One place turns every outcome into an exit status: nothing is logged and then forgotten.
    static func main() async {
        let shell = Shell.current()
        do {
            var command = try parseAsRoot()
            if let ours = command as? any ShellCommand {
                let status = try await ours.perform(shell)
                guard let problem = shell.lost.problem else { exit(withCode: status.code) }
                shell.fail(problem)
                exit(withCode: max(status.code, problem.kind.rawValue))
            }
            try command.run()
        } catch let problem as Problem {
            shell.fail(problem)
            exit(withCode: problem.kind.rawValue)
        } catch let error where exitCode(for: error) == .validationFailure {
            shell.fail(Problem(.usage, message(for: error), advice: Self.help(for: error)))
            exit(withCode: Problem.Kind.usage.rawValue)
        } catch let error where Self.isOfParser(error) {
            exit(withError: error)
        } catch {
            let problem = Problem(error)
            shell.fail(problem)
            exit(withCode: problem.kind.rawValue)
        }
    }

    private static func exit(withCode code: Int32) -> Never { Self.exit(withError: ExitCode(code)) }

    /// The command whose help says what it takes, as the parser names it in its last line.
    private static func help(for error: any Error) -> String {
        let line = fullMessage(for: error).split(separator: "\n").last.map(String.init) ?? ""
        let command = line.split(separator: "'").dropFirst().first.map(String.init) ?? "curfew --help"
        return "see: \(command)"
    }

    /// Help, version, and whatever is wrong with the words typed: the parser says it best.
    private static func isOfParser(_ error: any Error) -> Bool {
        error is CleanExit || error is ExitCode || error is ValidationError || exitCode(for: error) != .failure
    }
}

/// A command of ours: it is handed everything it may touch.
protocol ShellCommand: ParsableCommand {
    func perform(_ shell: Shell) async throws -> ExitStatus
}

/// What happened, as the exit status; of several the most severe wins.
struct ExitStatus: Sendable {
    private(set) var code: Int32 = 0

    static let done = ExitStatus()
    static let stale = ExitStatus(code: 3)

    init() {}
    private init(code: Int32) { self.code = code }
    /// One that was put together elsewhere.
    init(status: Int32) { code = status }
    init(_ kind: Problem.Kind) { code = kind.rawValue }

    func and(_ other: ExitStatus) -> ExitStatus { ExitStatus(code: max(code, other.code)) }
    func and(_ kind: Problem.Kind, when happened: Bool) -> ExitStatus { happened ? and(ExitStatus(kind)) : self }
}
