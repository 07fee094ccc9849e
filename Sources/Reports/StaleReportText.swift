import Core
import Foundation

extension StaleReport {
    /// For terminals and the plain part of a mail; nothing is left out.
    package func text(style: Style = Style(colour: false), width: Int? = nil, unicode: Bool = true) -> String {
        var canvas = Canvas(now: moment.now, zone: moment.zone, style: style, width: width, unicode: unicode)
        canvas.moment = moment
        var page = Page(canvas)
        page.line(Span("Curfew: stale report, \(moment.plain(since)) to \(moment.plain(moment.now))", .bold))
        page.line(Span(headline))
        for alarm in alarms { page.line(Span("! \(alarm)", .bad)) }
        page.blank()
        for (word, number, role) in numbers.lines {
            let count = String(number)
            page.line(Span(count, number == 0 ? .dim : role), Span("  \(word)"), indent: max(2, 6 - count.count))
        }
        if let last = numbers.lastComplete { page.line(Span("Last complete scan: \(moment.text(last))", .dim)) }
        for section in sections { write(section, &page) }
        page.blank()
        page.line(Span(coverageNote, .dim))
        return page.text
    }

    private func write(_ section: Section, _ page: inout Page) {
        page.heading(section.title, count: section.count)
        page.line(Span(section.note, .dim))
        for group in section.groups {
            if let title = group.title { page.line(Span("\(title) (\(group.rows.count))", .bold), indent: 2) }
            let indent = group.title == nil ? 2 : 4
            for row in group.rows {
                let rest = zip(section.columns, row.cells).dropFirst().filter { !$0.1.isEmpty }
                    .map { ["State", "Plan", "When"].contains($0.0) ? $0.1 : "\($0.0.lowercased()) \($0.1)" }
                page.line(
                    Span(row.cells.first ?? "", row.role ?? .bold),
                    Span(rest.isEmpty ? "" : "  \(rest.joined(separator: ", "))"),
                    indent: indent
                )
                if !row.detail.isEmpty { page.line(Span(row.detail), indent: indent + 4) }
            }
        }
    }
}

extension StaleReport.Numbers {
    /// Every number with its word, in the order of the first screen.
    var lines: [(word: String, number: Int, role: Style.Role?)] {
        [
            ("stale", stale, .warning), ("due", due, .bad), ("planned", planned, .bad), ("blocked", blocked, .bad),
            ("kept, leased or protected", kept, .good), ("undecided", undecided, .warning),
            ("reaped lately", reaped, .good),
            ("partly reaped", partlyReaped, .bad), ("forecasts that were wrong", forecastErrors, .warning),
            ("without an owner", unowned, .warning),
            ("ambiguous", ambiguous, .warning),
            ("unmatched stacks", unmatched, .warning), ("targets not read", targetsNotRead, .bad),
        ].filter { $0.word != "forecasts that were wrong" || $0.number > 0 }
    }
}
