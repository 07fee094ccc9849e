package import Foundation

/// One applied text of the policy.
package struct PolicyRevision: Sendable {
    package var number: Int64
    package var hash: Digest
    package var text: String
    package var appliedAt: Date
    package var appliedBy: String

    package init(number: Int64, hash: Digest, text: String, appliedAt: Date, appliedBy: String) {
        self.number = number
        self.hash = hash
        self.text = text
        self.appliedAt = appliedAt
        self.appliedBy = appliedBy
    }
}
