import ArgumentParser
import Core
import Foundation
import Ledger
import Mail
import Operations
import Reports

struct MessagesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "messages",
        abstract: "Say what was told to whom, and what is known of whether it arrived.",
        discussion: """
            Examples:
              curfew messages                     the newest, with what became of each
              curfew messages show M12
              curfew messages send                one more try of what is queued
              curfew messages bounced M12 --because "550 no such user"
              curfew messages bounced --mail bounce.eml       or - for standard input
            """,
        subcommands: [List.self, Show.self, Send.self, Bounced.self],
        defaultSubcommand: List.self
    )

    struct List: ShellCommand {
        static let configuration = CommandConfiguration(
            abstract: "List messages, newest first (the default).",
            discussion: "Examples:\n  curfew messages list --queued\n  curfew messages list --json"
        )
        @OptionGroup var common: CommonOptions
        @OptionGroup var output: OutputOptions
        @Flag(help: "Only those that still wait.") var queued = false
        @Option(help: ArgumentHelp("How many.", valueName: "number")) var limit = 100

        func perform(_ shell: Shell) async throws -> ExitStatus {
            try await shell.session(common) { session in
                let messages = try await session.ledger.messages(open: queued, limit: limit)
                shell.print(
                    output.json
                        ? JSONText.render(messages.map(MessageJSON.init))
                        : MessagesText.list(messages, on: session.canvas)
                )
                return .done
            }
        }
    }

    struct Show: ShellCommand {
        static let configuration = CommandConfiguration(abstract: "Show one message, as it was or will be sent.")
        @OptionGroup var common: CommonOptions
        @OptionGroup var output: OutputOptions
        @Argument(help: "The message, such as M12.", transform: parsedMessage) var message: MessageID

        func perform(_ shell: Shell) async throws -> ExitStatus {
            try await shell.session(common) { session in
                let record = try await session.ledger.message(message)
                shell.print(
                    output.json
                        ? JSONText.render(MessageJSON(record)) : MessagesText.text(record, on: session.canvas)
                )
                return .done
            }
        }
    }

    struct Send: ShellCommand {
        static let configuration = CommandConfiguration(
            abstract: "Try once more what is queued and whose time has come.",
            discussion: """
                Example: curfew messages send
                Every night does it too; in between, once an hour suits servers that greylist. Exit status 5 when \
                something was not taken. SIGTERM or SIGINT ends it after the message under way, within seconds, and \
                leaves the rest queued (5, too).
                """
        )
        @OptionGroup var common: CommonOptions
        @OptionGroup var output: OutputOptions

        func perform(_ shell: Shell) async throws -> ExitStatus {
            try await shell.session(common) { session in
                let stop = Interruption.asRequests()
                let outcome = try await session.notify(through: session.dispatch(stop)).again(until: nil).sent
                shell.print(output.json ? JSONText.render(DispatchJSON(outcome)) : DispatchJSON(outcome).text)
                return session.status(of: outcome)
            }
        }
    }

    struct Bounced: ShellCommand {
        static let configuration = CommandConfiguration(
            abstract: "Record that a message came back: a warning that did counts no more.",
            discussion: """
                Examples:
                  curfew messages bounced M12 --because "550 no such user"
                  curfew messages bounced --mail -        a delivery report on standard input, such as from an alias
                """
        )
        @OptionGroup var common: CommonOptions
        @Argument(help: "The message, such as M12.", transform: parsedMessage) var message: MessageID?
        @Option(help: ArgumentHelp("What the other side said.", valueName: "text")) var because: String?
        @Option(help: ArgumentHelp("A delivery report as it came, or - for standard input.", valueName: "file"))
        var mail: String?

        func validate() throws {
            guard (message == nil) != (mail == nil) else {
                throw ValidationError("name the message, or give the report that came back with --mail FILE")
            }
            if message != nil, (because ?? "").allSatisfy(\.isWhitespace) {
                throw ValidationError("--because needs what the other side said")
            }
        }

        func perform(_ shell: Shell) async throws -> ExitStatus {
            try await shell.session(common) { session in
                if let message {
                    try await note(message, because ?? "", session)
                    return .done
                }
                let bounces = Bounce.all(in: Array(mail == "-" ? shell.input() : try shell.read(mail ?? "-")))
                guard !bounces.isEmpty else {
                    throw Problem(
                        .data,
                        "this is no delivery report",
                        advice: "give the mail as it came, with its headers"
                    )
                }
                var status = ExitStatus.done
                for bounce in bounces where bounce.isPermanent {
                    do {
                        guard let id = bounce.messageID.map(Self.letter),
                            let record = try await session.ledger.message(letter: id)
                        else {
                            throw Problem(
                                .data,
                                "the report is about no message of this database",
                                advice: "see: curfew messages; name the message itself to record it"
                            )
                        }
                        try await note(record.id, "\(bounce.status) \(bounce.reason)", session)
                    } catch {
                        // One report may be about several mails.
                        let problem = Problem(error)
                        shell.fail(problem)
                        status = status.and(ExitStatus(problem.kind))
                    }
                }
                if !bounces.contains(where: \.isPermanent) { shell.say("only a delay: nothing is recorded") }
                return status
            }
        }

        private func note(_ id: MessageID, _ because: String, _ session: Session) async throws {
            let isNews = try await session.ledger.noteBounce(
                id,
                because: SafeText.line(because),
                at: session.wiring.clock()
            )
            try await Bouncing(session.wiring).settle()
            session.shell.print(
                isNews
                    ? "\(id) came back: whatever it warned of is not warned any more, and the next night tries that again"
                    : "\(id) came back already"
            )
        }

        /// The left half of a Message-ID.
        private static func letter(_ messageID: String) -> LetterID {
            LetterID(String(messageID.trimmingCharacters(in: CharacterSet(charactersIn: "<> ")).prefix { $0 != "@" }))
        }
    }
}

func parsedMessage(_ text: String) throws -> MessageID {
    let digits = text.hasPrefix("M") || text.hasPrefix("m") ? String(text.dropFirst()) : text
    guard let number = Int64(digits), number > 0 else {
        throw ValidationError("\"\(text)\" is no message; write M12")
    }
    return MessageID(number)
}

/// What one try of everything queued came to.
struct DispatchJSON: Encodable {
    struct Kept: Encodable {
        let recipient: String
        let reason: String

        init(_ kept: (recipient: Recipient, reason: String)) {
            recipient = kept.recipient.text
            reason = kept.reason
        }
    }

    let accepted: Int
    let deferred: [Kept]
    let refused: [Kept]
    let uncertain: [Kept]
    let untried: Int
    /// Why no further one was begun; left out where all were tried.
    let stopped: String?

    let text: String

    enum CodingKeys: CodingKey { case accepted, deferred, refused, uncertain, untried, stopped }

    init(_ outcome: Dispatch.Outcome) {
        let lines = outcome.troubles.map(\.text) + [outcome.untriedText].compactMap(\.self)
        text = (["\(outcome.accepted) delivered"] + lines.map(SafeText.line)).joined(separator: "\n") + "\n"
        accepted = outcome.accepted
        deferred = outcome.deferred.map(Kept.init)
        refused = outcome.refused.map(Kept.init)
        uncertain = outcome.uncertain.map(Kept.init)
        untried = outcome.untried
        stopped = outcome.stopped
    }
}
