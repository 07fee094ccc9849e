/// A notice as Mattermost's Markdown: at most 16,383 characters in a post.
struct MattermostMessage: Encodable {
    private let text: String

    init(_ notice: Notice) {
        let title = "#### " + marked(clipped(notice.line, 500)) + "\n\n"
        let room = 16_000 - title.unicodeScalars.count
        let fitting = Fitting(room: room, longestLine: room) { marked($0).unicodeScalars.count + 1 }
        let (lines, left) = fitting.fit(notice.lines)
        let all = lines.map { marked($0) } + (left > 0 ? ["", Fitting.more(left)] : [])
        text = title + all.joined(separator: "\n")
    }
}

/// Text that Markdown leaves as it is, and that mentions nobody.
private func marked(_ line: String) -> String {
    let indent = line.prefix { $0 == " " }
    var text = String(repeating: "\u{A0}", count: indent.count)
    for (index, character) in line.dropFirst(indent.count).enumerated() {
        // At the beginning of a line these make headings, quotes and lists with lives of their own.
        if "\\`*_{}[]<>|~".contains(character) || index == 0 && "#+".contains(character) { text.append("\\") }
        text.append(character)
        // `@all` calls everybody; with an invisible character behind the sign it calls nobody.
        if character == "@" { text.append("\u{200B}") }
    }
    return text
}
