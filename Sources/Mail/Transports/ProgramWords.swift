import Curl

/// Takes secrets that are known out of a text.
package typealias Masking = @Sendable (String) -> String

/// What a program said last, as far as it may be kept and shown: what it was handed by others may hold secrets (P17).
///
/// Known ones are masked while the words are still whole; then everything that looks like one, and of addresses all
/// but the host.
func discreet(_ words: String, _ masking: Masking) -> String {
    let address =
        #/
        ([A-Za-z][A-Za-z0-9+.\-]*:\/\/) (?:[^\s\/"'<>]*@)? ([^\s\/"'<>@?\#]+) ([\/?\#][^\s"'<>]*)?
        /#
    let assignment =
        #/
        (?i) ((?:password|passwd|passphrase|pwd|secret|token|key|credentials?|authorization|cookie)[\w\-]*["']?\s*[:=]\s*)
        (?:(?:bearer|basic)\s+)? (?:"[^"]*"|'[^']*'|[^\s"',;&]+)
        /#
    let text = masking(words)
        .replacing(address) { found in "\(found.1)\(found.2)\(found.3 == nil ? "" : "/…")" }
        .replacing(assignment) { found in "\(found.1)…" }
        .replacing(/(?i)\b(bearer|basic)\s+[^\s"',;]+/) { found in "\(found.1) …" }
        .replacing(/[A-Za-z0-9+_=\-]{20,}/) { found in
            found.0.contains(where: \.isNumber) && found.0.contains(where: \.isLetter) ? "…" : String(found.0)
        }
    // Cut at last: half of a secret looks like nothing.
    let line = visible(text)
    return line.count <= 200 ? line : line.prefix(200) + "…"
}
