package import Core
package import Foundation

/// A week as ISO 8601 counts them: from Monday to Sunday, and in the year that has its Thursday.
package struct ISOWeek: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let year: Int
    /// From 1 to 52 or 53.
    package let number: Int
    private let mondaySince1970: Int

    /// The week of a moment, by the calendar of a zone.
    package init(_ date: Date, in zone: TimeZone) {
        self.init(day: date.localDay(in: zone))
    }

    /// Of a day, counted from 1970-01-01.
    private init(day: Int) {
        // 1970-01-01 was a Thursday.
        let weekday = ((day + 3) % 7 + 7) % 7
        mondaySince1970 = day - weekday
        let thursday = mondaySince1970 + 3
        year = CalendarDay(daysSince1970: thursday).year
        let newYear = CalendarDay(year: year, month: 1, day: 1)?.daysSince1970 ?? thursday
        number = (thursday - newYear) / 7 + 1
    }

    package var monday: CalendarDay { CalendarDay(daysSince1970: mondaySince1970) }

    /// The week that many weeks later, or earlier.
    package func adding(_ weeks: Int) -> ISOWeek { ISOWeek(day: mondaySince1970 + 7 * weeks) }

    package static func < (left: ISOWeek, right: ISOWeek) -> Bool { left.mondaySince1970 < right.mondaySince1970 }

    /// `2026-W48`.
    package var description: String { "\(year)-\(short)" }

    /// `W48`.
    package var short: String { number < 10 ? "W0\(number)" : "W\(number)" }
}

extension Date {
    /// Days from 1970-01-01 to the day that it is then in a zone.
    func localDay(in zone: TimeZone) -> Int {
        // Dates outside of the calendar's four-digit years come from broken records.
        let local = min(max(timeIntervalSince1970, -6e10), 2.5e11) + Double(zone.secondsFromGMT(for: self))
        return Int((local / 86_400).rounded(.down))
    }
}

extension CalendarDay {
    /// `Mon 23 Nov`.
    var short: String {
        let weekday = ((daysSince1970 + 3) % 7 + 7) % 7
        return "\(Self.weekdays[weekday]) \(day) \(Self.months[month - 1])"
    }

    private static let weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
}
