import Core

/// P9: who we are and where we stand, before anything is planned or destroyed in an account.
struct AccountCheck: Sendable {
    let wiring: Wiring

    /// What speaks against tearing down anything in each target; a reading that failed does.
    func alarms(for targets: Set<Target>) async throws -> [Target: Blocker] {
        let sorted = targets.sorted()
        let found = await fanOut(sorted, width: 4) { target in
            await gathering { () async throws(ProviderFailure) in try await alarm(in: target) }
        }
        var result: [Target: Blocker] = [:]
        for (target, outcome) in zip(sorted, found) {
            switch outcome {
            case .success(let text?): result[target] = Blocker(.account, nil, text)
            case .success(nil): break
            case .failure(let failure):
                result[target] = Blocker(
                    .account,
                    nil,
                    "account \(target.account) could not be checked: \(failure.summary)"
                )
            }
        }
        return result
    }

    private func alarm(in target: Target) async throws(ProviderFailure) -> String? {
        let identity = try await wiring.provider.identity(for: target)
        guard identity == target.account else {
            return "the credentials for account \(target.account) belong to account \(identity)"
        }
        let aliases = try await wiring.provider.aliases(of: target)
        let names = aliases + [wiring.accountNames[target.account]].compactMap(\.self)
        guard let alarm = AccountGuard.alarm(inAnyOf: names) else { return nil }
        return
            "account \(target.account) is called “\(alarm.text)”, which holds “\(alarm.word)”: nothing is torn down there"
    }
}
