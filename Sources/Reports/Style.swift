/// Colour on a terminal, or none: whoever makes one decides (never with NO_COLOR, never into a pipe).
package struct Style: Sendable, Hashable {
    /// What a piece of text is, never which colour it has.
    package enum Role: Sendable, Hashable, CaseIterable {
        case good
        case warning
        case bad
        case dim
        case bold
    }

    package let colour: Bool

    package init(colour: Bool) { self.colour = colour }

    /// `text` has to be a safe line already; it is the only thing in a report that gets escape sequences.
    package func paint(_ text: String, _ role: Role?) -> String {
        guard colour, let role, !text.isEmpty else { return text }
        let code =
            switch role {
            case .good: "32"
            case .warning: "33"
            case .bad: "31"
            case .dim: "2"
            case .bold: "1"
            }
        return "\u{1B}[\(code)m\(text)\u{1B}[0m"
    }
}

/// A piece of text with what it is; made safe when it is written, wherever it comes from.
package struct Span: Sendable, Hashable, ExpressibleByStringInterpolation {
    package var text: String
    package var role: Style.Role?

    package init(_ text: String, _ role: Style.Role? = nil) {
        self.text = text
        self.role = role
    }

    package init(stringLiteral value: String) { self.init(value) }
}
