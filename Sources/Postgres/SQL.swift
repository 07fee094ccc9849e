/// A statement with its values: what is interpolated becomes a bind (`$1`), never part of the text.
///
///     let statement: SQL = "SELECT name FROM plan WHERE id = \(id) AND \(condition)"
///
/// Another `SQL` is put in with its binds renumbered. `\(raw:)` puts text in as it stands: never text from outside.
package struct SQL: Sendable, ExpressibleByStringInterpolation {
    enum Piece: Sendable {
        case text(String)
        case bind(Bind)
    }

    private(set) var pieces: [Piece] = []

    /// Shown in errors in place of the text; nil when none was given.
    package private(set) var name: String?

    package init(stringLiteral value: String) { pieces = [.text(value)] }

    package init(stringInterpolation: StringInterpolation) { pieces = stringInterpolation.pieces }

    /// A statement from text as it stands, such as a migration: never text from outside.
    package init(raw text: String) { pieces = [.text(text)] }

    /// The same statement under a name that errors show.
    package func named(_ name: String) -> SQL {
        var copy = self
        copy.name = name
        return copy
    }

    package static func + (left: SQL, right: SQL) -> SQL {
        var sum = left
        sum.pieces += right.pieces
        sum.name = left.name ?? right.name
        return sum
    }

    package struct StringInterpolation: StringInterpolationProtocol {
        var pieces: [Piece] = []

        package init(literalCapacity: Int, interpolationCount: Int) {
            pieces.reserveCapacity(2 * interpolationCount + 1)
        }

        package mutating func appendLiteral(_ literal: String) {
            if !literal.isEmpty { pieces.append(.text(literal)) }
        }

        /// A value, sent apart from the text.
        package mutating func appendInterpolation(_ value: some PostgresEncodable) {
            pieces.append(.bind(Bind(value)))
        }

        /// A part of a statement with its own values.
        package mutating func appendInterpolation(_ sql: SQL) {
            pieces += sql.pieces
        }

        /// Text as it stands: keywords or names that stand in this program.
        package mutating func appendInterpolation(raw text: String) {
            pieces.append(.text(text))
        }

        /// A name of a table, column, role and so on, in double quotes.
        package mutating func appendInterpolation(identifier name: String) {
            pieces.append(.text(SQL.quoted(name, with: "\"")))
        }

        /// A string constant in the text, for statements that take no binds (`CREATE ROLE`, `SET`, `COMMENT`).
        package mutating func appendInterpolation(literal text: String) {
            // With a backslash the constant is written as E'…', which reads the same whatever
            // standard_conforming_strings says.
            let escaped = text.replacing("\\", with: "\\\\")
            pieces.append(.text((escaped == text ? "" : " E") + SQL.quoted(escaped, with: "'")))
        }
    }

    private static func quoted(_ text: String, with mark: String) -> String {
        mark + text.replacing(mark, with: mark + mark) + mark
    }

    /// The text with `$1`, `$2`, … and the values in that order.
    var rendered: (text: String, binds: [Bind]) {
        var text = ""
        var binds: [Bind] = []
        for piece in pieces {
            switch piece {
            case .text(let part): text += part
            case .bind(let bind):
                binds.append(bind)
                text += "$\(binds.count)"
            }
        }
        return (text, binds)
    }

    /// The text as the server gets it.
    package var text: String { rendered.text }
}

extension SQL: CustomStringConvertible {
    /// The name or the text; never the values.
    package var description: String { name ?? text }
}

/// Joins parts of statements, as in `conditions.joined(separator: " AND ")`.
extension Sequence<SQL> {
    package func joined(separator: String) -> SQL {
        var result: SQL?
        for part in self {
            result = result.map { $0 + SQL(raw: separator) + part } ?? part
        }
        return result ?? ""
    }
}

/// One value on its way to the server, in PostgreSQL's binary format.
struct Bind: Sendable, CustomDebugStringConvertible {
    let type: PostgresType
    /// Nil is NULL.
    let bytes: [UInt8]?
    /// Why this value cannot be sent.
    let problem: String?

    init<Value: PostgresEncodable>(_ value: Value) {
        type = Value.postgresType
        var buffer: [UInt8] = []
        switch value.postgresEncode(into: &buffer) {
        case .value: (bytes, problem) = (buffer, nil)
        case .null: (bytes, problem) = (nil, nil)
        case .unsendable(let reason): (bytes, problem) = (nil, reason)
        }
    }

    var debugDescription: String {
        guard let bytes else { return problem ?? "NULL" }
        let shown = bytes.prefix(200)
        let text: String
        switch type {
        case .text: text = String(decoding: shown, as: UTF8.self)
        case .jsonb: text = String(decoding: shown.dropFirst(), as: UTF8.self)
        case .int8, .int4:
            text = String(bytes.reduce(Int64(bytes.first ?? 0 > 127 ? -1 : 0)) { $0 << 8 | Int64($1) })
        default: text = shown.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        }
        return "\(text)\(bytes.count > 200 ? "…" : "") (\(type))"
    }
}
