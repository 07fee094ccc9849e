import Core
import Foundation

extension YAMLEntry {
    /// `kept`: the days out of the files that it names.
    func window(_ kept: [String: KeptCalendar]) -> Window? {
        let example = "{ days: Mon-Thu, hours: \"09:00-16:00\", zone: Europe/Berlin }"
        guard let parts = mapping(["days", "hours", "zone", "except"], example: example) else { return nil }
        let days = parts["days"] == nil ? [.monday, .tuesday, .wednesday, .thursday] : parts["days"]?.weekdays()
        let hours = parts["hours"] == nil ? Window.Hours() : parts["hours"]?.hours()
        let zone = parts["zone"] == nil ? TimeZone(identifier: "Europe/Berlin") : parts["zone"]?.zone()
        let items =
            parts["except"]?.items("a list of dates", example: "[2026-12-24]", orSingle: true, orNone: true) ?? []
        var except: Set<CalendarDay> = []
        var holidays: [HolidayCalendar] = []
        for item in items {
            if let name = item.scalar, KeptHolidays.isFile(name) {
                if holidays.contains(where: { $0.name == name }) {
                    item.report("`\(item.path)` names \(quoted(name)) once more", "keep one of them")
                } else if let calendar = item.holidays(name, kept) {
                    holidays.append(calendar)
                }
            } else if let day = item.calendarDay() {
                except.insert(day)
            }
        }
        guard let days, let hours, let zone else { return nil }
        return Window(days: days, hours: hours, zone: zone, except: except, holidays: holidays)
    }

    private func weekdays() -> Set<Weekday>? {
        guard let items = items("weekdays", example: "Mon-Thu", orSingle: true) else { return nil }
        var days: Set<Weekday> = []
        for item in items {
            for part in (item.scalar ?? "").split(separator: ",", omittingEmptySubsequences: false) {
                guard let range = Self.range(part.trimmingCharacters(in: .whitespaces)) else {
                    return item.unexpected(
                        "weekdays (\(Weekday.allCases.map(\.rawValue).joined(separator: ", ")))",
                        example: "Mon-Thu"
                    )
                }
                days.formUnion(range)
            }
        }
        return days
    }

    /// `Mon` or `Mon-Thu`; `Sat-Mon` goes around the end of the week.
    private static func range(_ text: String) -> [Weekday]? {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { word in
            Weekday.allCases.firstIndex { $0.rawValue.lowercased() == word.lowercased() }
        }
        guard (1...2).contains(ends.count), let first = ends.first ?? nil, let last = ends.last ?? nil else {
            return nil
        }
        let count = (last - first + 7) % 7
        return (0...count).map { Weekday.allCases[(first + $0) % 7] }
    }

    private func hours() -> Window.Hours? {
        let ends = (scalar ?? "").split(separator: "-", omittingEmptySubsequences: false).map(Self.minutes)
        guard ends.count == 2, let opens = ends[0], let closes = ends[1],
            let hours = Window.Hours(opens: opens, closes: closes)
        else { return unexpected("two different times of day", example: "09:00-16:00") }
        return hours
    }

    private static func minutes(_ text: Substring) -> Int? {
        let parts = text.trimmingCharacters(in: .whitespaces).split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, (1...2).contains(parts[0].count), parts[1].count == 2,
            parts.allSatisfy({ $0.allSatisfy(\.isASCIIDigit) }), let hour = Int(parts[0]), let minute = Int(parts[1]),
            minute < 60, hour < 24 || (hour == 24 && minute == 0)
        else { return nil }
        return hour * 60 + minute
    }

    func zone() -> TimeZone? {
        let known = TimeZone.knownTimeZoneIdentifiers
        guard let text = scalar, !text.isEmpty, known.contains(text) || text == "UTC",
            let zone = TimeZone(identifier: text)
        else {
            let near = scalar.flatMap { nearest($0, among: known) } ?? "Europe/Berlin"
            return unexpected("a time zone of the IANA list, or UTC", example: near)
        }
        return zone
    }

    private func calendarDay() -> CalendarDay? {
        guard let day = scalar.flatMap(CalendarDay.init(text:)) else {
            let isDigits = scalar?.first?.isASCIIDigit ?? false
            return unexpected(
                isDigits ? "a date that exists" : "a date, or a file of holidays (.ics, .txt)",
                example: isDigits ? "2026-12-24" : "holidays.ics"
            )
        }
        return day
    }
}
