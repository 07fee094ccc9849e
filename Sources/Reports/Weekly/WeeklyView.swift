import Mustache

/// What templates can name.
///
/// Every text in it is a safe line already; templates escape it.
struct WeeklyView: MustacheParent, Sendable {
    enum Field: String, CaseIterable, Sendable {
        // The page.
        case subject, period, headline, alarms, more, figures, compared, shares, facts, trend, sections,
            seal
        case note, promise
        // A figure, a share, a fact, a week.
        case number, word, change, colour, tone, width, text, week, stale, of, reaped, reading, fill
        // A section and its rows.
        case title, count, columns, span, groups, rows, first, cells, lead, detail, commands, purpose, bar, side, gap
        case ends, left, name
        // A command, word by word: short ones are not broken, long ones where they have to be.
        case words, short, long
        // The audit log's head.
        case digest, time
    }

    private let values: [String: any Sendable]

    /// A field that is left out is nothing, and never the one of that name further out.
    init(_ values: [Field: any Sendable]) {
        self.values = Dictionary(uniqueKeysWithValues: values.map { ($0.key.rawValue, $0.value) })
    }

    /// A command as it is and, for narrow screens, in words: nobody types `--be` and `cause` on two lines.
    static func command(_ purpose: String, _ words: [String]) -> WeeklyView {
        let most = 24
        return WeeklyView([
            .purpose: purpose, .text: MailText.safe(words.joined(separator: " ")),
            .words: words.map { word in
                let word = MailText.safe(word)
                return WeeklyView([word.count <= most ? .short : .long: word])
            },
        ])
    }

    func child(named name: String) -> Any? { values[name] ?? Nothing() }

    private struct Nothing: MustacheCustomRenderable {
        var renderText: String { "" }
        var isNull: Bool { true }
    }
}
