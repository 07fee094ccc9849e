import Foundation
import Yams

/// The root of a YAML file, or the reasons why there is none.
enum YAMLDocument {
    private static let largest = 1 << 20

    /// Hands the root of a file to `read` and returns what that makes of it; throws everything that is wrong, be it
    /// the syntax or what `read` reports.
    static func read<Result>(
        _ bytes: Data,
        file: String,
        example: String,
        overlaying: (Node, ProblemList) -> Node = { root, _ in root },
        _ read: (YAMLEntry) -> Result?
    ) throws(SettingsProblems) -> Result {
        let list = ProblemList(file: file)
        guard let text = decoded(bytes, list), let (parser, root) = parsed(text, list, example) else {
            throw list.error
        }
        // Anchors are held weakly by the nodes and strongly by the parser.
        let result: Result? = withExtendedLifetime(parser) {
            guard isPlain(root, list) else { return nil }
            return read(YAMLEntry(overlaying(root, list), path: "", list))
        }
        guard let result, list.isEmpty else { throw list.error }
        return result
    }

    private static func decoded(_ bytes: Data, _ list: ProblemList) -> String? {
        guard bytes.count <= largest else {
            list.add(line: 1, column: 1, "the file has \(bytes.count) bytes, more than the \(largest) that are read")
            return nil
        }
        let marks: [(bytes: [UInt8], name: String)] = [
            ([0xFF, 0xFE, 0, 0], "UTF-32"), ([0, 0, 0xFE, 0xFF], "UTF-32"), ([0xFF, 0xFE], "UTF-16"),
            ([0xFE, 0xFF], "UTF-16"),
        ]
        if let mark = marks.first(where: { bytes.starts(with: $0.bytes) }) {
            list.add(line: 1, column: 1, "the file is \(mark.name)", "save it as UTF-8")
            return nil
        }
        // A byte order mark in front of UTF-8 says nothing and harms nothing; some editors write it.
        let content = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes
        guard let text = String(validating: content, as: UTF8.self) else {
            let position = firstInvalid(content)
            list.add(line: position.line, column: position.column, "the file is not UTF-8 here", "save it as UTF-8")
            return nil
        }
        return text
    }

    private static func firstInvalid(_ bytes: Data) -> (line: Int, column: Int) {
        var line = 1
        for part in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
            if String(validating: part, as: UTF8.self) == nil {
                // Replacement begins where the first bad byte stands.
                let column = String(decoding: part, as: UTF8.self).unicodeScalars.prefix { $0 != "\u{FFFD}" }.count + 1
                return (line, column)
            }
            line += 1
        }
        return (1, 1)
    }

    /// Keys that stand twice make the parser give up at the first; each is reported, renamed in place by a character
    /// that no key begins with, and the text parsed again, so that everything else is reported too.
    private static func parsed(_ text: String, _ list: ProblemList, _ example: String) -> (Parser, Node)? {
        var text = text
        for _ in 0..<100 {
            do {
                let parser = try Parser(yaml: text, resolver: .basic, constructor: .default, encoding: .utf8)
                guard let root = try parser.singleRoot(), !YAMLEntry(root, path: "", list).isNull else {
                    list.add(line: 1, column: 1, "the file is empty", example)
                    return nil
                }
                return (parser, root)
            } catch let error as YamlError {
                guard case .duplicatedKeysInMapping(let keys, let context) = error,
                    let renamed = renaming(context.mark, in: text)
                else {
                    add(error, text, list)
                    return nil
                }
                list.add(
                    line: context.mark.line,
                    column: context.mark.column,
                    "\(quoted(keys.first ?? "")) stands here and again further down in the same mapping",
                    "keep one of them"
                )
                text = renamed
            } catch {
                list.add(line: 1, column: 1, "the file cannot be read as YAML: \(error)")
                return nil
            }
        }
        return nil
    }

    static let renamedKey: Unicode.Scalar = "\u{E000}"

    private static func renaming(_ mark: Mark, in text: String) -> String? {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard lines.indices.contains(mark.line - 1) else { return nil }
        var scalars = Array(lines[mark.line - 1].unicodeScalars)
        var column = mark.column - 1
        if scalars.indices.contains(column), scalars[column] == "\"" || scalars[column] == "'" { column += 1 }
        guard scalars.indices.contains(column), scalars[column].properties.isAlphabetic else { return nil }
        scalars[column] = renamedKey
        lines[mark.line - 1] = String(String.UnicodeScalarView(scalars))
        return lines.joined(separator: "\n")
    }

    /// No anchors, aliases, merges or own tags: each says one thing in two places or another thing than it seems to.
    private static func isPlain(_ node: Node, _ list: ProblemList) -> Bool {
        let line = node.mark?.line ?? 1
        let column = node.mark?.column ?? 1
        if node.anchor != nil {
            list.add(
                line: line,
                column: column,
                "anchors and aliases (`&`, `*`) are not used here",
                "write the value out"
            )
            return false
        }
        if let tag = foreignTag(of: node) {
            list.add(line: line, column: column, "the tag \(quoted(tag)) means nothing here", "leave it out")
            return false
        }
        switch node {
        case .scalar: return true
        case .sequence(let items): return items.reduce(true) { isPlain($1, list) && $0 }
        case .mapping(let pairs): return pairs.reduce(true) { isPlain($1.key, list) && isPlain($1.value, list) && $0 }
        case .alias: return false
        }
    }

    private static func foreignTag(of node: Node) -> String? {
        let tag =
            switch node {
            case .scalar(let scalar): scalar.tag.rawValue
            case .sequence(let items): items.tag.rawValue
            case .mapping(let pairs): pairs.tag.rawValue
            case .alias(let alias): alias.tag.rawValue
            }
        let harmless = ["str", "int", "float", "bool", "null", "timestamp", "seq", "map", "merge", "value"]
        return tag.isEmpty || tag == "!" || harmless.contains { tag == "tag:yaml.org,2002:\($0)" } ? nil : tag
    }
}
