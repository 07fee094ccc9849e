import Core
import Foundation

extension WeeklyReport {
    /// Gmail clips a mail at about 102 KB of HTML; this much is never reached.
    package static let mostBytes = 90_000

    /// For mail clients: nested tables with inline styles and nothing that Gmail or Outlook's Word engine cannot draw.
    ///
    /// As many rows as fit into `mostBytes`; each list says how many it left out and which command shows them.
    /// - Throws: where an operator's templates alone are larger than that.
    package func html(_ templates: WeeklyTemplates) throws(TemplateProblems) -> String {
        try page(templates).html
    }

    /// The page, and the rows of each list that had room on it.
    func page(_ templates: WeeklyTemplates) throws(TemplateProblems) -> (html: String, rows: Int) {
        for rows in [mostRows, 10, 6, 3, 1, 0] where rows <= mostRows {
            let page = templates.render(WeeklyPage(self, rows: rows).view)
            if page.utf8.count < Self.mostBytes { return (page, rows) }
        }
        throw TemplateProblems([
            TemplateProblem(
                template: "weekly",
                line: nil,
                because: "a mail of these templates has more than \(Self.mostBytes / 1_000) KB even without any list, "
                    + "and mail clients cut it off"
            )
        ])
    }

    /// Lists of that many rows leave something out.
    func isCut(at rows: Int) -> Bool { sections.contains { $0.count > rows } }
}

/// A report as templates see it.
struct WeeklyPage {
    let report: WeeklyReport
    let rows: Int

    init(_ report: WeeklyReport, rows: Int) {
        self.report = report
        self.rows = rows
    }

    var view: WeeklyView {
        WeeklyView([
            .subject: MailText.safe(report.subject),
            .period: MailText.safe(report.period),
            .headline: MailText.safe(report.headline),
            .alarms: alarms,
            .figures: report.figures.map { figure in
                let paint = Paint(figure.number == 0 ? .dim : figure.role)
                return WeeklyView([
                    .number: String(figure.number), .word: figure.word, .tone: paint.tone, .colour: paint.colour,
                    .change: present(figure.change),
                ])
            },
            .compared: report.comparison.map { "Small figures: \($0)." } ?? false,
            .facts: report.facts.map { fact in
                let paint = Paint(fact.role ?? .dim)
                return WeeklyView([.text: MailText.safe(fact.text), .tone: paint.tone, .colour: paint.colour])
            },
            .shares: shares,
            .trend: trend,
            .sections: report.sections.map { SectionView($0, rows: rows, isMailed: report.isMailed).view },
            .seal: seal,
            .more: more,
            .note: coverageNote,
            .promise: WeeklyReport.promise,
        ])
    }

    private var more: String {
        guard report.isMailed else {
            return report.isCut(at: rows) ? "With --csv FILE the same command writes every line." : ""
        }
        if report.edition == .platform { return "The attached file has every line." }
        return report.isCut(at: rows) ? "The attached file has what is left out here." : ""
    }

    /// Above the numbers, because it says how far to believe them.
    private var alarms: any Sendable {
        let most = 5
        var lines = report.alarms.prefix(most).map { MailText.safe($0) }
        if report.alarms.count > most { lines.append("and \(report.alarms.count - most) more: curfew coverage") }
        guard !lines.isEmpty else { return false }
        return WeeklyView([.rows: lines.map { WeeklyView([.text: $0]) }])
    }

    private var shares: any Sendable {
        guard !report.shares.isEmpty else { return false }
        let all = report.shares.reduce(0) { $0 + $1.number }
        return WeeklyView([
            .columns: report.shares.map { share in
                WeeklyView([.width: max(1, share.number * 100 / all), .fill: Paint.fill(share.role)])
            },
            .rows: report.shares.map { share in
                WeeklyView([.number: String(share.number), .word: share.word, .fill: Paint.fill(share.role)])
            },
        ])
    }

    private var trend: any Sendable {
        guard !report.trend.isEmpty else { return false }
        let most = max(1, report.trend.compactMap(\.count?.stale).max() ?? 1)
        return WeeklyView([
            .title: "The last \(report.trend.count) weeks",
            .rows: report.trend.map { week in
                let stale = week.count?.stale ?? 0
                return WeeklyView([
                    .week: week.week.short, .reading: week.count != nil, .stale: stale, .of: week.count?.features ?? 0,
                    .bar: stale > 0 ? max(1, stale * 100 / most) as any Sendable : false, .reaped: week.reaped,
                ])
            },
        ])
    }

    private var seal: any Sendable {
        guard let head = report.sealHead else { return false }
        return WeeklyView([
            .number: String(head.number), .digest: "\(head.digest)", .time: report.moment.text(head.at),
            .note: WeeklyReport.sealNote,
        ])
    }
}

/// One list as templates see it.
private struct SectionView {
    let section: WeeklyReport.Section
    let rows: Int
    let isMailed: Bool
    private let columns: Int
    private let hasBars: Bool

    init(_ section: WeeklyReport.Section, rows: Int, isMailed: Bool) {
        self.section = section
        self.rows = rows
        self.isMailed = isMailed
        columns = section.columns.count
        hasBars = section.hasBars
    }

    var view: WeeklyView {
        WeeklyView([
            .title: MailText.safe(section.title), .count: section.count, .note: MailText.safe(section.note),
            .columns: section.columns.enumerated().map { index, name in
                WeeklyView([
                    .name: name, .side: index == 0 ? "left" : "right", .gap: gap(index),
                    .width: width(index),
                ])
            },
            .groups: section.first(rows).map { group in
                WeeklyView([
                    .title: group.title.map { WeeklyView([.title: MailText.safe($0, 80), .span: columns]) } ?? false,
                    .rows: group.rows.map(view),
                ])
            },
            .left: section.left(rows, isMailed: isMailed).map { WeeklyView([.text: $0, .span: columns]) } ?? false,
        ])
    }

    /// The cells, and under them what there is to say, over the whole width of a telephone.
    private func view(_ row: WeeklyReport.Row) -> WeeklyView {
        let ends = row.lead.isEmpty && row.detail.isEmpty && row.commands.isEmpty
        let cells = row.cells.enumerated().dropFirst().map { index, text in
            let paint = Paint(index == row.cells.count - 1 ? row.role : nil)
            return WeeklyView([
                .text: MailText.safe(text, 60), .tone: paint.tone, .colour: paint.colour, .gap: gap(index), .ends: ends,
            ])
        }
        return WeeklyView([
            .first: MailText.safe(row.cells.first ?? "", 128),
            .gap: gap(0),
            .ends: ends,
            .fill: row.bar.map { $0 as any Sendable } ?? false,
            .cells: cells,
            .lead: row.lead.isEmpty ? false : WeeklyView([.text: MailText.safe(row.lead), .span: columns]),
            .detail: row.detail.isEmpty
                ? false
                : WeeklyView([.text: MailText.safe(row.detail), .span: columns, .ends: row.commands.isEmpty]),
            .commands: row.commands.isEmpty
                ? false
                : WeeklyView([
                    .span: columns,
                    .rows: row.commands.map { WeeklyView.command($0.purpose, $0.arguments) },
                ]),
        ])
    }

    /// The same in every list, so that their columns stand under each other; the first takes what is left.
    ///
    /// Beside bars there are numbers alone.
    private func width(_ column: Int) -> any Sendable {
        if column == 0 { return false }
        if hasBars { return 40 }
        return column == columns - 1 ? 84 : 60
    }

    private func gap(_ column: Int) -> String { column == columns - 1 ? "0" : "8px" }
}

private func present(_ text: String) -> any Sendable { text.isEmpty ? false : text }

/// Colours that keep their meaning when a client turns them over for a dark screen: dark text on light grounds, each
/// pair at 4.5:1 or better, always both given; and fills of middling lightness, 3:1 or better on both.
struct Paint {
    /// The class that gives it another colour on dark screens, where mail clients let it.
    let tone: String
    let colour: String

    init(_ role: Style.Role?) {
        (tone, colour) =
            switch role {
            case .good: ("good", "#17653a")
            case .warning: ("warning", "#8a4b08")
            case .bad: ("bad", "#a1211f")
            case .dim: ("quiet", "#525c6b")
            case .bold, nil: ("ink", "#1c2430")
            }
    }

    static func fill(_ role: Style.Role) -> String {
        switch role {
        case .good: "#5f9179"
        case .warning: "#c2811c"
        case .bad: "#cf4a4a"
        case .dim, .bold: "#8a94a3"
        }
    }
}
