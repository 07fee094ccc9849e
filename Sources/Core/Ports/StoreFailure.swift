/// Why our own records could not be read or written.
package struct StoreFailure: Error, Sendable, CustomStringConvertible {
    package enum Kind: String, Sendable {
        /// The database cannot be reached, or was lost on the way.
        case unreachable
        /// What was asked for is not there.
        case notFound = "not found"
        /// The state had moved: nothing was changed.
        case conflict
        /// The database's own rules refused it.
        case refused
        /// The schema is newer or different from what this program knows.
        case schema
        /// What the database answered cannot be: a bug.
        case broken
    }

    package let kind: Kind
    package let summary: String
    package let advice: String

    package init(_ kind: Kind, _ summary: String, advice: String = "") {
        self.kind = kind
        self.summary = summary
        self.advice = advice
    }

    package var description: String { advice.isEmpty ? summary : "\(summary)\n  \(advice)" }
}
