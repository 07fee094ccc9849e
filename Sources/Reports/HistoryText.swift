package import Core
import Foundation

/// Entries of the audit log, newest first as they come.
package enum HistoryText {
    package static func text(_ entries: [AuditEntry], on canvas: Canvas) -> String {
        var page = Page(canvas)
        if entries.isEmpty { page.line("No history yet.") } else { page.table(table(entries, of: nil, on: canvas)) }
        return page.text
    }

    /// `key`: all entries are about it, so its name is not repeated.
    static func table(_ entries: [AuditEntry], of key: EnvironmentKey?, on canvas: Canvas) -> Table {
        var columns: [Table.Column] = [.init("when", shrinks: false), .init("who", maximum: 24)]
        if key == nil { columns.append(.init("environment", maximum: 48)) }
        columns += [.init("plan", shrinks: false), .init("what")]
        var table = Table(columns)
        for entry in entries {
            let details = StoredJSON(entry.details).details
            var row = [Span(canvas.time(entry.at)), Span(entry.actor)]
            if key == nil { row.append(Span(entry.environment.map { "\(canvas.space($0.space))/\($0.name)" } ?? "")) }
            row += [
                Span(entry.plan?.description ?? ""),
                Span(details.isEmpty ? entry.event : "\(entry.event) (\(details))"),
            ]
            table.add(row)
        }
        return table
    }
}

extension StoredJSON {
    /// In words; empty where there is nothing to add.
    fileprivate var details: String {
        switch self {
        case .null: ""
        case .object(let members):
            // Clauses take many lines: `curfew history ENV` has room for them.
            Self.object(members.filter { $0.key != "clauses" && $0.key != "grounds" }).words
        case .flag, .number, .text, .list: words
        }
    }
}

/// The revisions of the policy, newest first.
package enum PolicyHistoryText {
    package static func text(_ revisions: [PolicyRevision], on canvas: Canvas) -> String {
        var page = Page(canvas)
        guard let newest = revisions.map(\.number).max() else {
            page.line("No policy was applied yet: curfew policy apply FILE")
            return page.text
        }
        var table = Table([
            .init("revision", .right, shrinks: false), .init("applied", shrinks: false), .init("by"),
            .init("hash", shrinks: false), .init("files"), .init("", shrinks: false),
        ])
        for revision in revisions.sorted(by: { $0.number > $1.number }) {
            table.add(
                "\(revision.number)",
                Span(canvas.time(revision.appliedAt)),
                Span(revision.appliedBy),
                Span(revision.hash.short, .dim),
                Span(revision.source.files.compactMap(\.name).joined(separator: ", ")),
                revision.number == newest ? Span("in force", .good) : ""
            )
        }
        page.table(table)
        return page.text
    }
}
