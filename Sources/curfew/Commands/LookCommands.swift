import ArgumentParser
import Core
import Foundation
import Ledger
import Operations
import Reports
import Settings
import Synchronization

struct ScanCommand: ShellCommand {
    static let configuration = CommandConfiguration(
        commandName: "scan",
        abstract: "Read the targets and record which environments are there.",
        discussion: """
            Examples:
              curfew scan
              curfew scan --account 111122223333 --region eu-west-1
            Exit status 4 when a target could not be read completely: nothing is concluded about what stands there.
            """
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: OutputOptions
    @Option(help: ArgumentHelp("Only this account (id or configured name).", valueName: "id")) var account: String?
    @Option(help: ArgumentHelp("Only this region.", valueName: "region")) var region: String?
    @Flag(help: "Read the resources of unchanged components again, too.") var full = false

    func perform(_ shell: Shell) async throws -> ExitStatus {
        try await shell.session(common) { session in
            let targets = try chosen(session)
            let all = session.wiring.rules.targets.count
            let read = Mutex(0)
            let outcome = try await Scan(
                provider: session.wiring.provider,
                store: session.ledger,
                rules: session.wiring.rules
            ).run(
                only: targets,
                full: full,
                clock: session.wiring.clock,
                progress: {
                    let count = read.withLock { count in
                        count += 1
                        return count
                    }
                    shell.progress("read \(count) of \(targets?.count ?? all) targets: \($0.target)")
                }
            )
            shell.endProgress()
            shell.print(
                output.json
                    ? JSONText.render(ScanJSON(outcome.summary)) : ScanText.text(outcome.summary, on: session.canvas)
            )
            if outcome.isComplete {
                shell.say("\(outcome.environments) environments; next: curfew list, curfew evaluate")
            } else {
                shell.say("the reading is partial: nothing is concluded about what stands in the targets that failed")
            }
            return ExitStatus.done.and(.partial, when: !outcome.isComplete)
        }
    }

    private func chosen(_ session: Session) throws -> [Target]? {
        if account == nil, region == nil { return nil }
        let names = session.found.settings.accountNames
        let targets = session.wiring.rules.targets.filter { target in
            (account == nil || target.account.text == account || names[target.account] == account)
                && (region == nil || target.region.text == region)
        }
        guard !targets.isEmpty else {
            throw Problem(
                .usage,
                "no configured target matches",
                advice: "the settings file lists accounts and their regions"
            )
        }
        return targets
    }
}

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

struct ShowCommand: ShellCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show one environment: components, owner, verdict, finding, holds, history.",
        discussion: "Example:\n  curfew show feat-checkout"
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The environment, as `feat-x` or `space/feat-x`.") var environment: String

    func perform(_ shell: Shell) async throws -> ExitStatus {
        try await shell.session(common) { session in
            let record = try await session.wiring.environment(named: environment)
            let components = try await session.ledger.components(of: record.key)
            let history = try await session.ledger.history(of: record.key, limit: 10)
            shell.print(
                output.json
                    ? JSONText.render(EnvironmentJSON(record, components: components, now: session.wiring.clock()))
                    : ShowText.text(record, components: components, history: history, on: session.canvas)
            )
            return .done
        }
    }
}

struct ExplainCommand: ShellCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Say why an environment is kept or stale: every clause, what it saw, what would change it.",
        discussion: "Examples:\n  curfew explain feat-checkout\n  curfew explain feat-checkout --at 2026-12-24"
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The environment, as `feat-x` or `space/feat-x`.") var environment: String
    @Option(help: ArgumentHelp("For another day, if nothing else happens.", valueName: "date")) var at: String?

    func perform(_ shell: Shell) async throws -> ExitStatus {
        try await shell.session(common) { session in
            let moment = try at.map { text throws in
                guard let date = parsedDate(text, endOfDay: false) else {
                    throw ValidationError("\"\(text)\" is no date; write 2026-12-24 or 2026-12-24T09:00:00Z")
                }
                return date
            }
            let (record, judgement, revision) = try await Explaining(session.wiring).explain(environment, at: moment)
            shell.print(
                output.json
                    ? JSONText.render(
                        JudgementJSON(
                            judgement,
                            of: record.key,
                            revision: revision.number,
                            at: moment ?? session.wiring.clock()
                        )
                    )
                    : ExplainText.text(judgement, of: record, revision: revision.number, at: moment, on: session.canvas)
            )
            return .done
        }
    }
}

struct EvaluateCommand: ShellCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Apply the policy in force to the inventory. Never deletes anything."
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: OutputOptions
    @Flag(help: "Exit with status 3 when something is stale.") var exitCode = false

    func perform(_ shell: Shell) async throws -> ExitStatus {
        try await shell.session(common) { session in
            let outcome = try await Evaluate(session.wiring).run()
            shell.print(
                output.json
                    ? JSONText.render(EvaluationJSON(outcome)) : EvaluationText.text(outcome, on: session.canvas)
            )
            let stale = outcome.verdicts[.stale] ?? 0
            if stale > 0 { shell.say("next: curfew stale, then curfew plan --due (the dry run)") }
            return exitCode && stale > 0 ? .stale : .done
        }
    }
}

struct StaleCommand: ShellCommand {
    static let configuration = CommandConfiguration(
        commandName: "stale",
        abstract: "List what is flagged, warned and due, with reason and date."
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: OutputOptions
    @Flag(help: "Exit with status 3 when something is stale.") var exitCode = false

    func perform(_ shell: Shell) async throws -> ExitStatus {
        try await shell.session(common) { session in
            let open = Set(FindingState.allCases.filter(\.isOpen).map(\.rawValue))
            let now = session.wiring.clock()
            let stale = try await session.ledger.environments().filter { $0.findingState.map(open.contains) ?? false }
            let plans = try await session.ledger.plans(open: true, run: nil, limit: 10_000)
            shell.print(
                output.json
                    ? JSONText.render(stale.map { EnvironmentJSON($0, now: now) })
                    : StaleText.text(stale, plans: plans, on: session.canvas)
            )
            return exitCode && !stale.isEmpty ? .stale : .done
        }
    }
}

struct HistoryCommand: ShellCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Say what happened, newest first: to one environment, or to everything."
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The environment, as `feat-x` or `space/feat-x`.") var environment: String?
    @Option(help: ArgumentHelp("How many entries.", valueName: "number")) var limit = 100

    func perform(_ shell: Shell) async throws -> ExitStatus {
        try await shell.session(common) { session in
            var key: EnvironmentKey?
            if let environment { key = try await session.wiring.environment(named: environment).key }
            let entries = try await session.ledger.history(of: key, limit: limit)
            shell.print(
                output.json
                    ? JSONText.render(entries.map(HistoryJSON.init)) : HistoryText.text(entries, on: session.canvas)
            )
            return .done
        }
    }
}
