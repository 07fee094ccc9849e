import Core
import Foundation

/// P9: who we are and where we stand, before anything is planned or destroyed in an account.
struct AccountCheck: Sendable {
    let wiring: Wiring
    /// What one command has found good already; without it everything is asked anew.
    var cleared: ClearedAccounts?
    /// Whose teardown it is for: each asks for itself.
    var environment: EnvironmentKey?

    /// What speaks against tearing down anything in each target; a reading that failed does.
    func alarms(for targets: Set<Target>) async throws -> [Target: Blocker] {
        let now = wiring.clock()
        let known = await cleared?.targets(for: environment, at: now) ?? []
        let sorted = targets.subtracting(known).sorted()
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
        await cleared?.note(sorted.filter { result[$0] == nil }, for: environment, at: now)
        return result
    }

    private func alarm(in target: Target) async throws(ProviderFailure) -> String? {
        let identity = try await wiring.provider.identity(for: target)
        guard identity == target.account else {
            return "the credentials for account \(target.account) belong to account \(identity)"
        }
        let aliases = try await wiring.provider.aliases(of: target)
        // Whatever the settings call it: a member may have got another name since they were written.
        let names =
            aliases
            + [wiring.accountNames[target.account], wiring.organizationNames?.names[target.account]]
            .compactMap(\.self)
        guard let alarm = AccountGuard.alarm(inAnyOf: names) else {
            guard let why = wiring.organizationNames?.unknown(target.account, at: wiring.clock()) else { return nil }
            return "\(why), so account \(target.account) may be production: curfew scan"
        }
        return
            "account \(target.account) is called “\(alarm.text)”, which holds “\(alarm.word)”: nothing is torn down there"
    }
}

/// Accounts with nothing against them, for a short while: a reap would ask again for every step of a chain.
///
/// Only good answers are kept, and for one environment each. An alarm or a reading that failed is asked again.
actor ClearedAccounts {
    /// Shorter than the life of any credentials, so that others in their place are noticed in the middle of a long chain.
    static let lifetime: Duration = .seconds(60)

    private struct Question: Hashable {
        let environment: EnvironmentKey?
        let target: Target
    }

    private var asked: [Question: Date] = [:]

    /// Those that were good less than a lifetime ago; none by a clock that was turned back.
    func targets(for environment: EnvironmentKey?, at now: Date) -> Set<Target> {
        asked = asked.filter { $0.value <= now && now < $0.value.later(by: Self.lifetime) }
        return Set(asked.keys.filter { $0.environment == environment }.map(\.target))
    }

    /// `now`: before the provider was asked.
    func note(_ targets: [Target], for environment: EnvironmentKey?, at now: Date) {
        for target in targets { asked[Question(environment: environment, target: target)] = now }
    }
}
