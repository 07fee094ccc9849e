package import Core

/// Which targets were read, how completely, and what waits for the others.
package enum CoverageText {
    /// `of`: how many targets there are, also those not shown.
    package static func text(_ targets: [CoveredTarget], of all: Int, on canvas: Canvas) -> String {
        var page = Page(canvas)
        let missing = targets.filter(\.coverage.isMissing)
        guard !targets.isEmpty else {
            page.line(
                all == 0
                    ? "No targets yet: name accounts and regions in the settings, then curfew scan"
                    : "Nothing waits for a reading: all \(Canvas.counted(all, "target")) read completely or retired"
            )
            return page.text
        }
        page.line(
            Span("\(Canvas.counted(all, "target")): ", .bold),
            missing.isEmpty
                ? Span("nothing waits for a reading", .good)
                : Span("\(missing.count) not read completely or not lately", .bad)
        )
        page.blank()
        page.table(table(targets, canvas))
        gaps(missing, &page)
        return page.text
    }

    private static func table(_ targets: [CoveredTarget], _ canvas: Canvas) -> Table {
        var table = Table(
            [
                .init("where", shrinks: false), .init("state", shrinks: false), .init("read completely"),
                .init("environments", .right, shrinks: false), .init("listed", .right, shrinks: false),
            ]
                + ComponentClass.allCases.enumerated()
                .map { .init($1.rawValue, .right, shrinks: false, expendable: 9 - $0) }
        )
        for target in targets {
            let complete = target.record.complete
            table.add(
                [
                    Span(canvas.place(target.target)), target.coverage.span,
                    complete.map { Span(canvas.time($0.at)) } ?? Span("never", .warning),
                    "\(target.record.environments)", Span(complete.map { "\($0.listed)" } ?? "?"),
                ]
                    + ComponentClass.allCases.map { kind in
                        Span(complete.map { "\($0.counts[kind] ?? 0)" } ?? "?")
                    }
            )
        }
        return table
    }

    private static func gaps(_ targets: [CoveredTarget], _ page: inout Page) {
        guard !targets.isEmpty else { return }
        page.heading("Nothing is flagged, cleared or called gone in these")
        for target in targets {
            let waiting = Canvas.counted(target.record.environments, "environment")
            page.line(
                Span(page.canvas.place(target.target), .bold),
                Span(": \(target.reason(page.canvas))", .bad),
                Span(target.record.environments == 0 ? "" : "; \(waiting) with a part in it"),
                indent: 2
            )
            if let advice = target.advice { page.line(Span(advice), indent: 6) }
        }
    }

    /// Every target with all its numbers; what is not known is empty.
    package static func csv(_ targets: [CoveredTarget]) -> String {
        var table = Table(
            (["account", "region", "state", "read at", "complete at", "environments", "listed"]
                + ComponentClass.allCases.map(\.rawValue) + ["failure", "advice"]).map { Table.Column($0) }
        )
        for target in targets {
            let row = CoverageReportJSON(target)
            let fixed = [
                row.account, row.region, row.state, row.readAt.map(JSONText.time), row.completeAt.map(JSONText.time),
                "\(row.environments)", row.listed.map(String.init),
            ]
            let counts = ComponentClass.allCases.map { kind in row.counts[kind.rawValue].map(String.init) }
            table.add((fixed + counts + [row.failure, row.advice]).map { Span($0 ?? "") })
        }
        return table.csv()
    }
}

extension CoveredTarget {
    func reason(_ canvas: Canvas) -> String {
        switch coverage {
        case .complete, .retired: coverage.rawValue
        case .old:
            "no reading since \(record.newest.map { canvas.time($0.at) } ?? "it was made known")"
        case .failed: record.newest?.failure ?? "the reading failed"
        case .suspect: record.newest?.failure ?? record.state.because ?? "the reading was not believable"
        case .never: "never read"
        case .unconfigured:
            "not in the settings any more, so it is not read\(because.map { ": \($0)" } ?? "")"
        }
    }

    var advice: String? {
        switch coverage {
        case .complete, .retired: nil
        case .old: "does the night still run? See: curfew doctor"
        case .failed: record.newest?.advice.flatMap { $0.isEmpty ? nil : $0 }
        case .suspect:
            // Somebody said so already; the next reading decides.
            record.state.accepted
                ? "curfew scan" : "if it is right as it is: curfew accounts accept \(target) --because TEXT"
        case .never: "curfew scan"
        case .unconfigured:
            "put it back, or, if it is closed or lost: curfew accounts retire \(target) --because TEXT"
        }
    }
}

extension Coverage {
    var span: Span {
        switch self {
        case .complete: Span(rawValue, .good)
        case .retired: Span(rawValue, .dim)
        case .never, .unconfigured, .old: Span(rawValue, .warning)
        case .failed, .suspect: Span(rawValue, .bad)
        }
    }
}
