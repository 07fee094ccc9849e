/// A plan about to be stored.
package struct DraftPlan: Sendable {
    package var document: PlanDocument
    package var blockers: [Blocker]
    package var terms: ApprovalTerms
    package var revision: Int64
    package var forecast: Forecast
    /// What each environment's verdict rested on, for the audit log.
    package var grounds: [EnvironmentKey: Grounds]

    package init(
        document: PlanDocument,
        blockers: [Blocker],
        terms: ApprovalTerms,
        revision: Int64,
        forecast: Forecast = Forecast(),
        grounds: [EnvironmentKey: Grounds] = [:]
    ) {
        self.document = document
        self.blockers = blockers
        self.terms = terms
        self.revision = revision
        self.forecast = forecast
        self.grounds = grounds
    }
}
