/// Whether enough different people said yes to exactly this plan.
package enum Quorum {
    /// `person`: who is behind a login; somebody with two logins is one person, and asks and approves as one.
    package static func reached(
        _ approvals: [ApprovalRecord],
        terms: ApprovalTerms,
        requester: String,
        digest: Digest,
        person: (String) -> String = { $0 }
    ) -> Bool {
        if terms.automatic { return true }
        guard terms.required >= 1 else { return false }
        let valid = approvals.filter { $0.decision == "approved" && $0.digest == digest }
        // The one who asked counts only alone, and only where the terms say so.
        let excluded = terms.requesterCounts && terms.required == 1 ? [] : [person(requester)]
        return Set(valid.map { person($0.by) }).subtracting(excluded).count >= terms.required
    }
}
