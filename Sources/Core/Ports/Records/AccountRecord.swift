package import Foundation

/// An account as the inventory knows it.
package struct AccountRecord: Sendable {
    package enum Mode: String, Sendable, Codable, CaseIterable {
        case report
        case reap
    }

    package var account: AccountID
    package var mode: Mode
    package var because: String?
    package var by: String?
    package var at: Date?
    /// Nothing in it is planned or begun as long as this stands.
    package var hold: AccountHold?
    /// When a person last ended a hold.
    package var acceptedAt: Date?

    package init(
        account: AccountID,
        mode: Mode,
        because: String?,
        by: String?,
        at: Date?,
        hold: AccountHold? = nil,
        acceptedAt: Date? = nil
    ) {
        self.account = account
        self.mode = mode
        self.because = because
        self.by = by
        self.at = at
        self.hold = hold
        self.acceptedAt = acceptedAt
    }
}
