package import Core
package import Foundation

extension WeeklyNight {
    /// One for each of the seven days that end with today, as far as there were nights by then.
    ///
    /// A day's best night counts: one that was repeated by hand is mended. Today's may still be to come; it is missing
    /// once the newest began longer than `every` ago.
    package static func days(
        of nights: [NightRecord],
        first: Date,
        every: Duration,
        now: Date,
        zone: TimeZone
    ) -> [WeeklyNight] {
        let byDay = Dictionary(grouping: nights) { zone.day(of: $0.startedAt) }
        let newest = nights.map(\.startedAt).max()
        let today = zone.day(of: now)
        return (-6...0).compactMap { offset in
            let day = today.adding(days: offset)
            guard day >= zone.day(of: first) else { return nil }
            let best = byDay[day]?.min { rank($0) < rank($1) }
            guard let best else {
                let isOverdue = newest.map { now.passed(since: $0) > every } ?? true
                return day == today && !isOverdue ? nil : WeeklyNight(day: day, outcome: .missing)
            }
            let because = best.leftUndone.first
            switch best.outcome {
            case .done: return WeeklyNight(day: day, outcome: .complete)
            case .undone: return WeeklyNight(day: day, outcome: .partial, because: because)
            case .failed: return WeeklyNight(day: day, outcome: .failed, because: because)
            case .running where now.passed(since: best.startedAt) < every: return nil
            case .running, .abandoned:
                return WeeklyNight(day: day, outcome: .failed, because: "its process ended without a word")
            }
        }
    }

    private static func rank(_ night: NightRecord) -> Int {
        switch night.outcome {
        case .done: 0
        case .undone: 1
        case .running: 2
        case .failed: 3
        case .abandoned: 4
        }
    }
}

extension TimeZone {
    /// The day there.
    fileprivate func day(of date: Date) -> CalendarDay {
        let local = date.timeIntervalSince1970 + Double(secondsFromGMT(for: date))
        return CalendarDay(daysSince1970: Int((local / 86_400).rounded(.down)))
    }
}
