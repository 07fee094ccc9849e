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
        now: Date,
        zone: TimeZone,
        style: Style = Style(colour: false),
        width: Int? = nil,
        unicode: Bool = true,
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
        "\(key.name) (space \(space(key.space))\(key.incarnation > 1 ? ", life \(key.incarnation)" : ""))"
    }
}

/// Lines of a report.
///
/// Everything that goes in is made safe, so no data can bring escape sequences along, and its times are those of the
/// canvas's zone.
struct Page {
    let canvas: Canvas
    private(set) var lines: [String] = []
    /// A word that is longer than a line is broken too; not where somebody has to copy it from a terminal.
    var breaksWords = false

    init(_ canvas: Canvas) { self.canvas = canvas }

    /// Ends with a line break; empty when nothing was written.
    var text: String { lines.map { $0 + "\n" }.joined() }

    mutating func blank() {
        if let last = lines.last, !last.isEmpty { lines.append("") }
    }

    /// One line, broken at spaces where the terminal ends; what follows is indented by `hanging` further.
    mutating func line(_ spans: Span..., indent: Int = 0, hanging: Int = 2) {
        line(spans, indent: indent, hanging: hanging)
    }

    mutating func line(_ spans: [Span], indent: Int = 0, hanging: Int = 2) {
        let spans = spans.map { Span(canvas.moment.localised($0.text), $0.role) }
        guard canvas.style.colour else {
            let text = spans.map { canvas.unicode ? SafeText.line($0.text) : SafeText.ascii($0.text) }.joined()
            lines += Wrapping(width: canvas.width, breaksWords: breaksWords).lines(
                text,
                indent: indent,
                hanging: hanging
            )
            return
        }
        var rest = spans.flatMap { span in
            (canvas.unicode ? SafeText.line(span.text) : SafeText.ascii(span.text)).map { ($0, span.role) }
        }[...]
        var margin = indent
        repeat {
            let end = lineEnd(rest, margin: margin)
            lines.append(painted(rest[..<end], margin: margin))
            rest = rest[end...].drop { $0.0 == " " }
            margin = indent + hanging
        } while !rest.isEmpty
    }

    /// One line as it is, however long.
    mutating func unbroken(_ span: Span, indent: Int) {
        let text = canvas.unicode ? SafeText.line(span.text) : SafeText.ascii(span.text)
        lines.append(String(repeating: " ", count: indent) + canvas.style.paint(text, span.role))
    }

    /// Where a line that begins here has to end: at the last space that fits, or behind a word that is too long itself.
    private func lineEnd(_ rest: ArraySlice<(Character, Style.Role?)>, margin: Int) -> Int {
        guard let width = canvas.width else { return rest.endIndex }
        let room = max(24, width) - margin
        var used = 0
        var lastSpace: Int?
        var wordBegan = false
        for index in rest.indices {
            if rest[index].0 == " ", wordBegan { lastSpace = index }
            wordBegan = wordBegan || rest[index].0 != " "
            used += SafeText.width(rest[index].0)
            if used > room, let lastSpace { return lastSpace }
            if used > room, breaksWords { return index }
        }
        return rest.endIndex
    }

    private func painted(_ characters: ArraySlice<(Character, Style.Role?)>, margin: Int) -> String {
        var line = String(repeating: " ", count: margin)
        var run = ""
        var role: Style.Role?
        var characters = characters
        while characters.last?.0 == " " { characters.removeLast() }
        for (character, next) in characters {
            if next != role {
                line += canvas.style.paint(run, role)
                (run, role) = ("", next)
            }
            run.append(character)
        }
        let text = line + canvas.style.paint(run, role)
        return characters.isEmpty ? "" : text
    }

    mutating func heading(_ text: String, count: Int? = nil) {
        blank()
        line([Span(count.map { "\(text) (\($0))" } ?? text, .bold)])
    }

    mutating func table(_ table: Table, indent: Int = 0) {
        let width = canvas.width.map { max(24, $0 - indent) }
        for row in table.rewritten(canvas.moment.localised).lines(
            width: width,
            style: canvas.style,
            unicode: canvas.unicode
        ) {
            lines.append(String(repeating: " ", count: indent) + row)
        }
    }
}
