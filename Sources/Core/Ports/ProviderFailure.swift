/// Why the outside world could not be read or asked.
package struct ProviderFailure: Error, Sendable, CustomStringConvertible {
    package enum Kind: String, Sendable, Codable {
        case denied
        case credentials
        case wrongAccount = "wrong account"
        case unreachable
        case throttled
        case malformed
        case refused
        case configuration
    }

    package let kind: Kind
    /// What failed, on what, and why; one line, no secrets.
    package let summary: String
    /// What to do about it; one line.
    package let advice: String
    /// The provider's own error code, where there was one.
    package let code: String?

    package init(_ kind: Kind, _ summary: String, advice: String, code: String? = nil) {
        self.kind = kind
        self.summary = summary
        self.advice = advice
        self.code = code
    }

    package var description: String { "\(summary)\n  \(advice)" }
}
