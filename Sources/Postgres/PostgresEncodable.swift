package import Foundation

/// What writing a value gave.
package enum PostgresEncoding: Sendable {
    /// The value was appended to the buffer.
    case value
    /// The value is NULL; nothing was appended.
    case null
    /// PostgreSQL has no such value, such as a date without a number; the statement is refused with this reason.
    case unsendable(String)
}

/// A value that can be bound to a statement or written by COPY, in PostgreSQL's binary format.
package protocol PostgresEncodable: Sendable {
    /// The type that the server is told. A column of another type needs a cast in the statement (`\(x)::uuid`).
    static var postgresType: PostgresType { get }
    /// Appends the value without its length.
    func postgresEncode(into buffer: inout [UInt8]) -> PostgresEncoding
}

extension [UInt8] {
    mutating func append(bigEndian value: some FixedWidthInteger) {
        unsafe Swift.withUnsafeBytes(of: value.bigEndian) { unsafe append(contentsOf: $0) }
    }

    mutating func replace<Value: FixedWidthInteger>(at offset: Int, bigEndian value: Value) {
        let size = MemoryLayout<Value>.size
        for index in 0..<size {
            self[offset + index] = UInt8(truncatingIfNeeded: value >> (8 * (size - 1 - index)))
        }
    }
}

extension String: PostgresEncodable {
    package static var postgresType: PostgresType { .text }
    package func postgresEncode(into buffer: inout [UInt8]) -> PostgresEncoding {
        let start = buffer.count
        buffer.append(contentsOf: utf8)
        return buffer[start...].contains(0) ? .unsendable("text with a NUL character") : .value
    }
}

extension Int: PostgresEncodable {
    package static var postgresType: PostgresType { .int8 }
    package func postgresEncode(into buffer: inout [UInt8]) -> PostgresEncoding {
        buffer.append(bigEndian: Int64(self))
        return .value
    }
}

extension Int64: PostgresEncodable {
    package static var postgresType: PostgresType { .int8 }
    package func postgresEncode(into buffer: inout [UInt8]) -> PostgresEncoding {
        buffer.append(bigEndian: self)
        return .value
    }
}

extension Int32: PostgresEncodable {
    package static var postgresType: PostgresType { .int4 }
    package func postgresEncode(into buffer: inout [UInt8]) -> PostgresEncoding {
        buffer.append(bigEndian: self)
        return .value
    }
}

extension Bool: PostgresEncodable {
    package static var postgresType: PostgresType { .bool }
    package func postgresEncode(into buffer: inout [UInt8]) -> PostgresEncoding {
        buffer.append(self ? 1 : 0)
        return .value
    }
}

extension Double: PostgresEncodable {
    package static var postgresType: PostgresType { .float8 }
    package func postgresEncode(into buffer: inout [UInt8]) -> PostgresEncoding {
        buffer.append(bigEndian: bitPattern)
        return .value
    }
}

/// Seconds from 2000-01-01, where PostgreSQL counts from, to 2001-01-01, where `Date` counts from.
let secondsFromPostgresEpoch = 31_622_400.0

/// A `timestamptz`, rounded to microseconds.
extension Date: PostgresEncodable {
    package static var postgresType: PostgresType { .timestamptz }
    package func postgresEncode(into buffer: inout [UInt8]) -> PostgresEncoding {
        let microseconds = ((timeIntervalSinceReferenceDate + secondsFromPostgresEpoch) * 1_000_000).rounded()
        guard let exact = Int64(exactly: microseconds) else { return .unsendable("a date out of range") }
        buffer.append(bigEndian: exact)
        return .value
    }
}

/// An `interval` of microseconds (never of days or months, which have no fixed length), cut below a microsecond.
extension Duration: PostgresEncodable {
    package static var postgresType: PostgresType { .interval }
    package func postgresEncode(into buffer: inout [UInt8]) -> PostgresEncoding {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
        let (sum, carry) = product.addingReportingOverflow(attoseconds / 1_000_000_000_000)
        guard !overflow, !carry else { return .unsendable("a duration out of range") }
        buffer.append(bigEndian: sum)
        buffer.append(bigEndian: Int32(0))
        buffer.append(bigEndian: Int32(0))
        return .value
    }
}

extension UUID: PostgresEncodable {
    package static var postgresType: PostgresType { .uuid }
    package func postgresEncode(into buffer: inout [UInt8]) -> PostgresEncoding {
        unsafe Swift.withUnsafeBytes(of: uuid) { unsafe buffer.append(contentsOf: $0) }
        return .value
    }
}

extension Data: PostgresEncodable {
    package static var postgresType: PostgresType { .bytea }
    package func postgresEncode(into buffer: inout [UInt8]) -> PostgresEncoding {
        buffer.append(contentsOf: self)
        return .value
    }
}

extension Optional: PostgresEncodable where Wrapped: PostgresEncodable {
    package static var postgresType: PostgresType { Wrapped.postgresType }
    package func postgresEncode(into buffer: inout [UInt8]) -> PostgresEncoding {
        self?.postgresEncode(into: &buffer) ?? .null
    }
}

/// JSON as bytes, sent and read as `jsonb` (read also from `json`).
///
/// The server checks it, not this type.
package struct JSONB: Hashable, Sendable, PostgresEncodable {
    package let bytes: [UInt8]

    package init(bytes: [UInt8]) { self.bytes = bytes }
    package init(_ data: Data) { bytes = [UInt8](data) }
    package init(_ text: String) { bytes = [UInt8](text.utf8) }

    package var text: String { String(decoding: bytes, as: UTF8.self) }
    package var data: Data { Data(bytes) }

    package static var postgresType: PostgresType { .jsonb }
    package func postgresEncode(into buffer: inout [UInt8]) -> PostgresEncoding {
        buffer.append(1)  // version of the format
        buffer.append(contentsOf: bytes)
        return .value
    }
}
