package import Core
package import Foundation

/// The tests of a policy: cases in YAML beside it.
package struct PolicyTestFile: Sendable, Hashable {
    /// Files, folders and names with `*`, as written, relative to this file; none leaves it to the caller.
    package let policies: [String]
    package let cases: [PolicyTestCase]

    static let example =
        "cases: [{ name: idle, at: 2026-03-20, environment: { name: feat-x, created: 30d ago, changed: 9d ago }, "
        + "expect: { verdict: stale } }]"

    /// The cases that the bytes say, or everything that is wrong with them.
    ///
    /// `table`: what is known of Lambda's runtimes.
    package static func parse(
        _ bytes: Data,
        file: String,
        table: RuntimeTable
    ) throws(SettingsProblems) -> PolicyTestFile {
        try YAMLDocument.read(bytes, file: file, example: example) { $0.policyTests(table) }
    }
}

extension YAMLEntry {
    func policyTests(_ table: RuntimeTable) -> PolicyTestFile? {
        guard let top = mapping(["policy", "at", "cases"], required: ["cases"], example: PolicyTestFile.example) else {
            return nil
        }
        let at = top["at"]?.day()
        let items = top["cases"]?.items("a list of cases", example: PolicyTestFile.example) ?? []
        let cases = items.compactMap { item in item.policyTest(at: at, table).map { (item, $0) } }
        var seen: [String: Int] = [:]
        for (item, test) in cases {
            if let line = seen[test.name] {
                item.report("the case in line \(line) is called `\(test.name)`, too", "names say which case failed")
            }
            seen[test.name] = test.line
        }
        let policies = top["policy"]?.items("a policy file or a list of them", example: "policy.yaml", orSingle: true)?
            .compactMap { $0.text("a policy file", example: "policy.yaml") }
        return PolicyTestFile(policies: policies ?? [], cases: cases.map(\.1))
    }

    private func policyTest(at common: Date?, _ table: RuntimeTable) -> PolicyTestCase? {
        guard
            let parts = mapping(
                ["name", "at", "environment", "expect"],
                required: ["name", "environment", "expect"],
                example: PolicyTestFile.example
            )
        else { return nil }
        let name = parts["name"]?.text("what the case shows", example: "an idle copy is stale")
        let own = parts["at"].map { $0.day() }
        let at = own ?? common
        if own == nil, common == nil {
            report("`\(path)` lacks `at`", "the day of the case, or one `at` for all beside `cases`")
        }
        // Any day will do to find out what else is wrong.
        let facts = parts["environment"]?.factsOfTest(at: at ?? .distantPast, table)
        let expected = parts["expect"]?.expectation(at: at ?? .distantPast)
        guard let at else { return nil }
        guard let name, let facts, let expected else { return nil }
        return PolicyTestCase(name: name, line: line, facts: facts, at: at, expected: expected)
    }

    private func expectation(at now: Date) -> PolicyTestCase.Expectation? {
        let keys = ["verdict", "policy", "clause", "changes"]
        guard let parts = mapping(keys, example: "{ verdict: stale, clause: \"idle: 7d\" }") else { return nil }
        guard !parts.entries.isEmpty else {
            return wrong("`\(path)` expects nothing", "for example `{ verdict: keep }`")
        }
        return PolicyTestCase.Expectation(
            verdict: parts["verdict"]?.choice(Verdict.self),
            policy: parts["policy"]?.text("a policy's name, or `none`", example: "features").map {
                $0 == "none" ? .none : .named($0)
            },
            clause: parts["clause"]?.clauseText(),
            changes: parts["changes"].flatMap { entry in
                entry.scalar == "never" ? .never : entry.moment(around: now).map { .at($0) }
            }
        )
    }

    /// A step's name, or a clause as text or as the policy writes it.
    private func clauseText() -> String? {
        isMapping ? condition(depth: 0)?.description : text("a clause", example: "\"idle: 7d\"")
    }

    private func day() -> Date? {
        guard let text = scalar, let date = Self.date(text) else {
            return unexpected("a day or a moment", example: "2026-03-20T09:00:00Z")
        }
        return date
    }

    static func date(_ text: String) -> Date? {
        if let day = CalendarDay(text: text) { return Date(timeIntervalSince1970: Double(day.daysSince1970) * 86_400) }
        return try? Date(text, strategy: .iso8601)
    }

    /// A day, a moment, or a length of time before or after the case's own: `9d ago`, `in 3d`.
    func moment(around now: Date) -> Date? {
        guard let text = scalar else { return unexpected("a moment", example: "9d ago") }
        if let date = Self.date(text) { return date }
        if text == "now" { return now }
        if text.hasSuffix(" ago"), let length = DurationText.parse(String(text.dropLast(4))) {
            return now.later(by: .zero - length)
        }
        if text.hasPrefix("in "), let length = DurationText.parse(String(text.dropFirst(3))) {
            return now.later(by: length)
        }
        return unexpected("a moment", example: "9d ago`, `in 3d` or `2026-03-20")
    }
}
