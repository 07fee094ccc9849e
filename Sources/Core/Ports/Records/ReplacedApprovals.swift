/// Approvals that count no more: the plan that they were given to was superseded by another that waits for its own.
package struct ReplacedApprovals: Sendable, Hashable {
    /// The plan that was approved.
    package let plan: PlanID
    /// Logins that had said yes to it and have not said so to the new one.
    package let by: [String]

    package init(plan: PlanID, by: [String]) {
        self.plan = plan
        self.by = by
    }
}
