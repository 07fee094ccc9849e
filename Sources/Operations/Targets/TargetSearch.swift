package import Core
package import Foundation

/// Something about where to read that could not be found out; the scan goes on with what was known before.
package struct TargetTrouble: Sendable, Hashable {
    /// Nil: the organization's accounts; else an account's regions.
    package let account: AccountID?
    package let why: String
    package let advice: String
    /// Something was known already, and is gone on with.
    package let hasEarlier: Bool

    package init(account: AccountID?, why: String, advice: String, hasEarlier: Bool) {
        self.account = account
        self.why = why
        self.advice = advice
        self.hasEarlier = hasEarlier
    }

    package var what: String {
        let subject = account.map { "the regions of account \($0)" } ?? "the organization's accounts"
        return hasEarlier ? "\(subject), those known before were read" : "\(subject), and none are known"
    }
}

/// Finds the accounts of the organization and the regions of accounts, and records them.
///
/// What fails concludes nothing: it is recorded as trouble beside what was known.
package struct TargetSearch: Sendable {
    private let finding: any TargetFinding
    private let store: any TargetStore
    private let clock: @Sendable () -> Date

    package init(finding: any TargetFinding, store: any TargetStore, clock: @escaping @Sendable () -> Date) {
        self.finding = finding
        self.store = store
        self.clock = clock
    }

    /// Lists the organization once.
    package func accounts() async throws(Problem) -> [TargetTrouble] {
        let listed = await gathering { () async throws(ProviderFailure) in
            let accounts = try await finding.organizationAccounts()
            // The one that asks is always in its organization: an empty listing is nobody's answer.
            guard !accounts.isEmpty else {
                throw ProviderFailure(
                    .malformed,
                    "the organization was listed, and has no account",
                    advice: "something other than AWS may have answered: check the endpoint settings"
                )
            }
            return accounts
        }
        return try await reporting {
            switch listed {
            case .success(let accounts):
                try await store.note(accounts, at: clock())
                return []
            case .failure(let failure):
                let earlier = try await store.organization()?.listedAt != nil
                try await store.note(unlisted: failure, at: clock())
                return [
                    TargetTrouble(account: nil, why: failure.summary, advice: failure.advice, hasEarlier: earlier)
                ]
            }
        }
    }

    /// Asks each account for its regions; one that fails delays and spoils nothing else.
    package func regions(of accounts: [AccountID]) async throws(Problem) -> [TargetTrouble] {
        guard !accounts.isEmpty else { return [] }
        let found = await fanOut(accounts, width: 8) { account in
            await gathering { () async throws(ProviderFailure) in try await regions(of: account) }
        }
        return try await reporting {
            let before = try await store.regions()
            var troubles: [TargetTrouble] = []
            for (account, result) in zip(accounts, found) {
                switch result {
                case .success(let regions): try await store.note(regions, of: account, at: clock())
                case .failure(let failure):
                    try await store.note(unread: failure, of: account, at: clock())
                    let earlier = before[account]?.readAt != nil
                    troubles.append(
                        TargetTrouble(
                            account: account,
                            why: failure.summary,
                            advice: failure.advice,
                            hasEarlier: earlier
                        )
                    )
                }
            }
            return troubles
        }
    }

    private func regions(of account: AccountID) async throws(ProviderFailure) -> [Region] {
        // R7: the regions of another account would be recorded as this one's.
        let identity = try await finding.identity(of: account)
        guard identity == account else {
            throw ProviderFailure(
                .wrongAccount,
                "the credentials for account \(account) belong to account \(identity)",
                advice: "correct the profile or role of \(account) in the settings file"
            )
        }
        return try await finding.enabledRegions(of: account)
    }
}
