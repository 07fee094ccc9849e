import Core
import Foundation

/// Makes the report's lists out of the records.
struct StaleSections {
    let environments: [EnvironmentRecord]
    let unmatched: [ComponentRecord]
    let unmatchedCount: Int
    let plans: [PlanRecord]
    var leftovers: [LeftoverRecord] = []
    let canvas: Canvas

    /// In the order of how much they ask of the reader; empty ones are left out.
    var all: [StaleReport.Section] {
        [
            failed, partlyReaped, stale, blocked, reaped, left, heldBack, undecided, unowned, ambiguous, notMatched,
        ].filter { $0.count > 0 }
    }

    var features: [EnvironmentRecord] { environments.filter { $0.kind == .feature } }

    private var stale: StaleReport.Section {
        let members = features.filter {
            ($0.isStale || $0.openFinding == .reaping) && $0.heldBack == nil && $0.partlyReaped == nil && !isBlocked($0)
        }
        let owners = Dictionary(grouping: members) { $0.ownerConflict ? "Several owners" : $0.owner ?? "" }
        let groups = owners.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }.map { owner, members in
            StaleReport.Group(
                title: owner.isEmpty ? "Nobody's" : owner,
                rows: members.sorted { $0.staleSince < $1.staleSince }.map(row)
            )
        }
        return StaleReport.Section(
            title: "Stale, by owner",
            note: "Still needed: curfew extend NAME 7d --because TEXT. No longer: curfew release NAME.",
            columns: ["Environment", "Idle", "State"],
            groups: groups,
            command: "curfew stale"
        )
    }

    private func row(_ environment: EnvironmentRecord) -> StaleReport.Row {
        let state = environment.openFinding?.rawValue ?? environment.verdict?.verdict ?? "not evaluated"
        let date = environment.dueAt.map { $0 > canvas.now ? ", due \(canvas.moment.age(since: $0))" : "" } ?? ""
        return StaleReport.Row(
            cells: [environment.key.name.text, idle(environment), state + date],
            detail: detail(environment),
            role: [.due, .planned, .reaping].contains(environment.openFinding) ? .bad : .warning
        )
    }

    private func idle(_ environment: EnvironmentRecord) -> String {
        environment.active.map(canvas.moment.span) ?? "unknown"
    }

    func detail(_ environment: EnvironmentRecord, owner: Bool = false) -> String {
        var parts = [canvas.space(environment.key.space), Canvas.counted(environment.componentCount, "stack")]
        if owner { parts.append(environment.owner ?? (environment.ownerConflict ? "several owners" : "nobody's")) }
        if let reason = environment.storedFinding?.reason ?? environment.verdict?.reason { parts.append(reason) }
        return parts.joined(separator: " · ")
    }

    private func isBlocked(_ environment: EnvironmentRecord) -> Bool {
        plans.contains { $0.state == .draft && !$0.blockers.isEmpty && $0.keys.contains(environment.key) }
    }

    func single(
        _ title: String,
        note: String,
        columns: [String],
        rows: [StaleReport.Row],
        command: String
    ) -> StaleReport.Section {
        StaleReport.Section(
            title: title,
            note: note,
            columns: columns,
            groups: rows.isEmpty ? [] : [StaleReport.Group(title: nil, rows: rows)],
            command: command
        )
    }

    private var blocked: StaleReport.Section {
        let rows = plans.filter { $0.state == .draft && !$0.blockers.isEmpty }.sorted { $0.id < $1.id }.map { plan in
            StaleReport.Row(
                cells: [names(plan), plan.id.description],
                detail: plan.blockers.sorted().map { "\($0.kind.rawValue): \($0.text)" }.joined(separator: " · "),
                role: .bad
            )
        }
        return single(
            "Blocked",
            note: "Due, but something stands in the way. Nothing of these was touched.",
            columns: ["Environment", "Plan"],
            rows: rows,
            command: "curfew plan list"
        )
    }

    private var heldBack: StaleReport.Section {
        let held = features.filter {
            ($0.isStale && $0.heldBack != nil || $0.openFinding == .held) && $0.partlyReaped == nil
        }
        let rows = held.sorted { $0.staleSince < $1.staleSince }.map { environment in
            let until = environment.storedFinding?.heldUntil.map { "rejected, held until \(canvas.moment.plain($0))" }
            return StaleReport.Row(
                cells: [environment.key.name.text, idle(environment), environment.openFinding?.rawValue ?? "stale"],
                detail: [
                    canvas.space(environment.key.space),
                    environment.ownerConflict ? "several owners" : environment.owner ?? "nobody's",
                    environment.heldBack ?? until ?? "held",
                ].joined(separator: " · "),
                role: .warning
            )
        }
        return single(
            "Held back",
            note: "Stale, but not due yet.",
            columns: ["Environment", "Idle", "State"],
            rows: rows,
            command: "curfew stale"
        )
    }

    private var unowned: StaleReport.Section {
        let rows = features.filter { $0.owner == nil }.sorted { $0.oldest < $1.oldest }.map { environment in
            StaleReport.Row(
                cells: [environment.key.name.text, canvas.moment.span(since: environment.oldest)],
                detail: [
                    canvas.space(environment.key.space), Canvas.counted(environment.componentCount, "stack"),
                    environment.ownerConflict ? "several owners: \(environment.ownerDetail)" : "",
                ].filter { !$0.isEmpty }.joined(separator: " · "),
                role: .warning
            )
        }
        return single(
            "Without an owner",
            note: "Yours? curfew claim NAME.",
            columns: ["Environment", "Age"],
            rows: rows,
            command: "curfew list --unowned"
        )
    }

    private var ambiguous: StaleReport.Section {
        let rows = environments.filter { $0.kind == .ambiguous }.map { environment in
            StaleReport.Row(
                cells: [environment.key.name.text, canvas.moment.span(since: environment.oldest)],
                detail: [
                    canvas.space(environment.key.space), environment.verdict?.reason ?? "its names and tags disagree",
                ].joined(separator: " · "),
                role: .warning
            )
        }
        return single(
            "Ambiguous",
            note: "Names and tags disagree, so these are never planned.",
            columns: ["Environment", "Age"],
            rows: rows,
            command: "curfew list --ambiguous"
        )
    }

    private var notMatched: StaleReport.Section {
        var rows = unmatched.sorted { $0.name < $1.name }.map { component in
            StaleReport.Row(
                cells: [component.name, component.created.map(canvas.moment.span) ?? "unknown"],
                detail: "\(canvas.place(component.target)) · \(component.naming)",
                role: nil
            )
        }
        if rows.isEmpty, unmatchedCount > 0 {
            rows = [StaleReport.Row(cells: [Canvas.counted(unmatchedCount, "stack"), ""], detail: "", role: nil)]
        }
        return single(
            "Unmatched",
            note: "Stacks whose names no rule understands; they are left alone.",
            columns: ["Stack", "Age"],
            rows: rows,
            command: "curfew list --unmatched"
        )
    }

    func names(_ plan: PlanRecord) -> String { plan.keys.map(\.name.text).joined(separator: ", ") }
}
