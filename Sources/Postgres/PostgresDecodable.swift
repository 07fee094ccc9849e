package import Foundation

/// Why a value could not be read; the row adds the column's name and type.
package struct DecodingProblem: Error {
    package let reason: String
    package init(_ reason: String) { self.reason = reason }

    static func type<Value>(_ value: Value.Type) -> DecodingProblem {
        DecodingProblem("it cannot be read as \(value)")
    }
}

/// A type that a column of a result can be read as.
package protocol PostgresDecodable: Sendable {
    /// Reads a value in PostgreSQL's binary format.
    static func postgresDecode(_ bytes: RawSpan, type: PostgresType) throws(DecodingProblem) -> Self
    /// What NULL means; only optionals have an answer.
    static func postgresDecodeNull() throws(DecodingProblem) -> Self
}

extension PostgresDecodable {
    package static func postgresDecodeNull() throws(DecodingProblem) -> Self {
        throw DecodingProblem("it is NULL")
    }
}

extension RawSpan {
    /// The big-endian integer that fills the bytes from `offset`; nil when there are too few.
    func integer<Value: FixedWidthInteger & BitwiseCopyable>(at offset: Int = 0, _ type: Value.Type) -> Value? {
        guard offset >= 0, byteCount - offset >= MemoryLayout<Value>.size else { return nil }
        return unsafe Value(bigEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: type))
    }

    func whole<Value: FixedWidthInteger & BitwiseCopyable>(_ type: Value.Type) throws(DecodingProblem) -> Value {
        guard byteCount == MemoryLayout<Value>.size, let value = integer(type) else {
            throw DecodingProblem("it has \(byteCount) bytes")
        }
        return value
    }

    var array: [UInt8] { unsafe withUnsafeBytes { unsafe [UInt8]($0) } }
}

extension String: PostgresDecodable {
    package static func postgresDecode(_ bytes: RawSpan, type: PostgresType) throws(DecodingProblem) -> String {
        switch type {
        case .text, .varchar, .bpchar, .name, .json, .xml, .char, .unknown: return try utf8(bytes)
        case .jsonb:
            guard bytes.integer(UInt8.self) == 1 else { throw DecodingProblem("it is jsonb of an unknown version") }
            return try utf8(bytes.extracting(droppingFirst: 1))
        case .uuid: return try UUID.postgresDecode(bytes, type: type).uuidString.lowercased()
        case _ where type.isUserDefined: return try utf8(bytes)  // enums are sent as their label
        default: throw .type(String.self)
        }
    }

    private static func utf8(_ bytes: RawSpan) throws(DecodingProblem) -> String {
        let text = unsafe bytes.withUnsafeBytes { unsafe String(validating: $0, as: UTF8.self) }
        guard let text else { throw DecodingProblem("it is not UTF-8") }
        return text
    }
}

/// From `smallint`, `integer`, `bigint`.
///
/// Sums of `bigint` are `numeric`: cast them in the statement.
private func integer<Value: FixedWidthInteger>(
    _ bytes: RawSpan,
    _ type: PostgresType,
    as result: Value.Type
) throws(DecodingProblem) -> Value {
    let wide: Int64
    switch type {
    case .int8: wide = try bytes.whole(Int64.self)
    case .int4: wide = Int64(try bytes.whole(Int32.self))
    case .int2: wide = Int64(try bytes.whole(Int16.self))
    case .oid: wide = Int64(try bytes.whole(UInt32.self))
    default: throw .type(result)
    }
    guard let value = Value(exactly: wide) else { throw DecodingProblem("it does not fit into \(result)") }
    return value
}

extension Int: PostgresDecodable {
    package static func postgresDecode(_ bytes: RawSpan, type: PostgresType) throws(DecodingProblem) -> Int {
        try integer(bytes, type, as: Int.self)
    }
}

extension Int64: PostgresDecodable {
    package static func postgresDecode(_ bytes: RawSpan, type: PostgresType) throws(DecodingProblem) -> Int64 {
        try integer(bytes, type, as: Int64.self)
    }
}

extension Int32: PostgresDecodable {
    package static func postgresDecode(_ bytes: RawSpan, type: PostgresType) throws(DecodingProblem) -> Int32 {
        try integer(bytes, type, as: Int32.self)
    }
}

extension Bool: PostgresDecodable {
    package static func postgresDecode(_ bytes: RawSpan, type: PostgresType) throws(DecodingProblem) -> Bool {
        guard type == .bool else { throw .type(Bool.self) }
        return try bytes.whole(UInt8.self) != 0
    }
}

extension Double: PostgresDecodable {
    package static func postgresDecode(_ bytes: RawSpan, type: PostgresType) throws(DecodingProblem) -> Double {
        switch type {
        case .float8: return Double(bitPattern: try bytes.whole(UInt64.self))
        case .float4: return Double(Float(bitPattern: try bytes.whole(UInt32.self)))
        default: throw .type(Double.self)
        }
    }
}

/// From `timestamptz`; `infinity` and `-infinity` are the distant future and past.
extension Date: PostgresDecodable {
    package static func postgresDecode(_ bytes: RawSpan, type: PostgresType) throws(DecodingProblem) -> Date {
        guard type == .timestamptz else { throw .type(Date.self) }
        switch try bytes.whole(Int64.self) {
        case .max: return .distantFuture
        case .min: return .distantPast
        case let microseconds:
            return Date(
                timeIntervalSinceReferenceDate: Double(microseconds) / 1_000_000 - secondsFromPostgresEpoch
            )
        }
    }
}

/// From an `interval` without months; a day counts 24 hours.
extension Duration: PostgresDecodable {
    package static func postgresDecode(_ bytes: RawSpan, type: PostgresType) throws(DecodingProblem) -> Duration {
        guard type == .interval else { throw .type(Duration.self) }
        guard bytes.byteCount == 16, let microseconds = bytes.integer(Int64.self),
            let days = bytes.integer(at: 8, Int32.self), let months = bytes.integer(at: 12, Int32.self)
        else { throw DecodingProblem("it has \(bytes.byteCount) bytes") }
        guard months == 0 else { throw DecodingProblem("it counts months, which have no fixed length") }
        return .microseconds(microseconds) + .seconds(Int64(days) * 86_400)
    }
}

extension UUID: PostgresDecodable {
    package static func postgresDecode(_ bytes: RawSpan, type: PostgresType) throws(DecodingProblem) -> UUID {
        guard type == .uuid else { throw .type(UUID.self) }
        guard bytes.byteCount == 16 else { throw DecodingProblem("it has \(bytes.byteCount) bytes") }
        return unsafe UUID(uuid: bytes.unsafeLoadUnaligned(as: uuid_t.self))
    }
}

extension Data: PostgresDecodable {
    package static func postgresDecode(_ bytes: RawSpan, type: PostgresType) throws(DecodingProblem) -> Data {
        Data(try [UInt8].postgresDecode(bytes, type: type))
    }
}

extension JSONB: PostgresDecodable {
    package static func postgresDecode(_ bytes: RawSpan, type: PostgresType) throws(DecodingProblem) -> JSONB {
        switch type {
        case .json: return JSONB(bytes: bytes.array)
        case .jsonb where bytes.integer(UInt8.self) == 1:
            return JSONB(bytes: bytes.extracting(droppingFirst: 1).array)
        default: throw .type(JSONB.self)
        }
    }
}

extension Optional: PostgresDecodable where Wrapped: PostgresDecodable {
    package static func postgresDecode(_ bytes: RawSpan, type: PostgresType) throws(DecodingProblem) -> Wrapped? {
        try Wrapped.postgresDecode(bytes, type: type)
    }
    package static func postgresDecodeNull() throws(DecodingProblem) -> Wrapped? { nil }
}
