import Foundation

/// Bodies as lines of at most 76 ASCII characters that nothing on the way has a reason to change.
enum ContentEncoding: String {
    case quotedPrintable = "quoted-printable"
    case base64

    /// Whichever is shorter.
    ///
    /// Line breaks of any kind become CRLF, as they have to in text.
    static func text(_ text: String) -> (encoding: ContentEncoding, body: String) {
        let lines = lines(of: text)
        let quoted = quotedPrintable(lines)
        let encoded = base64(lines.flatMap { $0 + [13, 10] })
        return encoded.utf8.count < quoted.utf8.count ? (.base64, encoded) : (.quotedPrintable, quoted)
    }

    static func base64(_ bytes: [UInt8]) -> String {
        let text = Data(bytes).base64EncodedString(
            options: [.lineLength76Characters, .endLineWithCarriageReturn, .endLineWithLineFeed]
        )
        return text.isEmpty || text.hasSuffix("\r\n") ? text : text + "\r\n"
    }

    /// CRLF, CR and LF end a line; each gets its end back, the last one too.
    private static func lines(of text: String) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        var line: [UInt8] = []
        var wasReturn = false
        for byte in text.utf8 {
            if byte == 10, wasReturn {
                wasReturn = false
                continue
            }
            wasReturn = byte == 13
            if byte == 10 || byte == 13 {
                lines.append(line)
                line = []
            } else {
                line.append(byte)
            }
        }
        // The text's last line break is the end of its last line, not an empty line more.
        if !line.isEmpty { lines.append(line) }
        return lines
    }

    private static func quotedPrintable(_ lines: [[UInt8]]) -> String {
        var body: [UInt8] = []
        for line in lines {
            var column = 0
            for (index, byte) in line.enumerated() {
                let isLast = index == line.count - 1
                let length = staysPlain(byte, isLast: isLast) ? 1 : 3
                // The last character needs no room for a soft line break after it.
                if column + length > (isLast ? 76 : 75) {
                    body += [61, 13, 10]
                    column = 0
                }
                if length == 3 || column == 0 && isMark(line[index...]) {
                    body += [61, hexDigits[Int(byte >> 4)], hexDigits[Int(byte & 15)]]
                    column += 3
                } else {
                    body.append(byte)
                    column += 1
                }
            }
            body += [13, 10]
        }
        return String(decoding: body, as: UTF8.self)
    }

    private static let hexDigits = Array("0123456789ABCDEF".utf8)

    /// Blanks at the end of a line get lost on the way.
    private static func staysPlain(_ byte: UInt8, isLast: Bool) -> Bool {
        byte == 32 || byte == 9 ? !isLast : byte > 32 && byte < 127 && byte != 61
    }

    /// A dot alone ends a message in SMTP, and mailboxes mark messages with "From ".
    private static func isMark(_ rest: ArraySlice<UInt8>) -> Bool {
        rest.first == 46 || rest.starts(with: "From ".utf8)
    }
}
