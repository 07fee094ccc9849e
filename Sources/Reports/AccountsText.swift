package import Core

/// Accounts with their mode and how their targets are read.
package enum AccountsText {
    package static func text(_ accounts: [AccountRecord], targets: [TargetState] = [], on canvas: Canvas) -> String {
        var page = Page(canvas)
        guard !accounts.isEmpty else {
            page.line("No accounts yet: name them in the settings, then curfew scan")
            return page.text
        }
        for record in accounts.sorted(by: { $0.account < $1.account }) {
            page.blank()
            page.line(
                Span(canvas.account(record.account), .bold),
                Span("  "),
                record.mode == .reap
                    ? Span("reap: its environments can be planned", .warning)
                    : Span("report: nothing in it is ever planned", .good)
            )
            if let by = record.by, let at = record.at {
                page.line(
                    Span("set by \(by) \(canvas.time(at))\(record.because.map { ": \($0)" } ?? "")", .dim),
                    indent: 4
                )
            }
            if let hold = record.hold {
                page.line(Span("held since \(canvas.time(hold.since)): \(hold.because)", .bad), indent: 4)
                page.line("Nothing in it is planned or begun: \(hold.remedy)", indent: 4)
            }
            for target in targets.filter({ $0.target.account == record.account }).sorted(by: { $0.target < $1.target })
            {
                line(target, &page)
            }
        }
        if accounts.contains(where: { $0.mode == .report }) {
            page.blank()
            page.line("Next: curfew accounts mode ACCOUNT reap --because TEXT")
        }
        return page.text
    }

    private static func line(_ state: TargetState, _ page: inout Page) {
        let canvas = page.canvas
        var spans = [Span("\(state.target.region)  ")]
        switch state.state {
        case .active: spans.append(Span("active", .good))
        case .suspect: spans.append(Span("suspect", .bad))
        case .retired: spans.append(Span("retired", .dim))
        }
        if let because = state.because { spans.append(Span(" (\(because))")) }
        if state.state != .retired {
            spans.append(
                state.lastCompleteAt.map { Span(", read completely \(canvas.time($0))") }
                    ?? Span(", never read completely", .warning)
            )
        }
        if state.accepted { spans.append(", the next reading may differ") }
        page.line(spans, indent: 4)
        if let failure = state.lastFailure { page.line(Span(failure, .bad), indent: 6) }
        if state.state == .suspect {
            page.line("If it is right as it is: curfew accounts accept \(state.target) --because TEXT", indent: 6)
        }
    }
}
