package import AWS
package import Core
import Synchronization

/// Gives out the power to delete, one bounded session for each set of stacks (P18).
package final class AWSPower: ProviderPower {
    /// How an account's credentials can be had.
    package enum Access: Sendable {
        /// As they are: there is no role of which less could be assumed.
        case whole(AWSClient)
        /// A role, assumed anew with this session policy under this session name.
        case role(@Sendable (_ policy: String, _ sessionName: String) -> AWSClient)
    }

    private struct Key: Hashable {
        let account: AccountID
        let plan: PlanID
        let policy: String
    }

    private let accounts: [AccountID: Access]
    /// Each client keeps its session until shortly before it ends, and then assumes the role again.
    private let sessions = Mutex<[Key: AWSClient]>([:])

    package init(_ accounts: [AccountID: Access]) { self.accounts = accounts }

    package func isBounded(_ account: AccountID) -> Bool {
        if case .role = accounts[account] { true } else { false }
    }

    /// What cannot be given is a power that refuses everything, with the reason.
    package func power(over components: [ComponentID], plan: PlanID, in account: AccountID) -> any ProviderDeleting {
        do throws(ProviderFailure) {
            let policy = try SessionPolicy.over(components, in: account)
            return AWSDeleter(over: components, in: account, client: try client(account, plan, policy))
        } catch {
            return AWSDeleter(refusing: error)
        }
    }

    private func client(_ account: AccountID, _ plan: PlanID, _ policy: String) throws(ProviderFailure) -> AWSClient {
        switch accounts[account] {
        case nil:
            throw ProviderFailure(
                .configuration,
                "account \(account) is not in the settings file",
                advice: "add it under `accounts:`"
            )
        case .whole(let client): return client
        case .role(let session):
            return sessions.withLock { sessions in
                let key = Key(account: account, plan: plan, policy: policy)
                if let known = sessions[key] { return known }
                // A long run must not gather sessions for ever; those in use are kept by whoever uses them.
                if sessions.count >= 100 { sessions = [:] }
                let client = session(policy, "curfew-\(plan)")
                sessions[key] = client
                return client
            }
        }
    }
}
