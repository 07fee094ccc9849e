/// One thing that is wrong in a file, and what to write instead.
package struct SettingsProblem: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Its name; or the option or variable, where the value comes from there.
    package let file: String
    /// From 1; 0 where it is no file.
    package let line: Int
    /// From 1, in Unicode scalars; 0 where it is no file.
    package let column: Int
    /// What is wrong and what was expected; one line.
    package let message: String
    /// An example or the nearest known word; one line.
    package let advice: String?
    /// It was said with an option of the command line.
    package let isOption: Bool

    package var description: String {
        "\(line == 0 ? file : "\(file):\(line):\(column)"): \(message)\(advice.map { "\n  \($0)" } ?? "")"
    }

    package static func < (left: SettingsProblem, right: SettingsProblem) -> Bool {
        (left.line, left.column, left.file, left.message) < (right.line, right.column, right.file, right.message)
    }
}

/// Everything that is wrong in a file, in the file's order.
///
/// Nothing of the file is used.
package struct SettingsProblems: Error, Sendable, Hashable, CustomStringConvertible {
    package let problems: [SettingsProblem]

    /// At most two lines for each problem.
    package var description: String { problems.map(\.description).joined(separator: "\n") }
}

/// Gathers problems while a file is read, so that all are reported at once.
final class ProblemList {
    let file: String
    private(set) var problems: Set<SettingsProblem> = []
    /// Paths whose values do not come from the file.
    var origins: [String: SettingOrigin] = [:]
    /// What the readers know, for whoever holds it against a schema.
    var known: KnownKeys?
    /// Nil takes everything; otherwise only what is about these paths, or below them.
    var only: Set<String>?

    init(file: String) { self.file = file }

    var isEmpty: Bool { problems.isEmpty }

    func add(_ origin: SettingOrigin, _ message: String, _ advice: String? = nil) {
        var isOption = false
        if case .flag = origin { isOption = true }
        add(origin.description, line: 0, column: 0, message, advice, isOption: isOption)
    }

    func add(line: Int, column: Int, _ message: String, _ advice: String? = nil) {
        add(file, line: line, column: column, message, advice, isOption: false)
    }

    private func add(
        _ file: String,
        line: Int,
        column: Int,
        _ message: String,
        _ advice: String?,
        isOption: Bool
    ) {
        problems.insert(
            SettingsProblem(
                file: Self.oneLine(file),
                line: line,
                column: column,
                message: ProblemList.oneLine(message),
                advice: advice.map(ProblemList.oneLine),
                isOption: isOption
            )
        )
    }

    func takes(_ path: String) -> Bool {
        only?.contains { path == $0 || path.hasPrefix($0 + ".") || path.hasPrefix($0 + "[") } ?? true
    }

    func take(_ others: ProblemList) { problems.formUnion(others.problems) }

    var error: SettingsProblems { SettingsProblems(problems: problems.sorted()) }

    /// What a file says goes into messages: control characters out, and no more than people will read.
    static func oneLine(_ text: String) -> String {
        var line = String(String.UnicodeScalarView(text.unicodeScalars.map { $0.properties.isControl ? " " : $0 }))
        if line.count > 300 { line = "\(line.prefix(297))..." }
        return line
    }
}

extension Unicode.Scalar.Properties {
    fileprivate var isControl: Bool {
        switch generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse: true
        default: false
        }
    }
}

/// What a file says, as it stands in a message: in back-ticks and not too long.
func quoted(_ text: String) -> String { text.count > 60 ? "`\(text.prefix(57))...`" : "`\(text)`" }
