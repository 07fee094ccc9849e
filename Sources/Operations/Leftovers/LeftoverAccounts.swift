import Core

/// Whether whoever answers for a target is the account that it should be (P9): another one has none of what was left,
/// and things of the same name.
actor LeftoverAccounts {
    private let provider: any Provider
    private var known: [Target: Bool] = [:]

    init(_ provider: any Provider) { self.provider = provider }

    /// Asked once for each; false also where nobody answers.
    func answers(for target: Target) async -> Bool {
        if let known = known[target] { return known }
        let provider = provider
        let identity = await gathering { () async throws(ProviderFailure) in try await provider.identity(for: target) }
        let answers = (try? identity.get()) == target.account
        known[target] = answers
        return answers
    }
}
