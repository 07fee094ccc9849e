package import Foundation

/// When destructive calls may be made: on some weekdays, between two times of day, in one time zone.
package struct Window: Sendable, Hashable {
    package let days: Set<Weekday>
    package let hours: Hours
    package let zone: TimeZone
    /// Days on which it does not open.
    package let except: Set<CalendarDay>
    /// More such days, out of files that were read when the policy was applied.
    package let holidays: [HolidayCalendar]

    package init(
        days: Set<Weekday> = [.monday, .tuesday, .wednesday, .thursday],
        hours: Hours = Hours(),
        zone: TimeZone,
        except: Set<CalendarDay> = [],
        holidays: [HolidayCalendar] = []
    ) {
        self.days = days
        self.hours = hours
        self.zone = zone
        self.except = except
        self.holidays = holidays
    }

    /// From one time of day to another, in minutes after midnight.
    ///
    /// An end at or before the opening is on the next day; the hours then belong to the day on which they begin.
    package struct Hours: Sendable, Hashable, CustomStringConvertible {
        package let opens: Int
        package let closes: Int

        /// Nil unless both are within a day and different.
        package init?(opens: Int, closes: Int) {
            guard (0..<1_440).contains(opens), (0...1_440).contains(closes), opens != closes else { return nil }
            self.opens = opens
            self.closes = closes
        }

        /// 09:00-16:00.
        package init() {
            opens = 9 * 60
            closes = 16 * 60
        }

        package var description: String { "\(Self.text(opens))-\(Self.text(closes))" }

        private static func text(_ minutes: Int) -> String { "\(twoDigits(minutes / 60)):\(twoDigits(minutes % 60))" }
    }

    package func isOpen(at moment: Date) -> Bool {
        let today = day(of: moment)
        // Hours that reach past midnight began yesterday.
        return [today.adding(days: -1), today].contains { opening(on: $0)?.contains(moment) ?? false }
    }

    /// The first moment after the given one at which it opens, whether it is open then or not.
    ///
    /// Nil when it does not open within two years.
    package func nextOpening(after moment: Date) -> Date? {
        let today = day(of: moment)
        return (-1...732).lazy.compactMap { opening(on: today.adding(days: $0))?.lowerBound }.first { $0 > moment }
    }

    /// True for a day on which it opens, if only for a minute.
    package func opens(on day: CalendarDay) -> Bool { opening(on: day) != nil }

    /// The day that a moment falls on in the window's zone.
    package func day(of moment: Date) -> CalendarDay {
        let offset = zone.secondsFromGMT(for: moment)
        return CalendarDay(
            daysSince1970: Int(((moment.timeIntervalSince1970 + Double(offset)) / 86_400).rounded(.down))
        )
    }

    /// When it opens and closes on a day; nil when it does not.
    package func opening(on day: CalendarDay) -> Range<Date>? {
        guard days.contains(day.weekday), !except.contains(day), !holidays.contains(where: { $0.takesIn(day) }) else {
            return nil
        }
        let opens = moment(on: day, minutes: hours.opens)
        let closes = moment(on: hours.closes > hours.opens ? day : day.adding(days: 1), minutes: hours.closes)
        return opens < closes ? opens..<closes : nil
    }

    /// The moment at which the zone's clocks show a time of day: the first where they show it twice, the end of the
    /// gap where they skip it.
    func moment(on day: CalendarDay, minutes: Int) -> Date {
        moment(on: day, seconds: Double(minutes * 60))
    }

    func moment(on day: CalendarDay, seconds: Double) -> Date {
        let asUTC = Date(timeIntervalSince1970: Double(day.daysSince1970) * 86_400 + seconds)
        // A zone's offset changes by at most a day; the two offsets around the moment are all that can apply.
        let offsets = [asUTC.addingTimeInterval(-86_400), asUTC.addingTimeInterval(86_400)]
            .map { Double(zone.secondsFromGMT(for: $0)) }
        let candidates = offsets.map { asUTC.addingTimeInterval(-$0) }.sorted()
        for candidate in candidates
        where Double(zone.secondsFromGMT(for: candidate)) == asUTC.timeIntervalSince(candidate) {
            return candidate
        }
        // No clock shows it: the gap ends at the zone's own next change.
        let before = asUTC.addingTimeInterval(-86_400)
        return zone.nextDaylightSavingTimeTransition(after: before) ?? candidates[0]
    }
}
