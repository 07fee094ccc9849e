package import Core

/// The cases of one test file against one policy, for people, programs and CI systems.
package struct PolicyTestReport: Sendable {
    package let file: String
    package let policy: String
    package let results: [PolicyTestResult]

    package init(file: String, policy: String, results: [PolicyTestResult]) {
        self.file = file
        self.policy = policy
        self.results = results
    }

    package var failed: [PolicyTestResult] { results.filter { !$0.holds } }

    /// Each case that does not hold with what was expected and what came; then how many there were.
    package func text(on canvas: Canvas) -> String {
        var page = Page(canvas)
        for result in failed {
            page.line(
                Span(result.test.name, .bold),
                Span(" (\(file):\(result.test.line)), at \(canvas.time(result.test.at))", .dim)
            )
            for difference in result.differences {
                page.line(Span("\(difference.what): expected ", .dim), Span(difference.expected, .good), indent: 2)
                page.line(Span("got ", .dim), Span(difference.got, .bad), indent: 4)
            }
            page.line(Span("what would change it: \(result.judgement.hint)", .dim), indent: 2)
            page.blank()
        }
        let counted = Canvas.counted(results.count, "case")
        page.line(
            Span("\(file) against \(policy): "),
            failed.isEmpty
                ? Span(results.count == 1 ? "its 1 case holds" : "all \(counted) hold", .good)
                : Span("\(failed.count) of \(counted) \(failed.count == 1 ? "does" : "do") not hold", .bad)
        )
        return page.text
    }
}

/// The same, as `curfew policy test --json` writes it.
package struct PolicyTestJSON: Encodable, Sendable {
    package let file: String
    package let policy: String
    package let cases: [CaseJSON]
    package let failed: Int

    package struct CaseJSON: Encodable, Sendable {
        package let name: String
        package let line: Int
        package let holds: Bool
        package let verdict: String
        package let reason: String
        /// The policy that decided; null where none applies.
        @OrNull package var decidedBy: String?
        /// The step and the clauses that had a say.
        package let clauses: [String]
        package let differences: [DifferenceJSON]
    }

    package struct DifferenceJSON: Encodable, Sendable {
        package let what: String
        package let expected: String
        package let got: String
    }

    package init(_ report: PolicyTestReport) {
        file = report.file
        policy = report.policy
        failed = report.failed.count
        cases = report.results.map { result in
            CaseJSON(
                name: result.test.name,
                line: result.test.line,
                holds: result.holds,
                verdict: result.judgement.verdict.rawValue,
                reason: result.judgement.reason,
                decidedBy: result.judgement.policy,
                clauses: result.judgement.decidingClauses,
                differences: result.differences.map {
                    DifferenceJSON(what: $0.what, expected: $0.expected, got: $0.got)
                }
            )
        }
    }
}
