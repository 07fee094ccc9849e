/// A template before it is one: which tags stand in it, and which of them may not.
struct TemplateSource {
    let name: String
    let tags: [Tag]
    private let unclosed: Int?

    struct Tag: Hashable {
        enum Kind: Hashable {
            case value, section, inverted, end, partial, comment, other
        }

        let kind: Kind
        let name: String
        let line: Int
    }

    init(name: String, text: String) {
        self.name = name
        var tags: [Tag] = []
        var line = 1
        var rest = text[...]
        var unclosed: Int?
        while let open = rest.firstRange(of: "{{") {
            line += rest[..<open.lowerBound].count(where: \.isNewline)
            rest = rest[open.upperBound...]
            guard let close = rest.firstRange(of: "}}") else {
                unclosed = line
                break
            }
            let inside = rest[..<close.lowerBound]
            tags.append(Self.tag(inside, line: line))
            line += inside.count(where: \.isNewline)
            rest = rest[close.upperBound...]
        }
        self.tags = tags
        self.unclosed = unclosed
    }

    var partials: [String] { tags.filter { $0.kind == .partial }.map(\.name) }

    func problems(knowing templates: Set<String>) -> [TemplateProblem] {
        var problems = tags.compactMap { tag in
            because(tag, templates).map { TemplateProblem(template: name, line: tag.line, because: $0) }
        }
        if let unclosed {
            problems.append(TemplateProblem(template: name, line: unclosed, because: "{{ has no }}"))
        }
        return problems
    }

    private func because(_ tag: Tag, _ templates: Set<String>) -> String? {
        switch tag.kind {
        case .comment: nil
        case .other:
            "{{\(tag.name)\(tag.name.hasPrefix("{") ? "}" : "")}} is not allowed: only values, which are escaped, sections, comments and templates by name"
        case .partial: templates.contains(tag.name) ? nil : "there is no template \(tag.name)"
        case .value, .section, .inverted, .end:
            tag.name == "." || WeeklyView.Field(rawValue: tag.name) != nil
                ? nil : "the report has nothing called \(tag.name)"
        }
    }

    private static func tag(_ inside: Substring, line: Int) -> Tag {
        func trimmed(_ text: Substring) -> String { String(text.trimmingPrefix(while: \.isWhitespace)).trimmedEnd }
        let kinds: [Character: Tag.Kind] = [
            "#": .section, "^": .inverted, "/": .end, ">": .partial, "!": .comment,
        ]
        if let first = inside.first, let kind = kinds[first] {
            return Tag(kind: kind, name: trimmed(inside.dropFirst()), line: line)
        }
        let name = trimmed(inside)
        let isPlain = !name.isEmpty && name.allSatisfy { $0.isASCII && ($0.isLetter || $0 == ".") }
        return Tag(kind: isPlain ? .value : .other, name: name, line: line)
    }
}

extension String {
    fileprivate var trimmedEnd: String {
        var text = self
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
