package import Foundation

/// Holds an account in which many environments turned stale at once (P7).
///
/// That is rarely the environments' doing: a policy, a clock or a reading went wrong.
package struct Breaker: Sendable, Hashable {
    /// Of an account's environments that are not permanent; 100 never trips.
    package var percent: Int

    package init(percent: Int = 25) { self.percent = percent }

    /// So many may always turn stale, however few there are.
    package static let always = 5
    /// The evaluation that is compared with is at least this old.
    package static let apart = Duration.seconds(20 * 3_600)

    /// One account's environments that are not permanent.
    package struct Count: Sendable, Hashable {
        package var standing = 0
        /// Stale now, and not at the moment that is compared with.
        package var turned = 0
        package init(standing: Int = 0, turned: Int = 0) {
            self.standing = standing
            self.turned = turned
        }
    }

    package func trips(on count: Count) -> Bool {
        count.turned > Self.always && count.turned * 100 > percent * count.standing
    }

    /// Since when what turned stale counts; nil where there is nothing to compare with yet.
    ///
    /// `compared`: the newest complete evaluation of the account that is old enough. What was accepted is not held twice.
    package static func since(compared: Date?, accepted: Date?) -> Date? {
        compared.map { compared in accepted.map { max(compared, $0) } ?? compared }
    }
}

/// An account of which nothing is planned or begun until a person has looked.
package struct AccountHold: Sendable, Hashable {
    package let account: AccountID
    package let since: Date
    package let because: String

    package init(account: AccountID, since: Date, because: String) {
        self.account = account
        self.since = since
        self.because = because
    }

    /// For people, with what can be done about it.
    package var text: String { "account \(account) is held since \(since.minuteText): \(because)" }
    package var remedy: String {
        "look at them (curfew stale), and if it is right: curfew accounts accept \(account) --because TEXT"
    }
}
