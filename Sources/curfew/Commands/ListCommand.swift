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
              curfew list --limit 50 --offset 100
              curfew list --unowned
              curfew list --unmatched
            """
    )

    enum Sorting: String, ExpressibleByArgument, CaseIterable { case name, age, idle, cost, owner }

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: OutputOptions
    @Flag(help: "Give CSV.") var csv = false
    @Option(help: "Sort by name, age, idle, cost or owner.") var sort: Sorting = .name
    @OptionGroup var page: PageOptions
    @OptionGroup var filters: EnvironmentFilters
    @Flag(help: "Instead, the components that no naming rule matches.") var unmatched = false

    func perform(_ shell: Shell) async throws -> ExitStatus {
        try await shell.session(common) { session in
            if unmatched {
                let components = page.part(of: try await session.ledger.components(classes: [.unmatched]))
                shell.print(
                    output.json
                        ? JSONText.render(components.map { ComponentJSON($0, now: session.wiring.clock()) })
                        : csv
                            ? ListText.componentsCSV(components, on: session.canvas)
                            : ListText.components(components, on: session.canvas)
                )
                advise(
                    shell,
                    components.isEmpty
                        ? nil
                        : "no rule reads these names; try: curfew names test NAME; what features begin with goes into "
                            + "names.beginnings, what is none into names.exclude"
                )
                return .done
            }
            let now = session.wiring.clock()
            let environments = try await environments(in: session, now: now)
            if sort == .cost, !environments.isEmpty, environments.allSatisfy({ $0.cost == nil }) {
                shell.say("no costs are known: say `cost: { read: on }` in the settings, then: curfew scan")
            }
            if output.json {
                shell.print(JSONText.render(environments.map { EnvironmentJSON($0, now: now) }))
            } else {
                shell.print(
                    csv
                        ? ListText.csv(environments, on: session.canvas)
                        : ListText.text(environments, on: session.canvas)
                )
            }
            try await advise(shell, about: environments, in: session)
            advise(shell, page.next(after: environments.count))
            return .done
        }
    }

    /// What to do about what was asked for; nothing where nothing was found.
    private func advise(
        _ shell: Shell,
        about environments: [EnvironmentRecord],
        in session: Session
    ) async throws {
        guard !environments.isEmpty else { return }
        if filters.ambiguous, !output.json, !csv {
            let shown = Set(environments.map(\.key))
            let components = try await session.ledger.components(classes: [.ambiguous])
                .filter { $0.environment.map(shown.contains) ?? false }
            if !components.isEmpty { shell.print(ListText.components(components, on: session.canvas)) }
        }
        advise(
            shell,
            filters.ambiguous
                ? "their names and tags disagree; correct them, or list a service in names.services: curfew names test NAME"
                : filters.unowned
                    ? "whose is it? curfew show ENV says what was found; then curfew claim ENV --owner WHO, a tag "
                        + "\(session.wiring.rules.owners.tagKeys.first?.key ?? "owner"), or a rule in owners: { rules: … }"
                    : nil
        )
    }

    private func advise(_ shell: Shell, _ text: String?) {
        if let text, !output.json, !csv { shell.say(text) }
    }

    /// The part that was asked for, in its order.
    private func environments(in session: Session, now: Date) async throws -> [EnvironmentRecord] {
        var selection = filters.selection(in: session)
        guard let order else {
            // How long they are idle, and what they cost, follows from much of what is read of each.
            return page.part(of: sorted(try await session.ledger.environments(selection), now: now))
        }
        selection.order = order
        selection.limit = page.limit
        selection.offset = page.offset
        return sorted(try await session.ledger.environments(selection), now: now)
    }

    private var order: EnvironmentSelection.Order? {
        switch sort {
        case .name: .name
        case .age: .age
        case .owner: .owner
        case .idle, .cost: nil
        }
    }

    private func sorted(_ records: [EnvironmentRecord], now: Date) -> [EnvironmentRecord] {
        switch sort {
        case .name: records.sorted { ($0.key.name, $0.key) < ($1.key.name, $1.key) }
        case .age: records.sorted { ($0.oldest, $0.key.name, $0.key) < ($1.oldest, $1.key.name, $1.key) }
        case .idle: records.sorted { ($0.newestActivity, $0.key) < ($1.newestActivity, $1.key) }
        case .cost: records.sorted { EnvironmentRecord.isDearer($0, $1, asOf: now) }
        case .owner:
            records.sorted {
                ($0.owner ?? "\u{FFFF}", $0.key.name, $0.key) < ($1.owner ?? "\u{FFFF}", $1.key.name, $1.key)
            }
        }
    }
}
