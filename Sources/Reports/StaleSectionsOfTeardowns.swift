import Core
import Foundation

/// What became of teardowns, and what waits for a reading.
extension StaleSections {
    var reaped: StaleReport.Section {
        let done = plans.filter { $0.state == .done }.sorted {
            ($0.endedAt ?? $0.madeAt, $0.id) > ($1.endedAt ?? $1.madeAt, $1.id)
        }
        let rows = done.map { plan in
            let yes = plan.approvals.filter { $0.decision == "approved" }
            let by =
                plan.terms.automatic
                ? "automatic" : yes.isEmpty ? "" : "approved by \(yes.map(\.by).joined(separator: ", "))"
            let parts = [Canvas.counted(plan.allSteps.count, "stack"), by, plan.isSelfApproved ? "self-approved" : ""]
            return StaleReport.Row(
                cells: [names(plan), plan.id.description, plan.endedAt.map { canvas.moment.age(since: $0) } ?? ""],
                detail: parts.filter { !$0.isEmpty }.joined(separator: " · "),
                role: .good
            )
        }
        return single(
            "Reaped lately",
            note: "Gone, confirmed by two readings.",
            columns: ["Environment", "Plan", "When"],
            rows: rows,
            command: "curfew history"
        )
    }

    var failed: StaleReport.Section {
        let ended = plans.filter { $0.state == .failed || $0.state == .halted }
        let rows = ended.sorted { ($0.endedAt ?? $0.madeAt, $0.id) > ($1.endedAt ?? $1.madeAt, $1.id) }.map { plan in
            StaleReport.Row(
                cells: [names(plan), plan.id.description, plan.endedAt.map { canvas.moment.age(since: $0) } ?? ""],
                detail: "\(plan.state.rawValue): \(plan.endedBecause ?? "no reason recorded")",
                role: .bad
            )
        }
        return single(
            "Failed lately",
            note: "A teardown did not come to its end. What is left needs a new plan and a new approval.",
            columns: ["Environment", "Plan", "When"],
            rows: rows,
            command: "curfew plan list --all"
        )
    }

    /// Two weeks without an answer are no passing failure of a reading any more.
    var undecided: StaleReport.Section {
        let rows = features.compactMap { environment -> StaleReport.Row? in
            guard let verdict = environment.verdict, verdict.verdict == Verdict.undecided.rawValue,
                canvas.now.passed(since: verdict.since) > .seconds(14 * 86_400)
            else { return nil }
            let remedy = environment.storedJudgement.map { "; what it takes: \($0.hint)" } ?? ""
            return StaleReport.Row(
                cells: [environment.key.name.text, canvas.moment.span(since: verdict.since)],
                detail: verdict.reason + remedy,
                role: .warning
            )
        }
        return single(
            "Undecided for more than two weeks",
            note: "Nothing is concluded about these until the reading that is missing is there.",
            columns: ["Environment", "Since"],
            rows: rows,
            command: "curfew explain NAME"
        )
    }

    var partlyReaped: StaleReport.Section {
        let rows = environments.compactMap { environment in
            environment.partlyReaped.map { partly in
                StaleReport.Row(
                    cells: [environment.key.name.text, partly.plan.description, canvas.moment.age(since: partly.at)],
                    detail: detail(environment, owner: true),
                    role: .bad
                )
            }
        }
        return single(
            "Partly reaped",
            note: "Some of it is deleted; the rest needs a new plan and a new approval.",
            columns: ["Environment", "Plan", "Ended"],
            rows: rows,
            command: "curfew plan --due"
        )
    }
}
