/// How many approvals, whose, and for how long; as the policy said when the plan was made.
package struct ApprovalTerms: Sendable, Hashable, Codable {
    package var automatic: Bool
    package var required: Int
    package var by: [String]
    /// How long an approval stands, in whole seconds; counted in days on which the window opens where there is one.
    package var expiresSeconds: Int64
    package var requesterCounts: Bool

    package init(automatic: Bool, required: Int, by: [String], expiresSeconds: Int64, requesterCounts: Bool) {
        self.automatic = automatic
        self.required = required
        self.by = by
        self.expiresSeconds = expiresSeconds
        self.requesterCounts = requesterCounts
    }
}
