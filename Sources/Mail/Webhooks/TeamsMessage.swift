import Foundation

/// A notice as an Adaptive Card for a Power Automate workflow: at most 28 KB in all.
struct TeamsMessage: Encodable {
    private let type = "message"
    private let attachments: [Attachment]

    init(_ notice: Notice) {
        let fitting = Fitting(room: 24_000, longestLine: 4_000) { size(Block(line: $0, isFirstAfterGap: true)) + 1 }
        let (lines, left) = fitting.fit(notice.lines)
        var body = [Block(title: clipped(notice.line, 500))]
        var isAfterGap = true
        for line in lines + (left > 0 ? ["", Fitting.more(left)] : []) {
            if line.isEmpty {
                isAfterGap = true
                continue
            }
            body.append(Block(line: line, isFirstAfterGap: isAfterGap))
            isAfterGap = false
        }
        attachments = [Attachment(content: Card(body: body))]
    }

    private struct Attachment: Encodable {
        let contentType = "application/vnd.microsoft.card.adaptive"
        let content: Card
    }

    private struct Card: Encodable {
        let type = "AdaptiveCard"
        let version = "1.4"
        let msteams = ["width": "Full"]
        let body: [Block]
    }

    /// A rich text block, because its runs are not Markdown: names with `_` and `*` stay as they are.
    private struct Block: Encodable {
        let type = "RichTextBlock"
        let spacing: String
        let inlines: [Run]

        init(title: String) {
            spacing = "Default"
            inlines = [Run(text: title, weight: "Bolder", size: "Medium")]
        }

        init(line: String, isFirstAfterGap: Bool) {
            spacing = isFirstAfterGap ? "Medium" : "None"
            // Blanks before a line would be dropped.
            let indent = line.prefix { $0 == " " }.count
            inlines = [Run(text: String(repeating: "\u{A0}", count: indent) + line.dropFirst(indent))]
        }
    }

    private struct Run: Encodable {
        let type = "TextRun"
        let text: String
        var weight: String?
        var size: String?
    }
}

private func size(_ block: some Encodable) -> Int { (try? webhookJSON(block).count) ?? 0 }
