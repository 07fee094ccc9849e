package import Foundation

/// A fact that was read, or the reason why it could not be.
package enum Known<Value: Sendable & Hashable & Codable>: Sendable, Hashable, Codable {
    case known(Value)
    case unknown(reason: String)

    package var value: Value? {
        switch self {
        case .known(let value): value
        case .unknown: nil
        }
    }
}

/// What a signal is about.
package enum SignalKind: String, Sendable, Codable, CaseIterable {
    /// A component was created or updated successfully, other than by Curfew.
    case changed
    /// Somebody committed to its branch.
    case committed
    /// A function was invoked, or an API asked, other than by the environment's own schedules.
    case invoked
    /// Somebody claimed or extended the environment. It is activity for every `idle`; a policy cannot name it.
    case asked

    /// What `idle: { of: … }` can name.
    package static let nameable: [SignalKind] = [.changed, .invoked, .committed]
}

/// One dated fact about an environment, with where it comes from.
package struct Signal: Sendable, Hashable, Codable {
    package enum Value: Sendable, Hashable, Codable {
        case known(Date)
        /// Nothing of the kind since then; whether there was before is not known.
        case noneSince(Date)
        case unknown(reason: String)
        case notApplicable(reason: String)
    }

    package let kind: SignalKind
    package let value: Value
    /// For people: `stack shop-feat-x updated`.
    package let source: String

    package init(_ kind: SignalKind, _ value: Value, source: String) {
        self.kind = kind
        self.value = value
        self.source = source
    }

    package var date: Date? {
        switch value {
        case .known(let date): date
        case .noneSince, .unknown, .notApplicable: nil
        }
    }

    /// From when on there was certainly nothing of the kind, where that is all that is known.
    package var noneSince: Date? {
        if case .noneSince(let date) = value { date } else { nil }
    }

    package var isUnknown: Bool {
        if case .unknown = value { true } else { false }
    }
}

/// What the environment's own tags say about its end.
package enum TimeToLive: Sendable, Hashable, Codable {
    /// No component carries such a tag: `ttl_tag` is not applicable.
    case absent
    case expires(Date, source: String)
    /// A tag says that it is wanted for ever.
    case never(source: String)
    /// A length of time whose beginning is not known: not expired as far as anybody knows (R4).
    case unknown(reason: String, source: String)
    /// There is a tag that cannot be read: reported, and it means keep (R4).
    case unreadable(String, source: String)
}
