/// The provider's own history of who called what.
package protocol TrailReading: Sendable {
    /// One page; `page` is the token that the page before gave for the same question.
    func trail(
        _ question: TrailQuestion,
        page: String?,
        in target: Target
    ) async throws(ProviderFailure) -> TrailPage
}
