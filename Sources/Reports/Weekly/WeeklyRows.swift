import Core
import Foundation

/// Pieces that the lists of several editions have in common.
struct WeeklyRows {
    let canvas: Canvas

    func single(
        _ title: String,
        note: String,
        columns: [String],
        rows: [WeeklyReport.Row],
        command: String
    ) -> WeeklyReport.Section {
        WeeklyReport.Section(
            title: title,
            note: note,
            columns: columns,
            groups: rows.isEmpty ? [] : [WeeklyReport.Group(title: nil, rows: rows)],
            command: command
        )
    }

    func idle(_ entry: WeeklyEntry) -> String { entry.record.active.map(canvas.moment.span) ?? "unknown" }

    /// Such as `sandbox · 2 stacks · anna@example.com · idle: 7d`.
    func detail(_ entry: WeeklyEntry, owner: Bool = true, reason: String? = nil) -> String {
        let record = entry.record
        var parts = [canvas.space(record.key.space), Canvas.counted(record.componentCount, "stack")]
        if owner { parts.append(entry.owner) }
        if let reason = reason ?? entry.reason { parts.append(reason) }
        return parts.joined(separator: " · ")
    }

    func names(_ plan: PlanRecord) -> String { plan.keys.map(\.name.text).joined(separator: ", ") }

    func ended(_ plan: PlanRecord) -> String { plan.endedAt.map { canvas.moment.age(since: $0) } ?? "" }

    /// The newest end first.
    func newest(_ plans: [PlanRecord]) -> [PlanRecord] {
        plans.sorted { ($0.endedAt ?? $0.madeAt, $0.id) > ($1.endedAt ?? $1.madeAt, $1.id) }
    }

    func reaped(_ plans: [PlanRecord]) -> [WeeklyReport.Row] {
        newest(plans.filter { $0.state == .done }).map { plan in
            let yes = plan.approvals.filter { $0.decision == "approved" }
            let by =
                plan.terms.automatic
                ? "automatic" : yes.isEmpty ? "" : "approved by \(yes.map(\.by).joined(separator: ", "))"
            let parts = [Canvas.counted(plan.allSteps.count, "stack"), by, plan.isSelfApproved ? "self-approved" : ""]
            return WeeklyReport.Row(
                cells: [names(plan), plan.id.description, ended(plan)],
                detail: parts.filter { !$0.isEmpty }.joined(separator: " · "),
                role: .good
            )
        }
    }

    func failed(_ plans: [PlanRecord]) -> [WeeklyReport.Row] {
        newest(plans.filter { $0.state == .failed || $0.state == .halted }).map { plan in
            WeeklyReport.Row(
                cells: [names(plan), plan.id.description, ended(plan)],
                detail: "\(plan.state.rawValue): \(plan.endedBecause ?? "no reason recorded")",
                role: .bad
            )
        }
    }

    func leftover(_ record: LeftoverRecord) -> WeeklyReport.Row {
        let left = record.leftover
        return WeeklyReport.Row(
            cells: [left.identifier, canvas.moment.span(since: record.foundAt)],
            detail: [left.type, canvas.place(left.target), "of \(left.environment.name)", left.because]
                .joined(separator: " · "),
            role: .warning
        )
    }

    func oldestFirst(_ leftovers: [LeftoverRecord]) -> [LeftoverRecord] {
        leftovers.sorted { ($0.foundAt, $0.id) < ($1.foundAt, $1.id) }
    }
}
