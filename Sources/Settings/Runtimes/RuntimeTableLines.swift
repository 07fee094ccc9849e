/// Comma-separated values (RFC 4180) with the places where they stand, and comments before them.
struct RuntimeTableLines {
    struct Field {
        let text: String
        /// From 1.
        let line: Int
        let column: Int
    }

    struct Record {
        let line: Int
        let fields: [Field]
    }

    /// Without the `#`.
    private(set) var comments: [(line: Int, text: String)] = []
    private(set) var records: [Record] = []

    init(_ text: String, _ list: ProblemList) {
        var reader = Reader(scalars: Array(text.unicodeScalars))
        if reader.peek == "\u{FEFF}" { reader.advance() }
        while reader.peek != nil {
            let line = reader.line
            if reader.peek == "#" {
                reader.advance()
                comments.append((line, reader.rest().trimmed))
                continue
            }
            var fields: [Field] = []
            repeat {
                fields.append(reader.field(list))
            } while reader.takes(",")
            reader.endLine()
            if fields.count > 1 || fields.first?.text.isEmpty == false {
                records.append(Record(line: line, fields: fields))
            }
        }
    }

    private struct Reader {
        let scalars: [Unicode.Scalar]
        var index = 0
        var line = 1
        var column = 1

        init(scalars: [Unicode.Scalar]) { self.scalars = scalars }

        var peek: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

        mutating func advance() {
            guard let scalar = peek else { return }
            index += 1
            column += 1
            if scalar == "\n" {
                line += 1
                column = 1
            }
        }

        mutating func takes(_ scalar: Unicode.Scalar) -> Bool {
            guard peek == scalar else { return false }
            advance()
            return true
        }

        /// What is left of the line, its end included.
        mutating func rest() -> String {
            var text = String.UnicodeScalarView()
            while let scalar = peek, scalar != "\n" {
                text.append(scalar)
                advance()
            }
            advance()
            return String(text)
        }

        mutating func endLine() {
            _ = takes("\r")
            _ = takes("\n")
        }

        mutating func field(_ list: ProblemList) -> Field {
            let (line, column) = (line, column)
            var text = String.UnicodeScalarView()
            if takes("\"") {
                var isClosed = false
                while let scalar = peek {
                    advance()
                    if scalar != "\"" {
                        text.append(scalar)
                    } else if takes("\"") {
                        text.append(scalar)
                    } else {
                        isClosed = true
                        break
                    }
                }
                if !isClosed {
                    list.add(line: line, column: column, "the quotation mark is never closed", "close it")
                } else if let next = peek, ![",", "\r", "\n"].contains(next) {
                    list.add(
                        line: self.line,
                        column: self.column,
                        "something stands behind the closing quotation mark",
                        "write a quotation mark inside a value twice"
                    )
                }
            }
            while let scalar = peek, ![",", "\r", "\n"].contains(scalar) {
                text.append(scalar)
                advance()
            }
            return Field(text: String(text).trimmed, line: line, column: column)
        }
    }
}

extension String {
    fileprivate var trimmed: String {
        var text = self[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
