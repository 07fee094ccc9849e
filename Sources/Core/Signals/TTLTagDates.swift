import Foundation

/// Reads dates with the year first: `2026-03-01`, `2026-03-01T10:00`, RFC 3339.
///
/// All others are ambiguous. A day alone is its 00:00 UTC, as in kube-janitor; a time without a zone is UTC. Leap seconds and 24:00 are refused.
enum TTLDate {
    static func parse(_ text: String) -> Date? {
        var rest = Substring(text)
        guard let year = number(&rest, digits: 4), let separator = rest.first, separator == "-" || separator == "/"
        else { return nil }
        rest.removeFirst()
        guard let month = number(&rest, digits: 2), rest.first == separator else { return nil }
        rest.removeFirst()
        guard let day = number(&rest, digits: 2), let days = daysSince1970(year: year, month: month, day: day) else {
            return nil
        }
        let midnight = Date(timeIntervalSince1970: TimeInterval(days) * 86_400)
        guard let between = rest.popFirst() else { return midnight }
        guard "Tt ".contains(between), let time = seconds(&rest), let offset = zone(rest) else { return nil }
        return midnight.addingTimeInterval(time - offset)
    }

    /// `10:00`, `10:00:30`, `10:00:30.5`.
    private static func seconds(_ rest: inout Substring) -> TimeInterval? {
        guard let hour = number(&rest, digits: 2), hour < 24, rest.popFirst() == ":",
            let minute = number(&rest, digits: 2), minute < 60
        else { return nil }
        var seconds = TimeInterval(hour * 3_600 + minute * 60)
        guard rest.first == ":" else { return seconds }
        rest.removeFirst()
        guard let second = number(&rest, digits: 2), second < 60 else { return nil }
        seconds += TimeInterval(second)
        guard rest.first == "." else { return seconds }
        rest.removeFirst()
        let fraction = rest.prefix { ("0"..."9").contains($0) }
        guard !fraction.isEmpty, fraction.count <= 9, let value = Double("0." + fraction) else { return nil }
        rest.removeFirst(fraction.count)
        return seconds + value
    }

    /// Nothing or `Z` for UTC, or `+02:00`, `+0200`, `+02`, `UTC`; in seconds east of it.
    private static func zone(_ text: Substring) -> TimeInterval? {
        var rest = text.first == " " ? text.dropFirst() : text
        if ["", "z", "utc", "gmt"].contains(rest.lowercased()) { return text.last == " " ? nil : 0 }
        guard let sign = rest.popFirst(), sign == "+" || sign == "-", let hours = number(&rest, digits: 2), hours < 24
        else { return nil }
        var minutes = 0
        if !rest.isEmpty {
            if rest.first == ":" { rest.removeFirst() }
            guard let read = number(&rest, digits: 2), read < 60, rest.isEmpty else { return nil }
            minutes = read
        }
        return TimeInterval((sign == "-" ? -1 : 1) * (hours * 3_600 + minutes * 60))
    }

    private static func number(_ rest: inout Substring, digits: Int) -> Int? {
        let found = rest.prefix(digits)
        guard found.count == digits, found.allSatisfy({ ("0"..."9").contains($0) }) else { return nil }
        rest.removeFirst(digits)
        return Int(found)
    }

    /// In the Gregorian calendar, from 1970 on; nil for a day that does not exist.
    private static func daysSince1970(year: Int, month: Int, day: Int) -> Int? {
        let isLeap = year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
        let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard year >= 1970, (1...12).contains(month), (1...lengths[month - 1]).contains(day) else { return nil }
        let before = year - 1
        let leapDays = before / 4 - before / 100 + before / 400 - (1969 / 4 - 1969 / 100 + 1969 / 400)
        return (year - 1970) * 365 + leapDays + lengths[..<(month - 1)].reduce(0, +) + day - 1
    }
}
