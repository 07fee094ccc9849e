import Core
import Foundation

/// The whole days of an iCalendar file (RFC 5545), as far as a window needs them.
///
/// Whatever moves or repeats a day otherwise than `FREQ=YEARLY` is an error, never passed over.
enum ICalendar {
    private struct Line {
        let number: Int
        let name: String
        let value: String
    }

    private struct Event {
        let line: Int
        var start: CalendarDay?
        var end: CalendarDay?
        var days: Int?
        var isYearly = false
        var isCancelled = false
        var isWrong = false
    }

    static func spans(_ text: String) -> ([HolidaySpan], [String]) {
        var reading = Reading()
        let lines = unfolded(text)
        if lines.first?.name != "BEGIN" || lines.first?.value.uppercased() != "VCALENDAR" {
            return ([], ["line 1: it does not begin with BEGIN:VCALENDAR"])
        }
        for line in lines { reading.take(line) }
        reading.close(lines.last?.number ?? 1)
        return (reading.spans, reading.problems)
    }

    private struct Reading {
        var spans: [HolidaySpan] = []
        var problems: [String] = []
        /// What is open, the innermost last.
        private var open: [String] = []
        private var event: Event?

        mutating func take(_ line: Line) {
            switch line.name {
            case "BEGIN":
                open.append(line.value.uppercased())
                if open.count == 1, open != ["VCALENDAR"] {
                    wrong(line, "BEGIN:\(line.value) stands outside of a VCALENDAR")
                } else if ["VEVENT", "VCALENDAR"].contains(open.last),
                    open.count > 2 || open == ["VCALENDAR", "VCALENDAR"]
                {
                    wrong(line, "BEGIN:\(line.value) stands within \(open[open.count - 2])")
                }
                if open == ["VCALENDAR", "VEVENT"] { event = Event(line: line.number) }
            case "END":
                if open.last != line.value.uppercased() { return wrong(line, "END:\(line.value) ends nothing") }
                if open == ["VCALENDAR", "VEVENT"] { finish() }
                open.removeLast()
            default:
                // An alarm within an event, or a time zone beside it, says nothing of the day.
                if open == ["VCALENDAR", "VEVENT"] { property(line) }
                if open.isEmpty { wrong(line, "\(line.name) stands outside of a VCALENDAR") }
            }
        }

        mutating func close(_ last: Int) {
            if let unclosed = open.last { problems.append("line \(last): the file ends within \(unclosed)") }
        }

        private mutating func wrong(_ line: Line, _ message: String) {
            event?.isWrong = true
            problems.append("line \(line.number): \(message)")
        }

        private mutating func property(_ line: Line) {
            switch line.name {
            case "DTSTART":
                let start = day(line)
                event?.start = start
            case "DTEND":
                let end = day(line)
                event?.end = end
            case "DURATION":
                event?.days = ICalendar.days(line.value)
                if event?.days == nil {
                    wrong(line, "DURATION:\(line.value) is not a number of whole days, such as P1D")
                }
            case "RRULE":
                let isPlain = line.value.uppercased() == "FREQ=YEARLY"
                event?.isYearly = isPlain
                if !isPlain { wrong(line, "RRULE:\(line.value) is more than FREQ=YEARLY; write its days one by one") }
            case "RDATE", "EXDATE", "EXRULE", "RECURRENCE-ID":
                wrong(line, "\(line.name) is not read; write the days one by one")
            case "STATUS": event?.isCancelled = line.value.uppercased() == "CANCELLED"
            default: break
            }
        }

        private mutating func day(_ line: Line) -> CalendarDay? {
            let digits = line.value.utf8
            let isDate = digits.count == 8 && digits.allSatisfy { (48...57).contains($0) }
            let parts = [line.value.prefix(4), line.value.dropFirst(4).prefix(2), line.value.dropFirst(6)].compactMap {
                Int($0)
            }
            if isDate, parts.count == 3, let day = CalendarDay(year: parts[0], month: parts[1], day: parts[2]) {
                return day
            }
            wrong(
                line,
                isDate
                    ? "\(line.value) is no date that exists"
                    : "\(line.name):\(line.value) is not a whole day (\(line.name);VALUE=DATE:20261224)"
            )
            return nil
        }

        private mutating func finish() {
            defer { event = nil }
            guard let event, !event.isWrong, !event.isCancelled else { return }
            guard let start = event.start else {
                problems.append("line \(event.line): the event has no DTSTART")
                return
            }
            // The day on which it ends is not one of its days any more.
            let days = event.days ?? event.end.map { $0.daysSince1970 - start.daysSince1970 } ?? 1
            guard let span = HolidaySpan(first: start, days: days, isYearly: event.isYearly) else {
                problems.append(
                    "line \(event.line): the event of \(start) has \(days) days, expected 1 to \(HolidaySpan.longest)"
                )
                return
            }
            spans.append(span)
        }
    }

    /// `P3D` or `P1W`.
    private static func days(_ text: String) -> Int? {
        guard text.hasPrefix("P"), let unit = text.last, unit == "D" || unit == "W",
            let count = Int(text.dropFirst().dropLast()), (1...HolidaySpan.longest).contains(count)
        else { return nil }
        return unit == "W" ? count * 7 : count
    }

    /// Lines as they were before they were folded: one that begins with a blank goes on the one before it.
    private static func unfolded(_ text: String) -> [Line] {
        var whole: [(number: Int, text: String)] = []
        for (number, part) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            if let first = part.first, first == " " || first == "\t", !whole.isEmpty {
                whole[whole.count - 1].text += part.dropFirst()
            } else if !part.isEmpty {
                whole.append((number + 1, String(part)))
            }
        }
        return whole.map { number, text in
            let (head, value) = divided(text)
            // What parameters say beside `VALUE` is for other readers; whether it is a whole day, the value shows itself.
            let name = head.prefix { $0 != ";" }
            return Line(
                number: number,
                name: name.uppercased(),
                value: value.trimmingCharacters(in: .whitespaces)
            )
        }
    }

    /// At the first colon that stands in no quotation marks.
    private static func divided(_ text: String) -> (String, String) {
        var isQuoted = false
        for index in text.indices {
            if text[index] == "\"" { isQuoted.toggle() }
            if text[index] == ":", !isQuoted {
                return (String(text[..<index]), String(text[text.index(after: index)...]))
            }
        }
        return (text, "")
    }
}
