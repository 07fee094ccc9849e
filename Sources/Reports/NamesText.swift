package import Core

/// What the naming rules make of names, with all evidence: `curfew names test`.
package enum NamesText {
    package static func text(_ names: [(name: String, evaluation: NameEvaluation)], on canvas: Canvas) -> String {
        var page = Page(canvas)
        for (name, evaluation) in names {
            page.blank()
            let verdict = evaluation.verdict
            page.line(Span(name, .bold), Span(" is "), Span(verdict.word, verdict.role), Span(verdict.rest))
            for evidence in evaluation.trace {
                page.line(Span("\(evidence.outcome.mark(canvas.unicode)) "), Span(evidence.sentence), indent: 2)
            }
            let held = evaluation.verdict.environment == nil ? evaluation.named.sorted() : []
            if !held.isEmpty {
                page.line(
                    Span(
                        "It holds back every environment called \(held.map(\.text).joined(separator: ", ")).",
                        .warning
                    ),
                    indent: 2
                )
            }
            if let remedy = evaluation.remedy { page.line(Span("To do: \(remedy)"), indent: 2) }
        }
        return page.text
    }
}

extension NameVerdict {
    fileprivate var role: Style.Role? {
        switch self {
        case .feature: .good
        case .permanent, .excluded: nil
        case .ambiguous, .unmatched: .warning
        }
    }

    fileprivate var rest: String {
        switch self {
        case .feature(let name): ": environment \(name)"
        case .permanent, .ambiguous, .unmatched, .excluded: because.map { ": \($0)" } ?? ""
        }
    }
}

extension NameEvidence.Outcome {
    fileprivate func mark(_ unicode: Bool) -> String {
        switch self {
        case .names: unicode ? "✓" : "+"
        case .permanent: unicode ? "■" : "#"
        case .mentions: "?"
        case .noEvidence, .unexplained: unicode ? "–" : "-"
        }
    }
}
