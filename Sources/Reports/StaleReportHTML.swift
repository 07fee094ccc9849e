import Core
import Foundation

extension StaleReport {
    /// Gmail clips a mail at about 102 KB of HTML; this much is never reached.
    package static let mostBytes = 90_000

    /// For mail clients: nested tables with inline styles and nothing that Gmail or Outlook's Word engine cannot draw.
    ///
    /// As many rows as fit into `mostBytes`; each list says how many it left out and which command shows them.
    package func html() -> String {
        for rows in [60, 40, 25, 15, 8, 4, 1] {
            let page = html(rows: rows)
            if page.utf8.count < Self.mostBytes { return page }
        }
        return html(rows: 0)
    }

    private func html(rows: Int) -> String {
        let body = ([masthead, alarmRows, tiles, bar] + sections.map { section($0, rows: rows) } + [footer]).joined()
        return """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">\
            <title>\(HTML.escaped(subject))</title></head>
            <body bgcolor="\(Paint.ground)" style="margin:0;padding:0;background-color:\(Paint.ground)">
            <table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" bgcolor="\(Paint.ground)"><tr>\
            <td align="center" style="padding:12px 8px">
            <table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" bgcolor="\(Paint.paper)" \
            style="max-width:680px;background-color:\(Paint.paper);font-family:\(Paint.font);color:\(Paint.ink)">
            \(body)</table></td></tr></table></body></html>

            """
    }

    private var masthead: String {
        HTML.row(
            """
            <p style="margin:0;font-size:13px;line-height:18px;color:\(Paint.quiet)">Curfew stale report &middot; \
            \(HTML.escaped("\(moment.day(since)) to \(moment.plain(moment.now))"))</p>\
            <h1 style="margin:4px 0 0 0;font-size:22px;line-height:28px;font-weight:bold;color:\(Paint.ink)">\
            \(HTML.escaped(headline))</h1>
            """,
            padding: "20px 16px 12px 16px"
        )
    }

    /// Above the numbers, because it says how far to believe them.
    private var alarmRows: String {
        let most = 5
        var lines = alarms.prefix(most).map { HTML.cut($0, 300) }
        if alarms.count > most { lines.append("and \(alarms.count - most) more: curfew coverage") }
        guard !lines.isEmpty else { return "" }
        let list = lines.map {
            "<p style=\"margin:0;font-size:14px;line-height:20px;color:\(Paint.bad)\"><b>!</b> \(HTML.escaped($0))</p>"
        }
        return HTML.row(
            HTML.layout(
                "<tr><td bgcolor=\"\(Paint.badGround)\" style=\"padding:8px 12px;background-color:\(Paint.badGround);word-break:break-word\">\(list.joined())</td></tr>"
            ),
            padding: "0 16px 12px 16px"
        )
    }

    /// Nine numbers in three rows: they fit on the first screen of a telephone.
    private var tiles: String {
        let all: [(Int, String, String)] = [
            (numbers.stale, "stale", Paint.warning), (numbers.due, "due", Paint.bad),
            (numbers.planned, "planned", Paint.bad),
            (numbers.blocked, "blocked", Paint.bad), (numbers.reaped, "reaped lately", Paint.good),
            (numbers.kept, "kept", Paint.good),
            (numbers.unowned, "no owner", Paint.warning), (numbers.ambiguous, "ambiguous", Paint.warning),
            (numbers.unmatched, "unmatched", Paint.warning),
        ]
        let rows = stride(from: 0, to: all.count, by: 3).map { start in
            let cells = all[start..<min(start + 3, all.count)].map { number, word, colour in
                """
                <td width="33%" align="center" bgcolor="\(Paint.tile)" style="padding:8px 4px;background-color:\(Paint.tile)"><span style="font-size:26px;line-height:30px;font-weight:bold;\
                color:\(number == 0 ? Paint.quiet : colour)">\(number)</span><br>\
                <span style="font-size:13px;line-height:18px;color:\(Paint.quiet)">\(word)</span></td>
                """
            }
            return "<tr>\(cells.joined())</tr>\n"
        }
        return HTML.row(HTML.layout(rows.joined(), spacing: 4), padding: "0 12px 8px 12px")
    }

    /// How the environments are divided, as a bar of table cells with the same in words under it.
    private var bar: String {
        let ripe = min(numbers.stale, numbers.due + numbers.planned)
        let parts = [
            (numbers.kept, "kept", Paint.goodFill), (numbers.stale - ripe, "stale, not due", Paint.warningFill),
            (ripe, "due or planned", Paint.badFill),
            (max(0, numbers.environments - numbers.kept - numbers.stale), "undecided", Paint.quietFill),
        ].filter { $0.0 > 0 }
        let total = parts.reduce(0) { $0 + $1.0 }
        var words = parts.map { "\($0.0) \($0.1)" }.joined(separator: " · ")
        if numbers.partlyReaped > 0 { words += " · \(numbers.partlyReaped) partly reaped" }
        if numbers.forecastErrors > 0 { words += " · \(Canvas.counted(numbers.forecastErrors, "forecast")) wrong" }
        let scan = numbers.lastComplete.map { "Last complete scan: \(moment.text($0))." } ?? ""
        let cells = parts.map { number, _, colour in
            let share = max(1, number * 100 / max(1, total))
            return
                "<td width=\"\(share)%\" height=\"10\" bgcolor=\"\(colour)\" style=\"background-color:\(colour);font-size:1px;line-height:10px\">&nbsp;</td>"
        }
        let drawn = cells.isEmpty ? "" : HTML.layout("<tr>\(cells.joined())</tr>")
        return HTML.row(
            "\(drawn)<p style=\"margin:6px 0 0 0;font-size:13px;line-height:18px;color:\(Paint.quiet)\">\(HTML.escaped(words))\(words.isEmpty || scan.isEmpty ? "" : "<br>")\(HTML.escaped(scan))</p>",
            padding: "0 16px 8px 16px"
        )
    }

    private var footer: String {
        HTML.row(
            """
            <p style="margin:0;font-size:13px;line-height:18px;color:\(Paint.quiet)">\(HTML.escaped(coverageNote)) \
            Nothing is deleted without a plan, an approval and a last look.</p>
            """,
            padding: "24px 16px 20px 16px"
        )
    }
}
