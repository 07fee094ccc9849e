/// HTML taken apart, without a browser's forgiveness: what is not a tag, an attribute or text as they should be is told.
struct MailHTML {
    struct Tag: Hashable {
        var name: String
        var attributes: [String: String] = [:]
        var isEnd = false

        /// The style attribute's declarations.
        var style: [String: String] { MailHTML.declarations(attributes["style"] ?? "") }
    }

    enum Token: Hashable {
        case tag(Tag)
        case text(String)
    }

    private(set) var tokens: [Token] = []
    /// Of the style element.
    private(set) var styleSheet = ""
    private(set) var mistakes: [String] = []

    var tags: [Tag] { tokens.compactMap { if case .tag(let tag) = $0 { tag } else { nil } } }
    static let void: Set<String> = ["!doctype", "meta", "br"]

    /// Taken apart by code points, as clients do: an accent that follows a `>` belongs to no tag.
    init(_ html: String) {
        let html = String(
            String.UnicodeScalarView(html.unicodeScalars.map { $0.isASCII ? $0 : "\u{FFFD}" })
        )
        var rest = html[...]
        var open: [String] = []
        while !rest.isEmpty {
            guard rest.unicodeScalars.first == "<" else {
                let end = rest.unicodeScalars.firstIndex(of: "<") ?? rest.endIndex
                text(String(rest[..<end]))
                rest = rest[end...]
                continue
            }
            guard let close = rest.unicodeScalars.firstIndex(of: ">") else {
                mistakes.append("a tag has no end: \(rest.prefix(40))")
                return
            }
            let inside = rest[rest.unicodeScalars.index(after: rest.startIndex)..<close]
            rest = rest[rest.unicodeScalars.index(after: close)...]
            let tag = tag(String(inside))
            tokens.append(.tag(tag))
            if tag.isEnd {
                if open.popLast() != tag.name { mistakes.append("</\(tag.name)> closes something else") }
            } else if !Self.void.contains(tag.name) {
                open.append(tag.name)
            }
            if tag.name == "style", !tag.isEnd, let end = rest.firstRange(of: "</style>") {
                styleSheet += String(rest[..<end.lowerBound])
                rest = rest[end.lowerBound...]
            }
        }
        if !open.isEmpty { mistakes.append("not closed: \(open)") }
    }

    private mutating func text(_ text: String) {
        tokens.append(.text(text))
        for part in text.split(separator: "&", omittingEmptySubsequences: false).dropFirst()
        where !["amp;", "lt;", "gt;", "quot;", "#39;", "nbsp;", "middot;"].contains(where: part.hasPrefix) {
            mistakes.append("a bare &: \(part.prefix(20))")
        }
    }

    private mutating func tag(_ inside: String) -> Tag {
        let isEnd = inside.hasPrefix("/")
        let name = String(inside.drop { $0 == "/" }.prefix { !$0.isWhitespace }).lowercased()
        var tag = Tag(name: name, isEnd: isEnd)
        guard name != "!doctype" else { return tag }
        var rest = inside.drop { $0 == "/" }.dropFirst(name.count)
        while true {
            rest = rest.drop(while: \.isWhitespace)
            guard !rest.isEmpty else { return tag }
            let attribute = String(rest.prefix { $0 != "=" && !$0.isWhitespace })
            rest = rest.dropFirst(attribute.count)
            guard rest.hasPrefix("=\""), let end = rest.dropFirst(2).unicodeScalars.firstIndex(of: "\"") else {
                mistakes.append("an attribute of <\(name)> is not quoted: \(inside.prefix(60))")
                return tag
            }
            if tag.attributes[attribute] != nil { mistakes.append("<\(name)> has \(attribute) twice") }
            tag.attributes[attribute] = String(rest.dropFirst(2)[..<end])
            rest = rest[rest.unicodeScalars.index(after: end)...]
        }
    }

    static func declarations(_ style: String) -> [String: String] {
        var found: [String: String] = [:]
        for part in style.split(separator: ";") {
            let sides = part.split(separator: ":", maxSplits: 1).map { $0.trimmed }
            if sides.count == 2 { found[sides[0]] = sides[1] } else { found["?"] = String(part) }
        }
        return found
    }
}

extension Substring {
    var trimmed: String {
        var text = drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
