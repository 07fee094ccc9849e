package import Foundation

extension Window {
    /// When an approval given at a moment ends.
    ///
    /// Its time runs only on days on which the window opens, so that `1d` is one such day: given on a Thursday at 10:00
    /// under `Mon-Thu` it ends on Monday at 10:00. Given on a day on which the window stays shut, it starts with the
    /// next day on which it opens. Nil when the window opens too seldom for the time to run out within ten years.
    package func expiry(of approved: Date, after duration: Duration) -> Date? {
        let total = max(0, duration.inSeconds)
        var wholeDays = Int(total / 86_400)
        var rest = total - Double(wholeDays) * 86_400

        var day = day(of: approved)
        var time = opens(on: day) ? wallTime(of: approved) : 0
        if !opens(on: day) {
            guard let next = nextOpenDay(from: day) else { return nil }
            day = next
        }
        while wholeDays > 0 {
            wholeDays -= 1
            if time == 0, wholeDays == 0, rest == 0 {
                // A whole day from midnight ends with that day, not with the next one's beginning.
                return moment(on: day.adding(days: 1), seconds: 0)
            }
            guard let next = nextOpenDay(from: day) else { return nil }
            day = next
        }
        while time + rest > 86_400 {
            rest -= 86_400 - time
            time = 0
            guard let next = nextOpenDay(from: day) else { return nil }
            day = next
        }
        // 24:00 is the next day's midnight.
        let end = time + rest
        return end >= 86_400 ? moment(on: day.adding(days: 1), seconds: end - 86_400) : moment(on: day, seconds: end)
    }

    private func nextOpenDay(from day: CalendarDay) -> CalendarDay? {
        (1...3_660).lazy.map { day.adding(days: $0) }.first(where: opens(on:))
    }

    private func wallTime(of moment: Date) -> Double {
        let local = moment.timeIntervalSince1970 + Double(zone.secondsFromGMT(for: moment))
        return local - (local / 86_400).rounded(.down) * 86_400
    }
}

extension PolicySet {
    /// When an approval given at a moment ends under this set's window; without a window a day has 24 hours.
    ///
    /// Where the window never opens again, at once.
    package func expiry(ofApprovalAt approved: Date, after duration: Duration) -> Date {
        guard let window else { return approved.later(by: duration) }
        return window.expiry(of: approved, after: duration) ?? approved
    }
}
