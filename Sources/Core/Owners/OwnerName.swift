import Foundation

/// A person or team, written one way: two spellings of one address or handle compare equal.
///
/// `Anna Lee <Anna.Lee@Example.com>` and `mailto:anna.lee@example.com` are `anna.lee@example.com`; `Team  Checkout`
/// is `team checkout`. ARNs keep their case, because IAM's role names differ by it.
package struct OwnerName: Identifier {
    package let text: String

    package init(_ text: String) {
        if Self.isPlain(text) {
            self.text = text.lowercased()
            return
        }
        var words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        if let open = words.lastIndex(of: "<"), words.hasSuffix(">") {
            let inside = words[words.index(after: open)...].dropLast()
            if Self.isAddress(inside) { words = String(inside) }
        }
        if words.lowercased().hasPrefix("mailto:") { words = String(words.dropFirst("mailto:".count)) }
        self.text = words.lowercased().hasPrefix("arn:") ? words : words.lowercased()
    }

    /// Nothing in it but letters, digits and `@.-_` of ASCII, as in most tags: nothing to take apart, and quickly seen.
    private static func isPlain(_ text: String) -> Bool {
        text.utf8.allSatisfy { byte in
            switch byte {
            case 48...57, 64...90, 97...122, 45, 46, 95: true
            default: false
            }
        }
    }

    /// Whether mail could be sent to it: one `@` with something on both sides and a dot behind it.
    package var isAddress: Bool { Self.isAddress(text) }

    static func isAddress(_ text: some StringProtocol) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !text.contains(where: \.isWhitespace) else { return false }
        let labels = parts[1].split(separator: ".", omittingEmptySubsequences: false)
        return labels.count > 1 && labels.allSatisfy { !$0.isEmpty }
    }

    /// The owners that a tag's value names; none for a placeholder such as `n/a`, several for a list of addresses.
    ///
    /// Lists are split only where every part is an address: `Team Checkout` is one owner, `a@x.io b@x.io` are two.
    static func owners(in value: String) -> [OwnerName] {
        let parts = isPlain(value) ? [value] : value.split { $0.isWhitespace || ",;|/:+".contains($0) }.map(String.init)
        // `+` stands inside addresses too (`anna+aws@x.io`), so a value that is one address is not split.
        if parts.count > 1, parts.allSatisfy({ isAddress($0) }) {
            return parts.map(OwnerName.init)
        }
        let whole = OwnerName(value)
        let bare =
            isPlain(value)
            ? String(decoding: whole.text.utf8.filter { ![64, 45, 46, 95].contains($0) }, as: UTF8.self)
            : whole.text.filter { $0.isLetter || $0.isNumber }
        return bare.isEmpty || placeholders.contains(bare) ? [] : [whole]
    }

    private static let placeholders: Set<String> = [
        "none", "null", "nil", "na", "unknown", "tbd", "todo", "undefined", "nobody", "noone", "unowned", "owner",
        "changeme", "x", "xxx",
    ]
}
