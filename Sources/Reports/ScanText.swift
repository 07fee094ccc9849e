package import Core
import Foundation

/// One scan: how each target was read, what was found, what failed and what to do about it.
package enum ScanText {
    /// `worker`: the process that this is shown by.
    package static func text(
        _ summary: ScanSummary,
        notes: [EvidenceNote] = [],
        notFound: [NotFoundJSON] = [],
        unread: [UnreadTarget] = [],
        worker: WorkerID? = nil,
        on canvas: Canvas
    ) -> String {
        var page = Page(canvas)
        let readings = summary.readings.sorted { $0.target < $1.target }
        let complete = readings.count { $0.outcome == "complete" }
        let took = summary.finishedAt.map { ", took \(DurationText.age($0.passed(since: summary.startedAt)))" } ?? ""
        page.line(
            Span("Scan \(summary.id)", .bold),
            Span(" of \(canvas.time(summary.startedAt))\(took): "),
            complete == readings.count
                ? Span("\(Canvas.counted(readings.count, "target")) read completely", .good)
                : Span("\(complete) of \(Canvas.counted(readings.count, "target")) read completely", .bad)
        )
        page.blank()
        var table = Table(
            [.init("where", shrinks: false), .init("outcome", shrinks: false), .init("listed", .right, shrinks: false)]
                + ComponentClass.allCases.map { .init($0.rawValue, .right, shrinks: false) } + [
                    .init("gone", .right, shrinks: false)
                ]
        )
        for reading in readings {
            table.add(
                [
                    Span(canvas.place(reading.target)),
                    Span(reading.outcome, reading.outcome == "complete" ? .good : .bad), "\(reading.listed)",
                ]
                    + ComponentClass.allCases.map {
                        Span("\(reading.counts[$0] ?? 0)", reading.counts[$0] ?? 0 == 0 ? .dim : nil)
                    }
                    + [Span("\(reading.gone)", reading.gone == 0 ? .dim : nil)]
            )
        }
        if readings.count > 1 {
            let totals = summary.totals
            table.add(
                [Span("together", .bold), "", "\(totals.values.reduce(0, +))"]
                    + ComponentClass.allCases.map { "\(totals[$0] ?? 0)" } + ["\(readings.reduce(0) { $0 + $1.gone })"]
            )
        }
        page.table(table)
        failures(readings.filter { $0.outcome != "complete" }, &page)
        functions(readings.filter { $0.outcome == "complete" && $0.functionsFailure != nil }, &page)
        unknown(notes, &page)
        targets(notFound, unread, &page)
        workers(summary.workers, worker, &page)
        if !summary.calls.isEmpty {
            page.blank()
            let calls = summary.calls.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.key) \($0.value)" }
            page.line(Span("Calls made: \(calls.joined(separator: ", "))", .dim))
        }
        return page.text
    }

    private static func functions(_ readings: [ReadingSummary], _ page: inout Page) {
        guard !readings.isEmpty else { return }
        page.heading("Functions not listed: their runtimes are unknown there, everything else was read")
        for reading in readings {
            page.line(
                Span(page.canvas.place(reading.target), .bold),
                Span(": \(reading.functionsFailure ?? "")", .warning),
                indent: 2
            )
        }
    }

    /// Only where there were several.
    private static func workers(_ workers: [ScanWorker], _ own: WorkerID?, _ page: inout Page) {
        let others = workers.filter { $0.id != own }
        guard !others.isEmpty else { return }
        let mine = workers.first { $0.id == own }?.read ?? 0
        let parts = ["this process \(mine)"] + others.map { "\($0.name) \($0.read)" }
        page.blank()
        page.line("Targets read by \(parts.joined(separator: ", "))")
    }

    private static func unknown(_ notes: [EvidenceNote], _ page: inout Page) {
        guard !notes.isEmpty else { return }
        page.heading("Unknown about what was read: no clause that needs it decides anything")
        for note in notes {
            page.line(Span(note.summary, .bold), Span(": \(note.why)", .warning), indent: 2)
            if !note.advice.isEmpty { page.line(Span(note.advice), indent: 6) }
        }
    }

    private static func targets(_ notFound: [NotFoundJSON], _ unread: [UnreadTarget], _ page: inout Page) {
        if !notFound.isEmpty { page.heading("Could not be found out: there may be more to read than was read") }
        for trouble in notFound {
            page.line(Span(trouble.what, .bold), Span(": \(trouble.why)", .bad), indent: 2)
            if !trouble.advice.isEmpty { page.line(Span(trouble.advice), indent: 6) }
        }
        if !unread.isEmpty { page.heading("Not read, as the settings and people say") }
        for target in unread {
            page.line(Span(target.what, .bold), Span(": \(target.why)", .warning), indent: 2)
            if !target.advice.isEmpty { page.line(Span(target.advice), indent: 6) }
        }
    }

    private static func failures(_ readings: [ReadingSummary], _ page: inout Page) {
        guard !readings.isEmpty else { return }
        page.heading("Not read completely: nothing is flagged, cleared or called gone there")
        for reading in readings {
            page.line(
                Span(page.canvas.place(reading.target), .bold),
                Span(": \(reading.failure ?? reading.outcome)", .bad),
                indent: 2
            )
            if let advice = reading.advice, !advice.isEmpty { page.line(Span(advice), indent: 6) }
        }
    }
}
