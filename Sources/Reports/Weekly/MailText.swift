/// Texts from strangers on their way into a template, which escapes them.
enum MailText {
    /// One safe line of at most `most` characters.
    ///
    /// Mustache escapes whole characters: a `<` that forms one together with a mark, or with one of the letters that
    /// join what follows them (U+0D4E), would get through as it is. Such a character loses its `<`.
    static func safe(_ text: String, _ most: Int = 300) -> String {
        let line = SafeText.line(text)
        let cut = line.utf8.count > most && line.count > most ? "\(line.prefix(most - 1))…" : line
        if cut.utf8.allSatisfy({ $0 < 0x80 }) { return cut }
        var result = ""
        for character in cut {
            if character.unicodeScalars.count > 1, character.unicodeScalars.contains(where: isMarkup) {
                result.unicodeScalars.append(
                    contentsOf: character.unicodeScalars.map { isMarkup($0) ? "\u{FFFD}" : $0 }
                )
            } else {
                result.append(character)
            }
        }
        return result
    }

    private static func isMarkup(_ scalar: Unicode.Scalar) -> Bool { "<>&\"'".unicodeScalars.contains(scalar) }
}
