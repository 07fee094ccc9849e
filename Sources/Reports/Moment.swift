import Core
package import Foundation

/// Times as people read them: in a zone that is named, and as an age.
package struct Moment: Sendable {
    package let now: Date
    package let zone: TimeZone
    private let isUTC: Bool
    private let standard: String
    private let daylight: String

    package init(now: Date, zone: TimeZone) {
        self.now = now
        self.zone = zone
        isUTC = Self.utc.contains(zone.identifier)
        standard = Self.abbreviation(zone, .shortStandard)
        daylight = Self.abbreviation(zone, .shortDaylightSaving)
    }

    /// `2026-12-03 09:00 CET (in 9d)`, `2026-11-20 09:00 CET (3d 4h ago)`.
    package static func text(_ date: Date, now: Date, zone: TimeZone) -> String {
        Moment(now: now, zone: zone).text(date)
    }

    /// `3d 4h ago`, `in 9d`, `now`.
    package static func age(since date: Date, now: Date) -> String {
        let passed = now.passed(since: date)
        if passed == .zero { return "now" }
        return passed < .zero ? "in \(DurationText.age(.zero - passed))" : "\(DurationText.age(passed)) ago"
    }

    package func text(_ date: Date) -> String { "\(plain(date)) (\(age(since: date)))" }

    package func age(since date: Date) -> String { Self.age(since: date, now: now) }

    /// Without the age: `2026-12-03 09:00 CET`.
    package func plain(_ date: Date) -> String {
        let (day, seconds) = parts(date)
        let minutes = seconds / 60
        return "\(day) \(padded(minutes / 60)):\(padded(minutes % 60)) \(label(date))"
    }

    /// A text of the program's with its moments as they are here.
    ///
    /// Reasons are kept as they were made, with times in UTC; whoever reads one beside other times reads one zone.
    package func localised(_ text: String) -> String {
        guard !isUTC, text.utf8.count >= Self.stamp.count, text.contains(" UTC") else { return text }
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            let end = index + Self.stamp.count
            if end <= bytes.count, let date = Self.date(stamped: bytes[index..<end]),
                // `UTC+1` is another zone.
                end == bytes.count || !"+-0123456789".utf8.contains(bytes[end])
            {
                result += Array(plain(date).utf8)
                index = end
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// What `Date.minuteText` writes: `0` stands for any digit.
    private static let stamp = Array("0000-00-00 00:00 UTC".utf8)

    private static func date(stamped bytes: ArraySlice<UInt8>) -> Date? {
        let zero = UInt8(ascii: "0")
        for (byte, wanted) in zip(bytes, stamp) {
            guard wanted == zero ? (zero...zero + 9).contains(byte) : byte == wanted else { return nil }
        }
        let text = String(decoding: bytes, as: UTF8.self)
        guard let day = CalendarDay(text: String(text.prefix(10))), let hour = Int(text.dropFirst(11).prefix(2)),
            let minute = Int(text.dropFirst(14).prefix(2)), hour < 24, minute < 60
        else { return nil }
        return Date(timeIntervalSince1970: Double(day.daysSince1970 * 86_400 + hour * 3_600 + minute * 60))
    }

    /// Only the day: `2026-12-03`.
    package func day(_ date: Date) -> String { parts(date).day.description }

    /// `3d 4h` between then and now, without a word; never negative.
    package func span(since date: Date) -> String { DurationText.age(max(.zero, now.passed(since: date))) }

    private func parts(_ date: Date) -> (day: CalendarDay, seconds: Int) {
        // Dates outside of the calendar's four-digit years come from broken records; they stay readable.
        let local = min(max(date.timeIntervalSince1970, -6e10), 2.5e11) + Double(zone.secondsFromGMT(for: date))
        let whole = Int(local.rounded(.down))
        let day = whole >= 0 ? whole / 86_400 : (whole - 86_399) / 86_400
        return (CalendarDay(daysSince1970: day), whole - day * 86_400)
    }

    private func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    private static let utc: Set<String> = ["UTC", "GMT", "Etc/UTC", "Etc/GMT"]

    /// The abbreviation people use there, or the offset where English has none.
    private func label(_ date: Date) -> String {
        let seconds = zone.secondsFromGMT(for: date)
        let name = zone.isDaylightSavingTime(for: date) ? daylight : standard
        if !name.isEmpty { return name }
        guard seconds != 0 else { return "UTC" }
        let minutes = abs(seconds) / 60
        let rest = minutes % 60 == 0 ? "" : ":\(padded(minutes % 60))"
        return "UTC\(seconds < 0 ? "-" : "+")\(minutes / 60)\(rest)"
    }

    /// Foundation knows `CET` only in British English and `EST` only in American.
    private static func abbreviation(_ zone: TimeZone, _ style: NSTimeZone.NameStyle) -> String {
        if utc.contains(zone.identifier) { return "UTC" }
        for locale in ["en_GB", "en_US", "en_AU"] {
            guard let name = zone.localizedName(for: style, locale: Locale(identifier: locale)) else { continue }
            if name == "GMT" || !name.hasPrefix("GMT") && !name.hasPrefix("UTC") { return name }
        }
        return ""
    }
}
