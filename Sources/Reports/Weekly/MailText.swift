import Mustache

/// Texts from strangers on their way into a template, which escapes them.
enum MailText {
    /// One safe line of at most `most` characters.
    static func safe(_ text: String, _ most: Int = 300) -> String {
        let line = SafeText.line(text)
        // Never more characters than bytes.
        guard line.utf8.count > most,
            let end = line.index(line.startIndex, offsetBy: most - 1, limitedBy: line.endIndex),
            line.index(end, offsetBy: 1, limitedBy: line.endIndex) ?? line.endIndex < line.endIndex
        else { return line }
        return "\(line[..<end])…"
    }
}

/// Escapes every `<`, `>`, `&` and quote.
///
/// Mustache's own way goes by whole characters: a `<` that forms one together with a mark, or with one of the letters
/// that join what follows them (U+0D4E), is not a `<` to it, and stays; browsers read it.
struct MailEscaping: MustacheContentType {
    /// A line before each template: one that is named by another begins with mustache's own way again.
    static let pragma = "{{% CONTENT_TYPE:CURFEW}}\n"

    /// Mustache knows content types by name, for the whole process.
    static func register() { MustacheContentTypes.register(MailEscaping(), named: "CURFEW") }

    func escapeText(_ text: String) -> String {
        guard text.utf8.contains(where: Self.isMarkup) else { return text }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result.append(contentsOf: "&amp;".unicodeScalars)
            case "<": result.append(contentsOf: "&lt;".unicodeScalars)
            case ">": result.append(contentsOf: "&gt;".unicodeScalars)
            case "\"": result.append(contentsOf: "&quot;".unicodeScalars)
            case "'": result.append(contentsOf: "&#39;".unicodeScalars)
            default: result.append(scalar)
            }
        }
        return String(result)
    }

    private static func isMarkup(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "<") || byte == UInt8(ascii: ">") || byte == UInt8(ascii: "&")
            || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'")
    }
}
