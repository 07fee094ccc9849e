package import Foundation

extension Date {
    /// The moment this much later; a `Duration` of days is multiples of 24 hours, whatever a zone's clocks do.
    package func later(by duration: Duration) -> Date { addingTimeInterval(duration.inSeconds) }

    /// The time gone by since an earlier moment, in whole seconds; negative when that moment is still to come.
    package func passed(since earlier: Date) -> Duration {
        .seconds(Int64(timeIntervalSince(earlier).rounded(.down).clamped(to: -1e15...1e15)))
    }

    /// `2026-12-03 09:00 UTC`.
    package var minuteText: String {
        let seconds = Int64(timeIntervalSince1970.rounded(.down).clamped(to: -6e10...2.5e11))
        let day = seconds.floored(by: 86_400)
        let minutes = (seconds - day * 86_400) / 60
        return
            "\(CalendarDay(daysSince1970: Int(day))) \(twoDigits(Int(minutes / 60))):\(twoDigits(Int(minutes % 60))) UTC"
    }

    /// `2026-12-03T09:00:07Z`.
    package var secondText: String {
        let seconds = Int64(timeIntervalSince1970.rounded(.down).clamped(to: -6e10...2.5e11))
        let day = seconds.floored(by: 86_400)
        let rest = Int(seconds - day * 86_400)
        let clock = [rest / 3_600, rest / 60 % 60, rest % 60].map(twoDigits).joined(separator: ":")
        return "\(CalendarDay(daysSince1970: Int(day)))T\(clock)Z"
    }
}

extension Duration {
    /// Seconds as a floating-point number, for arithmetic with `Date`.
    package var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}

/// A date in a calendar, without a zone.
package struct CalendarDay: Hashable, Sendable, Comparable, Codable, CustomStringConvertible {
    package let year: Int
    package let month: Int
    package let day: Int

    /// Nil where the Gregorian calendar has no such day.
    package init?(year: Int, month: Int, day: Int) {
        guard (1...9_999).contains(year), (1...12).contains(month), (1...31).contains(day) else { return nil }
        self.year = year
        self.month = month
        self.day = day
        // The 31st of November would come back as the 1st of December.
        guard CalendarDay(daysSince1970: daysSince1970) == self else { return nil }
    }

    /// Reads `2026-12-24`.
    package init?(text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].count == 4, parts[1].count == 2, parts[2].count == 2,
            parts.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } }),
            let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2])
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    /// The day this many days after 1970-01-01, after Howard Hinnant's `civil_from_days`.
    package init(daysSince1970 days: Int) {
        let shifted = days + 719_468
        let era = shifted.floored(by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// Days between 1970-01-01 and this day.
    package var daysSince1970: Int {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = shiftedYear.floored(by: 400)
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    package var weekday: Weekday {
        // 1970-01-01 was a Thursday.
        let index = daysSince1970 + 3
        return Weekday.allCases[index - index.floored(by: 7) * 7]
    }

    package func adding(days: Int) -> CalendarDay { CalendarDay(daysSince1970: daysSince1970 + days) }

    package var description: String {
        let years = String(year)
        return "\(String(repeating: "0", count: max(0, 4 - years.count)))\(years)-\(twoDigits(month))-\(twoDigits(day))"
    }

    package static func < (left: CalendarDay, right: CalendarDay) -> Bool {
        (left.year, left.month, left.day) < (right.year, right.month, right.day)
    }
}

package enum Weekday: String, Sendable, Codable, CaseIterable {
    case monday = "Mon"
    case tuesday = "Tue"
    case wednesday = "Wed"
    case thursday = "Thu"
    case friday = "Fri"
    case saturday = "Sat"
    case sunday = "Sun"
}

func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

extension BinaryInteger {
    /// Division that rounds towards minus infinity, so that days before 1970 count right.
    func floored(by divisor: Self) -> Self {
        let quotient = self / divisor
        return self % divisor != 0 && (self < 0) != (divisor < 0) ? quotient - 1 : quotient
    }
}

extension Comparable {
    func clamped(to range: ClosedRange<Self>) -> Self { min(max(self, range.lowerBound), range.upperBound) }
}
