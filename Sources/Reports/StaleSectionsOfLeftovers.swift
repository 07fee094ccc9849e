import Core

/// What teardowns left behind, by whose it was.
extension StaleSections {
    var left: StaleReport.Section {
        let open = leftovers.filter { $0.goneAt == nil }.sorted { ($0.foundAt, $0.id) < ($1.foundAt, $1.id) }
        let owners = Dictionary(grouping: open) { $0.leftover.owner ?? "" }
        let groups = owners.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }.map { owner, records in
            StaleReport.Group(title: owner.isEmpty ? "Nobody's" : owner, rows: records.map(row))
        }
        let oldest = open.first.map { "the oldest for \(canvas.moment.span(since: $0.foundAt))" } ?? ""
        return StaleReport.Section(
            title: "Leftovers",
            note: "Still there after their environments went, \(oldest). Nothing removes these by itself.",
            columns: ["What", "Age"],
            groups: groups,
            command: "curfew leftovers"
        )
    }

    private func row(_ record: LeftoverRecord) -> StaleReport.Row {
        let left = record.leftover
        return StaleReport.Row(
            cells: [left.identifier, canvas.moment.span(since: record.foundAt)],
            detail: [left.type, canvas.place(left.target), "of \(left.environment.name)", left.because]
                .joined(separator: " · "),
            role: .warning
        )
    }
}
