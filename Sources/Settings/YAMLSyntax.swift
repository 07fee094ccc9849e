import Yams

extension YAMLDocument {
    /// Says a syntax error in the words of the file, where the parser's own words do not help.
    static func add(_ error: YamlError, _ text: String, _ list: ProblemList) {
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            if let tab = indentingTab(in: text, upTo: mark.line) {
                list.add(
                    line: tab.line,
                    column: tab.column,
                    "a tab cannot indent YAML",
                    "use spaces, two for each level"
                )
                return
            }
            if problem.contains("another document") {
                list.add(
                    line: mark.line,
                    column: mark.column,
                    "a second document begins here",
                    "one file holds one document"
                )
                return
            }
            let begun = context.map {
                " \($0.text.hasPrefix("while") ? "" : "in ")\($0.text) that began in line \($0.mark.line)"
            }
            list.add(
                line: mark.line,
                column: mark.column,
                "not YAML: \(problem)\(begun.map { "," + $0 } ?? "")",
                advice(for: problem)
            )
        case .reader(let problem, let offset, _, let yaml):
            let before = yaml.prefix(offset ?? 0)
            let line = before.split(separator: "\n", omittingEmptySubsequences: false)
            list.add(
                line: max(1, line.count),
                column: (line.last?.unicodeScalars.count ?? 0) + 1,
                "not YAML: \(problem)",
                "remove the character"
            )
        case .duplicatedKeysInMapping(let keys, let context):
            list.add(
                line: context.mark.line,
                column: context.mark.column,
                "\(quoted(keys.first ?? "")) stands more than once in the same mapping",
                "keep one of them"
            )
        default:
            list.add(line: 1, column: 1, "not YAML: \(error)")
        }
    }

    private static func indentingTab(in text: String, upTo last: Int) -> (line: Int, column: Int)? {
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).prefix(last).enumerated() {
            let indent = line.unicodeScalars.prefix { $0 == " " || $0 == "\t" }
            if let tab = indent.firstIndex(of: "\t"), indent.endIndex < line.unicodeScalars.endIndex {
                return (index + 1, line.unicodeScalars.distance(from: line.unicodeScalars.startIndex, to: tab) + 1)
            }
        }
        return nil
    }

    private static func advice(for problem: String) -> String? {
        if problem.contains("mapping values are not allowed") {
            return "is the line above missing its `:` or its quotes?"
        }
        if problem.contains("could not find expected ':'") { return "every key is followed by `: ` and its value" }
        if problem.contains("cannot start any token") { return "put values that begin with @, ` or % into quotes" }
        if problem.contains("did not find expected key") || problem.contains("expected <block end>") {
            return "check the indentation: what belongs together begins in the same column"
        }
        if problem.contains("did not find expected ',' or") { return "close every [ with ] and every { with }" }
        return nil
    }
}
