import Core
import Foundation

/// The lists of the full edition.
struct PlatformSections {
    let book: WeeklyBook
    let rows: WeeklyRows

    init(_ book: WeeklyBook) {
        self.book = book
        rows = WeeklyRows(canvas: book.canvas)
    }

    var canvas: Canvas { book.canvas }
    var selection: WeeklySelection { book.everything }
    var plans: [PlanRecord] { book.everything.plans }

    /// In the order of how much they ask of the reader; empty ones are left out.
    var all: [WeeklyReport.Section] {
        [
            failed, partlyReaped, undelivered, owners, stale, blocked, reaped, left, forecasts, heldBack, undecided,
            runtimes, unowned, ambiguous, notMatched,
        ].filter { $0.count > 0 }
    }

    /// Who has how much that is stale, most first.
    private var owners: WeeklyReport.Section {
        let groups = Dictionary(grouping: selection.features, by: \.owner).map { owner, entries in
            (owner: owner, stale: entries.count(where: \.isStale), all: entries.count)
        }.filter { $0.stale > 0 }.sorted { ($1.stale, $0.owner) < ($0.stale, $1.owner) }
        let most = groups.first?.stale ?? 1
        return rows.single(
            "By owner",
            note: "Who has stale environments, how many, and of how many.",
            columns: ["Owner", "Stale", "Of"],
            rows: groups.map { group in
                WeeklyReport.Row(
                    cells: [group.owner, String(group.stale), String(group.all)],
                    detail: "",
                    role: nil,
                    bar: max(1, group.stale * 100 / most)
                )
            },
            command: "curfew list"
        )
    }

    /// What goes next comes first.
    private var stale: WeeklyReport.Section {
        let members = selection.features.filter {
            ($0.isStale || $0.record.openFinding == .reaping) && !isHeldBack($0) && $0.record.partlyReaped == nil
                && !$0.isBlocked
        }.map { (entry: $0, outlook: WeeklyOutlook($0, canvas)) }
            .sorted {
                ($0.outlook.rank, $0.outlook.at, $0.entry.record.key) < (
                    $1.outlook.rank, $1.outlook.at, $1.entry.record.key
                )
            }
        return rows.single(
            "Stale",
            note: "What goes next comes first. Still needed: curfew extend NAME 7d --because TEXT. "
                + "No longer: curfew release NAME.",
            columns: ["Environment", "Idle", "Next"],
            rows: members.map { entry, outlook in
                WeeklyReport.Row(
                    cells: [entry.name, rows.idle(entry), outlook.short],
                    detail: rows.detail(entry),
                    role: outlook.role
                )
            },
            command: "curfew stale"
        )
    }

    func isHeldBack(_ entry: WeeklyEntry) -> Bool {
        entry.isStale && entry.finding?.waits != nil || entry.record.openFinding == .held
    }

    private var heldBack: WeeklyReport.Section {
        let held = selection.features.filter { isHeldBack($0) && $0.record.partlyReaped == nil }
        return rows.single(
            "Held back",
            note: "Stale, but not due yet.",
            columns: ["Environment", "Idle", "State"],
            rows: held.sorted { $0.record.staleSince < $1.record.staleSince }.map { entry in
                let until = entry.finding?.heldUntil.map { "rejected, held until \(canvas.moment.plain($0))" }
                return WeeklyReport.Row(
                    cells: [entry.name, rows.idle(entry), entry.record.openFinding?.rawValue ?? "stale"],
                    detail: [
                        canvas.space(entry.record.key.space), entry.owner, entry.finding?.waits ?? until ?? "held",
                    ].joined(separator: " · "),
                    role: .warning
                )
            },
            command: "curfew stale"
        )
    }

    private var unowned: WeeklyReport.Section {
        let members = selection.features.filter { $0.record.owner == nil }
        return rows.single(
            "Without an owner",
            note: "Yours? curfew claim NAME.",
            columns: ["Environment", "Age"],
            rows: members.sorted { $0.record.oldest < $1.record.oldest }.map { entry in
                let conflict = entry.record.ownerConflict ? "several owners: \(entry.record.ownerDetail)" : nil
                let parts = [
                    canvas.space(entry.record.key.space), Canvas.counted(entry.record.componentCount, "stack"),
                    conflict,
                ]
                return WeeklyReport.Row(
                    cells: [entry.name, canvas.moment.span(since: entry.record.oldest)],
                    detail: parts.compactMap(\.self).joined(separator: " · "),
                    role: .warning
                )
            },
            command: "curfew list --unowned"
        )
    }

    private var ambiguous: WeeklyReport.Section {
        let members = selection.environments.filter { $0.record.kind == .ambiguous }
        return rows.single(
            "Ambiguous",
            note: "Names and tags disagree, so these are never planned.",
            columns: ["Environment", "Age"],
            rows: members.map { entry in
                let reason = entry.record.verdict?.reason ?? "its names and tags disagree"
                return WeeklyReport.Row(
                    cells: [entry.name, canvas.moment.span(since: entry.record.oldest)],
                    detail: "\(canvas.space(entry.record.key.space)) · \(reason)",
                    role: .warning
                )
            },
            command: "curfew list --ambiguous"
        )
    }

    private var notMatched: WeeklyReport.Section {
        let lines = book.records.unmatched.sorted { $0.name < $1.name }.map { component in
            WeeklyReport.Row(
                cells: [component.name, component.created.map(canvas.moment.span) ?? "unknown"],
                detail: "\(canvas.place(component.target)) · \(component.naming)",
                role: nil
            )
        }
        return rows.single(
            "Unmatched",
            note: "Stacks whose names no rule understands; they are left alone.",
            columns: ["Stack", "Age"],
            rows: lines,
            command: "curfew list --unmatched"
        )
    }
}
