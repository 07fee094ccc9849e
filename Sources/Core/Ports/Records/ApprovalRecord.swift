package import Foundation

package struct ApprovalRecord: Sendable, Hashable, Codable {
    package var by: String
    package var decision: String
    package var selfApproved: Bool
    package var because: String?
    package var at: Date
    package var digest: Digest

    package init(by: String, decision: String, selfApproved: Bool, because: String?, at: Date, digest: Digest) {
        self.by = by
        self.decision = decision
        self.selfApproved = selfApproved
        self.because = because
        self.at = at
        self.digest = digest
    }
}
