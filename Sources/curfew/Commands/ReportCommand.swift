import ArgumentParser
import Core
import Foundation
import Ledger
import Operations
import Reports
import Settings

struct ReportCommand: ShellCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "The stale report: the numbers first, then everything by owner.",
        discussion: "Examples:\n  curfew report\n  curfew report --html stale.html"
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: OutputOptions
    @Option(help: ArgumentHelp("Write the report as an HTML page.", valueName: "file")) var html: String?

    func perform(_ shell: Shell) async throws -> ExitStatus {
        try await shell.session(common) { session in
            let report = try await session.staleReport()
            if let html {
                try shell.write(report.html(), toFile: html)
                shell.say("wrote \(html)")
            }
            if output.json {
                shell.print(JSONText.render(ReportJSON(report)))
            } else if html == nil {
                let canvas = session.canvas
                shell.print(report.text(style: canvas.style, width: canvas.width, unicode: canvas.unicode))
            }
            return .done
        }
    }
}

extension Session {
    /// A week's report.
    func staleReport() async throws -> StaleReport {
        let now = wiring.clock()
        let since = now.addingTimeInterval(-7 * 86_400)
        let components = try await ledger.components(classes: Set(ComponentClass.allCases))
        let plans = try await ledger.plans(open: false, run: nil, limit: 10_000)
            .filter { $0.state.isOpen || ($0.endedAt ?? now) >= since }
        let forecastErrors = try await ledger.history(of: nil, limit: 50_000)
            .count { $0.event == forecastWrong && $0.at >= since }
        return StaleReport(
            environments: try await ledger.environments(),
            classes: Dictionary(grouping: components, by: \.kind).mapValues(\.count),
            unmatched: components.filter { $0.kind == .unmatched },
            plans: plans,
            scan: try await ledger.newestScan(),
            leftovers: try await ledger.leftovers(open: true),
            since: since,
            now: now,
            zone: .current,
            accountNames: found.settings.accountNames,
            forecastErrors: forecastErrors,
            holds: try await ledger.accounts().compactMap(\.hold)
        )
    }
}

/// `curfew report --json`: the numbers of the first screen.
struct ReportJSON: Encodable {
    let environments: Int
    let stale: Int
    let due: Int
    let planned: Int
    let blocked: Int
    let kept: Int
    let reaped: Int
    let partlyReaped: Int
    let forecastErrors: Int
    let unowned: Int
    let ambiguous: Int
    let unmatched: Int
    let targets: Int
    let targetsNotRead: Int
    /// What a reader must know before believing the numbers, in sentences.
    let alarms: [String]

    init(_ report: StaleReport) {
        let numbers = report.numbers
        alarms = report.alarms
        environments = numbers.environments
        stale = numbers.stale
        due = numbers.due
        planned = numbers.planned
        blocked = numbers.blocked
        kept = numbers.kept
        reaped = numbers.reaped
        partlyReaped = numbers.partlyReaped
        forecastErrors = numbers.forecastErrors
        unowned = numbers.unowned
        ambiguous = numbers.ambiguous
        unmatched = numbers.unmatched
        targets = numbers.targets
        targetsNotRead = numbers.targetsNotRead
    }
}
