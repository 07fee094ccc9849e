/// Named rules for some environments.
///
/// The defaults are the ones that the documentation shows.
package struct Policy: Sendable, Hashable {
    package var name: String
    package var scope: Scope
    package var staleWhen: Condition
    /// Nothing whose youngest component is younger than this is judged by the rules.
    package var notBefore: Duration
    /// Past this age neither a lease nor activity helps, only protection.
    ///
    /// Nil: no such limit.
    package var maxAge: Duration?
    package var sightings: Sightings
    package var warning: Warning
    /// The grace of what nobody owns, where there is one: nobody of those who are warned need know whose it is.
    package var unownedGrace: Duration
    package var extending: Extension
    package var approval: Approval
    /// How long a rejection holds before the environment is due again.
    package var rejectHold: Duration

    package init(
        name: String,
        scope: Scope,
        staleWhen: Condition,
        notBefore: Duration = .seconds(2 * 86_400),
        maxAge: Duration? = nil,
        sightings: Sightings = Sightings(),
        warning: Warning = Warning.standard,
        unownedGrace: Duration = Policy.usualUnownedGrace,
        extending: Extension = Extension(),
        approval: Approval = .people(ApprovalRule()),
        rejectHold: Duration = .seconds(7 * 86_400)
    ) {
        self.name = name
        self.scope = scope
        self.staleWhen = staleWhen
        self.notBefore = notBefore
        self.maxAge = maxAge
        self.sightings = sightings
        self.warning = warning
        self.unownedGrace = unownedGrace
        self.extending = extending
        self.approval = approval
        self.rejectHold = rejectHold
    }
}

/// How often and how far apart something must be seen stale before it can be due (D7).
package struct Sightings: Sendable, Hashable {
    /// Exactly this many, at least 1.
    package var count: Int
    /// The least time from one counted sighting to the next.
    package var apart: Duration

    package init(count: Int = 2, apart: Duration = .seconds(12 * 3_600)) {
        self.count = count
        self.apart = apart
    }
}

/// What the owner hears before anything is due.
package enum Warning: Sendable, Hashable {
    /// Nothing; recorded, and printed in every plan (D4).
    case none
    /// A delivered warning this long before, and reminders this long before the end.
    case before(Duration, remind: [Duration])

    package static let standard = Warning.before(.seconds(3 * 86_400), remind: [.seconds(86_400)])

    /// The time that has to pass after the newest delivered warning; zero where none is given.
    package var grace: Duration {
        switch self {
        case .none: .zero
        case .before(let duration, _): duration
        }
    }
}

/// How far owners can extend an environment's time.
package struct Extension: Sendable, Hashable {
    package var each: Duration
    package var atMost: Int

    package init(each: Duration = .seconds(7 * 86_400), atMost: Int = 3) {
        self.each = each
        self.atMost = atMost
    }
}

package enum Approval: Sendable, Hashable {
    case automatic
    case people(ApprovalRule)
}

package struct ApprovalRule: Sendable, Hashable {
    /// How many different people have to say yes, at least 1.
    package var required: Int
    package var by: [Approver]
    /// Runs from the approval, on days on which the window opens; see `Window.expiry`.
    package var expires: Duration
    package var requester: Requester

    package init(
        required: Int = 1,
        by: [Approver] = [.owner, .group("platform")],
        expires: Duration = .seconds(3 * 86_400),
        requester: Requester = .excluded
    ) {
        self.required = required
        self.by = by
        self.expires = expires
        self.requester = requester
    }

    package enum Requester: String, Sendable, Hashable, CaseIterable {
        case excluded
        /// The one who asked may approve alone; only with `required: 1` and the embedded database.
        case counts
    }
}

/// Who can say yes to a plan.
package enum Approver: Sendable, Hashable, CustomStringConvertible {
    case owner
    case group(String)
    case person(String)

    package var description: String {
        switch self {
        case .owner: "owner"
        case .group(let name): "group:\(name)"
        case .person(let name): name
        }
    }
}

extension Policy {
    package static let usualUnownedGrace = Duration.seconds(14 * 86_400)

    /// The time that has to pass after the newest delivered warning; zero where none is given.
    ///
    /// Never shorter for what nobody owns.
    package func grace(unowned: Bool) -> Duration {
        unowned && warning != .none ? max(warning.grace, unownedGrace) : warning.grace
    }

    /// True when it can only be used with the embedded database, where one person owns everything anyway.
    package var needsEmbeddedDatabase: Bool {
        guard case .people(let rule) = approval else { return false }
        return rule.requester == .counts
    }

    package var isAutomatic: Bool { approval == .automatic }
}
