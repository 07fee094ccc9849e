/// Texts from strangers (names, tags, reasons of a provider) as they may stand on a terminal.
package enum SafeText {
    /// One line that cannot move the cursor, colour anything, or turn the reading direction.
    ///
    /// Line breaks and tabs become spaces; every other control, formatting or invisible character becomes `\u{FFFD}`.
    /// At most four marks stay on one character, because a pile of them paints over the lines around it.
    package static func line(_ text: String) -> String {
        // Nearly every text is plain, and this is called for each cell of each row.
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text }
        var result = String.UnicodeScalarView()
        var marks = 0
        for scalar in text.unicodeScalars {
            if scalar.value >= 0x20, scalar.value < 0x7F {
                result.append(scalar)
                marks = 0
                continue
            }
            let isMark = isMark(scalar)
            marks = isMark ? marks + 1 : 0
            if isMark && marks > 4 { continue }
            switch scalar.value {
            case 0x09, 0x0A, 0x0D, 0x2028, 0x2029: result.append(" ")
            case _ where isForbidden(scalar): result.append("\u{FFFD}")
            default: result.append(scalar)
            }
        }
        return String(result)
    }

    /// The same in ASCII, for a terminal that is not UTF-8.
    ///
    /// There the bytes of other characters would themselves be read
    /// as control characters (0x9B begins a sequence in Latin-1).
    package static func ascii(_ text: String) -> String {
        var result = ""
        for scalar in line(text).unicodeScalars {
            switch scalar.value {
            case 0x20..<0x7F: result.unicodeScalars.append(scalar)
            case 0x2018, 0x2019: result += "'"
            case 0x201C, 0x201D: result += "\""
            case 0x2010...0x2015: result += "-"
            case 0x2026: result += "..."
            case 0x00B7: result += "|"
            case 0x2190...0x21FF: result += "->"
            default: result += "?"
            }
        }
        return result
    }

    /// Columns that a terminal gives a text which is already a safe line.
    package static func width(_ text: String) -> Int {
        text.utf8.allSatisfy { $0 < 0x80 } ? text.utf8.count : text.reduce(0) { $0 + width($1) }
    }

    /// The text in at most `limit` columns, with `ellipsis` where something was cut off.
    package static func cut(_ text: String, to limit: Int, ellipsis: String = "…") -> String {
        guard limit > 0 else { return "" }
        guard width(text) > limit else { return text }
        let room = limit - width(ellipsis)
        guard room > 0 else { return String(ellipsis.prefix(limit)) }
        var used = 0
        var result = ""
        for character in text {
            let columns = width(character)
            guard used + columns <= room else { break }
            used += columns
            result.append(character)
        }
        while result.last == " " { result.removeLast() }
        return result + ellipsis
    }

    /// Columns of one character: 0 for a mark alone, 2 for East Asian wide ones and emoji, else 1.
    package static func width(_ character: Character) -> Int {
        if let ascii = character.asciiValue { return ascii < 0x20 || ascii == 0x7F ? 0 : 1 }
        var widest = 0
        for scalar in character.unicodeScalars {
            // The variation selector asks for the picture of a character that is otherwise text.
            if scalar.value == 0xFE0F { return 2 }
            widest = max(widest, width(scalar))
        }
        return widest
    }

    private static func width(_ scalar: Unicode.Scalar) -> Int {
        if isMark(scalar) || scalar.value == 0x200D || isForbidden(scalar) { return 0 }
        if scalar.properties.isEmojiPresentation { return 2 }
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
            0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6,
            0x17000...0x18CFF, 0x1B000...0x1B2FF, 0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
            return 2
        default: return 1
        }
    }

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark: true
        default: false
        }
    }

    private static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .surrogate: true
        // Turns of direction, zero-width spaces, tag characters; the joiner alone is needed, by emoji and Indic letters.
        case .format: scalar.value != 0x200D
        default: false
        }
    }
}
