import ArgumentParser
import Core
import Foundation
import Ledger
import Operations
import Reports
import Settings

struct ListCommand: ShellCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the environments.",
        discussion: """
            Examples:
              curfew list --owner ada@example.com --older-than 14d
              curfew list --name "feat-*" --sort idle --json
              curfew list --unmatched
            """
    )

    enum Sorting: String, ExpressibleByArgument, CaseIterable { case name, age, idle, owner }

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: OutputOptions
    @Flag(help: "Give CSV.") var csv = false
    @Option(help: "Sort by name, age, idle or owner.") var sort: Sorting = .name
    @Option(help: ArgumentHelp("Only this owner's.", valueName: "who")) var owner: String?
    @Option(help: ArgumentHelp("Only this verdict or state, such as stale or due.", valueName: "word")) var state:
        String?
    @Option(help: ArgumentHelp("Only names that match, with * and ?.", valueName: "glob")) var name: String?
    @Option(help: ArgumentHelp("Only in this account (id or configured name).", valueName: "id")) var account: String?
    @Option(help: ArgumentHelp("Only older ones: 14d, 2w.", valueName: "length"), transform: parsedDuration)
    var olderThan: Duration?
    @Flag(help: "Only environments that nobody owns.") var unowned = false
    @Flag(help: "Instead, the components that no naming rule matches.") var unmatched = false
    @Flag(help: "Only what the naming rules disagree about.") var ambiguous = false

    func perform(_ shell: Shell) async throws -> ExitStatus {
        try await shell.session(common) { session in
            if unmatched {
                let components = try await session.ledger.components(classes: [.unmatched])
                shell.print(
                    output.json
                        ? JSONText.render(components.map { ComponentJSON($0, now: session.wiring.clock()) })
                        : csv
                            ? ListText.componentsCSV(components, on: session.canvas)
                            : ListText.components(components, on: session.canvas)
                )
                return .done
            }
            let now = session.wiring.clock()
            let environments = sorted(try await session.ledger.environments().filter { keeps($0, session, now) }, now)
            if output.json {
                shell.print(JSONText.render(environments.map { EnvironmentJSON($0, now: now) }))
            } else {
                shell.print(
                    csv
                        ? ListText.csv(environments, on: session.canvas)
                        : ListText.text(environments, on: session.canvas)
                )
            }
            return .done
        }
    }

    private func keeps(_ record: EnvironmentRecord, _ session: Session, _ now: Date) -> Bool {
        let names = session.found.settings.accountNames
        if let owner, record.owner != OwnerName(owner).text { return false }
        if let state, record.findingState != state, record.verdict?.verdict != state { return false }
        if let name, !NameGlob(name).matches(record.key.name.text) { return false }
        if let account,
            !record.targets.contains(where: { $0.target.account.text == account || names[$0.target.account] == account }
            )
        {
            return false
        }
        if let olderThan, now.passed(since: record.oldest) < olderThan { return false }
        if unowned, record.owner != nil { return false }
        if ambiguous, record.kind != .ambiguous { return false }
        return true
    }

    private func sorted(_ records: [EnvironmentRecord], _ now: Date) -> [EnvironmentRecord] {
        switch sort {
        case .name: records.sorted { ($0.key.name, $0.key) < ($1.key.name, $1.key) }
        case .age: records.sorted { ($0.oldest, $0.key) < ($1.oldest, $1.key) }
        case .idle: records.sorted { ($0.newestActivity, $0.key) < ($1.newestActivity, $1.key) }
        case .owner: records.sorted { ($0.owner ?? "\u{FFFF}", $0.key) < ($1.owner ?? "\u{FFFF}", $1.key) }
        }
    }
}
