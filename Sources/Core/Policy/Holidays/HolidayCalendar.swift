/// Days on which a window stays shut, as a file of them was read when the policy was applied.
package struct HolidayCalendar: Sendable, Hashable {
    /// The file's name, as the policy writes it.
    package let name: String
    /// Sorted, each once.
    package let spans: [HolidaySpan]

    package init(name: String, spans: some Sequence<HolidaySpan>) {
        self.name = name
        self.spans = Set(spans).sorted()
    }

    package func takesIn(_ day: CalendarDay) -> Bool { spans.contains { $0.takesIn(day) } }

    /// What somebody should know before it says nothing any more; nil where it goes on.
    ///
    /// A calendar in which everything comes back every year never ends.
    package func trouble(on today: CalendarDay) -> String? {
        guard let last = spans.filter({ !$0.isYearly }).map(\.last).max() else { return nil }
        if last < today.adding(days: -365) { return "\(name) ended \(last), more than a year ago" }
        if last < today { return "\(name) ended \(last)" }
        return last < today.adding(days: 30) ? "\(name) ends \(last), within 30 days" : nil
    }
}

/// One day, or several in a row, once or in every year.
package struct HolidaySpan: Sendable, Hashable, Comparable, CustomStringConvertible {
    package static let longest = 366

    package let first: CalendarDay
    /// At least one.
    package let days: Int
    package let isYearly: Bool

    /// Nil unless it is from one day to a year long.
    package init?(first: CalendarDay, days: Int = 1, isYearly: Bool = false) {
        guard (1...Self.longest).contains(days), first.year + 2 < 9_999 else { return nil }
        self.first = first
        self.days = days
        self.isYearly = isYearly
    }

    package var last: CalendarDay { first.adding(days: days - 1) }

    /// A 29 February that comes every year comes in leap years only, as calendars have it.
    package func takesIn(_ day: CalendarDay) -> Bool {
        guard isYearly else { return day >= first && day <= last }
        // One that began last year may reach into this one.
        return [day.year - 1, day.year].contains { year in
            guard year >= first.year, let start = CalendarDay(year: year, month: first.month, day: first.day) else {
                return false
            }
            return day >= start && day <= start.adding(days: days - 1)
        }
    }

    /// `2026-12-24`, `2026-12-24..2026-12-26`, `yearly 2020-10-03`.
    package var description: String {
        "\(isYearly ? "yearly " : "")\(first)\(days > 1 ? "..\(last)" : "")"
    }

    /// Reads what `description` writes.
    package init?(text: String) {
        let isYearly = text.hasPrefix("yearly ")
        let rest = isYearly ? String(text.dropFirst("yearly ".count)) : text
        let ends = rest.split(separator: "..", omittingEmptySubsequences: false).map(String.init)
        guard (1...2).contains(ends.count), let first = CalendarDay(text: ends[0]),
            let last = CalendarDay(text: ends[ends.count - 1])
        else { return nil }
        self.init(first: first, days: last.daysSince1970 - first.daysSince1970 + 1, isYearly: isYearly)
    }

    package static func < (left: Self, right: Self) -> Bool {
        (left.first, left.days, left.isYearly ? 1 : 0) < (right.first, right.days, right.isYearly ? 1 : 0)
    }
}
