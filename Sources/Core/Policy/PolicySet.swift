package import Foundation

/// Everything that one policy file says.
package struct PolicySet: Sendable, Hashable {
    /// In the file's order: the first that applies decides.
    package var policies: [Policy]
    package var budgets: Budgets
    /// When destructive calls may be made; nil is always.
    package var window: Window?

    package init(policies: [Policy], budgets: Budgets = Budgets(), window: Window? = nil) {
        self.policies = policies
        self.budgets = budgets
        self.window = window
    }

    /// The policy that decides about these facts; nil means that the environment is kept.
    package func policy(for facts: EnvironmentFacts) -> Policy? {
        policies.first { $0.scope.takesIn(facts) }
    }

    /// By name; nil when this revision has no such policy.
    package func policy(named name: String) -> Policy? {
        policies.first { $0.name == name }
    }

    package var needsEmbeddedDatabase: Bool { policies.contains(where: \.needsEmbeddedDatabase) }
    package var hasAutomaticApproval: Bool { policies.contains(where: \.isAutomatic) }

    /// The day to which budgets count: a day in the window's zone, in UTC without a window.
    package func budgetDay(at now: Date) -> CalendarDay {
        window?.day(of: now) ?? CalendarDay(daysSince1970: Int((now.timeIntervalSince1970 / 86_400).rounded(.down)))
    }
}

/// Which environments a policy is about; what is left out does not narrow it.
package struct Scope: Sendable, Hashable {
    /// Any of these matches the environment's name.
    package var names: [NameGlob]?
    package var spaces: [SpaceName]?
    /// Ids or configured names, and every account of the environment has to be among them.
    ///
    /// A policy for the sandbox says nothing about an environment that also stands elsewhere (D1).
    package var accounts: [String]?

    package init(names: [NameGlob]? = nil, spaces: [SpaceName]? = nil, accounts: [String]? = nil) {
        self.names = names
        self.spaces = spaces
        self.accounts = accounts
    }

    package func takesIn(_ facts: EnvironmentFacts) -> Bool {
        if let names, !names.contains(where: { $0.matches(facts.key.name.text) }) { return false }
        if let spaces, !spaces.contains(facts.key.space) { return false }
        guard let accounts else { return true }
        return !facts.accounts.isEmpty
            && facts.accounts.allSatisfy { account in
                accounts.contains(account.text) || facts.accountNames[account].map(accounts.contains) ?? false
            }
    }
}
