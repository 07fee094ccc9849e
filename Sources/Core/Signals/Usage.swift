package import Foundation

/// What is known of the use of one thing, or of all of them together.
package struct Usage: Sendable, Hashable {
    /// The latest use that is certain.
    package var seen: Seen?
    /// After this and after `seen` there was none.
    package var quietSince: Date
    /// Why `quietSince` is no earlier; nil where only the window's beginning is the reason.
    package var because: String?

    package struct Seen: Sendable, Hashable {
        package let at: Date
        /// For people: `function x-api`.
        package let what: String

        package init(at: Date, what: String) {
            self.at = at
            self.what = what
        }
    }

    package init(seen: Seen? = nil, quietSince: Date, because: String? = nil) {
        self.seen = seen
        self.quietSince = quietSince
        self.because = because
    }

    /// Both together: the latest of each.
    package func joined(with other: Usage) -> Usage {
        let latest = [seen, other.seen].compactMap(\.self).max { ($0.at, $1.what) < ($1.at, $0.what) }
        let later = other.quietSince > quietSince ? other : self
        return Usage(seen: latest, quietSince: later.quietSince, because: later.because)
    }
}

/// What sets a function off by the clock.
package struct OwnTriggers: Sendable, Hashable {
    /// For people: the rule's name.
    package let name: String
    /// Nil: what it sets off is not counted apart.
    package let triggers: [Date: Double]?
    package let failures: [Date: Double]
    /// Whether it sets off this very function is not known.
    package let isOpen: Bool

    package init(name: String, triggers: [Date: Double]?, failures: [Date: Double] = [:], isOpen: Bool = false) {
        self.name = name
        self.triggers = triggers
        self.failures = failures
        self.isOpen = isOpen
    }
}

extension Usage {
    /// Of something that was counted on these days, with what its environment's own schedules set off.
    ///
    /// More than all schedules together can have caused was caused by somebody else. Exactly as much as they caused was
    /// caused by them. Whatever lies between, or was set off by what is not counted, may be either, and such a day is
    /// quiet no more than one on which somebody used it (D3).
    package static func of(
        _ what: String,
        counts: [Date: Double],
        window: UsageWindow,
        ownTriggers: [OwnTriggers] = []
    ) -> Usage {
        var usage = Usage(quietSince: window.from)
        for (day, count) in counts.sorted(by: { $0.key > $1.key }) where count > 0 {
            switch cause(of: count, on: day, window, ownTriggers) {
            case .ownSchedules: continue
            case .others:
                usage.seen = Seen(at: window.end(of: day), what: what)
                return usage
            case .unclear(let why):
                guard usage.because == nil else { continue }
                usage.quietSince = window.end(of: day)
                usage.because = "\(what): \(why)"
            }
        }
        return usage
    }

    private enum Cause {
        case ownSchedules
        case others
        case unclear(String)
    }

    private static func cause(
        of count: Double,
        on day: Date,
        _ window: UsageWindow,
        _ own: [OwnTriggers]
    ) -> Cause {
        if own.isEmpty { return .others }
        let certain = own.filter { !$0.isOpen }.reduce(0) { $0 + ($1.triggers?[day] ?? 0) }
        let possible = own.reduce(0) { $0 + ($1.triggers?[day] ?? 0) }
        let uncounted = own.first { $0.triggers == nil }
        let difference = count - certain
        // A day that is not over is judged when it is: a minute's difference between two metrics is nobody's use.
        if window.isOpen(day), uncounted == nil, abs(difference) <= 1 + certain / 20 { return .ownSchedules }
        if let uncounted {
            return .unclear("runs of \(uncounted.name) cannot be told apart from other invocations")
        }
        if count > possible { return .others }
        if let open = own.first(where: { $0.isOpen && $0.triggers?[day] ?? 0 > 0 }) {
            return .unclear("whether \(open.name) invokes it is not known")
        }
        if difference == 0, !own.contains(where: { $0.failures[day] ?? 0 > 0 }) { return .ownSchedules }
        return .unclear("runs of \(own.map(\.name).sorted().joined(separator: ", ")) were fewer than it set off")
    }
}
