package import Foundation

/// Which environments are wanted, of those whose life is open; what is left out does not narrow it.
package struct EnvironmentSelection: Sendable {
    package var owner: String?
    /// A verdict, or the state of a finding.
    package var standing: String?
    /// Only those with a finding in one of these states.
    package var states: [FindingState]?
    package var name: NameGlob?
    /// Only those that stand in one of these, or stood there and are not known to be gone.
    package var accounts: Set<AccountID>?
    /// Only those whose oldest component was there by then.
    package var oldestBy: Date?
    package var isUnowned = false
    package var isAmbiguous = false
    package var order = Order.name
    /// So many at most, in that order; nil is all of them.
    package var limit: Int?
    package var offset = 0

    /// Each has its rest decided by name and space, so that pages never overlap.
    package enum Order: Sendable, CaseIterable {
        case name
        case age
        /// Those without one come last.
        case owner
        /// What is due, or will be, first.
        case due
    }

    package init() {}
}
