package import Foundation

/// A type of which an array can be sent and read.
///
/// The array's own reading and writing stand here, not in the array, because `[UInt8]` is no array for PostgreSQL but
/// a `bytea`, and Swift allows one conformance of `Array` only.
package protocol PostgresArrayElement: Sendable {
    static var postgresArrayType: PostgresType { get }
    static func postgresEncode(array: [Self], into buffer: inout [UInt8]) -> PostgresEncoding
    static func postgresDecode(
        array bytes: RawSpan,
        type: PostgresType
    ) throws(DecodingProblem) -> [Self]
}

/// One dimension, counted from 1, elements may be NULL.
extension PostgresArrayElement where Self: PostgresEncodable & PostgresDecodable {
    package static func postgresEncode(array: [Self], into buffer: inout [UInt8]) -> PostgresEncoding {
        guard !array.isEmpty else {
            for number in [0, 0, Int32(bitPattern: postgresType.oid)] { buffer.append(bigEndian: number) }
            return .value
        }
        guard let count = Int32(exactly: array.count) else { return .unsendable("an array of \(array.count)") }
        buffer.append(bigEndian: Int32(1))
        let hasNull = buffer.count
        buffer.append(bigEndian: Int32(0))
        buffer.append(bigEndian: postgresType.oid)
        buffer.append(bigEndian: count)
        buffer.append(bigEndian: Int32(1))
        for element in array {
            switch buffer.append(field: element) {
            case .value: break
            case .null: buffer[hasNull + 3] = 1
            case .unsendable(let reason): return .unsendable(reason)
            }
        }
        return .value
    }

    package static func postgresDecode(
        array bytes: RawSpan,
        type: PostgresType
    ) throws(DecodingProblem) -> [Self] {
        guard type.isKnownArray || type.isUserDefined else { throw .type([Self].self) }
        guard let dimensions = bytes.integer(Int32.self), let oid = bytes.integer(at: 8, UInt32.self) else {
            throw DecodingProblem("it is cut short")
        }
        guard dimensions > 0 else { return [] }
        guard dimensions == 1 else { throw DecodingProblem("it has \(dimensions) dimensions") }
        let element = PostgresType(oid: oid)
        let count = Int(bytes.integer(at: 12, Int32.self) ?? 0)
        var result: [Self] = []
        result.reserveCapacity(count)
        var offset = 20
        for _ in 0..<count {
            guard let length = bytes.integer(at: offset, Int32.self) else { throw DecodingProblem("it is cut short") }
            offset += 4
            guard length >= 0 else {
                result.append(try postgresDecodeNull())
                continue
            }
            let end = offset + Int(length)
            guard end <= bytes.byteCount else { throw DecodingProblem("it is cut short") }
            result.append(try postgresDecode(bytes.extracting(offset..<end), type: element))
            offset = end
        }
        return result
    }
}

extension [UInt8] {
    /// Appends a value behind its length (−1 for NULL), as arrays and COPY want it.
    mutating func append(field value: some PostgresEncodable) -> PostgresEncoding {
        let start = count
        append(bigEndian: Int32(-1))
        let encoding = value.postgresEncode(into: &self)
        guard case .value = encoding else { return encoding }
        guard let length = Int32(exactly: count - start - 4) else { return .unsendable("a value over 2 GB") }
        replace(at: start, bigEndian: length)
        return .value
    }
}

extension Array: PostgresEncodable where Element: PostgresArrayElement {
    package static var postgresType: PostgresType { Element.postgresArrayType }
    package func postgresEncode(into buffer: inout [UInt8]) -> PostgresEncoding {
        Element.postgresEncode(array: self, into: &buffer)
    }
}

extension Array: PostgresDecodable where Element: PostgresArrayElement {
    package static func postgresDecode(_ bytes: RawSpan, type: PostgresType) throws(DecodingProblem) -> [Element] {
        try Element.postgresDecode(array: bytes, type: type)
    }
}

/// An array of bytes is a `bytea`.
extension UInt8: PostgresArrayElement {
    package static var postgresArrayType: PostgresType { .bytea }

    package static func postgresEncode(array: [UInt8], into buffer: inout [UInt8]) -> PostgresEncoding {
        buffer.append(contentsOf: array)
        return .value
    }

    package static func postgresDecode(
        array bytes: RawSpan,
        type: PostgresType
    ) throws(DecodingProblem) -> [UInt8] {
        guard type == .bytea else { throw .type([UInt8].self) }
        return bytes.array
    }
}

extension Array: PostgresArrayElement where Element == UInt8 {
    package static var postgresArrayType: PostgresType { .byteaArray }
}

extension String: PostgresArrayElement {
    package static var postgresArrayType: PostgresType { .textArray }
}
extension Int: PostgresArrayElement {
    package static var postgresArrayType: PostgresType { .int8Array }
}
extension Int64: PostgresArrayElement {
    package static var postgresArrayType: PostgresType { .int8Array }
}
extension Int32: PostgresArrayElement {
    package static var postgresArrayType: PostgresType { .int4Array }
}
extension Bool: PostgresArrayElement {
    package static var postgresArrayType: PostgresType { .boolArray }
}
extension Double: PostgresArrayElement {
    package static var postgresArrayType: PostgresType { .float8Array }
}
extension Date: PostgresArrayElement {
    package static var postgresArrayType: PostgresType { .timestamptzArray }
}
extension Duration: PostgresArrayElement {
    package static var postgresArrayType: PostgresType { .intervalArray }
}
extension UUID: PostgresArrayElement {
    package static var postgresArrayType: PostgresType { .uuidArray }
}
extension Data: PostgresArrayElement {
    package static var postgresArrayType: PostgresType { .byteaArray }
}
extension JSONB: PostgresArrayElement {
    package static var postgresArrayType: PostgresType { .jsonbArray }
}
extension Optional: PostgresArrayElement
where Wrapped: PostgresArrayElement & PostgresEncodable & PostgresDecodable {
    package static var postgresArrayType: PostgresType { Wrapped.postgresArrayType }
}
