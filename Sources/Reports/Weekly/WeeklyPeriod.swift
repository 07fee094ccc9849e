import Core
package import Foundation

/// Which days a report is about.
package enum WeeklyPeriod: Sendable, Hashable {
    /// The seven days that end now, for who asks in between.
    case lastDays
    /// The last whole week, Monday to Sunday: what is mailed.
    ///
    /// On whichever day of a week it is sent, it is about the week before. So each week has one mail, one name and one
    /// id, nothing that happened falls between two mails, and a mail that comes late takes nobody's place.
    case lastWeek
}

extension WeeklyRecords {
    /// The week that the report is of: with `lastDays` the one that is not over yet.
    package var week: ISOWeek {
        let current = ISOWeek(now, in: zone)
        return period == .lastWeek ? current.adding(-1) : current
    }

    /// The first moment that is reported on.
    package var since: Date {
        period == .lastWeek ? week.monday.begin(in: zone) : now.addingTimeInterval(-7 * 86_400)
    }

    /// Whether something that happened then belongs into this report; what is still to come never does.
    package func covers(_ date: Date) -> Bool {
        date >= since && (period == .lastDays || date < week.adding(1).monday.begin(in: zone))
    }

    /// How far back the trend and the comparison with the days before look.
    package var horizon: Date { since.addingTimeInterval(-56 * 86_400) }
}

extension CalendarDay {
    /// The first moment of the day there.
    func begin(in zone: TimeZone) -> Date {
        let midnight = Double(daysSince1970) * 86_400
        // Where clocks are turned at midnight, one of the two offsets around it gives the moment that is there.
        let candidates = [-43_200.0, 43_200].map { aside in
            let about = Date(timeIntervalSince1970: midnight + aside)
            return Date(timeIntervalSince1970: midnight - Double(zone.secondsFromGMT(for: about)))
        }
        return candidates.sorted().first { $0.localDay(in: zone) == daysSince1970 } ?? candidates[0]
    }
}
