/// Plain text broken at spaces, word by word: what is not coloured need not be looked at character by character.
struct Wrapping {
    /// Columns; nil for lines as long as they are.
    let width: Int?
    /// A word that is longer than a line is broken too.
    let breaksWords: Bool

    /// `text` is a safe line; what follows its first line is indented by `hanging` further.
    func lines(_ text: String, indent: Int, hanging: Int) -> [String] {
        let first = String(repeating: " ", count: indent)
        guard let width, SafeText.width(text) + indent > max(24, width) else {
            let line = Self.trimmed(text)
            return [line.isEmpty ? "" : first + line]
        }
        var lines: [String] = []
        var line = first
        var room = max(24, width) - indent
        var used = 0
        var isEmpty = true
        func begin() {
            lines.append(line)
            line = String(repeating: " ", count: indent + hanging)
            room = max(24, width) - indent - hanging
            (used, isEmpty) = (0, true)
        }
        var gap = 0
        for word in text.split(separator: " ", omittingEmptySubsequences: false) {
            guard !word.isEmpty else {
                gap += 1
                continue
            }
            let columns = SafeText.width(String(word))
            if !isEmpty, used + gap + columns > room {
                begin()
            } else {
                line += String(repeating: " ", count: gap)
                used += gap
            }
            isEmpty = false
            gap = 1
            guard breaksWords, columns > room else {
                line += word
                used += columns
                continue
            }
            for character in word {
                let columns = SafeText.width(character)
                if used > 0, used + columns > room { begin() }
                line.append(character)
                used += columns
                isEmpty = false
            }
        }
        return lines + [line]
    }

    private static func trimmed(_ text: String) -> String {
        guard text.utf8.last == UInt8(ascii: " ") else { return text }
        var text = text
        while text.utf8.last == UInt8(ascii: " ") { text.removeLast() }
        return text
    }
}
