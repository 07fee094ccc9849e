import ArgumentParser
import Core
import Ledger
import Operations
import Reports

struct LeftoversCommand: ShellCommand {
    static let configuration = CommandConfiguration(
        commandName: "leftovers",
        abstract: "List what stayed behind when environments were taken down, oldest first.",
        discussion: """
            Examples:
              curfew leftovers                       what is not known to be gone
              curfew leftovers --check               look for each of them, and behind the stacks that went lately
              curfew leftovers --gone L12            you looked yourself: it is gone
            Buckets, repositories and log groups are asked for by name; other things are followed through the tagging \
            service where it lists them, and otherwise stay listed until somebody says that they are gone. Nothing is \
            ever removed. Exit status 4 when something could not be read.
            """
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: OutputOptions
    @Flag(help: "Give comma-separated values.") var csv = false
    @Flag(help: "Also what is gone by now.") var all = false
    @Flag(help: "Look for them now.") var check = false
    @Option(help: ArgumentHelp("Only this owner's.", valueName: "who")) var owner: String?
    @Option(help: ArgumentHelp("Say that one is gone; repeatable.", valueName: "id"), transform: parsedLeftover)
    var gone: [LeftoverID] = []

    func validate() throws {
        if output.json && csv { throw ValidationError("--json and --csv exclude each other") }
    }

    func perform(_ shell: Shell) async throws -> ExitStatus {
        try await shell.session(common) { session in
            let leftovers = Leftovers(session.wiring)
            var status = ExitStatus.done
            if !gone.isEmpty {
                for record in try await leftovers.close(gone) {
                    shell.say("\(record.id) \(record.leftover.identifier) is gone, says \(shell.userName)")
                }
            }
            if check {
                let outcome = try await leftovers.check()
                for record in outcome.gone { shell.say("\(record.id) \(record.leftover.identifier) is gone") }
                for record in outcome.used { shell.say("\(record.id) \(record.leftover.identifier) is in use again") }
                for line in outcome.unread { shell.say("not read: \(line)") }
                shell.say(
                    "\(outcome.checked) looked for, \(outcome.gone.count) gone, \(outcome.found.count) new, \(outcome.unread.count) not read"
                )
                status = status.and(.partial, when: !outcome.unread.isEmpty)
            }
            var records = try await shell.reporting { try await session.ledger.leftovers(open: !all) }
            if let owner {
                let wanted = OwnerName(owner)
                records = records.filter { $0.leftover.owner.map { OwnerName($0) == wanted } ?? false }
            }
            if output.json {
                shell.print(JSONText.render(records.map(LeftoverJSON.init)))
            } else if csv {
                shell.print(LeftoversText.csv(records, on: session.canvas))
            } else {
                shell.print(LeftoversText.text(records, on: session.canvas))
            }
            return status
        }
    }
}

func parsedLeftover(_ text: String) throws -> LeftoverID {
    let digits = text.hasPrefix("L") || text.hasPrefix("l") ? text.dropFirst() : Substring(text)
    guard let number = Int64(digits), number > 0 else { throw ValidationError("\"\(text)\" is no leftover; write L12") }
    return LeftoverID(number)
}
