import Core
import Foundation

extension PlatformSections {
    /// Runtimes that somebody has to do something about, what is furthest on its way out first.
    var runtimes: WeeklyReport.Section {
        let table = book.records.runtimes
        let inventory = RuntimeInventory(book.records.environments, table: table, now: book.records.now)
        var lines = inventory.runningOut.map { line in
            let parts = [
                Canvas.counted(line.environments.count, "environment"), line.environmentNames, line.ownerNames,
                line.standing.because,
            ]
            return WeeklyReport.Row(
                cells: [line.name, String(line.functions), line.standing.state.rawValue],
                lead: line.standing.next.map { "\($0.state.sentence) \($0.day)." } ?? "",
                detail: parts.compactMap(\.self).joined(separator: " · "),
                role: line.standing.state.role
            )
        }
        if let first = inventory.unread.first {
            lines.append(
                WeeklyReport.Row(
                    cells: ["not read", String(inventory.unread.reduce(0) { $0 + $1.functions }), "unknown"],
                    detail: "\(Canvas.counted(inventory.unread.count, "environment")) · \(first.because)",
                    role: .warning
                )
            )
        }
        return rows.single(
            "Runtimes running out",
            note: RuntimesText.note(table.asOf),
            columns: ["Runtime", "Functions", "State"],
            rows: lines,
            command: "curfew runtimes"
        )
    }
}

extension RuntimeState {
    /// What begins on the day that is named behind it.
    fileprivate var sentence: String {
        switch self {
        case .updateBlocked: "No updates from"
        case .creationBlocked: "No new functions from"
        case .deprecated: "Deprecated from"
        case .ending, .supported, .unknown: "From"
        }
    }
}
