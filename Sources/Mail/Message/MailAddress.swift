/// An address with or without a display name.
package struct MailAddress: Sendable, Hashable {
    package let name: String?
    /// In ASCII, with exactly one `@`.
    package let address: String

    /// `Curfew <curfew@example.com>` or a bare address.
    ///
    /// `part` is the header that the error names.
    package init(_ text: String, part: String) throws(MailProblem) {
        try refuseControls(text, part: part)
        var rest = Substring(text).trimmingSpaces
        guard rest.hasSuffix(">"), let open = rest.lastIndex(of: "<") else {
            try self.init(name: nil, address: String(rest), part: part)
            return
        }
        let address = rest[rest.index(after: open)...].dropLast()
        rest = rest[..<open].trimmingSpaces
        if rest.count >= 2, rest.hasPrefix("\""), rest.hasSuffix("\"") { rest = rest.dropFirst().dropLast() }
        try self.init(name: rest.isEmpty ? nil : String(rest), address: String(address), part: part)
    }

    package init(name: String?, address: String, part: String) throws(MailProblem) {
        try refuseControls(name ?? "", part: part)
        let bytes = address.utf8
        let halves = bytes.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        guard halves.count == 2, halves.allSatisfy({ !$0.isEmpty }), bytes.count <= 254,
            bytes.allSatisfy({ $0 > 32 && $0 < 127 && !"<>\"\\,;:()[]".utf8.contains($0) })
        else {
            throw MailProblem(part, "is no address that mail can be sent to: it needs one @ and ASCII alone")
        }
        self.name = name
        self.address = address
    }

    /// What stands after the `@`.
    package var domain: String { String(address.split(separator: "@").last ?? "") }
}

/// What a header must not hold: it could end the header and begin another.
func refuseControls(_ text: String, part: String) throws(MailProblem) {
    for scalar in text.unicodeScalars {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator:
            let number = String(scalar.value, radix: 16, uppercase: true)
            let padded = String(repeating: "0", count: max(0, 4 - number.count)) + number
            throw MailProblem(part, "holds a line break or control character (U+\(padded)), which no header may")
        default: continue
        }
    }
}

extension Substring {
    var trimmingSpaces: Substring {
        let start = drop { $0 == " " }
        guard let last = start.lastIndex(where: { $0 != " " }) else { return "" }
        return start[...last]
    }
}
