/// Durations as people write them: `36h`, `14d`, `2w`.
///
/// A day is always 24 hours and a week seven of those; months and years have no fixed length and are not durations.
package enum DurationText {
    /// The longest duration that is read: 100 years of 365 days.
    ///
    /// Longer ones are typing errors, and would leave
    /// the range of a PostgreSQL `timestamptz` when added to a date.
    package static let longest = Duration.seconds(100 * 365 * 86_400)

    /// Reads one or several numbers with a unit each, largest unit first: `36h`, `2w`, `1d12h`, `3d 4h`.
    ///
    /// Units are `s`, `m` (minutes), `h`, `d`, `w`, in lower case. `nil` for anything else: no unit, a sign, a
    /// fraction, a unit twice or out of order, more than `longest`.
    package static func parse(_ text: String) -> Duration? {
        var total = 0
        var digits = ""
        var smallestSoFar = Int.max
        for character in text {
            if character.isASCII, character.isNumber {
                digits.append(character)
                continue
            }
            // A space may stand only between a unit and the next number.
            if character == " ", digits.isEmpty, smallestSoFar != Int.max { continue }
            guard let unit = seconds(in: character), unit < smallestSoFar, let count = Int(digits) else { return nil }
            let product = count.multipliedReportingOverflow(by: unit)
            let sum = total.addingReportingOverflow(product.partialValue)
            guard !product.overflow, !sum.overflow else { return nil }
            total = sum.partialValue
            smallestSoFar = unit
            digits = ""
        }
        guard digits.isEmpty, smallestSoFar != Int.max, text.last != " " else { return nil }
        let duration = Duration.seconds(total)
        return duration <= longest ? duration : nil
    }

    /// The text that `parse` reads back as the same whole seconds, in the largest of `d`, `h`, `m`, `s` that divides it.
    ///
    /// Fractions of a second are dropped; negative durations carry a `-`, which `parse` refuses.
    package static func format(_ duration: Duration) -> String {
        let seconds = duration.components.seconds
        for (unit, letter) in [(86_400 as Int64, "d"), (3_600, "h"), (60, "m")]
        where seconds != 0 && seconds.isMultiple(of: unit) {
            return "\(seconds / unit)\(letter)"
        }
        return "\(seconds)s"
    }

    /// An age for people, rounded down to what matters at that size: `40s`, `5m`, `7h 5m`, `3d 4h`, `41d`.
    package static func age(_ duration: Duration) -> String {
        let signed = duration.components.seconds
        let sign = signed < 0 ? "-" : ""
        let seconds = signed.magnitude
        if seconds < 60 { return "\(sign)\(seconds)s" }
        if seconds < 3_600 { return "\(sign)\(seconds / 60)m" }
        if seconds < 86_400 { return sign + pair(seconds / 3_600, "h", seconds % 3_600 / 60, "m") }
        if seconds < 14 * 86_400 { return sign + pair(seconds / 86_400, "d", seconds % 86_400 / 3_600, "h") }
        return "\(sign)\(seconds / 86_400)d"
    }

    private static func pair(_ large: UInt64, _ largeUnit: String, _ small: UInt64, _ smallUnit: String) -> String {
        small == 0 ? "\(large)\(largeUnit)" : "\(large)\(largeUnit) \(small)\(smallUnit)"
    }

    private static func seconds(in unit: Character) -> Int? {
        switch unit {
        case "s": 1
        case "m": 60
        case "h": 3_600
        case "d": 86_400
        case "w": 7 * 86_400
        default: nil
        }
    }
}
