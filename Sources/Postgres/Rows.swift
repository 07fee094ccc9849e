import CPostgres

/// The rows of a result, kept as libpq received them and decoded when asked for.
package struct Rows: Sendable, RandomAccessCollection {
    let result: ResultHandle
    let columns: Columns

    package var startIndex: Int { 0 }
    package let endIndex: Int

    init(_ result: ResultHandle, about sql: SQL) {
        self.result = result
        columns = Columns(result, sql)
        endIndex = result.rowCount
    }

    package subscript(index: Int) -> Row {
        precondition(indices.contains(index), "no row \(index)")
        return Row(result: result, columns: columns, index: index)
    }

    package var columnNames: [String] { columns.names }
    package var columnTypes: [PostgresType] { columns.types }

    /// Every row's first columns as a tuple, one type for each column from the left.
    package func decode<each Value: PostgresDecodable>(
        _ types: repeat (each Value).Type
    ) throws(PostgresError) -> [(repeat each Value)] {
        var decoded: [(repeat each Value)] = []
        decoded.reserveCapacity(count)
        for row in self {
            decoded.append(try row.decode(repeat each types))
        }
        return decoded
    }

    /// The only row; none or several are an error.
    package func only() throws(PostgresError) -> Row {
        guard count == 1 else {
            throw PostgresError(.decoding, "\(count) rows where one was expected").about(columns.sql)
        }
        return self[0]
    }
}

/// Names and types, shared by all rows of a result.
final class Columns: Sendable {
    let names: [String]
    let types: [PostgresType]
    let sql: SQL
    private let indices: [String: Int]

    init(_ result: ResultHandle, _ sql: SQL) {
        let numbers = 0..<result.columnCount
        names = numbers.map(result.columnName)
        types = numbers.map(result.columnType)
        // A name that two columns bear is no name.
        indices = Dictionary(zip(names, numbers)) { _, _ in -1 }
        self.sql = sql
    }

    func index(of name: String) throws(PostgresError) -> Int {
        guard let index = indices[name] else {
            let known = names.joined(separator: ", ")
            throw PostgresError(.decoding, "no column \"\(name)\" among: \(known)").about(sql)
        }
        guard index >= 0 else { throw PostgresError(.decoding, "several columns are named \"\(name)\"").about(sql) }
        return index
    }
}

/// One row of a result.
package struct Row: Sendable {
    let result: ResultHandle
    let columns: Columns
    let index: Int

    /// The value of a column by its name.
    package subscript<Value: PostgresDecodable>(name: String, as type: Value.Type = Value.self) -> Value {
        get throws(PostgresError) { try decode(column: try columns.index(of: name)) }
    }

    /// The value of a column by its number from 0.
    package subscript<Value: PostgresDecodable>(column: Int, as type: Value.Type = Value.self) -> Value {
        get throws(PostgresError) { try decode(column: column) }
    }

    /// The row's first columns as a tuple, one type for each column from the left.
    package func decode<each Value: PostgresDecodable>(
        _ types: repeat (each Value).Type
    ) throws(PostgresError) -> (repeat each Value) {
        var column = 0
        func next<Next: PostgresDecodable>(_ type: Next.Type) throws(PostgresError) -> Next {
            defer { column += 1 }
            return try decode(column: column)
        }
        return (repeat try next(each types))
    }

    /// Whether the column holds NULL.
    package func isNull(_ name: String) throws(PostgresError) -> Bool {
        let column = try columns.index(of: name)
        return result.withValue(row: index, column: column) { $0 == nil }
    }

    private func decode<Value: PostgresDecodable>(column: Int) throws(PostgresError) -> Value {
        guard columns.names.indices.contains(column) else {
            throw PostgresError(.decoding, "no column \(column) among \(columns.names.count)").about(columns.sql)
        }
        do throws(DecodingProblem) {
            return try result.withValue(row: index, column: column) { bytes throws(DecodingProblem) in
                guard let bytes else { return try Value.postgresDecodeNull() }
                return try Value.postgresDecode(bytes, type: columns.types[column])
            }
        } catch {
            let name = columns.names[column]
            let text = "column \"\(name)\" of type \(columns.types[column]) as \(Value.self): \(error.reason)"
            throw PostgresError(.decoding, text).about(columns.sql)
        }
    }
}
