/// Something that a scan could not learn about environments whose components it read.
///
/// It makes no reading partial: what depends on it is unknown, and says so.
package struct EvidenceNote: Sendable, Hashable, Codable {
    /// What is unknown, and of what: `invocations of 12 environments in 111122223333 eu-west-1 are unknown`.
    package let summary: String
    package let why: String
    /// What to do about it; may be empty.
    package let advice: String

    package init(_ summary: String, why: String, advice: String) {
        self.summary = summary
        self.why = why
        self.advice = advice
    }
}
