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
    /// Where the account came from when its mode was set; nil: from before that was kept, when there were only settings.
    package var origin: AccountOverview.Origin?
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
        origin: AccountOverview.Origin? = nil,
        hold: AccountHold? = nil,
        acceptedAt: Date? = nil
    ) {
        self.account = account
        self.mode = mode
        self.because = because
        self.by = by
        self.at = at
        self.origin = origin
        self.hold = hold
        self.acceptedAt = acceptedAt
    }
}

extension AccountRecord {
    /// D2: as it stands for an account that comes from there now; nil is one that nobody looks after.
    ///
    /// `reap` was said of an account as the settings, or the organization, had it. Whoever takes it out of the one does not
    /// say it of the account that the other brings back.
    package func coming(from now: AccountOverview.Origin?) -> AccountRecord {
        let then = origin ?? .settings
        guard mode == .reap, let now, now != then else { return self }
        var record = self
        record.mode = .report
        record.because = Self.lapsed(then, now)
        return record
    }

    private static func lapsed(_ then: AccountOverview.Origin, _ now: AccountOverview.Origin) -> String {
        "`reap` was said when it came from the \(then.rawValue), and by now it comes from the \(now.rawValue)"
    }
}
