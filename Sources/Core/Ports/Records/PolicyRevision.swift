package import Foundation

/// One applied policy.
package struct PolicyRevision: Sendable {
    package var number: Int64
    package var hash: Digest
    package var source: PolicySource
    package var appliedAt: Date
    package var appliedBy: String

    package init(number: Int64, hash: Digest, source: PolicySource, appliedAt: Date, appliedBy: String) {
        self.number = number
        self.hash = hash
        self.source = source
        self.appliedAt = appliedAt
        self.appliedBy = appliedBy
    }
}
