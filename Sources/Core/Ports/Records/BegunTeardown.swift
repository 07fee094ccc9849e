package import Foundation

/// Teardowns begun since a moment, for the budgets: one entry per environment whose first intent was committed.
package struct BegunTeardown: Sendable {
    package var key: EnvironmentKey
    package var plan: PlanID
    package var run: RunID?
    package var accounts: [AccountID]
    package var owner: String?
    package var at: Date

    package init(key: EnvironmentKey, plan: PlanID, run: RunID?, accounts: [AccountID], owner: String?, at: Date) {
        self.key = key
        self.plan = plan
        self.run = run
        self.accounts = accounts
        self.owner = owner
        self.at = at
    }
}
