import Core
import Foundation
import Testing

@testable import Settings

/// The schemas that editors use against what the readers really take.
///
/// The readers note their keys and words while they read; documents for them are made from the schema's own examples, one for
/// each key and each alternative. So a key that either side lacks is found, and named with its place.
@Suite struct PolicySchemaTests {
    @Test(arguments: PolicySchema.allCases)
    func `every key and word of the schema is read, and every key and word that is read stands in the schema`(
        _ which: PolicySchema
    ) throws {
        let schema = try Schema(which)
        let known = KnownKeys()
        let documents = schema.documents()
        #expect(documents.count > 30)
        for document in documents {
            let text = try document.text
            // The schema has it, and the reader does not take it.
            #expect(throws: Never.self, "\(which.rawValue): the reader refuses \(text)") {
                try read(which, text, noting: known)
            }
        }
        var places: Set<String> = []
        for (path, keys) in known.keys {
            let place = Schema.place(path)
            places.insert(place)
            let ours = schema.keys(at: path)
            // The reader takes it, and the schema lacks it.
            #expect(
                keys.subtracting(ours).isEmpty,
                "\(which.rawValue) lacks at `\(place)`: \(keys.subtracting(ours).sorted())"
            )
            #expect(ours.subtracting(keys).isEmpty, "nobody reads at `\(place)`: \(ours.subtracting(keys).sorted())")
        }
        for (path, words) in known.words {
            let ours = schema.words(at: path)
            // A verdict or a class can be narrower for cases than elsewhere; what the schema offers is always read.
            guard which == .policy else { continue }
            #expect(words == ours, "\(which.rawValue) at `\(Schema.place(path))` has \(ours.sorted())")
        }
        #expect(places.count >= (which == .policy ? 10 : 4), "\(places.sorted())")
    }

    @Test func `signals, which are read one by one, are the schema's`() throws {
        let schema = try Schema(.policy)
        #expect(schema.words(at: "policies[1].stale_when.idle.of[1]") == Set(SignalKind.nameable.map(\.rawValue)))
        let tests = try Schema(.tests)
        #expect(tests.words(at: "cases[1].expect.verdict") == Set(Verdict.allCases.map(\.rawValue)))
    }

    @Test func `what both schemas define is the same in both`() throws {
        let (policy, tests) = (try Schema(.policy).definitions, try Schema(.tests).definitions)
        for name in ["condition", "duration"] {
            #expect(try #require(policy[name]) == #require(tests[name]), "`$defs.\(name)` differs")
        }
    }

    @Test(arguments: PolicySchema.allCases)
    func `what is installed is what the program prints`(_ which: PolicySchema) throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Deploy/policy/\(which.rawValue)").standardizedFileURL
        if ProcessInfo.processInfo.environment["RECORD"] == "1" { try which.bytes.write(to: file) }
        #expect(try Data(contentsOf: file) == which.bytes, "RECORD=1 copies it")
    }

    private func read(_ which: PolicySchema, _ text: String, noting known: KnownKeys) throws {
        switch which {
        case .policy:
            var reading = PolicyFilesReading(isOnly: false)
            _ = try YAMLDocument.read(Data(text.utf8), file: "made", example: "") { entry in
                entry.note(in: known)
                return reading.read(entry, nil, file: "made")
            }
        case .tests:
            _ = try YAMLDocument.read(Data(text.utf8), file: "made", example: "") { entry in
                entry.note(in: known)
                return entry.policyTests(.empty)
            }
        }
    }
}

/// A JSON value that can be compared and written.
private indirect enum Value: Hashable, Decodable {
    case null
    case flag(Bool)
    case number(Int)
    case text(String)
    case list([Value])
    case object([String: Value])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let flag = try? container.decode(Bool.self) {
            self = .flag(flag)
        } else if let number = try? container.decode(Int.self) {
            self = .number(number)
        } else if let text = try? container.decode(String.self) {
            self = .text(text)
        } else if let list = try? container.decode([Value].self) {
            self = .list(list)
        } else {
            self = .object(try container.decode([String: Value].self))
        }
    }

    /// As JSON, which is YAML.
    var text: String {
        get throws {
            switch self {
            case .null: "null"
            case .flag(let flag): "\(flag)"
            case .number(let number): "\(number)"
            case .text(let text): String(decoding: try JSONEncoder().encode(text), as: UTF8.self)
            case .list(let items): "[\(try items.map { try $0.text }.joined(separator: ", "))]"
            case .object(let members):
                "{"
                    + (try members.sorted { $0.key < $1.key }.map { "\"\($0.key)\": \(try $0.value.text)" })
                    .joined(separator: ", ") + "}"
            }
        }
    }

    subscript(key: String) -> Value? { if case .object(let members) = self { members[key] } else { nil } }
    var items: [Value] { if case .list(let items) = self { items } else { [] } }
    var members: [String: Value] { if case .object(let members) = self { members } else { [:] } }
    var string: String? { if case .text(let text) = self { text } else { nil } }
    var integer: Int? { if case .number(let number) = self { number } else { nil } }
}

private struct Schema {
    let root: Value

    init(_ which: PolicySchema) throws { root = try JSONDecoder().decode(Value.self, from: which.bytes) }

    var definitions: [String: Value] { root["$defs"]?.members ?? [:] }

    /// The node and whatever else may stand in its place.
    private func alternatives(_ node: Value, depth: Int = 0) -> [Value] {
        guard depth < 8 else { return [] }
        let named = node["$ref"]?.string?.split(separator: "/").last.flatMap { definitions[String($0)] }
        return [node] + (named.map { [$0] } ?? []).flatMap { alternatives($0, depth: depth + 1) }
            + (node["anyOf"]?.items ?? []).flatMap { alternatives($0, depth: depth + 1) }
    }

    private func nodes(at path: String) -> [Value] {
        var nodes = alternatives(root)
        for part in path.split(separator: ".") {
            let key = String(part.prefix { $0 != "[" })
            nodes = nodes.compactMap { $0["properties"]?[key] }.flatMap { alternatives($0) }
            for _ in 0..<part.count(where: { $0 == "[" }) {
                // Where a list may be one value alone, that value is the node itself.
                nodes = nodes.compactMap { $0["items"] }.flatMap { alternatives($0) }
            }
        }
        return nodes
    }

    func keys(at path: String) -> Set<String> {
        Set(nodes(at: path).flatMap { ($0["properties"]?.members ?? [:]).keys })
    }

    func words(at path: String) -> Set<String> {
        Set(
            nodes(at: path).flatMap { node in
                ((node["enum"]?.items ?? []) + [node["const"]].compactMap(\.self)).compactMap(\.string)
            }
        )
    }

    /// Without the numbers of a list's items.
    static func place(_ path: String) -> String { path.replacing(/\[\d+\]/, with: "[]") }

    /// Documents in which every key and every alternative stands once.
    ///
    /// Cases are of some day: one for all, where a document has none of its own.
    func documents() -> [Value] {
        values(root, depth: 0).map { document in
            guard document["cases"] != nil, document["at"] == nil else { return document }
            return .object(document.members.merging(["at": .text("2026-03-20")]) { first, _ in first })
        }
    }

    private func values(_ node: Value, depth: Int) -> [Value] {
        // Clauses hold clauses: two levels show all there is.
        guard depth < 14 else { return [] }
        if let examples = node["examples"]?.items { return examples }
        if let name = node["$ref"]?.string?.split(separator: "/").last, let named = definitions[String(name)] {
            return values(named, depth: depth + 4)
        }
        // An `anyOf` beside `properties` only says which of them are needed.
        if node["properties"] == nil, let choices = node["anyOf"]?.items {
            return choices.flatMap { values($0, depth: depth + 1) }
        }
        if let items = node["items"] { return values(items, depth: depth + 1).map { .list([$0]) } }
        guard let properties = node["properties"]?.members else { return [] }
        let required = (node["required"]?.items ?? []).compactMap(\.string)
        let base = Dictionary(
            required.compactMap { key in
                properties[key].flatMap { values($0, depth: depth + 1).first }.map { (key, $0) }
            },
            uniquingKeysWith: { first, _ in first }
        )
        guard base.count == required.count else { return [] }
        return properties.sorted { $0.key < $1.key }.flatMap { key, property in
            values(property, depth: depth + 1).map { .object(base.merging([key: $0]) { $1 }) }
        }
    }
}
