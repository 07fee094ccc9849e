/// Where it is kept who made what, and how far the provider's history was read.
package protocol TrailStore: Sendable {
    /// Present components of open feature environments whose owner comes from nothing better than a trail.
    func trailCandidates() async throws(StoreFailure) -> [TrailCandidate]
    func trailStates() async throws(StoreFailure) -> [Target: [TrailCall: TrailState]]
    /// Present components of the target with one of these ids or names.
    func trailed(
        ids: [ComponentID],
        names: [String],
        in target: Target
    ) async throws(StoreFailure) -> [TrailedComponent]
    /// Keeps the evidence, in place of what there was of the same component and part, and how far was read.
    func record(
        _ evidence: [TrailEvidence],
        _ state: TrailState,
        of call: TrailCall,
        in target: Target
    ) async throws(StoreFailure)
}
