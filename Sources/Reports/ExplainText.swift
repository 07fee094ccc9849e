package import Core
package import Foundation

/// A judgement as a small tree: every clause, what it saw, which one decided, what would change it.
package enum ExplainText {
    /// - file: where the policy stands, of several.
    /// - moment: for which it was judged; nil is now.
    package static func text(
        _ judgement: Judgement,
        of environment: EnvironmentRecord,
        revision: Int64,
        file: String? = nil,
        at moment: Date? = nil,
        on canvas: Canvas
    ) -> String {
        var page = Page(canvas)
        let word =
            judgement.verdictClass.flatMap { $0.rawValue == judgement.verdict.rawValue ? nil : " (\($0.rawValue))" }
            ?? ""
        page.line(
            Span(environment.key.name.text, .bold),
            Span(": "),
            Span(judgement.verdict.rawValue + word, judgement.verdict.role),
            Span(moment.map { " at \(canvas.time($0))" } ?? "")
        )
        page.line(Span(judgement.reason), indent: 2)
        page.line(
            Span(
                judgement.policy.map { "policy \($0)\(file.map { " of \($0)" } ?? ""), revision \(revision)" }
                    ?? (judgement.isPolicyOpen
                        ? "which policy applies is not known (revision \(revision))"
                        : "no policy applies (revision \(revision))"),
                .dim
            ),
            indent: 2
        )
        page.heading("Clauses, in order of precedence")
        for part in judgement.trace.parts { clause(part, depth: 0, decided: false, &page) }
        page.blank()
        page.line(Span("What would change it: ", .bold), Span(judgement.hint))
        if let at = judgement.changesAt, let to = judgement.changesTo {
            page.line(Span("By itself: ", .bold), Span("\(to.rawValue) from \(canvas.time(at))"))
        }
        for report in judgement.reports { page.line(Span("To put right: ", .warning), Span(report)) }
        return page.text
    }

    private static func clause(_ trace: Trace, depth: Int, decided: Bool, _ page: inout Page) {
        let unicode = page.canvas.unicode
        let (mark, role) = mark(trace.truth, unicode: unicode)
        let decides = trace.decided ? (unicode ? "  ← decided" : "  <- decided") : ""
        // Clauses that had no say are there to be read when somebody wonders, not to be read first.
        let quiet: Style.Role? = trace.decided || decided ? nil : .dim
        page.line(
            Span(mark, role),
            Span(" "),
            Span(trace.clause, trace.decided ? .bold : quiet),
            Span(trace.saw.isEmpty ? "" : ": \(trace.saw)", quiet),
            Span(decides, .bold),
            indent: 2 * depth + 2
        )
        let inset = 2 * depth + 6
        if let at = trace.changesAt {
            page.line(Span("changes \(page.canvas.time(at))", .dim), indent: inset)
        }
        if trace.decided || trace.truth == .unknown, let change = trace.change {
            page.line(Span("would change with: \(change)", .dim), indent: inset)
        }
        for part in trace.parts { clause(part, depth: depth + 1, decided: decided || trace.decided, &page) }
    }

    private static func mark(_ truth: Truth, unicode: Bool) -> (String, Style.Role?) {
        switch truth {
        case .yes: (unicode ? "✓" : "+", .good)
        case .no: (unicode ? "✗" : "x", .dim)
        case .unknown: ("?", .warning)
        case .notApplicable: (unicode ? "–" : "-", .dim)
        }
    }
}

extension Verdict {
    var role: Style.Role? {
        switch self {
        case .keep, .leased, .protected: .good
        case .stale: .bad
        case .undecided, .ambiguous: .warning
        case .permanent: nil
        }
    }
}
