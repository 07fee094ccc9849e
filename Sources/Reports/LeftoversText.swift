package import Core
import Foundation

/// What teardowns left behind, oldest first.
package enum LeftoversText {
    package static func text(_ records: [LeftoverRecord], on canvas: Canvas) -> String {
        var page = Page(canvas)
        guard !records.isEmpty else {
            page.line("Nothing is left of anything that was taken down.")
            return page.text
        }
        page.table(table(sorted(records), on: canvas))
        page.blank()
        page.line(Span("How to remove each: curfew leftovers --json. Nothing here removes anything.", .dim))
        return page.text
    }

    package static func csv(_ records: [LeftoverRecord], on canvas: Canvas) -> String {
        let rows = sorted(records).map { record in
            let left = record.leftover
            return [
                "\(record.id)", left.type, left.identifier, left.environment.space.text, left.environment.name.text,
                left.target.account.text, left.target.region.text, left.owner ?? "",
                record.foundAt.formatted(.iso8601), record.goneAt?.formatted(.iso8601) ?? "", left.reason.rawValue,
                left.removal,
            ]
        }
        let header = [
            "id", "type", "identifier", "space", "environment", "account", "region", "owner", "found_at", "gone_at",
            "reason", "removal",
        ]
        return CSV.text([header] + rows)
    }

    private static func sorted(_ records: [LeftoverRecord]) -> [LeftoverRecord] {
        records.sorted { ($0.foundAt, $0.id) < ($1.foundAt, $1.id) }
    }

    private static func table(_ records: [LeftoverRecord], on canvas: Canvas) -> Table {
        var table = Table([
            .init("id", shrinks: false), .init("age", .right, shrinks: false), .init("environment", maximum: 40),
            .init("type", maximum: 40, expendable: 2), .init("what", minimum: 16), .init("where", expendable: 1),
            .init("owner", expendable: 3), .init("why", minimum: 12, expendable: 0),
        ])
        for record in records {
            let left = record.leftover
            table.add(
                Span("\(record.id)"),
                Span(canvas.moment.span(since: record.foundAt)),
                Span(left.environment.name.text),
                Span(left.type),
                Span(left.identifier, .bold),
                Span(canvas.place(left.target)),
                Span(left.owner ?? "nobody", left.owner == nil ? .warning : nil),
                record.goneAt.map { Span("gone \(canvas.moment.age(since: $0))", .good) } ?? Span(left.because)
            )
        }
        return table
    }
}
