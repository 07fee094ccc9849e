package import Core
import Foundation

/// What a policy would change, for people: who is concerned, when, and whether brakes would hold.
package enum SimulationText {
    /// `revision`: what it is compared with; `reportOnly`: accounts in which nothing is planned.
    package static func text(
        _ simulation: PolicySimulation,
        of file: String,
        against revision: Int64?,
        scan: ScanSummary?,
        reportOnly: Set<AccountID>,
        on canvas: Canvas
    ) -> String {
        var page = Page(canvas)
        let against = revision.map { "against revision \($0)" } ?? "against no policy (none was applied yet)"
        let counted = Canvas.counted(simulation.entries.count, "environment")
        page.line(Span(file, .bold), Span(" \(against), over \(counted); nothing is written"))
        page.line(
            Span(scan.map { "as of the scan of \(canvas.time($0.finishedAt ?? $0.startedAt))" } ?? "no scan yet", .dim),
            indent: 2
        )
        page.blank()
        for change in PolicySimulation.Change.allCases where simulation.count(change) > 0 {
            let count = "\(simulation.count(change))"
            let pad = String(repeating: " ", count: max(0, 5 - count.count))
            page.line(Span(pad + count, .bold), Span("  \(change.rawValue)", change.role))
        }
        entries(simulation.entries.filter { $0.change != .same }, &page)
        owners(simulation, &page)
        accounts(simulation, reportOnly, &page)
        pace(simulation, &page)
        return page.text
    }

    private static func entries(_ entries: [PolicySimulation.Entry], _ page: inout Page) {
        guard !entries.isEmpty else {
            page.blank()
            return page.line("Every environment is judged as before.")
        }
        let canvas = page.canvas
        for change in PolicySimulation.Change.allCases {
            let some = entries.filter { $0.change == change }
            guard !some.isEmpty else { continue }
            page.heading(change.rawValue.prefix(1).uppercased() + change.rawValue.dropFirst())
            var table = Table([
                .init("environment", shrinks: false), .init("owner", expendable: 2), .init("was", expendable: 3),
                .init("would be", shrinks: false), .init("due at the earliest", shrinks: false),
                .init("why", expendable: 1),
            ])
            for entry in some {
                table.add(
                    Span(canvas.label(entry.key)),
                    Span(entry.owner ?? "nobody", entry.owner == nil ? .dim : nil),
                    Span(entry.before?.rawValue ?? "no policy", .dim),
                    Span(entry.after.verdict.rawValue, entry.after.verdict.role),
                    Span(entry.dueAfter.map { canvas.time($0) } ?? "-"),
                    Span(entry.after.reason)
                )
            }
            page.table(table)
        }
    }

    private static func owners(_ simulation: PolicySimulation, _ page: inout Page) {
        let owners = simulation.newlyStaleByOwner
        guard !owners.isEmpty else { return }
        page.heading("Newly stale, by owner")
        for (owner, count) in owners { page.line(Span("\(count)", .bold), Span("  \(owner ?? "nobody")"), indent: 2) }
    }

    private static func accounts(
        _ simulation: PolicySimulation,
        _ reportOnly: Set<AccountID>,
        _ page: inout Page
    ) {
        let concerned = simulation.accounts.filter { $0.staleBefore > 0 || $0.staleAfter > 0 }
        guard !concerned.isEmpty else { return }
        page.heading("Accounts")
        for account in concerned {
            let count = account.count
            page.line(
                Span(page.canvas.account(account.account), .bold),
                Span(": stale \(account.staleBefore) before, \(account.staleAfter) after, of \(count.standing)"),
                Span(reportOnly.contains(account.account) ? " (report mode: nothing of it is planned)" : "", .dim),
                indent: 2
            )
            if account.wouldHold {
                page.line(
                    Span("the breaker would hold it: \(count.turned) turn stale at once", .bad),
                    indent: 6
                )
            }
        }
    }

    private static func pace(_ simulation: PolicySimulation, _ page: inout Page) {
        let pace = simulation.pace
        let days = DurationText.format(simulation.horizon)
        page.heading("Budgets, with one run a day and every plan approved")
        guard pace.due > 0 else { return page.line("Nothing becomes due within \(days).", indent: 2) }
        page.line("Due within \(days): \(pace.due). Planned by then: \(pace.planned).", indent: 2)
        if pace.daysWaiting > 0 {
            let budgets = pace.budgets.sorted { ($1.value, $0.key.rawValue) < ($0.value, $1.key.rawValue) }
                .map(\.key.rawValue).joined(separator: ", ")
            page.line(
                Span("Something waits on \(Canvas.counted(pace.daysWaiting, "day")): \(budgets)", .warning),
                indent: 2
            )
        }
        if pace.neverFits > 0 {
            page.line(Span("Larger than a budget by itself: \(pace.neverFits)", .bad), indent: 2)
        }
    }
}

extension PolicySimulation.Change {
    fileprivate var role: Style.Role? {
        switch self {
        case .newlyStale, .stricter: .bad
        case .newlyUndecided, .soon: .warning
        case .noLonger: .good
        case .otherwise: nil
        case .same: .dim
        }
    }
}
