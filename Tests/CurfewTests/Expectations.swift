import Postgres
import Testing

/// An error for people: what failed, on what, why, and what to do, in two lines at most, and nothing on standard output.
func expectError(
    _ outcome: Program.Outcome,
    _ status: Int32,
    saying words: String...,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(outcome.status == status, "\(outcome)", sourceLocation: sourceLocation)
    #expect((1...2).contains(outcome.messageLines.count), "\(outcome)", sourceLocation: sourceLocation)
    #expect(outcome.messages.hasPrefix("curfew: "), "\(outcome)", sourceLocation: sourceLocation)
    #expect(outcome.output.isEmpty, "\(outcome)", sourceLocation: sourceLocation)
    for word in words { #expect(outcome.messages.contains(word), "\(outcome)", sourceLocation: sourceLocation) }
}

extension House {
    /// What is known of every component and environment: nothing of it may change when nothing could be read.
    func inventory() async throws -> [String] {
        try await lines(
            """
            SELECT 'component ' || provider_id || ' ' || status || ' ' || class || ' ' || coalesce(gone_because, 'is there')
                FROM components
            UNION ALL
            SELECT 'environment ' || e.name || '#' || e.incarnation || ' '
                || CASE WHEN e.ended_at IS NULL THEN 'lives' ELSE 'ended' END || ' ' || coalesce(f.state, 'no finding')
                FROM environments e LEFT JOIN findings f USING (environment_id)
            ORDER BY 1
            """
        )
    }

    func planStates() async throws -> [String] {
        try await lines("SELECT state FROM plans ORDER BY plan_id")
    }
}
