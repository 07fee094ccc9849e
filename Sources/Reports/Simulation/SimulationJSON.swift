package import Core
package import Foundation

/// What a policy would change, as `curfew policy simulate --json` writes it.
package struct SimulationJSON: Encodable, Sendable {
    package let policy: String
    /// What it was compared with; null where none was ever applied.
    @OrNull package var revision: Int64?
    /// Of each kind of change how many, also those of which there are none.
    package let changes: [String: Int]
    /// Every environment, also those judged as before.
    package let environments: [EnvironmentJSON]
    package let accounts: [AccountJSON]
    /// What becomes due within the horizon, and what the budgets make of it with one run a day.
    package let due: Int
    package let planned: Int
    package let daysWaiting: Int
    package let waitingFor: [String: Int]
    package let neverFits: Int
    package let horizonSeconds: Int64

    package struct EnvironmentJSON: Encodable, Sendable {
        package let space: String
        package let name: String
        package let incarnation: Int
        @OrNull package var owner: String?
        package let accounts: [String]
        package let change: String
        @OrNull package var before: String?
        package let after: String
        package let reason: String
        /// The policy that decides; null where none applies.
        @OrNull package var decidedBy: String?
        @OrNull package var dueBefore: Date?
        @OrNull package var dueAfter: Date?
    }

    package struct AccountJSON: Encodable, Sendable {
        package let account: String
        package let standing: Int
        package let staleBefore: Int
        package let staleAfter: Int
        package let newlyStale: Int
        package let breakerWouldHold: Bool
        package let reportOnly: Bool
    }

    package init(
        _ simulation: PolicySimulation,
        of file: String,
        against revision: Int64?,
        reportOnly: Set<AccountID>
    ) {
        policy = file
        changes = Dictionary(
            uniqueKeysWithValues: PolicySimulation.Change.allCases.map { ($0.rawValue, simulation.count($0)) }
        )
        environments = simulation.entries.map { entry in
            EnvironmentJSON(
                space: entry.key.space.text,
                name: entry.key.name.text,
                incarnation: entry.key.incarnation,
                owner: entry.owner,
                accounts: entry.accounts.map(\.text),
                change: entry.change.rawValue,
                before: entry.before?.rawValue,
                after: entry.after.verdict.rawValue,
                reason: entry.after.reason,
                decidedBy: entry.after.policy,
                dueBefore: entry.dueBefore,
                dueAfter: entry.dueAfter
            )
        }
        accounts = simulation.accounts.map { account in
            AccountJSON(
                account: account.account.text,
                standing: account.count.standing,
                staleBefore: account.staleBefore,
                staleAfter: account.staleAfter,
                newlyStale: account.count.turned,
                breakerWouldHold: account.wouldHold,
                reportOnly: reportOnly.contains(account.account)
            )
        }
        due = simulation.pace.due
        planned = simulation.pace.planned
        daysWaiting = simulation.pace.daysWaiting
        waitingFor = Dictionary(
            uniqueKeysWithValues: simulation.pace.budgets.map { ($0.key.rawValue, $0.value) }
        )
        neverFits = simulation.pace.neverFits
        horizonSeconds = simulation.horizon.components.seconds
        self.revision = revision
    }
}
