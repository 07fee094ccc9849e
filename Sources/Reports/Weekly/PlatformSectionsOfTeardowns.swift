import Core
import Foundation

/// What became of teardowns, and what waits for a reading.
extension PlatformSections {
    var failed: WeeklyReport.Section {
        rows.single(
            "Failed lately",
            note: "A teardown did not come to its end. What is left needs a new plan and a new approval.",
            columns: ["Environment", "Plan", "When"],
            rows: rows.failed(plans),
            command: "curfew plan list --all"
        )
    }

    var partlyReaped: WeeklyReport.Section {
        rows.single(
            "Partly reaped",
            note: "Some of it is deleted; the rest needs a new plan and a new approval.",
            columns: ["Environment", "Plan", "When"],
            rows: selection.environments.compactMap { entry in
                entry.record.partlyReaped.map { partly in
                    WeeklyReport.Row(
                        cells: [entry.name, partly.plan.description, canvas.moment.age(since: partly.at)],
                        detail: rows.detail(entry),
                        role: .bad
                    )
                }
            },
            command: "curfew plan --due"
        )
    }

    var blocked: WeeklyReport.Section {
        let drafts = plans.filter { $0.state == .draft && !$0.blockers.isEmpty }
        return rows.single(
            "Blocked",
            note: "Due, but something stands in the way. Nothing of these was touched.",
            columns: ["Environment", "Plan"],
            rows: drafts.sorted { $0.id < $1.id }.map { plan in
                WeeklyReport.Row(
                    cells: [rows.names(plan), plan.id.description],
                    detail: plan.blockers.sorted().map { "\($0.kind.rawValue): \($0.text)" }.joined(separator: " · "),
                    role: .bad
                )
            },
            command: "curfew plan list"
        )
    }

    var reaped: WeeklyReport.Section {
        rows.single(
            "Reaped lately",
            note: "Gone, confirmed by two readings. An operator can make what was deployed again: curfew restore NAME.",
            columns: ["Environment", "Plan", "When"],
            rows: rows.reaped(plans),
            command: "curfew history"
        )
    }

    /// What teardowns left behind, by whose it was.
    var left: WeeklyReport.Section {
        let open = rows.oldestFirst(selection.leftovers)
        let owners = Dictionary(grouping: open) { $0.leftover.owner ?? "" }
        let groups = owners.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }.map { owner, records in
            WeeklyReport.Group(title: owner.isEmpty ? "Nobody's" : owner, rows: records.map(rows.leftover))
        }
        let oldest = open.first.map { "the oldest for \(canvas.moment.span(since: $0.foundAt))" } ?? ""
        return WeeklyReport.Section(
            title: "Leftovers",
            note: "Still there after their environments went, \(oldest). Nothing removes these by itself.",
            columns: ["What", "Age"],
            groups: groups,
            command: "curfew leftovers"
        )
    }

    var forecasts: WeeklyReport.Section {
        let errors = book.records.forecastErrors.sorted { ($0.at, $0.id) > ($1.at, $1.id) }
        return rows.single(
            "Forecasts that were wrong",
            note: "These teardowns went otherwise than their plans had said.",
            columns: ["Environment", "Plan", "When"],
            rows: errors.map { entry in
                let because = (try? JSONDecoder().decode([String: String].self, from: Data(entry.details)))?["because"]
                return WeeklyReport.Row(
                    cells: [
                        entry.environment?.name.text ?? "", entry.plan?.description ?? "",
                        canvas.moment.age(since: entry.at),
                    ],
                    detail: because ?? "",
                    role: .warning
                )
            },
            command: "curfew history"
        )
    }

    /// Two weeks without an answer are no passing failure of a reading any more.
    var undecided: WeeklyReport.Section {
        let members = selection.features.compactMap { entry -> WeeklyReport.Row? in
            guard let verdict = entry.record.verdict, verdict.verdict == Verdict.undecided.rawValue,
                canvas.now.passed(since: verdict.since) > .seconds(14 * 86_400)
            else { return nil }
            let remedy = entry.record.storedJudgement.map { "; what it takes: \($0.hint)" } ?? ""
            return WeeklyReport.Row(
                cells: [entry.name, canvas.moment.span(since: verdict.since)],
                detail: verdict.reason + remedy,
                role: .warning
            )
        }
        return rows.single(
            "Undecided for more than two weeks",
            note: "Nothing is concluded about these until the reading that is missing is there.",
            columns: ["Environment", "Since"],
            rows: members,
            command: "curfew explain NAME"
        )
    }

    var undelivered: WeeklyReport.Section {
        let messages = book.records.undelivered.sorted { ($0.at, $0.recipient) > ($1.at, $1.recipient) }
        return rows.single(
            "Not delivered",
            note: "Messages that were refused, or of which nobody knows whether they arrived. "
                + "Nothing is taken down on the strength of these.",
            columns: ["To", "When"],
            rows: messages.map { message in
                WeeklyReport.Row(
                    cells: [message.recipient, canvas.moment.age(since: message.at)],
                    detail: "\(message.state) · \(message.subject) · \(message.because)",
                    role: .bad
                )
            },
            command: "curfew messages"
        )
    }
}
