import Foundation

/// Header lines: encoded words (RFC 2047), folding, and nothing that could end a header early.
enum HeaderText {
    /// Beyond this a line is folded; continuation lines begin with one blank.
    static let width = 76

    /// A header of free text, such as Subject.
    static func free(_ name: String, _ value: String) throws(MailProblem) -> String {
        try refuseControls(value, part: name)
        let words = value.split(separator: " ", omittingEmptySubsequences: false)
        let isPlain =
            value.utf8.allSatisfy { $0 < 127 } && !value.contains("=?")
            && words.allSatisfy { !$0.isEmpty && $0.utf8.count < width - 2 } && value.utf8.count < 900
        guard isPlain else { return folded(name, encodedWords(value, first: width - name.utf8.count - 2)) }
        return folded(name, words.map(String.init))
    }

    /// A header whose words must stay as they are; one that fits no line is refused.
    static func exact(_ name: String, _ value: String) throws(MailProblem) -> String {
        try refuseControls(value, part: name)
        guard value.utf8.allSatisfy({ $0 < 127 }), name.utf8.count + value.utf8.count < 990 else {
            throw MailProblem(name, "is not ASCII or too long for one line")
        }
        return "\(name): \(value)\r\n"
    }

    static func address(_ name: String, _ value: MailAddress) -> String {
        let address = "<\(value.address)>"
        guard let display = value.name else { return folded(name, [value.address]) }
        let room = width - name.utf8.count - 2
        if display.utf8.allSatisfy({ isAtom($0) || $0 == 32 }), display.utf8.count <= room {
            return folded(name, display.split(separator: " ").map(String.init) + [address])
        }
        if display.utf8.allSatisfy({ $0 < 127 }), display.utf8.count <= room - 20, !display.contains("=?") {
            let quoted = display.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined()
            return folded(name, ["\"\(quoted)\"", address])
        }
        return folded(name, encodedWords(display, first: room) + [address])
    }

    /// Words joined by blanks, with a line break before a blank wherever the line would be too long.
    private static func folded(_ name: String, _ words: [String]) -> String {
        var text = name + ":"
        var column = text.utf8.count
        for (index, word) in words.enumerated() {
            // A line of blanks alone is no continuation: the first word stays with the name.
            if index > 0, column + 1 + word.utf8.count > width {
                text += "\r\n"
                column = 0
            }
            text += " " + word
            column += 1 + word.utf8.count
        }
        return text + "\r\n"
    }

    /// `=?UTF-8?…?=` of at most 75 bytes each; no character is split over two of them.
    private static func encodedWords(_ text: String, first room: Int) -> [String] {
        let usesBase64 = base64Length(text) < quotedLength(text)
        var words: [String] = []
        var piece = ""
        func encoded(_ text: String) -> String {
            usesBase64 ? "=?UTF-8?B?\(Data(text.utf8).base64EncodedString())?=" : "=?UTF-8?Q?\(quoted(text))?="
        }
        for character in pieces(of: text) {
            let limit = words.isEmpty ? min(75, room) : 75
            if !piece.isEmpty, encoded(piece + character).utf8.count > limit {
                words.append(encoded(piece))
                piece = ""
            }
            piece += character
        }
        if !piece.isEmpty { words.append(encoded(piece)) }
        return words
    }

    /// Characters as people see them; one that is too long for a word by itself goes by its scalars.
    private static func pieces(of text: String) -> [String] {
        text.flatMap { character in
            character.utf8.count <= 15 ? [String(character)] : character.unicodeScalars.map { String($0) }
        }
    }

    private static func base64Length(_ text: String) -> Int { (text.utf8.count + 2) / 3 * 4 }

    private static func quotedLength(_ text: String) -> Int {
        text.utf8.reduce(0) { $0 + (isPlainInWord($1) || $1 == 32 ? 1 : 3) }
    }

    private static func quoted(_ text: String) -> String {
        text.utf8.map { byte in
            if byte == 32 { return "_" }
            return isPlainInWord(byte) ? String(Unicode.Scalar(byte)) : hexEscape(byte, mark: "=")
        }.joined()
    }

    /// What may stand as it is in an encoded word anywhere, display names included.
    private static func isPlainInWord(_ byte: UInt8) -> Bool { isAlphanumeric(byte) || "!*+-/".utf8.contains(byte) }

    private static func isAtom(_ byte: UInt8) -> Bool {
        isAlphanumeric(byte) || "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte) && byte != UInt8(ascii: "=")
    }
}

func isAlphanumeric(_ byte: UInt8) -> Bool {
    (byte >= 48 && byte <= 57) || (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122)
}

/// Two hexadecimal digits in capitals after the mark.
func hexEscape(_ byte: UInt8, mark: String) -> String {
    let digits = String(byte, radix: 16, uppercase: true)
    return mark + (digits.count == 1 ? "0" : "") + digits
}
