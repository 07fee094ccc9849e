package import Foundation

/// What the organization calls its accounts, for the alarm on production words (P9).
///
/// Where there is an organization, its name of an account is part of who we are there: unknown is not harmless.
package struct AccountNames: Sendable, Hashable {
    /// Of every account that a listing ever had, also those that left.
    package var names: [AccountID: String]
    /// When all of them were last read.
    package var readAt: Date?

    /// As with readings of targets: a night can be missed, two cannot.
    package static let longest = Coverage.longest

    package init(names: [AccountID: String], readAt: Date?) {
        self.names = names
        self.readAt = readAt
    }

    package init(_ record: OrganizationRecord?) {
        let pairs = record?.accounts.map { ($0.listed.id, $0.listed.name) } ?? []
        self.init(names: Dictionary(pairs) { first, _ in first }, readAt: record?.listedAt)
    }

    /// Why the organization's name of an account is not known now; nil where it is, and where it is no account of it.
    package func unknown(_ account: AccountID, at now: Date) -> String? {
        if let why = staleness(at: now) { return why }
        // A listing may leave the name out: that says as little as one that was not read.
        guard let name = names[account], !name.contains(where: { $0.isLetter || $0.isNumber }) else { return nil }
        return "the organization lists account \(account) without a name"
    }

    /// Why nothing can be said about names now; nil where they were read lately.
    package func staleness(at now: Date) -> String? {
        guard let readAt else { return "the organization's accounts were never listed: their names are unknown" }
        guard now.passed(since: readAt) > Self.longest else { return nil }
        return "the organization's accounts were not listed for \(DurationText.age(now.passed(since: readAt)))"
    }
}
