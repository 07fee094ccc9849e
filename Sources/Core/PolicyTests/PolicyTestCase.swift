package import Foundation

/// One case of a policy's tests: what is known of an environment, the day, and the verdict that is expected.
package struct PolicyTestCase: Sendable, Hashable {
    package let name: String
    /// Where it stands in its file, from 1.
    package let line: Int
    package let facts: EnvironmentFacts
    package let at: Date
    package let expected: Expectation

    /// What is left out is not compared.
    package struct Expectation: Sendable, Hashable {
        package var verdict: Verdict?
        package var policy: PolicyName?
        /// A step of precedence (`not_before`), or a clause as a policy writes it (`idle: 7d`), with a say in the verdict.
        package var clause: String?
        /// When the verdict changes while nothing happens.
        package var changes: Change?

        package init(
            verdict: Verdict? = nil,
            policy: PolicyName? = nil,
            clause: String? = nil,
            changes: Change? = nil
        ) {
            self.verdict = verdict
            self.policy = policy
            self.clause = clause
            self.changes = changes
        }
    }

    package enum PolicyName: Sendable, Hashable {
        case named(String)
        /// No policy applies.
        case none
    }

    package enum Change: Sendable, Hashable {
        case at(Date)
        case never
    }

    package init(name: String, line: Int, facts: EnvironmentFacts, at: Date, expected: Expectation) {
        self.name = name
        self.line = line
        self.facts = facts
        self.at = at
        self.expected = expected
    }

    /// Judges as an evaluation would, and compares.
    package func run(_ policies: PolicySet) -> PolicyTestResult {
        let judgement = judge(facts, policies, now: at)
        var differences: [PolicyTestResult.Difference] = []
        func compare(_ what: String, expected: String?, got: String, _ holds: Bool) {
            guard let expected, !holds else { return }
            differences.append(.init(what: what, expected: expected, got: got))
        }
        let verdict = judgement.verdict
        compare(
            "verdict",
            expected: expected.verdict?.rawValue,
            got: "\(verdict.rawValue): \(judgement.reason)",
            expected.verdict == verdict
        )
        compare(
            "policy",
            expected: expected.policy?.text,
            got: judgement.policy ?? "none applies",
            expected.policy == judgement.policy.map(PolicyName.named) ?? PolicyName.none
        )
        let clauses = judgement.decidingClauses
        compare(
            "clause",
            expected: expected.clause,
            got: clauses.isEmpty ? "none" : clauses.joined(separator: ", "),
            expected.clause.map { plain($0) }.map { clauses.map(plain).contains($0) } ?? true
        )
        compare(
            "changes",
            expected: expected.changes?.text,
            got: judgement.changesAt.map(\.minuteText) ?? "never",
            expected.changes == judgement.changesAt.map(Change.at) ?? Change.never
        )
        return PolicyTestResult(test: self, judgement: judgement, differences: differences)
    }
}

/// What one case came to.
package struct PolicyTestResult: Sendable, Hashable {
    package let test: PolicyTestCase
    package let judgement: Judgement
    /// Empty where everything is as expected.
    package let differences: [Difference]

    package struct Difference: Sendable, Hashable {
        /// `verdict`, `policy`, `clause`, `changes`.
        package let what: String
        package let expected: String
        package let got: String
    }

    package var holds: Bool { differences.isEmpty }
}

extension PolicyTestCase.PolicyName {
    fileprivate var text: String {
        switch self {
        case .named(let name): name
        case .none: "none"
        }
    }
}

extension PolicyTestCase.Change {
    fileprivate var text: String {
        switch self {
        case .at(let date): date.minuteText
        case .never: "never"
        }
    }
}

extension Judgement {
    /// The step that decided, and the clauses below it that have its truth: those that had a say.
    package var decidingClauses: [String] {
        guard let step = trace.flattened.first(where: \.decided) else { return [] }
        return [step.clause] + step.flattened.dropFirst().filter { $0.truth == step.truth }.map(\.clause)
    }
}

/// Without what is only a matter of writing.
private func plain(_ clause: String) -> String {
    String(clause.lowercased().filter { !$0.isWhitespace && $0 != "\"" && $0 != "'" })
}
