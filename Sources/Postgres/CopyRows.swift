package import Foundation

/// One row of a binary COPY; values in the order of the columns, of exactly the columns' types.
package struct CopyRow {
    private(set) var bytes: [UInt8]
    private let columnCount: Int
    private var written = 0
    private var problem: String?

    init(columnCount: Int) {
        self.columnCount = columnCount
        bytes = []
        bytes.reserveCapacity(copyChunkSize + copyChunkSize / 4)
    }

    package mutating func append(_ value: some PostgresEncodable) {
        written += 1
        if case .unsendable(let reason) = bytes.append(field: value) { problem = "column \(written) is \(reason)" }
    }

    package mutating func appendNull() {
        written += 1
        bytes.append(bigEndian: Int32(-1))
    }

    mutating func appendHeader() {
        bytes += [UInt8]("PGCOPY\n".utf8) + [0xff, 0x0d, 0x0a, 0] + [UInt8](repeating: 0, count: 8)
    }

    mutating func appendTrailer() {
        bytes.append(bigEndian: Int16(-1))
    }

    mutating func begin() {
        written = 0
        bytes.append(bigEndian: Int16(clamping: columnCount))
    }

    func end() throws(PostgresError) {
        if let problem { throw PostgresError(.encoding, problem) }
        guard written == columnCount else {
            throw PostgresError(.misuse, "a row of \(written) values for \(columnCount) columns")
        }
    }

    mutating func take() -> [UInt8] {
        let taken = bytes
        bytes = []
        bytes.reserveCapacity(taken.count)
        return taken
    }
}

/// Gathers rows of a binary COPY and sends them about a megabyte at a time.
///
/// Not `Sendable`: it belongs to the body it was given to.
package final class CopyWriter {
    private let connection: Connection
    private var row: CopyRow

    init(_ connection: Connection, columnCount: Int) {
        self.connection = connection
        row = CopyRow(columnCount: columnCount)
        row.appendHeader()
    }

    nonisolated(nonsending)
        package func write<Source: Sequence>(
            _ rows: Source,
            _ encode: (Source.Element, inout CopyRow) -> Void
        ) async throws(PostgresError)
    {
        for element in rows {
            row.begin()
            encode(element, &row)
            try row.end()
            if row.bytes.count >= copyChunkSize { try await connection.putCopy(row.take()) }
        }
    }

    nonisolated(nonsending)
        func finish() async throws(PostgresError)
    {
        row.appendTrailer()
        try await connection.putCopy(row.take())
    }
}

/// One row of a COPY in text format.
package struct CopyTextRow {
    private(set) var bytes: [UInt8] = []
    private let columnCount: Int
    private var written = 0
    private var problem: String?

    init(columnCount: Int) { self.columnCount = columnCount }

    /// Text as the column's type reads it.
    package mutating func append(_ text: String) {
        separate()
        for byte in text.utf8 {
            switch byte {
            case 0x5c: bytes += [0x5c, 0x5c]
            case 0x09: bytes += [0x5c, 0x74]
            case 0x0a: bytes += [0x5c, 0x6e]
            case 0x0d: bytes += [0x5c, 0x72]
            case 0: problem = "column \(written) holds a NUL character"
            default: bytes.append(byte)
            }
        }
    }

    package mutating func append(_ value: Int) { append(String(value)) }
    package mutating func append(_ value: Int64) { append(String(value)) }
    package mutating func append(_ value: Double) {
        append(value.isInfinite ? (value < 0 ? "-Infinity" : "Infinity") : value.isNaN ? "NaN" : String(value))
    }
    package mutating func append(_ value: Bool) { append(value ? "t" : "f") }
    package mutating func append(_ value: UUID) { append(value.uuidString) }
    package mutating func append(_ value: JSONB) { append(value.text) }

    /// As `timestamptz`, to the microsecond.
    package mutating func append(_ value: Date) {
        let microseconds = (value.timeIntervalSince1970 * 1_000_000).rounded()
        guard let whole = Int64(exactly: microseconds) else {
            separate()
            problem = "column \(written) is a date out of range"
            return
        }
        let seconds = whole / 1_000_000 - (whole % 1_000_000 < 0 ? 1 : 0)
        let fraction = String(whole - seconds * 1_000_000)
        let date = Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
        append(date.dropLast() + "." + String(repeating: "0", count: 6 - fraction.count) + fraction + "Z")
    }

    /// As `bytea`.
    package mutating func append(_ value: [UInt8]) {
        let digits = Array("0123456789abcdef".utf8)
        separate()
        bytes += [0x5c, 0x5c, 0x78]
        for byte in value { bytes += [digits[Int(byte >> 4)], digits[Int(byte & 15)]] }
    }

    package mutating func appendNull() {
        separate()
        bytes += [0x5c, 0x4e]
    }

    private mutating func separate() {
        if written > 0 { bytes.append(0x09) }
        written += 1
    }

    mutating func begin() { written = 0 }

    mutating func end() throws(PostgresError) {
        if let problem { throw PostgresError(.encoding, problem) }
        guard written == columnCount else {
            throw PostgresError(.misuse, "a row of \(written) values for \(columnCount) columns")
        }
        bytes.append(0x0a)
    }

    mutating func take() -> [UInt8] {
        let taken = bytes
        bytes = []
        return taken
    }
}
