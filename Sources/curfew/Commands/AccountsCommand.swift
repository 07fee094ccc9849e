import ArgumentParser
import Core
import Ledger
import Operations
import Reports
import Settings

struct AccountsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "accounts",
        abstract: "The accounts: their mode, how they are read, and what is wrong with that.",
        discussion: """
            Examples:
              curfew accounts
              curfew accounts mode 111122223333 reap --because "agreed with its owners"
              curfew accounts retire 111122223333/eu-west-1 --because "the account was closed"
              curfew accounts reopen 111122223333/eu-west-1 --because "it was opened again"
            A new account is in report mode: nothing in it is ever planned until somebody says otherwise.
            """,
        subcommands: [List.self, Mode.self, Retire.self, Reopen.self, Accept.self],
        defaultSubcommand: List.self
    )

    struct List: ShellCommand {
        static let configuration = CommandConfiguration(abstract: "List accounts and targets (the default).")
        @OptionGroup var common: CommonOptions
        @OptionGroup var output: OutputOptions
        @Flag(help: "Give CSV.") var csv = false

        func validate() throws {
            if csv, output.json { throw ValidationError("--csv and --json: choose one") }
        }

        func perform(_ shell: Shell) async throws -> ExitStatus {
            try await shell.session(common) { session in
                let accounts = try await session.accountOverviews()
                if output.json {
                    shell.print(JSONText.render(accounts.map(AccountJSON.init)))
                } else if csv {
                    shell.print(AccountsText.csv(accounts))
                } else {
                    let isOrganized = session.found.settings.organization != nil
                    let trouble = isOrganized ? try await session.ledger.organization()?.trouble : nil
                    shell.print(AccountsText.text(accounts, trouble: trouble, on: session.canvas))
                }
                return .done
            }
        }
    }

    struct Mode: ShellCommand {
        static let configuration = CommandConfiguration(
            abstract: "Set an account's mode: report or reap.",
            discussion: "Examples:\n  curfew accounts mode sandbox reap --because \"agreed with the platform team\""
        )
        @OptionGroup var common: CommonOptions
        @OptionGroup var output: OutputOptions
        @OptionGroup var reason: ReasonOptions
        @Argument(help: "The account (id or configured name).") var account: String
        @Argument(help: "report or reap.") var mode: AccountRecord.Mode

        func perform(_ shell: Shell) async throws -> ExitStatus {
            try await shell.session(common) { session in
                let id = session.account(account)
                try await Administering(session.wiring).setMode(id, mode, because: reason.because)
                shell.print(
                    output.json
                        ? JSONText.render(["account": id.text, "mode": mode.rawValue])
                        : "account \(account) is in \(mode.rawValue) mode"
                )
                if mode == .reap { shell.say("what is stale there already gets its whole grace again, from now on") }
                return .done
            }
        }
    }

    struct Retire: ShellCommand {
        static let configuration = CommandConfiguration(
            abstract: "Stop reading a target that is closed or lost; its components become unverifiable.",
            discussion:
                "Examples:\n  curfew accounts retire 123456789012/eu-west-1 --because \"the account was closed\""
        )
        @OptionGroup var common: CommonOptions
        @OptionGroup var output: OutputOptions
        @OptionGroup var reason: ReasonOptions
        @Argument(help: "The target, as account/region.") var target: String

        func perform(_ shell: Shell) async throws -> ExitStatus {
            try await shell.session(common) { session in
                let target = try session.target(target)
                try await Administering(session.wiring).retire(target, because: reason.because)
                shell.print(
                    output.json
                        ? JSONText.render(["target": target.description, "state": "retired"])
                        : "\(target) is retired; what stood there blocks nothing any more"
                )
                return .done
            }
        }
    }

    struct Reopen: ShellCommand {
        static let configuration = CommandConfiguration(
            abstract: "Read a retired target again; what stands there begins a new life.",
            discussion:
                "Examples:\n  curfew accounts reopen 123456789012/eu-west-1 --because \"the account was opened again\""
        )
        @OptionGroup var common: CommonOptions
        @OptionGroup var output: OutputOptions
        @OptionGroup var reason: ReasonOptions
        @Argument(help: "The target, as account/region.") var target: String

        func perform(_ shell: Shell) async throws -> ExitStatus {
            try await shell.session(common) { session in
                let target = try session.target(target)
                try await Administering(session.wiring).reopen(target, because: reason.because)
                shell.print(
                    output.json
                        ? JSONText.render(["target": target.description, "state": "reopened"])
                        : "\(target) is read again; until then nothing is concluded there: curfew scan"
                )
                if !session.wiring.rules.configured.contains(target) {
                    shell.say("it is not configured: put it into the settings, or it is not read")
                }
                return .done
            }
        }
    }

    struct Accept: ShellCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say that a suspect reading or a held account is right as it is.",
            discussion: """
                Examples:
                  curfew accounts accept 123456789012/eu-west-1 --because "half of it was moved away"
                  curfew accounts accept sandbox --because "the release freeze ended; they are stale indeed"
                A target (account/region): its next reading is believed, whatever it says. An account: it is not held any \
                more for what turned stale until now.
                """
        )
        @OptionGroup var common: CommonOptions
        @OptionGroup var output: OutputOptions
        @OptionGroup var reason: ReasonOptions
        @Argument(help: "A target, as account/region, or an account (id or configured name).") var what: String

        func perform(_ shell: Shell) async throws -> ExitStatus {
            try await shell.session(common) { session in
                let administering = Administering(session.wiring)
                guard what.contains("/") else {
                    let account = session.account(what)
                    try await administering.accept(account, because: reason.because)
                    shell.print(
                        output.json
                            ? JSONText.render(["account": account.text, "state": "accepted"])
                            : "account \(what) is not held any more"
                    )
                    return .done
                }
                let target = try session.target(what)
                try await administering.accept(target, because: reason.because)
                shell.print(
                    output.json
                        ? JSONText.render(["target": target.description, "state": "accepted"])
                        : "the next reading of \(target) is believed; run: curfew scan"
                )
                return .done
            }
        }
    }
}
