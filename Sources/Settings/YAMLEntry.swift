import Core
import Yams

/// One value in a file: knows where it stands, and reports what is wrong with it.
struct YAMLEntry {
    let node: Node
    /// Such as `policies[1].warn`; empty for the whole file.
    let path: String
    private let list: ProblemList

    init(_ node: Node, path: String, _ list: ProblemList) {
        self.node = node
        self.path = path
        self.list = list
    }

    var line: Int { node.mark?.line ?? 1 }
    var column: Int { node.mark?.column ?? 1 }
    private var name: String { path.isEmpty ? "the file" : "`\(path)`" }

    /// From here on, what the readers of this file know is noted, too.
    func note(in known: KnownKeys) { list.known = known }

    /// Always nil, so that a reader can report and give up in one line.
    func wrong<Value>(_ message: String, _ advice: String? = nil) -> Value? {
        report(message, advice)
        return nil
    }

    func report(_ message: String, _ advice: String? = nil) {
        guard list.takes(path) else { return }
        if let origin = list.origins[path] { return list.add(origin, message, advice) }
        list.add(line: line, column: column, message, advice)
    }

    /// Reports that something else was expected; always nil.
    func unexpected<Value>(_ expected: String, example: String) -> Value? {
        reportUnexpected(expected, example: example)
        return nil
    }

    func reportUnexpected(_ expected: String, example: String) {
        report("\(name) \(what), expected \(expected)", "for example `\(example)`")
    }

    /// What stands there, for messages.
    private var what: String {
        switch node {
        case .scalar(let scalar): isNull ? "has no value" : "is \(quoted(scalar.string))"
        case .sequence: "is a list"
        case .mapping: "is a mapping"
        case .alias: "is an alias"
        }
    }

    /// `key:` with nothing behind it, or `~`.
    var isNull: Bool {
        guard case .scalar(let scalar) = node, scalar.style == .plain || scalar.style == .any else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }

    /// The scalar's own characters, before any guess at numbers or dates.
    var scalar: String? {
        guard case .scalar(let scalar) = node, !isNull else { return nil }
        return scalar.string
    }

    var isMapping: Bool { if case .mapping = node { true } else { false } }
    /// A mapping whose keys are not looked at; nothing is reported.
    var silentMapping: YAMLMapping? { isMapping ? anyMapping(expected: "", example: "") : nil }
    /// The items of a list, or itself where it is one value; nothing is reported.
    var silentItems: [YAMLEntry] {
        guard case .sequence(let items) = node else { return scalar == nil ? [] : [self] }
        return items.map { YAMLEntry($0, path: path, list) }
    }

    /// The keys of a mapping, known or not; nothing is reported.
    var keyNames: [String] {
        guard case .mapping(let pairs) = node else { return [] }
        return pairs.compactMap { YAMLEntry($0.key, path: path, list).scalar }
    }
    var isSequence: Bool { if case .sequence = node { true } else { false } }

    /// The keys of a mapping; reports keys that are not known or missing, and anything that is no mapping.
    func mapping(_ known: [String], required: [String] = [], example: String) -> YAMLMapping? {
        list.known?.note(keys: known, path)
        guard let mapping = anyMapping(expected: "a mapping", example: example) else { return nil }
        for (key, entry) in mapping.keys.sorted(by: { $0.key < $1.key }) where !known.contains(key) {
            let near = nearest(key, among: known)
            entry.report(
                "unknown key `\(key)` in \(name)",
                "\(near.map { "did you mean `\($0)`? " } ?? "")known: \(known.joined(separator: ", "))"
            )
        }
        for key in required where mapping[key] == nil {
            report("\(name) lacks `\(key)`", "for example `\(example)`")
        }
        return mapping
    }

    /// A mapping with keys of the user's own choice.
    func anyMapping(expected: String, example: String) -> YAMLMapping? {
        guard case .mapping(let pairs) = node else { return unexpected(expected, example: example) }
        var keys: [String: YAMLEntry] = [:]
        var values: [(key: String, value: YAMLEntry)] = []
        for (key, value) in pairs {
            let keyEntry = YAMLEntry(key, path: path, list)
            guard let text = keyEntry.scalar else {
                keyEntry.report("a key of \(name) is not a word", "for example `\(example)`")
                continue
            }
            // Reported already, as a key that stands twice.
            if text.unicodeScalars.first == YAMLDocument.renamedKey { continue }
            keys[text] = keyEntry
            values.append((text, YAMLEntry(value, path: path.isEmpty ? text : "\(path).\(text)", list)))
        }
        return YAMLMapping(keys: keys, entries: values)
    }

    /// The items of a list, or the one value where a list of one was meant.
    ///
    /// Reports an empty list.
    func items(_ expected: String, example: String, orSingle: Bool = false, orNone: Bool = false) -> [YAMLEntry]? {
        if orSingle, scalar != nil { return [self] }
        guard case .sequence(let items) = node else { return unexpected(expected, example: example) }
        if items.isEmpty, !orNone {
            return wrong("\(name) is an empty list, expected \(expected)", "for example `\(example)`")
        }
        return items.enumerated().map { YAMLEntry($1, path: "\(path)[\($0 + 1)]", list) }
    }

    /// Text that is not empty and has no control characters.
    func text(_ expected: String, example: String) -> String? {
        guard let text = scalar, !text.isEmpty,
            !text.unicodeScalars.contains(where: { $0.value < 32 || $0.value == 127 })
        else { return unexpected(expected, example: example) }
        return text
    }

    func integer(_ range: ClosedRange<Int>, example: Int) -> Int? {
        guard let text = scalar, let number = Int(text), range.contains(number), text.first != "+" else {
            return unexpected("a whole number from \(range.lowerBound) to \(range.upperBound)", example: "\(example)")
        }
        return number
    }

    func duration(_ range: ClosedRange<Duration>, example: String) -> Duration? {
        guard let text = scalar, let duration = DurationText.parse(text), range.contains(duration) else {
            let expected =
                "a duration from \(DurationText.format(range.lowerBound)) to \(DurationText.format(range.upperBound))"
            if let text = scalar, Int(text) != nil {
                return wrong(
                    "\(name) is \(quoted(text)), a number without a unit (s, m, h, d, w)",
                    "for example `\(example)`"
                )
            }
            return unexpected(expected, example: example)
        }
        return duration
    }

    func choice<Choice: RawRepresentable & CaseIterable>(_: Choice.Type) -> Choice? where Choice.RawValue == String {
        let known = Choice.allCases.map(\.rawValue)
        list.known?.note(words: known, path)
        guard let text = scalar, let choice = Choice(rawValue: text) else {
            let near = scalar.flatMap { nearest($0, among: known) } ?? known.first ?? ""
            return unexpected("one of \(known.joined(separator: ", "))", example: near)
        }
        return choice
    }
}

/// The entries of a mapping, in the file's order.
struct YAMLMapping {
    /// Where each key stands.
    let keys: [String: YAMLEntry]
    let entries: [(key: String, value: YAMLEntry)]

    subscript(key: String) -> YAMLEntry? { entries.first { $0.key == key }?.value }
}
