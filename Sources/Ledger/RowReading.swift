import Core
import Foundation
import Postgres

extension Row {
    /// A word that one of our own types knows.
    func word<Word: RawRepresentable<String>>(
        _ column: String,
        as type: Word.Type = Word.self
    ) throws(PostgresError) -> Word {
        let text: String = try self[column]
        guard let word = Word(rawValue: text) else {
            throw PostgresError(.decoding, "column \"\(column)\": \(Word.self) has no \"\(text)\"")
        }
        return word
    }

    func optionalWord<Word: RawRepresentable<String>>(_ column: String) throws(PostgresError) -> Word? {
        try isNull(column) ? nil : try word(column)
    }

    func json<Value: Decodable>(_ column: String, as type: Value.Type = Value.self) throws(PostgresError) -> Value {
        let stored: JSONB = try self[column]
        do {
            return try JSONDecoder().decode(Value.self, from: stored.data)
        } catch {
            // The error's own text may quote what is stored.
            throw PostgresError(.decoding, "column \"\(column)\" is no \(Value.self)")
        }
    }

    func id<ID: Identifier>(_ column: String, as type: ID.Type = ID.self) throws(PostgresError) -> ID {
        ID(try self[column])
    }

    /// From the columns `account` and `region`.
    func target() throws(PostgresError) -> Target {
        Target(account: try id("account"), region: try id("region"))
    }

    /// From the columns `space`, `name` and `incarnation`, with a prefix where there are others of that name.
    func key(_ prefix: String = "") throws(PostgresError) -> EnvironmentKey {
        EnvironmentKey(
            space: try id("\(prefix)space"),
            name: try id("\(prefix)name"),
            incarnation: try self["\(prefix)incarnation"]
        )
    }

    /// The same; nil where there is none.
    func optionalKey(_ prefix: String) throws(PostgresError) -> EnvironmentKey? {
        try isNull("\(prefix)incarnation") ? nil : try key(prefix)
    }

    func digest(_ column: String) throws(PostgresError) -> Digest {
        Digest(bytes: try self[column])
    }

    func optionalID<ID: Identifier>(_ column: String) throws(PostgresError) -> ID? {
        let text: String? = try self[column]
        return text.map { ID($0) }
    }
}

/// One for all: a scan makes JSON of the tags of every component.
private let encoder: JSONEncoder = {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return encoder
}()

/// JSON of a value of ours, for a `jsonb` column.
func jsonb(_ value: some Encodable) throws(LedgerError) -> JSONB {
    do {
        return JSONB(try encoder.encode(value))
    } catch {
        throw .store(StoreFailure(.broken, "a value of type \(type(of: value)) has no JSON"))
    }
}

/// Keys as three arrays for `unnest`, in the same order.
struct KeyColumns {
    let spaces: [String]
    let names: [String]
    let incarnations: [Int32]

    init(_ keys: [EnvironmentKey]) {
        spaces = keys.map(\.space.text)
        names = keys.map(\.name.text)
        incarnations = keys.map { Int32(clamping: $0.incarnation) }
    }
}
