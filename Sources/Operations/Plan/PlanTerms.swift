import Core
import Foundation

extension ApprovalTerms {
    /// What a policy asks of approvals; without one (a person named what no policy takes in) the standard.
    ///
    /// `byPerson`: somebody asked for it by name; that is never carried out without a person's yes.
    init(_ policy: Policy?, byPerson: Bool) {
        let standard = Approval.people(ApprovalRule())
        self.init(byPerson && policy?.isAutomatic == true ? standard : policy?.approval ?? standard)
    }

    init(_ approval: Approval) {
        switch approval {
        case .automatic: self.init(automatic: true, required: 0, by: [], expiresSeconds: 86_400, requesterCounts: false)
        case .people(let rule):
            self.init(
                automatic: false,
                required: rule.required,
                by: rule.by.map(\.description),
                expiresSeconds: rule.expires.components.seconds,
                requesterCounts: rule.requester == .counts
            )
        }
    }

    /// What satisfies all of them; the standard where there is none.
    static func strictest(_ all: [ApprovalTerms]) -> ApprovalTerms {
        guard let first = all.first else { return ApprovalTerms(.people(ApprovalRule())) }
        return all.dropFirst().reduce(first) { $0.strictest(with: $1) }
    }

    private func strictest(with other: ApprovalTerms) -> ApprovalTerms {
        if automatic { return other }
        if other.automatic { return self }
        let shared = by.filter(other.by.contains)
        return ApprovalTerms(
            automatic: false,
            required: max(required, other.required),
            by: shared,
            expiresSeconds: min(expiresSeconds, other.expiresSeconds),
            requesterCounts: requesterCounts && other.requesterCounts
        )
    }
}

extension PlanRecord {
    /// Why its approvals are not enough under other terms than its own; nil when they are.
    ///
    /// Who may approve was asked when each approved, by the plan's own terms: those must not have let in anybody else.
    func shortfall(
        under terms: ApprovalTerms,
        of policies: PolicySet,
        now: Date,
        person: (String) -> String
    ) -> String? {
        if terms.automatic { return nil }
        if self.terms.automatic { return "the policy in force asks for approval" }
        let strangers = self.terms.by.filter { !terms.by.contains($0) }
        guard strangers.isEmpty else {
            return "\(strangers.joined(separator: " and ")) could approve it, and may not by the policy in force"
        }
        let reached = Quorum.reached(approvals, terms: terms, requester: madeBy, digest: digest, person: person)
        guard reached else { return "the policy in force asks for more approvals than it has" }
        let expires = standingApprovals.map(\.at).min().map {
            policies.expiry(ofApprovalAt: $0, after: .seconds(terms.expiresSeconds))
        }
        guard let expires, expires > now else { return "its approval ran out by the policy in force" }
        return nil
    }
}
