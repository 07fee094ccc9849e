internal import Crypto
package import Foundation

/// Length-prefixed bytes with one spelling for every value, so that a digest means the same on every machine.
///
/// Text formats are no use here: a jsonb column, for one, reorders keys and drops duplicates.
package struct CanonicalEncoder: Sendable {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    package mutating func append(_ text: String) {
        tag("s")
        let utf8 = Array(text.utf8)
        length(utf8.count)
        bytes += utf8
    }

    package mutating func append(_ number: Int) {
        tag("i")
        fixed(UInt64(bitPattern: Int64(number)))
    }

    package mutating func append(_ flag: Bool) { append(flag ? 1 : 0) }

    /// Microseconds since 1970, as PostgreSQL keeps them, so that a stored date digests as the original did.
    package mutating func append(_ date: Date) {
        tag("d")
        fixed(UInt64(bitPattern: microseconds(date)))
    }

    package mutating func append(_ text: String?) { optional(text) { $0.append($1) } }
    package mutating func append(_ date: Date?) { optional(date) { $0.append($1) } }
    package mutating func append(_ flag: Bool?) { optional(flag) { $0.append($1) } }

    /// The elements in the order given: sort first where order means nothing.
    package mutating func append<Element>(
        list: some Collection<Element>,
        _ each: (inout CanonicalEncoder, Element) -> Void
    ) {
        tag("l")
        length(list.count)
        for element in list { each(&self, element) }
    }

    package mutating func append(_ pairs: [String: String]) {
        append(list: pairs.sorted { $0.key < $1.key }) {
            $0.append($1.key)
            $0.append($1.value)
        }
    }

    package var digest: Digest { Digest(of: bytes) }

    private mutating func optional<Value>(_ value: Value?, _ each: (inout CanonicalEncoder, Value) -> Void) {
        guard let value else { return tag("n") }
        each(&self, value)
    }

    private mutating func tag(_ character: Character) { bytes += character.utf8 }
    private mutating func length(_ count: Int) { fixed(UInt64(count)) }

    private mutating func fixed(_ value: UInt64) {
        for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
    }
}

/// Whole microseconds since 1970, rounded to the nearest.
package func microseconds(_ date: Date) -> Int64 {
    Int64((date.timeIntervalSince1970 * 1_000_000).rounded())
}

/// SHA-256 of canonical bytes.
package struct Digest: Hashable, Sendable, CustomStringConvertible, Codable {
    package let bytes: [UInt8]

    package init(bytes: [UInt8]) { self.bytes = bytes }
    package init(of content: [UInt8]) { bytes = Array(SHA256.hash(data: content)) }
    package init(of text: String) { self.init(of: Array(text.utf8)) }

    /// Lower-case hexadecimal, 64 characters.
    package var description: String {
        bytes.map { byte in
            let text = String(byte, radix: 16)
            return text.count == 1 ? "0" + text : text
        }.joined()
    }

    /// The first 12 hexadecimal digits: enough for people to tell plans apart.
    package var short: String { String(description.prefix(12)) }
}
