/// An attachment's name as a header parameter (RFC 2231).
enum FileName {
    static func disposition(_ name: String) throws(MailProblem) -> String {
        try refuseControls(name, part: "attachment's name")
        guard !name.isEmpty, name.utf8.count <= 200, !name.contains(where: { $0 == "/" || $0 == "\\" }) else {
            throw MailProblem("attachment's name", "is empty, longer than 200 bytes or holds a slash")
        }
        let isPlain =
            name.utf8.count <= 40 && name.utf8.allSatisfy { $0 < 127 && $0 != UInt8(ascii: "\"") }
            && !name.contains("=?")
        guard !isPlain else { return "Content-Disposition: attachment; filename=\"\(name)\"\r\n" }
        let pieces = pieces(of: name)
        let parameters = pieces.enumerated().map { index, piece in
            let number = pieces.count == 1 ? "" : "*\(index)"
            return ";\r\n filename\(number)*=\(index == 0 ? "UTF-8''" : "")\(piece)"
        }
        return "Content-Disposition: attachment\(parameters.joined())\r\n"
    }

    /// Percent-encoded, short enough for a line each, no character split.
    private static func pieces(of name: String) -> [String] {
        var pieces: [String] = []
        var piece = ""
        for scalar in name.unicodeScalars {
            let encoded = String(scalar).utf8.map { byte in
                isAlphanumeric(byte) || "-._".utf8.contains(byte)
                    ? String(Unicode.Scalar(byte)) : hexEscape(byte, mark: "%")
            }.joined()
            if piece.utf8.count + encoded.utf8.count > 50 {
                pieces.append(piece)
                piece = ""
            }
            piece += encoded
        }
        return pieces + [piece]
    }
}
