/// Rows under headers, for people as aligned columns and for programs as CSV.
package struct Table: Sendable {
    package enum Alignment: Sendable {
        case left
        case right
    }

    package struct Column: Sendable {
        package var header: String
        package var alignment: Alignment
        /// Columns it takes at most, however wide the terminal is; nil for no limit.
        package var maximum: Int?
        /// False for what must be readable in full, such as a name that has to be typed again.
        package var shrinks: Bool
        /// Columns it is never cut below; a terminal that is too narrow for all of them loses whole columns.
        package var minimum: Int
        /// The lowest number is left out first where the terminal is too narrow; nil stays.
        package var expendable: Int?

        package init(
            _ header: String,
            _ alignment: Alignment = .left,
            maximum: Int? = nil,
            shrinks: Bool = true,
            minimum: Int = 8,
            expendable: Int? = nil
        ) {
            self.header = header
            self.alignment = alignment
            self.maximum = maximum
            self.shrinks = shrinks
            self.minimum = minimum
            self.expendable = expendable
        }
    }

    package let columns: [Column]
    package private(set) var rows: [[Span]] = []

    package init(_ columns: [Column]) { self.columns = columns }

    /// Cells beyond the columns are dropped, missing ones are empty.
    package mutating func add(_ cells: [Span]) {
        var cells = cells.prefix(columns.count).map(\.self)
        while cells.count < columns.count { cells.append("") }
        rows.append(cells)
    }

    package mutating func add(_ cells: Span...) { add(cells) }

    /// The same rows with other texts.
    func rewritten(_ text: (String) -> String) -> Table {
        var table = self
        table.rows = rows.map { row in row.map { Span(text($0.text), $0.role) } }
        return table
    }

    /// The lines without line breaks, header first; columns are cut with `…` until they fit into `width`.
    ///
    /// Columns that must not shrink may make the lines longer than that.
    package func lines(width: Int?, style: Style, unicode: Bool = true) -> [String] {
        let safe = unicode ? SafeText.line : SafeText.ascii
        let cells = rows.map { row in row.map { Span(safe($0.text), $0.role) } }
        let (shown, widths) = fitted(cells, into: width)
        let ellipsis = unicode ? "…" : "..."
        let header = columns.map { Span($0.header.uppercased(), .bold) }
        return ([header] + cells).map { row in
            var line = ""
            var pending = 0
            for index in shown {
                let cell = row[index]
                let text = SafeText.cut(cell.text, to: widths[index], ellipsis: ellipsis)
                let padding = widths[index] - SafeText.width(text)
                // Padding waits until something follows it, so that no line ends in blanks.
                if columns[index].alignment == .right { pending += padding }
                if !text.isEmpty {
                    line += String(repeating: " ", count: pending) + style.paint(text, cell.role)
                    pending = 0
                }
                pending += (columns[index].alignment == .left ? padding : 0) + 2
            }
            return line
        }
    }

    package func text(width: Int?, style: Style, unicode: Bool = true) -> String {
        lines(width: width, style: style, unicode: unicode).map { $0 + "\n" }.joined()
    }

    /// The columns that are shown, and the width of every column.
    private func fitted(_ cells: [[Span]], into width: Int?) -> (shown: [Int], widths: [Int]) {
        var widths = columns.enumerated().map { index, column in
            let header = SafeText.width(column.header)
            let widest = cells.reduce(header) { max($0, SafeText.width($1[index].text)) }
            return column.maximum.map { max(header, min($0, widest)) } ?? widest
        }
        var shown = Array(columns.indices)
        guard let width else { return (shown, widths) }
        let least = columns.indices.map { index in
            let column = columns[index]
            return column.shrinks
                ? min(widths[index], max(column.minimum, SafeText.width(column.header))) : widths[index]
        }
        func sum(_ widths: [Int]) -> Int { shown.reduce(2 * (shown.count - 1)) { $0 + widths[$1] } }
        while sum(least) > width {
            let expendable = shown.filter { columns[$0].expendable != nil }
            guard let first = expendable.min(by: { columns[$0].expendable ?? 0 < columns[$1].expendable ?? 0 }) else {
                break
            }
            shown.removeAll { $0 == first }
        }
        var excess = sum(widths) - width
        while excess > 0 {
            // The widest gives first; ties go to the column further right.
            let candidates = shown.filter { widths[$0] > least[$0] }
            guard let widest = candidates.max(by: { (widths[$0], $0) < (widths[$1], $1) }) else { break }
            widths[widest] -= 1
            excess -= 1
        }
        return (shown, widths)
    }

    /// RFC 4180 with CRLF and headers as `snake_case`; see `CSV.cell` for what is made of dangerous cells.
    package func csv() -> String {
        let header = columns.map { $0.header.lowercased().split(separator: " ").joined(separator: "_") }
        return CSV.text([header] + rows.map { $0.map(\.text) })
    }
}

/// Comma-separated values that neither break a parser nor run in a spreadsheet.
package enum CSV {
    package static func text(_ rows: [[String]]) -> String {
        rows.map { $0.map(cell).joined(separator: ",") + "\r\n" }.joined()
    }

    /// One cell: formulas are disarmed with a leading `'`, control characters other than line breaks replaced.
    ///
    /// Spreadsheets run cells that begin with `=`, `+`, `-`, `@`, their full-width forms, a tab or a line break
    /// (OWASP, CSV injection).
    package static func cell(_ text: String) -> String {
        // Nearly every cell is plain, and a file has a hundred thousand of them.
        if let first = text.utf8.first, !"=+-@".utf8.contains(first),
            text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: "\"") })
        {
            return text
        }
        var clean = ""
        for scalar in text.unicodeScalars {
            let isControl = scalar.properties.generalCategory == .control && !"\t\r\n".unicodeScalars.contains(scalar)
            clean.unicodeScalars.append(isControl ? "\u{FFFD}" : scalar)
        }
        if let first = clean.unicodeScalars.first, "=+-@\t\r\n＝＋－＠".unicodeScalars.contains(first) {
            clean = "'" + clean
        }
        let quoted = clean.unicodeScalars.contains { "\",\r\n".unicodeScalars.contains($0) }
        return quoted ? "\"\(clean.replacing("\"", with: "\"\""))\"" : clean
    }
}
