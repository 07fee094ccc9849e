import Core
package import Foundation

/// The one spelling of JSON for programs.
///
/// Keys are `snake_case` and sorted; a key without a value is `null`, never left out; times are ISO 8601 in UTC with `Z`
/// and whole seconds; durations are whole seconds under keys ending in `_seconds`. Keys may be added later,
/// none is renamed or taken away.
package enum JSONText {
    /// One document on one line, with a line break; `pretty` spreads it over several.
    ///
    /// Empty only when a value cannot be JSON at all (a number that is not finite), which none of the shapes here holds.
    package static func render(_ value: some Encodable, pretty: Bool = false) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting =
            pretty ? [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted] : [.sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.dateEncodingStrategy = .custom { date, encoder in
            var container = encoder.singleValueContainer()
            try container.encode(time(date))
        }
        guard let data = try? encoder.encode(value) else { return "" }
        return harmless(String(decoding: data, as: UTF8.self)) + "\n"
    }

    /// `2026-12-03T08:00:00Z`.
    package static func time(_ date: Date) -> String {
        let text = date.minuteText
        let seconds = Int(min(max(date.timeIntervalSince1970, -6e10), 2.5e11).rounded(.down))
        let second = ((seconds % 60) + 60) % 60
        return "\(text.prefix(10))T\(text.dropFirst(11).prefix(5)):\(second < 10 ? "0" : "")\(second)Z"
    }

    /// The encoder escapes C0 controls; C1 controls and turns of direction are as bad on a terminal and are escaped too.
    private static func harmless(_ json: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in json.unicodeScalars {
            switch scalar.value {
            case 0x7F...0x9F, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069:
                let hex = String(scalar.value, radix: 16)
                result.append(contentsOf: "\\u\(String(repeating: "0", count: 4 - hex.count))\(hex)".unicodeScalars)
            default: result.append(scalar)
            }
        }
        return String(result)
    }
}

/// A value that is written as `null` when it is not there, so that a document always has the same keys.
@propertyWrapper
package struct OrNull<Value: Encodable & Sendable>: Encodable, Sendable {
    package var wrappedValue: Value?

    package init(wrappedValue: Value?) { self.wrappedValue = wrappedValue }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if let wrappedValue { try container.encode(wrappedValue) } else { try container.encodeNil() }
    }
}

/// JSON that is kept as bytes, as a value that can be encoded again, without what could be a secret.
package enum StoredJSON: Encodable, Sendable, Hashable {
    case null
    case flag(Bool)
    case number(Double)
    case text(String)
    case list([StoredJSON])
    case object([String: StoredJSON])

    /// Null for bytes that are no JSON.
    ///
    /// Members whose key speaks of secrets, parameters, templates or outputs keep the key and lose the value.
    package init(_ bytes: [UInt8]) {
        self = (try? JSONDecoder().decode(StoredJSON.self, from: Data(bytes))) ?? .null
    }

    package func encode(to encoder: any Encoder) throws {
        switch self {
        case .object(let members):
            // A dictionary keeps its keys as they are; structs become snake_case.
            try members.encode(to: encoder)
        case .list(let elements): try elements.encode(to: encoder)
        case .null, .flag, .number, .text:
            var container = encoder.singleValueContainer()
            switch self {
            case .flag(let flag): try container.encode(flag)
            case .number(let number):
                if let whole = Int64(exactly: number) {
                    try container.encode(whole)
                } else {
                    try container.encode(number)
                }
            case .text(let text): try container.encode(text)
            case .null, .list, .object: try container.encodeNil()
            }
        }
    }

    static let withheld = "(withheld)"

    /// Compared in lower case and without `-`, `_` and spaces, anywhere in the key.
    private static let telling = [
        "password", "passwd", "secret", "credential", "privatekey", "accesskey", "apikey", "authorization", "parameter",
        "template", "tombstone", "output",
    ]

    private static func isTelling(_ key: String) -> Bool {
        let folded = key.lowercased().filter { !"-_ ".contains($0) }
        return telling.contains { folded.contains($0) }
    }
}

extension StoredJSON: Decodable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let flag = try? container.decode(Bool.self) {
            self = .flag(flag)
        } else if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else if let text = try? container.decode(String.self) {
            self = .text(text)
        } else if let list = try? container.decode([StoredJSON].self) {
            self = .list(list)
        } else {
            var members = try container.decode([String: StoredJSON].self)
            for key in members.keys where Self.isTelling(key) { members[key] = .text(Self.withheld) }
            self = .object(members)
        }
    }

    /// `key: value, key: value` for people; empty for an empty object.
    var words: String {
        switch self {
        case .null: "nothing"
        case .flag(let flag): flag ? "yes" : "no"
        case .number(let number): Int64(exactly: number).map(String.init) ?? String(number)
        case .text(let text): text
        case .list(let elements): elements.map(\.words).joined(separator: ", ")
        case .object(let members):
            members.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.words)" }.joined(separator: ", ")
        }
    }
}
