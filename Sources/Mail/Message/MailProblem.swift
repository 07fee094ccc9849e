/// Why a message cannot be written; nothing of it was sent.
package struct MailProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// The header or part that is wrong, such as `Subject`.
    package let part: String
    /// Continues a sentence that begins with the part.
    package let why: String

    package init(_ part: String, _ why: String) {
        self.part = part
        self.why = why
    }

    package var description: String { "the mail's \(part) \(why)" }
}
