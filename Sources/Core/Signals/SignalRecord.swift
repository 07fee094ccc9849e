package import Foundation

/// What is kept of one signal of one environment.
///
/// Several of these can be known at once: that one function was used then, and that another could not be asked about.
package struct SignalRecord: Sendable, Hashable {
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        case invoked
        case rollout
    }

    package var kind: Kind
    /// The latest time it was seen, and of what.
    package var seen: Usage.Seen?
    /// Not since then, as far as all of it was read.
    package var noneSince: Date?
    /// What was read, or why `noneSince` is no earlier.
    package var detail: String?
    /// Why it, or a part of it, is unknown.
    package var missing: String?
    /// Why there is no such signal.
    package var inapplicable: String?
    /// Of what was asked about.
    package var subjects: Digest?
    package var readAt: Date

    package init(
        kind: Kind,
        seen: Usage.Seen? = nil,
        noneSince: Date? = nil,
        detail: String? = nil,
        missing: String? = nil,
        inapplicable: String? = nil,
        subjects: Digest? = nil,
        readAt: Date
    ) {
        self.kind = kind
        self.seen = seen
        self.noneSince = noneSince
        self.detail = detail
        self.missing = missing
        self.inapplicable = inapplicable
        self.subjects = subjects
        self.readAt = readAt
    }
}

/// Which signals are read at all.
package struct SignalRules: Sendable, Hashable {
    package var invocations: Bool
    package var rollouts: Bool

    package init(invocations: Bool = true, rollouts: Bool = true) {
        self.invocations = invocations
        self.rollouts = rollouts
    }

    package static let none = SignalRules(invocations: false, rollouts: false)
}

extension SignalRecord {
    /// How long a reading holds before it is made again.
    ///
    /// Well under the time between two sightings: what a scan finds must not be older than the sighting it is part of, or
    /// one that begins a little early would wait for the next night.
    package static let holds: Duration = .seconds(6 * 3_600)
    /// How much older than the reading of its stacks it may be and still say something of the present.
    package static let oldest: Duration = .seconds(24 * 3_600)

    /// However often nothing else is read either, an older one says nothing of the present.
    package static let oldestOfAll: Duration = .seconds(48 * 3_600)

    /// What rules see of it; `stacksRead` is the newest reading of the environment's stacks.
    ///
    /// `began`: when the environment did. That nothing was used before proves nothing: it was not there.
    package func signals(stacksRead: Date?, began: Date, now: Date) -> [Signal] {
        let source = detail ?? "CloudWatch"
        if let inapplicable { return [Signal(.invoked, .notApplicable(reason: inapplicable), source: "its stacks")] }
        var signals = seen.map { [Signal(.invoked, .known($0.at), source: "\($0.what), counted by day")] } ?? []
        if let missing {
            signals.append(Signal(.invoked, .unknown(reason: missing), source: source))
        } else if isOutdated(stacksRead, now) {
            let reason = "last read \(readAt.minuteText), which is too long ago"
            signals.append(Signal(.invoked, .unknown(reason: reason), source: source))
        } else if let noneSince = noneSince.map({ max($0, began) }), seen.map({ $0.at < noneSince }) ?? true {
            signals.append(Signal(.invoked, .noneSince(noneSince), source: source))
        }
        return signals
    }

    /// The same of a rollout.
    package func rollout(stacksRead: Date?, now: Date) -> EnvironmentFacts.Rollout {
        if let inapplicable { return .none(source: inapplicable) }
        if let seen { return .inProgress(seen.what, read: seen.at) }
        if let missing { return .unknown(reason: missing) }
        if isOutdated(stacksRead, now) {
            return .unknown(reason: "last read \(readAt.minuteText), which is too long ago")
        }
        return .none(source: detail ?? "no rollout is in progress")
    }

    private func isOutdated(_ stacksRead: Date?, _ now: Date) -> Bool {
        readAt.later(by: Self.oldestOfAll) < now || stacksRead.map { readAt.later(by: Self.oldest) < $0 } ?? false
    }
}
