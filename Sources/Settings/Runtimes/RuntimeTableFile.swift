package import Core
package import Foundation

/// Reads the table of Lambda's runtimes: comma-separated values below a line `# as_of: 2026-08-16`.
package enum RuntimeTableFile {
    /// The columns that have to be there, in any order, among any others.
    static let columns = ["identifier", "deprecation_date", "block_create_date", "block_update_date"]

    /// The table that the program has in itself.
    package static func embedded() throws(SettingsProblems) -> RuntimeTable {
        try parse(Data(PackageResources.lambda_runtimes_csv), file: "the built-in table of runtimes")
    }

    /// The table that the bytes say, or everything that is wrong with them.
    ///
    /// Problems are reported under the name `file`; nothing is read from it.
    package static func parse(_ bytes: Data, file: String) throws(SettingsProblems) -> RuntimeTable {
        let list = ProblemList(file: file)
        let table = read(String(decoding: bytes, as: UTF8.self), list)
        guard list.isEmpty else { throw list.error }
        return table
    }

    private static func read(_ text: String, _ list: ProblemList) -> RuntimeTable {
        let source = RuntimeTableLines(text, list)
        let asOf = day(of: source.comments, list)
        guard let header = source.records.first else {
            list.add(line: 1, column: 1, "there is no table", "for example `\(columns.joined(separator: ","))`")
            return .empty
        }
        let names = header.fields.map { $0.text.lowercased() }
        let missing = columns.filter { !names.contains($0) }
        guard missing.isEmpty else {
            let words = missing.map { "`\($0)`" }.joined(separator: ", ")
            list.add(line: header.line, column: 1, "the table has no column \(words)", "name it in the first row")
            return .empty
        }
        var entries: [RuntimeTable.Entry] = []
        var lines: [String: Int] = [:]
        for record in source.records.dropFirst() {
            guard record.fields.count == names.count else {
                list.add(
                    line: record.line,
                    column: 1,
                    "the row has \(record.fields.count) values, and the table \(names.count) columns",
                    "a value that has a comma in it stands in quotation marks"
                )
                continue
            }
            let fields = Dictionary(zip(names, record.fields), uniquingKeysWith: { first, _ in first })
            guard let identifier = fields["identifier"]?.text, !identifier.isEmpty else {
                list.add(line: record.line, column: 1, "the row names no runtime", "for example `nodejs22.x`")
                continue
            }
            if let first = lines[identifier] {
                list.add(
                    line: record.line,
                    column: 1,
                    "\(quoted(identifier)) stands in line \(first) already",
                    "keep one of them"
                )
            }
            lines[identifier] = record.line
            entries.append(
                RuntimeTable.Entry(
                    identifier: identifier,
                    label: fields["label"].flatMap { $0.text.isEmpty ? nil : $0.text },
                    deprecation: date("deprecation_date", fields, list),
                    createBlock: date("block_create_date", fields, list),
                    updateBlock: date("block_update_date", fields, list)
                )
            )
        }
        if entries.isEmpty, list.isEmpty {
            list.add(
                line: header.line,
                column: 1,
                "the table has no rows",
                "leave `runtimes` out to use the built-in one"
            )
        }
        return RuntimeTable(asOf: asOf, entries: entries)
    }

    /// Nil for an empty value: not every runtime has every date.
    private static func date(
        _ column: String,
        _ fields: [String: RuntimeTableLines.Field],
        _ list: ProblemList
    ) -> CalendarDay? {
        guard let field = fields[column], !field.text.isEmpty else { return nil }
        if let day = CalendarDay(text: field.text) { return day }
        list.add(
            line: field.line,
            column: field.column,
            "`\(column)` is \(quoted(field.text)), which is no date",
            "for example `2027-03-03`, or nothing"
        )
        return nil
    }

    private static func day(of comments: [(line: Int, text: String)], _ list: ProblemList) -> CalendarDay? {
        let said = comments.compactMap { comment -> (line: Int, text: String)? in
            let parts = comment.text.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            return parts.count == 2 && parts[0] == "as_of" ? (comment.line, parts[1]) : nil
        }
        guard let first = said.first else {
            list.add(line: 1, column: 1, "the table does not say as of which day", "begin with `# as_of: 2026-08-16`")
            return nil
        }
        guard let day = CalendarDay(text: first.text) else {
            list.add(
                line: first.line,
                column: 1,
                "`as_of` is \(quoted(first.text)), which is no date",
                "for example `# as_of: 2026-08-16`"
            )
            return nil
        }
        return day
    }
}
