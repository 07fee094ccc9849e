import Core
import Foundation

/// The lists of one owner's edition.
struct OwnerSections {
    let selection: WeeklySelection
    let book: WeeklyBook
    let rows: WeeklyRows

    init(_ selection: WeeklySelection, _ book: WeeklyBook) {
        self.selection = selection
        self.book = book
        rows = WeeklyRows(canvas: book.canvas)
    }

    var canvas: Canvas { book.canvas }

    /// In the order of how much they ask of the reader; empty ones are left out.
    var all: [WeeklyReport.Section] {
        let outlooks = selection.features.map { (entry: $0, outlook: WeeklyOutlook($0, canvas)) }
            .sorted {
                ($0.outlook.rank, $0.outlook.at, $0.entry.record.key) < (
                    $1.outlook.rank, $1.outlook.at, $1.entry.record.key
                )
            }
        return [
            next(outlooks.filter { $0.outlook.rank < 9 }), reaped, failed, left,
            rest(outlooks.filter { $0.outlook.rank == 9 }), ambiguous,
        ].filter { $0.count > 0 }
    }

    private func next(_ members: [(entry: WeeklyEntry, outlook: WeeklyOutlook)]) -> WeeklyReport.Section {
        rows.single(
            "What will happen",
            note: "Unless somebody says otherwise, the soonest first.",
            columns: ["Environment", "Idle", "Next"],
            rows: members.map { entry, outlook in
                WeeklyReport.Row(
                    cells: [entry.name, rows.idle(entry), outlook.short],
                    lead: "\(outlook.sentence).",
                    detail: rows.detail(entry, owner: false),
                    role: outlook.role,
                    commands: commands(entry, outlook)
                )
            },
            command: "curfew stale"
        )
    }

    private func commands(_ entry: WeeklyEntry, _ outlook: WeeklyOutlook) -> [WeeklyReport.Command] {
        guard outlook.canBeKept else { return [] }
        let name = entry.argument(book)
        let month = CalendarDay(daysSince1970: canvas.now.localDay(in: canvas.moment.zone) + 30)
        let because = ["--because", "'still in use'"]
        return [
            WeeklyReport.Command(
                purpose: "Keep it for 7 more days",
                arguments: ["curfew", "extend", name, "7d"] + because
            ),
            WeeklyReport.Command(
                purpose: "Keep it until a day",
                arguments: ["curfew", "protect", name, "--until", "\(month)"] + because
            ),
            WeeklyReport.Command(purpose: "Done with it", arguments: ["curfew", "release", name]),
        ]
    }

    private var reaped: WeeklyReport.Section {
        rows.single(
            "Taken down lately",
            note: "Gone, confirmed by two readings. An operator can make what was deployed again: curfew restore NAME.",
            columns: ["Environment", "Plan", "When"],
            rows: rows.reaped(selection.plans),
            command: "curfew history"
        )
    }

    private var failed: WeeklyReport.Section {
        rows.single(
            "Failed lately",
            note: "A teardown did not come to its end. What is left needs a new plan and a new approval.",
            columns: ["Environment", "Plan", "When"],
            rows: rows.failed(selection.plans),
            command: "curfew plan list --all"
        )
    }

    private var left: WeeklyReport.Section {
        rows.single(
            "Left behind",
            note: "Still there after your environments went. Nothing removes these by itself.",
            columns: ["What", "Age"],
            rows: rows.oldestFirst(selection.leftovers).map(rows.leftover),
            command: "curfew leftovers"
        )
    }

    private func rest(_ members: [(entry: WeeklyEntry, outlook: WeeklyOutlook)]) -> WeeklyReport.Section {
        rows.single(
            "The others",
            note: "Nothing will happen to these for now.",
            columns: ["Environment", "Idle", "State"],
            rows: members.map { entry, outlook in
                WeeklyReport.Row(
                    cells: [entry.name, rows.idle(entry), outlook.short],
                    detail: outlook.sentence,
                    role: outlook.role
                )
            },
            command: "curfew list"
        )
    }

    private var ambiguous: WeeklyReport.Section {
        let members = selection.environments.filter { $0.record.kind == .ambiguous }
        return rows.single(
            "Ambiguous",
            note: "Names and tags disagree, so these are never planned.",
            columns: ["Environment", "Age"],
            rows: members.map { entry in
                WeeklyReport.Row(
                    cells: [entry.name, canvas.moment.span(since: entry.record.oldest)],
                    detail: entry.record.verdict?.reason ?? "its names and tags disagree",
                    role: .warning
                )
            },
            command: "curfew list --ambiguous"
        )
    }
}
