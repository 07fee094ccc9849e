import Core
import Foundation

extension WeeklyReport {
    /// Everything that this edition tells of, one line each, for spreadsheets and programs.
    ///
    /// RFC 4180, and begins with a byte order mark: without one Excel reads UTF-8 as the machine's own code page, and
    /// this is opened with a double click in a mail. Formulas are disarmed (`CSV.cell`).
    package func csv() -> String {
        "\u{FEFF}"
            + CSV.text(
                [Self.csvColumns] + selection.environments.map(line) + selection.ended.map(line)
                    + selection.leftovers.map(line) + (edition == .platform ? unmatchedLines : [])
            )
    }

    package var csvName: String {
        edition == .platform ? "curfew-\(week).csv" : "curfew-\(week)-yours.csv"
    }

    private static let csvColumns = [
        "what", "name", "space", "place", "owner", "state", "idle_since", "created", "due", "ended", "stacks", "plan",
        "reason",
    ]

    private func line(_ entry: WeeklyEntry) -> [String] {
        let record = entry.record
        let state = record.partlyReaped != nil && record.openFinding != .reaping ? "partly reaped" : nil
        let open = entry.isBlocked ? "blocked" : record.openFinding?.rawValue
        return [
            "environment", entry.name, canvas.space(record.key.space),
            record.targets.map { canvas.place($0.target) }.joined(separator: " "), record.owner ?? "",
            state ?? open ?? record.verdict?.verdict ?? "not evaluated", time(record.active), time(record.oldest),
            time(record.dueAt), "", String(record.componentCount), entry.plan?.id.description ?? "", entry.reason ?? "",
        ]
    }

    private func line(_ ended: EndedTeardown) -> [String] {
        [
            "teardown", ended.environment.name.text, canvas.space(ended.environment.space), "", ended.owner ?? "",
            ended.state == .done ? "reaped" : ended.state.rawValue, "", "", "", time(ended.at), "",
            ended.plan.description, "",
        ]
    }

    private func line(_ record: LeftoverRecord) -> [String] {
        let left = record.leftover
        return [
            "leftover", left.identifier, canvas.space(left.environment.space), canvas.place(left.target),
            left.owner ?? "", "left behind", "", time(record.foundAt), "", "", "", left.plan?.description ?? "",
            "\(left.type) of \(left.environment.name): \(left.because)",
        ]
    }

    private var unmatchedLines: [[String]] {
        unmatched.map { component in
            [
                "stack", component.name, "", canvas.place(component.target), "", "unmatched", "",
                time(component.created), "", "", "1", "", component.naming,
            ]
        }
    }

    private func time(_ date: Date?) -> String { date?.secondText ?? "" }
}
