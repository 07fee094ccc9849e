import Foundation

/// `2026-11-23T07:47:40.684Z`, with any fraction or none, `Z` or an offset such as `+00:00`.
func awsDate(_ text: String) -> Date? {
    var scanner = DigitScanner(text)
    guard let year = scanner.digits(4), scanner.take("-"), let month = scanner.digits(2), scanner.take("-"),
        let day = scanner.digits(2), scanner.take("T"), let hour = scanner.digits(2), scanner.take(":"),
        let minute = scanner.digits(2), scanner.take(":"), let second = scanner.digits(2)
    else { return nil }
    let fraction = scanner.take(".") ? scanner.fraction() : 0
    guard let offset = scanner.offset(), scanner.isAtEnd else { return nil }
    guard let whole = date(year, month, day, hour, minute, second) else { return nil }
    return whole.addingTimeInterval(fraction - offset)
}

/// An HTTP `Date` header: `Mon, 23 Nov 2026 07:47:54 GMT`.
func httpDate(_ text: String) -> Date? {
    let words = text.split(separator: " ")
    guard words.count == 6, words[5] == "GMT", let day = Int(words[1]), let year = Int(words[3]),
        let month = months.firstIndex(of: String(words[2]))
    else { return nil }
    let clock = words[4].split(separator: ":").map { Int($0) }
    guard clock.count == 3, let hour = clock[0], let minute = clock[1], let second = clock[2] else { return nil }
    return date(year, month + 1, day, hour, minute, second)
}

private let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

private func date(_ year: Int, _ month: Int, _ day: Int, _ hour: Int, _ minute: Int, _ second: Int) -> Date? {
    guard (1...12).contains(month), (1...31).contains(day), (0...23).contains(hour), (0...59).contains(minute),
        (0...60).contains(second)
    else { return nil }
    // Days since 1970-01-01 in the proleptic Gregorian calendar (H. Hinnant, days_from_civil); calendars are slow here.
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    let days = era * 146_097 + dayOfEra - 719_468
    return Date(timeIntervalSince1970: TimeInterval(days * 86_400 + hour * 3_600 + minute * 60 + second))
}

private struct DigitScanner {
    private var rest: ArraySlice<UInt8>

    init(_ text: String) { rest = ArraySlice(text.utf8) }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard let first = rest.first, UInt32(first) == character.value else { return false }
        rest.removeFirst()
        return true
    }

    mutating func digits(_ count: Int) -> Int? {
        guard rest.count >= count else { return nil }
        var value = 0
        for byte in rest.prefix(count) {
            guard byte >= 48, byte <= 57 else { return nil }
            value = value * 10 + Int(byte - 48)
        }
        rest.removeFirst(count)
        return value
    }

    mutating func fraction() -> Double {
        var value = 0.0
        var scale = 0.1
        while let byte = rest.first, byte >= 48, byte <= 57 {
            value += Double(byte - 48) * scale
            scale /= 10
            rest.removeFirst()
        }
        return value
    }

    /// Seconds east of UTC.
    mutating func offset() -> Double? {
        if take("Z") { return 0 }
        let sign: Double
        if take("+") { sign = 1 } else if take("-") { sign = -1 } else { return nil }
        guard let hours = digits(2) else { return nil }
        _ = take(":")
        guard let minutes = digits(2) else { return nil }
        return sign * Double(hours * 3_600 + minutes * 60)
    }
}
