import Core
import Foundation

extension WeeklyReport {
    /// Columns of a mail's plain part: readers that quote it, and terminals, have room for it.
    static let mailColumns = 76

    /// For terminals, where nothing is left out.
    package func text(style: Style = Style(colour: false), width: Int? = nil, unicode: Bool = true) -> String {
        written(style: style, width: width, unicode: unicode, rows: nil)
    }

    /// The plain part of a mail: as wide as everybody can read, with as many rows of each list as the HTML has.
    package func mailText() -> String {
        written(style: Style(colour: false), width: Self.mailColumns, unicode: true, rows: mostRows)
    }

    /// Of each list in a mail; all of it is in the attachment.
    var mostRows: Int { edition == .platform ? 15 : 25 }

    private func written(style: Style, width: Int?, unicode: Bool, rows: Int?) -> String {
        var canvas = canvas
        (canvas.style, canvas.width, canvas.unicode) = (style, width, unicode)
        var page = Page(canvas)
        page.breaksWords = rows != nil
        page.line(Span("Curfew. \(period)", .dim))
        page.line(Span(headline, .bold))
        for alarm in alarms { page.line(Span("! \(alarm)", .bad)) }
        write(figures, &page)
        write(shares, &page)
        if !facts.isEmpty { page.blank() }
        for fact in facts { page.line(Span(fact.text, fact.role)) }
        write(trend, &page)
        for section in sections { write(section, most: rows, &page) }
        if let head = sealHead {
            page.heading("Audit log")
            page.line("Seal \(head.number) of \(canvas.time(head.at)):", indent: 2)
            page.line("\(head.digest)", indent: 2)
            page.line(Span(Self.sealNote, .dim), indent: 2, hanging: 0)
        }
        page.blank()
        page.line(Span("\(coverageNote) \(Self.promise)", .dim), hanging: 0)
        return page.text
    }

    static let sealNote =
        "Keep this: as long as curfew audit --verify gives the same for that number, nothing before it was changed."
    static let promise = "Nothing is deleted without a plan, an approval and a last look."

    private func write(_ figures: [Figure], _ page: inout Page) {
        page.blank()
        for figure in figures {
            let number = String(figure.number)
            let gap = String(repeating: " ", count: max(2, 14 - figure.word.count))
            page.line(
                Span(number, figure.number == 0 ? .dim : figure.role ?? .bold),
                Span("  \(figure.word)"),
                Span(figure.change.isEmpty ? "" : gap + figure.change, .dim),
                indent: max(2, 8 - number.count)
            )
        }
        if let comparison {
            page.line(Span("Behind them: \(comparison).", .dim), indent: 2)
        }
    }

    private func write(_ shares: [Share], _ page: inout Page) {
        guard shares.count > 1 else { return }
        page.blank()
        let all = shares.reduce(0) { $0 + $1.number }
        let digits = String(all).count
        for share in shares {
            let number = String(share.number)
            page.line(
                Span(Self.bar(share.number, of: all, width: 24, unicode: page.canvas.unicode), share.role),
                Span("  \(String(repeating: " ", count: digits - number.count))\(number)  \(share.word)"),
                indent: 2
            )
        }
    }

    private func write(_ trend: [WeeklyTrend], _ page: inout Page) {
        guard !trend.isEmpty else { return }
        page.heading("The last \(trend.count) weeks")
        let most = trend.compactMap(\.count?.stale).max() ?? 0
        let digits =
            trend.map { [$0.count?.stale, $0.count?.features, $0.reaped].compactMap { $0 }.map { String($0).count } }
            .joined().max() ?? 1
        func padded(_ number: Int) -> String {
            String(repeating: " ", count: digits - String(number).count) + String(number)
        }
        for week in trend {
            let end =
                "\(padded(week.reaped)) reaped\(week.week == self.week && periodKind == .lastDays ? " so far" : "")"
            guard let count = week.count else {
                page.line(
                    Span("\(week.week.short)  no evaluation in that week, \(week.reaped) reaped", .dim),
                    indent: 2
                )
                continue
            }
            page.line(
                Span("\(week.week.short)  "),
                Span(Self.bar(count.stale, of: most, width: 24, unicode: page.canvas.unicode), .warning),
                Span("  \(padded(count.stale)) of \(padded(count.features)) stale, \(end)"),
                indent: 2
            )
        }
    }

    /// At least one cell for anything that is not nothing, and full only for all of it.
    static func bar(_ number: Int, of all: Int, width: Int, unicode: Bool) -> String {
        guard all > 0 else { return String(repeating: unicode ? "░" : ".", count: width) }
        let share = number * width / all
        let filled = number == 0 ? 0 : number == all ? width : min(width - 1, max(1, share))
        return String(repeating: unicode ? "█" : "#", count: filled)
            + String(repeating: unicode ? "░" : ".", count: width - filled)
    }

    private func write(_ section: Section, most: Int?, _ page: inout Page) {
        page.heading(section.title, count: section.count)
        page.line(Span(section.note, .dim), hanging: 0)
        let shown = section.first(most ?? .max)
        if section.hasBars {
            writeBars(section, shown, &page)
        } else {
            for group in shown {
                if let title = group.title { page.line(Span(title, .bold), indent: 2) }
                for row in group.rows { write(row, section.columns, indent: group.title == nil ? 2 : 4, &page) }
            }
        }
        if let left = section.left(most ?? .max, isMailed: isMailed) { page.line(Span(left, .dim), indent: 2) }
    }

    /// A terminal has room for all of a reason; a mail for as much as its page has.
    private func text(_ text: String, _ page: Page) -> Span {
        Span(page.breaksWords ? MailText.safe(text) : text)
    }

    private func write(_ row: Row, _ columns: [String], indent: Int, _ page: inout Page) {
        let rest = zip(columns, row.cells).dropFirst().filter { !$0.1.isEmpty }
            .map { ["State", "Plan", "When", "Next"].contains($0.0) ? $0.1 : "\($0.0.lowercased()) \($0.1)" }
        page.line(
            Span(row.cells.first ?? "", row.role ?? .bold),
            Span(rest.isEmpty ? "" : "  \(rest.joined(separator: ", "))"),
            indent: indent
        )
        if !row.lead.isEmpty { page.line(text(row.lead, page), indent: indent + 4, hanging: 0) }
        if !row.detail.isEmpty { page.line(text(row.detail, page), indent: indent + 4, hanging: 0) }
        for command in row.commands {
            page.line(Span("\(command.purpose):", .dim), indent: indent + 4)
            for line in command.lines(width: page.canvas.width.map { $0 - indent - 6 }) {
                page.unbroken(Span(line), indent: indent + 6)
            }
        }
    }

    /// Names beside bars, in columns.
    private func writeBars(_ section: Section, _ groups: [Group], _ page: inout Page) {
        var table = Table([
            Table.Column(section.columns[0], maximum: 36, minimum: 12), Table.Column("", shrinks: false),
            Table.Column(section.columns[1], .right, shrinks: false),
            Table.Column(section.columns[2], .right, shrinks: false),
        ])
        for row in groups.flatMap(\.rows) where row.cells.count == 3 {
            let bar = Self.bar(row.bar ?? 0, of: 100, width: 20, unicode: page.canvas.unicode)
            table.add([Span(row.cells[0]), Span(bar, .warning), Span(row.cells[1]), Span(row.cells[2], .dim)])
        }
        page.table(table, indent: 2)
    }
}

extension WeeklyReport.Section {
    /// The groups with the first rows of all.
    func first(_ most: Int) -> [WeeklyReport.Group] {
        var left = most
        var shown: [WeeklyReport.Group] = []
        for group in groups where left > 0 {
            let kept = Array(group.rows.prefix(left))
            let title = group.title.map { "\($0) (\(group.rows.count))" }
            shown.append(WeeklyReport.Group(title: title, rows: kept))
            left -= kept.count
        }
        return shown
    }

    /// What a list of that many rows leaves out, and where it is.
    func left(_ most: Int, isMailed: Bool) -> String? {
        count > most ? "and \(count - most) more: \(isMailed ? "the attached file, or " : "")\(command)" : nil
    }
}

extension WeeklyReport.Command {
    /// As many lines as it takes, which a shell reads as one: a name is never broken, whoever copies it.
    func lines(width: Int?) -> [String] {
        guard let width, text.count > width else { return [text] }
        var lines: [String] = []
        for argument in arguments {
            // Behind a line that goes on stands ` \\`.
            if let last = lines.last, last.count + argument.count + 3 <= width {
                lines[lines.count - 1] += " " + argument
            } else {
                lines.append(lines.isEmpty ? argument : "  " + argument)
            }
        }
        return lines.enumerated().map { $0 < lines.count - 1 ? $1 + " \\" : $1 }
    }
}
