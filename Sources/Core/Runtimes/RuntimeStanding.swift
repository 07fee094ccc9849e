package import Foundation

/// How far a runtime is on its way out, the furthest first.
package enum RuntimeState: String, Sendable, Hashable, Codable, CaseIterable {
    /// What has it can neither be created nor updated any more; it can only be invoked.
    case updateBlocked = "update blocked"
    /// What has it can be updated, and not be created.
    case creationBlocked = "creation blocked"
    /// It gets no patches any more.
    case deprecated
    /// One of its dates is at most 180 days away.
    case ending
    case supported
    /// The table does not know it, or gives no dates for it. Never taken for a supported one.
    case unknown

    /// Deprecated, whatever else has happened to it since.
    package var isDeprecated: Bool { self == .updateBlocked || self == .creationBlocked || self == .deprecated }
}

/// What the table says of one runtime on one day.
///
/// Dates are days in UTC, and each counts from its first second.
package struct RuntimeStanding: Sendable, Hashable {
    /// What comes next.
    package struct Step: Sendable, Hashable {
        package let state: RuntimeState
        package let day: CalendarDay
    }

    package let state: RuntimeState
    package let entry: RuntimeTable.Entry?
    /// The nearest of its dates that is still to come.
    package let next: Step?
    /// Why it is unknown.
    package let because: String?

    /// How near a date has to be for `ending`.
    package static let notice = 180
}

extension RuntimeTable {
    /// `runtime`: nil is a function with a runtime that AWS does not name.
    package func standing(of runtime: String?, now: Date) -> RuntimeStanding {
        guard let runtime, let entry = entry(runtime) else {
            return RuntimeStanding(state: .unknown, entry: nil, next: nil, because: absence(of: runtime))
        }
        let dates: [(state: RuntimeState, day: CalendarDay?)] = [
            (.updateBlocked, entry.updateBlock), (.creationBlocked, entry.createBlock),
            (.deprecated, entry.deprecation),
        ]
        let today = CalendarDay(utc: now)
        let known = dates.compactMap { date in date.day.map { RuntimeStanding.Step(state: date.state, day: $0) } }
        // AWS has blocked creation before the deprecation, so no order of the dates is taken for granted.
        let next = known.filter { $0.day > today }.min { $0.day < $1.day }
        let state: RuntimeState
        if let reached = known.first(where: { $0.day <= today }) {
            state = reached.state
        } else if entry.deprecation == nil {
            return RuntimeStanding(state: .unknown, entry: entry, next: next, because: silence(on: runtime))
        } else if let next, next.day.daysSince1970 - today.daysSince1970 <= RuntimeStanding.notice {
            state = .ending
        } else {
            state = .supported
        }
        return RuntimeStanding(state: state, entry: entry, next: next, because: nil)
    }

    /// The day from which the runtime is deprecated, or why nobody knows.
    package func deprecation(of runtime: String?) -> Known<CalendarDay> {
        guard let runtime, let entry = entry(runtime) else { return .unknown(reason: absence(of: runtime)) }
        // Blocked is deprecated, too, where AWS blocked something first.
        let days = [entry.deprecation, entry.createBlock, entry.updateBlock].compactMap(\.self)
        guard let day = entry.deprecation == nil ? nil : days.min() else {
            return .unknown(reason: silence(on: runtime))
        }
        return .known(day)
    }

    private func absence(of runtime: String?) -> String {
        guard runtime != nil else { return "AWS names no runtime for it" }
        return "unknown to the table\(day)"
    }

    private func silence(on runtime: String) -> String { "the table\(day) has no dates for it" }

    private var day: String { asOf.map { " of \($0)" } ?? "" }
}

extension CalendarDay {
    /// The day in UTC that the moment is in.
    package init(utc moment: Date) {
        self.init(daysSince1970: Int((moment.timeIntervalSince1970 / 86_400).rounded(.down).clamped(to: -7e5...2.9e6)))
    }

    /// Its first second in UTC.
    package var startUTC: Date { Date(timeIntervalSince1970: Double(daysSince1970) * 86_400) }
}
