package import Core

/// Accounts with their mode, how they are read, and what is wrong with that.
package enum AccountsText {
    /// `trouble`: why the organization could not be listed the last time.
    package static func text(
        _ accounts: [AccountOverview],
        trouble: TroubleRecord? = nil,
        on canvas: Canvas
    ) -> String {
        var page = Page(canvas)
        guard !accounts.isEmpty else {
            page.line("No accounts yet: name them in the settings, then curfew scan")
            if let trouble { unlisted(trouble, &page) }
            return page.text
        }
        let shown = accounts.filter { !$0.isOnlyExcluded }.sorted { $0.record.account < $1.record.account }
        page.table(table(shown, canvas))
        let hidden = accounts.count - shown.count
        if hidden > 0 {
            page.line(
                Span("and \(Canvas.counted(hidden, "account")) of the organization that the settings leave out", .dim)
            )
        }
        if let trouble { unlisted(trouble, &page) }
        for account in shown { details(account, &page) }
        if shown.contains(where: { $0.record.mode == .report && $0.passedOver == nil }) {
            page.blank()
            page.line("Next: curfew accounts mode ACCOUNT reap --because TEXT")
        }
        return page.text
    }

    private static func table(_ accounts: [AccountOverview], _ canvas: Canvas) -> Table {
        var table = Table([
            .init("account", shrinks: false), .init("mode", shrinks: false), .init("from", shrinks: false),
            .init("access", expendable: 2), .init("regions", maximum: 40, expendable: 3),
            .init("state", shrinks: false), .init("read completely", expendable: 4),
        ])
        for account in accounts {
            table.add(
                Span(canvas.account(account.record.account), .bold),
                account.record.hold != nil
                    ? Span("\(account.record.mode.rawValue), held", .bad)
                    : Span(account.record.mode.rawValue, account.record.mode == .reap ? .warning : .good),
                Span(account.origin.rawValue),
                Span(account.access ?? "none", account.access == nil ? .dim : nil),
                Span(regions(account)),
                account.standing,
                account.completeAt.map { Span(canvas.time($0)) }
                    ?? Span(account.read.isEmpty ? "" : "never", .warning)
            )
        }
        return table
    }

    private static func regions(_ account: AccountOverview) -> String {
        guard !account.regions.isEmpty else { return account.findsRegions ? "enabled, not known yet" : "" }
        let listed = account.regions.map(\.text)
        let few = listed.count <= 3 ? listed.joined(separator: ", ") : Canvas.counted(listed.count, "region")
        return account.findsRegions ? "enabled: \(few)" : few
    }

    private static func unlisted(_ trouble: TroubleRecord, _ page: inout Page) {
        page.heading("The organization's accounts could not be listed, and those known before stay")
        page.line(
            Span("\(page.canvas.time(trouble.at)): ", .dim),
            Span(trouble.why, .bad),
            indent: 2
        )
        if !trouble.advice.isEmpty { page.line(Span(trouble.advice), indent: 6) }
    }

    /// What somebody decided about the account, and everything that is wrong with it.
    private static func details(_ account: AccountOverview, _ page: inout Page) {
        let canvas = page.canvas
        var lines: [(spans: [Span], indent: Int)] = []
        if let by = account.record.by, let at = account.record.at {
            let because = account.record.because.map { ": \($0)" } ?? ""
            let mode = account.record.mode.rawValue
            lines.append(([Span("\(mode) mode, set by \(by) \(canvas.time(at))\(because)", .dim)], 2))
        }
        if let hold = account.record.hold {
            lines.append(([Span("held since \(canvas.time(hold.since)): \(hold.because)", .bad)], 2))
            lines.append((["Nothing in it is planned or begun: \(hold.remedy)"], 6))
        }
        if let passedOver = account.passedOver, !account.isOnlyExcluded {
            lines.append(([Span("not read: \(passedOver)", .warning)], 2))
        }
        if account.passedOver == nil, let trouble = account.regionsTrouble {
            lines.append(([Span("its regions could not be read \(canvas.time(trouble.at)): \(trouble.why)", .bad)], 2))
            if !trouble.advice.isEmpty { lines.append(([Span(trouble.advice)], 6)) }
        }
        for target in account.targets where target.coverage != .complete {
            let region = target.target.region.text
            let reason = target.coverage == .retired ? target.record.state.because : target.reason(canvas)
            let because = reason.map { ": \($0)" } ?? ""
            lines.append(([Span("\(region)  "), target.coverage.span, Span(because)], 2))
            if let advice = target.advice { lines.append(([Span(advice)], 6)) }
        }
        guard !lines.isEmpty else { return }
        page.heading(canvas.account(account.record.account))
        for (spans, indent) in lines { page.line(spans, indent: indent) }
    }

    /// Every account with everything that is known of it; what is not known is empty.
    package static func csv(_ accounts: [AccountOverview]) -> String {
        var table = Table(
            [
                "account", "name", "mode", "from", "access", "regions", "state", "not read because",
                "complete at", "targets", "failing", "failure", "advice", "held because",
            ].map { Table.Column($0) }
        )
        for account in accounts.sorted(by: { $0.record.account < $1.record.account }) {
            let failing = account.failing
            let trouble = account.passedOver == nil ? account.regionsTrouble : nil
            let cells: [String?] = [
                account.record.account.text, account.name, account.record.mode.rawValue, account.origin.rawValue,
                account.access, account.regions.map(\.text).joined(separator: " "), account.state,
                account.passedOver?.description, account.completeAt.map(JSONText.time), "\(account.read.count)",
                "\(failing.count)", failing.first?.record.newest?.failure ?? trouble?.why,
                failing.first?.advice ?? trouble?.advice, account.record.hold?.because,
            ]
            table.add(cells.map { Span($0 ?? "") })
        }
        return table.csv()
    }
}

extension AccountOverview {
    /// Those whose newest reading was not complete.
    fileprivate var failing: [CoveredTarget] { read.filter { $0.coverage == .failed || $0.coverage == .suspect } }

    /// In one word or two, what became of reading it.
    fileprivate var standing: Span {
        switch passedOver {
        case .excluded: return Span("excluded", .dim)
        case .inactive(let state): return Span(state.lowercased().replacing("_", with: " "), .warning)
        case .left: return Span("left", .warning)
        case nil: break
        }
        if origin == .records { return Span("not configured", .warning) }
        if findsRegions, regions.isEmpty, regionsTrouble != nil { return Span("no regions", .bad) }
        if read.isEmpty { return Span(targets.isEmpty ? "never read" : "retired", .dim) }
        if !failing.isEmpty { return Span("\(failing.count) of \(read.count) failed", .bad) }
        if read.contains(where: { $0.coverage == .never }) { return Span("never read", .warning) }
        if read.contains(where: { $0.coverage == .old }) { return Span("old", .warning) }
        return regionsTrouble == nil ? Span("active", .good) : Span("active, regions old", .warning)
    }
}
