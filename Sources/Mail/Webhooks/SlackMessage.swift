/// A notice in Slack's Block Kit.
///
/// 50 blocks, 3,000 characters in a section, 150 in a header, and about 13,000 in all before Slack answers
/// `msg_blocks_too_long` (slackapi/bolt-js issue 2509).
struct SlackMessage: Encodable {
    private let text: String
    private let blocks: [Block]

    init(_ notice: Notice) {
        text = escaped(clipped(notice.line, 500))
        let fitting = Fitting(room: 11_000, longestLine: 2_900) { escaped($0).utf16.count + 1 }
        let (lines, left) = fitting.fit(notice.lines)
        var blocks = [Block(type: "header", text: Text(type: "plain_text", text: clipped(notice.line, 150)))]
        // A title too long for a header is said in full below it.
        var sections = notice.line.utf16.count > 150 ? [escaped(clipped(notice.line, 2_900))] : []
        var section = ""
        for line in lines {
            let next = escaped(line)
            if section.utf16.count + next.utf16.count + 1 > 3_000 {
                sections.append(section)
                section = ""
            }
            section += section.isEmpty ? next : "\n" + next
        }
        sections.append(section)
        if left > 0 { sections.append(Fitting.more(left)) }
        // A section without a visible character is refused.
        for section in sections where section.contains(where: { !$0.isWhitespace }) {
            blocks.append(Block(type: "section", text: Text(type: "mrkdwn", text: section, verbatim: true)))
        }
        self.blocks = blocks
    }

    private struct Block: Encodable {
        let type: String
        let text: Text
    }

    /// Verbatim: names of channels and people in it call nobody.
    private struct Text: Encodable {
        let type: String
        let text: String
        var verbatim: Bool?
    }
}

/// The three characters that Slack reads as its own; `<!channel>` would wake everybody.
private func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
}

/// Cut with an ellipsis; the whole is said elsewhere.
func clipped(_ text: String, _ length: Int) -> String {
    guard text.utf16.count > length else { return text.isEmpty ? "…" : text }
    var short = ""
    for character in text {
        if short.utf16.count + String(character).utf16.count > length - 1 { break }
        short.append(character)
    }
    return short + "…"
}
