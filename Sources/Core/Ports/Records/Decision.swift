/// What one evaluation changes for one environment.
///
/// Nil parts stay as they are.
package struct Decision: Sendable {
    package var key: EnvironmentKey
    package var verdict: VerdictRecord?
    /// The finding to keep, as JSON with the columns people filter by; nil leaves it alone.
    package var finding: FindingRecord?
    /// What happened, for the audit log, each a short sentence.
    package var events: [DecisionEvent]
    /// Open plans of this environment that did not start become this (`withdrawn` or `superseded`), with their own
    /// audit entries, in the same transaction; nil leaves plans alone.
    package var endPlans: PlanState?

    package init(
        key: EnvironmentKey,
        verdict: VerdictRecord?,
        finding: FindingRecord?,
        events: [DecisionEvent],
        endPlans: PlanState? = nil
    ) {
        self.key = key
        self.verdict = verdict
        self.finding = finding
        self.events = events
        self.endPlans = endPlans
    }
}
