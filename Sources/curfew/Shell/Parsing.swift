import ArgumentParser
import Core
import Foundation

/// `36h`, `14d`, `2w`.
func parsedDuration(_ text: String) throws -> Duration {
    guard let duration = DurationText.parse(text), duration > .zero else {
        throw ValidationError("\"\(text)\" is no length of time; write 36h, 14d or 2w")
    }
    return duration
}

/// A day to come, or a length of time from now.
enum Until: Sendable {
    case moment(Date)
    case after(Duration)

    func date(from now: Date) -> Date {
        switch self {
        case .moment(let date): date
        case .after(let duration): now.later(by: duration)
        }
    }
}

func parsedMoment(_ text: String) throws -> Until {
    if let duration = DurationText.parse(text), duration > .zero { return .after(duration) }
    guard let date = parsedDate(text, endOfDay: true) else {
        throw ValidationError("\"\(text)\" is no date; write 2026-12-31, 2026-12-31T18:00:00Z or a length such as 30d")
    }
    let now = Date()
    guard date > now else {
        let example = CalendarDay(daysSince1970: Int(now.timeIntervalSince1970 / 86_400) + 30)
        throw ValidationError("\(text) is past; give a day to come, such as \(example), or a length such as 30d")
    }
    return .moment(date)
}

/// A day (its beginning or end in UTC) or a moment with its zone.
func parsedDate(_ text: String, endOfDay: Bool) -> Date? {
    if let day = CalendarDay(text: text) {
        return Date(timeIntervalSince1970: Double(day.adding(days: endOfDay ? 1 : 0).daysSince1970) * 86_400)
    }
    return try? Date(text, strategy: .iso8601)
}

extension Shell {
    /// A moment for people: with its zone and as an age.
    func moment(_ date: Date) -> String {
        let now = Date()
        let age = DurationText.age(date > now ? date.passed(since: now) : now.passed(since: date))
        return "\(date.minuteText) (\(date > now ? "in \(age)" : "\(age) ago"))"
    }
}

func parsedRetained(_ text: String) throws -> NamedExceptions.Retained {
    guard let retained = NamedExceptions.Retained(text) else {
        throw ValidationError("\"\(text)\" names no resource of a stack; write STACK/LOGICALID")
    }
    return retained
}
