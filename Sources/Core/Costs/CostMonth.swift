package import Foundation

/// A month in UTC, as AWS bills.
package struct CostMonth: Sendable, Hashable, Comparable, Codable, CustomStringConvertible {
    /// Its first day.
    package let first: CalendarDay

    private init(of day: CalendarDay) { first = day.adding(days: 1 - day.day) }

    /// The month that this moment is in.
    package init(containing moment: Date) {
        let days = Int64(moment.timeIntervalSince1970.rounded(.down).clamped(to: -6e10...2.5e11)).floored(by: 86_400)
        self.init(of: CalendarDay(daysSince1970: Int(days)))
    }

    /// Reads `2026-10-01`; nil for any other day than a first.
    package init?(text: String) {
        guard let day = CalendarDay(text: text), day.day == 1 else { return nil }
        first = day
    }

    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let month = CostMonth(text: "\(text)-01") else {
            throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "no month"))
        }
        self = month
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }

    /// No month has more than 31 days, and none less than 28.
    package var next: CostMonth { CostMonth(of: first.adding(days: 31)) }
    package var previous: CostMonth { CostMonth(of: first.adding(days: -1)) }
    package var start: Date { first.startUTC }
    /// The first moment after it.
    package var end: Date { next.start }

    /// `2026-10`.
    package var description: String { String(first.description.prefix(7)) }

    package static func < (left: CostMonth, right: CostMonth) -> Bool { left.first < right.first }
}
