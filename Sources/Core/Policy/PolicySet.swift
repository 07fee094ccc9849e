package import Foundation

/// Everything that the policy files say.
package struct PolicySet: Sendable, Hashable {
    /// In the files' order: the first that applies decides.
    package var policies: [Policy]
    package var budgets: Budgets
    /// When destructive calls may be made; nil is always.
    package var window: Window?
    /// In which file each policy stands, by its name; empty where it is one file.
    package var files: [String: String]

    package init(
        policies: [Policy],
        budgets: Budgets = Budgets(),
        window: Window? = nil,
        files: [String: String] = [:]
    ) {
        self.policies = policies
        self.budgets = budgets
        self.window = window
        self.files = files
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
