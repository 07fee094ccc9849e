package import Core
package import Foundation

/// Where a text will be read: when, in which zone, how wide, with or without colour and characters beyond ASCII.
package struct Canvas: Sendable {
    package var moment: Moment
    package var style: Style
    /// Columns of the terminal; nil writes lines as long as they are (a pipe).
    package var width: Int?
    /// False for a terminal that is not UTF-8.
    package var unicode: Bool
    /// Configured names of accounts, shown beside their numbers.
    package var accountNames: [AccountID: String]

    package init(
        now: Date, zone: TimeZone, style: Style = Style(colour: false), width: Int? = nil, unicode: Bool = true,
        accountNames: [AccountID: String] = [:]
    ) {
        moment = Moment(now: now, zone: zone)
        self.style = style
        self.width = width
        self.unicode = unicode
        self.accountNames = accountNames
    }

    package var now: Date { moment.now }

    func time(_ date: Date) -> String { moment.text(date) }
    func time(_ date: Date?, none: String) -> String { date.map(moment.text) ?? none }

    /// `sandbox (111122223333)`, or the number alone.
    func account(_ id: AccountID) -> String { accountNames[id].map { "\($0) (\(id))" } ?? id.text }

    /// `sandbox/eu-central-1`, with the account's name where it has one.
    func place(_ target: Target) -> String { "\(accountNames[target.account] ?? target.account.text)/\(target.region)" }

    /// `feat-x (space sandbox)`, with its life's number from the second on.
    func label(_ key: EnvironmentKey) -> String {
        "\(key.name) (space \(key.space)\(key.incarnation > 1 ? ", life \(key.incarnation)" : ""))"
    }
}

/// Lines of a report. Everything that goes in is made safe, so no data can bring escape sequences along.
struct Page {
    let canvas: Canvas
    private(set) var lines: [String] = []

    init(_ canvas: Canvas) { self.canvas = canvas }

    /// Ends with a line break; empty when nothing was written.
    var text: String { lines.map { $0 + "\n" }.joined() }

    mutating func blank() {
        if let last = lines.last, !last.isEmpty { lines.append("") }
    }

    /// One line, broken at spaces where the terminal ends; what follows is indented two further.
    mutating func line(_ spans: Span..., indent: Int = 0) { line(spans, indent: indent) }

    mutating func line(_ spans: [Span], indent: Int = 0) {
        let limit = canvas.width.map { max(24, $0) }
        var line = String(repeating: " ", count: indent)
        var used = indent
        var fresh = true
        for (text, role, spaced) in words(spans) {
            let columns = SafeText.width(text)
            let gap = fresh || !spaced ? 0 : 1
            if let limit, !fresh, spaced, used + gap + columns > limit {
                lines.append(line)
                line = String(repeating: " ", count: indent + 2) + canvas.style.paint(text, role)
                used = indent + 2 + columns
            } else {
                line += String(repeating: " ", count: gap) + canvas.style.paint(text, role)
                used += gap + columns
            }
            fresh = false
        }
        lines.append(fresh ? "" : line)
    }

    mutating func heading(_ text: String, count: Int? = nil) {
        blank()
        line([Span(count.map { "\(text) (\($0))" } ?? text, .bold)])
    }

    mutating func table(_ table: Table, indent: Int = 0) {
        let width = canvas.width.map { max(24, $0 - indent) }
        for row in table.lines(width: width, style: canvas.style, unicode: canvas.unicode) {
            lines.append(String(repeating: " ", count: indent) + row)
        }
    }

    /// Words with their role, and whether a space stood before each.
    ///
    /// Without a width to break at, a span stays whole.
    private func words(_ spans: [Span]) -> [(String, Style.Role?, Bool)] {
        var result: [(String, Style.Role?, Bool)] = []
        var spaced = false
        for span in spans {
            let safe = canvas.unicode ? SafeText.line(span.text) : SafeText.ascii(span.text)
            guard canvas.width != nil else {
                result.append((safe, span.role, false))
                continue
            }
            var word = ""
            for character in safe {
                if character == " " {
                    if !word.isEmpty { result.append((word, span.role, spaced)) }
                    word = ""
                    spaced = true
                } else {
                    word.append(character)
                    continue
                }
            }
            if !word.isEmpty {
                result.append((word, span.role, spaced))
                spaced = false
            }
        }
        return result
    }
}
