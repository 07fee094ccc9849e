import Core
import Foundation

extension StaleReport {
    /// One list as a heading and a data table of at most `rows` rows, which says what it left out.
    func section(_ section: Section, rows: Int) -> String {
        var left = rows
        var groups: [Group] = []
        for group in section.groups where left > 0 {
            let kept = Array(group.rows.prefix(left))
            groups.append(Group(title: group.title.map { "\($0) (\(group.rows.count))" }, rows: kept))
            left -= kept.count
        }
        let hidden = section.count - (rows - left)
        let more = hidden > 0 ? "and \(hidden) more: \(section.command)" : ""
        let head = HTML.row(
            """
            <h2 style="margin:0;font-size:18px;line-height:24px;font-weight:bold;color:\(Paint.ink)">\
            \(HTML.escaped(section.title)) <span style="font-weight:normal;color:\(Paint.quiet)">\(section.count)</span></h2>\
            <p style="margin:2px 0 0 0;font-size:13px;line-height:18px;color:\(Paint.quiet)">\(HTML.escaped(section.note))</p>
            """,
            padding: "24px 16px 6px 16px"
        )
        return head + HTML.row(table(section, groups, more: more), padding: "0 16px 0 16px")
    }

    private func table(_ section: Section, _ groups: [Group], more: String) -> String {
        let columns = section.columns
        let heads = columns.enumerated().map { index, name in
            """
            <th scope="col"\(Self.width(index, of: columns.count)) align="\(Self.side(index))" valign="bottom" style="padding:6px \
            \(Self.gap(index, of: columns.count)) 6px 0;border-bottom:2px solid \(Paint.line);font-size:13px;line-height:18px;\
            font-weight:bold;color:\(Paint.quiet)">\(HTML.escaped(name))</th>
            """
        }
        var body = groups.map { group in
            let title = group.title.map { title in
                """
                <tr><th scope="rowgroup" colspan="\(columns.count)" align="left" style="padding:12px 0 4px 0;font-size:14px;\
                line-height:20px;font-weight:bold;color:\(Paint.ink);word-break:break-word">\(HTML.escaped(HTML.cut(title, 80)))</th></tr>

                """
            }
            return "<tbody>\(title ?? "")\(group.rows.map(row).joined())</tbody>"
        }.joined()
        if !more.isEmpty {
            body += """
                <tbody><tr><td colspan="\(columns.count)" style="padding:8px 0;font-size:14px;line-height:20px;color:\(Paint.quiet)">\
                \(HTML.escaped(more))</td></tr></tbody>
                """
        }
        return """
            <table width="100%" cellpadding="0" cellspacing="0" border="0"><thead><tr>\(heads.joined())</tr></thead>
            \(body)</table>

            """
    }

    /// Two rows of the table: the cells, and under them what there is to say, over the whole width of a telephone.
    private func row(_ row: Row) -> String {
        let columns = row.cells.count
        let rule = "border-bottom:1px solid \(Paint.line)"
        let ends = row.detail.isEmpty ? "8px 0;\(rule)" : "0 0"
        let cells = row.cells.enumerated().map { index, text in
            let padding = "padding:8px \(Self.gap(index, of: columns)) \(ends)"
            guard index == 0 else {
                let colour = index == columns - 1 ? Paint.text(row.role) : Paint.ink
                return """
                    <td align="\(Self.side(index))" valign="top" style="\(padding);font-size:14px;line-height:20px;color:\(colour)">\
                    \(HTML.escaped(HTML.cut(text, 60)))</td>
                    """
            }
            return """
                <th scope="row" align="left" valign="top" style="\(padding);font-size:14px;line-height:20px;font-weight:bold;\
                color:\(Paint.ink);word-break:break-word">\(HTML.escaped(HTML.cut(text, 100)))</th>
                """
        }
        guard !row.detail.isEmpty else { return "<tr>\(cells.joined())</tr>\n" }
        return """
            <tr>\(cells.joined())</tr>
            <tr><td colspan="\(columns)" style="padding:0 0 8px 0;\(rule);font-size:13px;line-height:18px;color:\(Paint.quiet);\
            word-break:break-word">\(HTML.escaped(HTML.cut(row.detail, 200)))</td></tr>

            """
    }

    /// The same widths in every list, so that their columns stand under each other; the first takes what is left.
    private static func width(_ column: Int, of columns: Int) -> String {
        column == 0 ? "" : " width=\"\(column == columns - 1 ? 92 : 64)\""
    }

    private static func gap(_ column: Int, of columns: Int) -> String { column == columns - 1 ? "0" : "8px" }

    private static func side(_ column: Int) -> String { column == 0 ? "left" : "right" }
}

/// Colours that keep their meaning when a client turns them over for a dark screen: dark text on light grounds, each
/// pair at 4.5:1 or better, always both given; and fills of middling lightness.
enum Paint {
    static let font = "-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
    static let ground = "#eef0f3"
    static let paper = "#ffffff"
    static let tile = "#f3f4f6"
    static let ink = "#1f2937"
    static let quiet = "#4b5563"
    static let line = "#d1d5db"
    static let good = "#166534"
    static let warning = "#92400e"
    static let bad = "#991b1b"
    static let badGround = "#fdecec"
    static let goodFill = "#3f9c63"
    static let warningFill = "#d08a1d"
    static let badFill = "#cf4a4a"
    static let quietFill = "#8a94a3"

    static func text(_ role: Style.Role?) -> String {
        switch role {
        case .good: good
        case .warning: warning
        case .bad: bad
        case .dim: quiet
        case .bold, nil: ink
        }
    }
}

/// The few pieces of HTML that mail clients agree on.
enum HTML {
    /// Text for an element or a quoted attribute; nothing in it can begin a tag, end a quote or turn the direction.
    static func escaped(_ text: String) -> String {
        var result = ""
        for character in SafeText.line(text).unicodeScalars {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(character)
            }
        }
        return result
    }

    /// At most `most` characters, so that one long tag cannot fill a mail.
    static func cut(_ text: String, _ most: Int) -> String {
        text.count > most ? "\(text.prefix(most - 1))…" : text
    }

    /// A row of the page's outer table.
    static func row(_ content: String, padding: String) -> String {
        "<tr><td style=\"padding:\(padding)\">\(content)</td></tr>\n"
    }

    /// A table that only puts things beside each other; `spacing` because a border would turn grey on a dark screen.
    static func layout(_ rows: String, spacing: Int = 0) -> String {
        "<table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"\(spacing)\" border=\"0\">\(rows)</table>"
    }
}
