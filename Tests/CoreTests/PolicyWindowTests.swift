import Core
import Foundation
import Testing

@Suite struct PolicyWindowTests {
    private func zone(_ name: String) throws -> TimeZone { try #require(TimeZone(identifier: name)) }

    private func window(
        _ opens: Int = 9 * 60,
        _ closes: Int = 16 * 60,
        zone name: String = "Europe/Berlin",
        days: Set<Weekday> = [.monday, .tuesday, .wednesday, .thursday],
        except: [String] = []
    ) throws -> Window {
        Window(
            days: days,
            hours: try #require(Window.Hours(opens: opens, closes: closes)),
            zone: try zone(name),
            except: Set(except.compactMap(CalendarDay.init(text:)))
        )
    }

    /// A moment as it is written in UTC.
    private func utc(_ text: String) throws -> Date { try Date("\(text):00Z", strategy: .iso8601) }

    private let everyDay = Set(Weekday.allCases)

    @Test func `it opens on its first minute and is shut on its last`() throws {
        let window = try window()
        #expect(try !window.isOpen(at: utc("2026-11-23T07:59")))
        #expect(try window.isOpen(at: utc("2026-11-23T08:00")))
        #expect(try window.isOpen(at: utc("2026-11-23T14:59")))
        #expect(try !window.isOpen(at: utc("2026-11-23T15:00")))
    }

    @Test func `it stays shut on other weekdays and on excepted dates`() throws {
        let window = try window(except: ["2026-12-24"])
        #expect(try !window.isOpen(at: utc("2026-11-27T10:00")))
        #expect(try !window.isOpen(at: utc("2026-11-29T10:00")))
        #expect(try !window.isOpen(at: utc("2026-12-24T10:00")))
        #expect(try window.isOpen(at: utc("2026-12-23T10:00")))
    }

    @Test func `the next opening skips the weekend and excepted dates, over a month's and a year's end`() throws {
        let window = try window(except: ["2026-12-31", "2027-01-04"])
        #expect(try window.nextOpening(after: utc("2026-11-26T09:00")) == utc("2026-11-30T08:00"))
        #expect(try window.nextOpening(after: utc("2026-12-30T09:00")) == utc("2027-01-05T08:00"))
        #expect(try window.nextOpening(after: utc("2026-11-30T07:00")) == utc("2026-11-30T08:00"))
        #expect(try window.nextOpening(after: utc("2026-11-30T08:00")) == utc("2026-12-01T08:00"))
    }

    @Test func `a window that never opens has no next opening and lets no approval live`() throws {
        let never = try window(days: [])
        #expect(never.nextOpening(after: noon) == nil)
        #expect(never.expiry(of: noon, after: days(1)) == nil)
        #expect(PolicySet(policies: [], window: never).expiry(ofApprovalAt: noon, after: days(1)) == noon)
    }

    @Test func `opening times follow the zone's clocks when they change`() throws {
        let window = try window(days: everyDay)
        // Summer time ends on 2026-10-25 and begins on 2027-03-28.
        #expect(try window.nextOpening(after: utc("2026-10-24T12:00")) == utc("2026-10-25T08:00"))
        #expect(try window.nextOpening(after: utc("2026-10-23T12:00")) == utc("2026-10-24T07:00"))
        #expect(try window.nextOpening(after: utc("2027-03-27T12:00")) == utc("2027-03-28T07:00"))
    }

    @Test func `a time of day that the clocks skip is the end of the gap, one that they show twice is the first`()
        throws
    {
        let skipped = try window(2 * 60 + 30, 4 * 60, days: everyDay)
        #expect(try skipped.nextOpening(after: utc("2027-03-27T12:00")) == utc("2027-03-28T01:00"))
        #expect(try skipped.isOpen(at: utc("2027-03-28T01:59")))
        #expect(try !skipped.isOpen(at: utc("2027-03-28T02:00")))
        #expect(try skipped.nextOpening(after: utc("2026-10-24T12:00")) == utc("2026-10-25T00:30"))
        let inTheGap = try window(2 * 60 + 10, 2 * 60 + 50, days: everyDay)
        let day = try #require(CalendarDay(text: "2027-03-28"))
        #expect(!inTheGap.opens(on: day))
    }

    @Test func `clocks that change at midnight do not lose a day`() throws {
        // In Beirut 2027-03-28 has no 00:00.
        let beirut = try window(0, 120, zone: "Asia/Beirut", days: everyDay)
        let day = try #require(CalendarDay(text: "2027-03-28"))
        let opening = try #require(beirut.opening(on: day))
        #expect(beirut.day(of: opening.lowerBound) == day)
        #expect(opening.upperBound.timeIntervalSince(opening.lowerBound) == 3_600)
    }

    @Test func `hours past midnight belong to the day on which they begin`() throws {
        let night = try window(22 * 60, 2 * 60, days: [.thursday])
        #expect(try night.isOpen(at: utc("2026-11-26T21:30")))
        #expect(try night.isOpen(at: utc("2026-11-27T00:30")))
        #expect(try !night.isOpen(at: utc("2026-11-27T01:00")))
        #expect(try !night.isOpen(at: utc("2026-11-26T00:30")))
    }

    @Test func `hours need two different times within a day`() {
        #expect(Window.Hours(opens: 540, closes: 540) == nil)
        #expect(Window.Hours(opens: 1_440, closes: 60) == nil)
        #expect(Window.Hours(opens: -1, closes: 60) == nil)
        #expect(Window.Hours(opens: 0, closes: 1_441) == nil)
        #expect(Window.Hours(opens: 0, closes: 1_440)?.description == "00:00-24:00")
    }

    @Test func `an approval's day is a day on which the window opens`() throws {
        let window = try window(except: ["2026-12-01"])
        let thursday = try utc("2026-11-26T09:00")
        #expect(try window.expiry(of: thursday, after: days(1)) == utc("2026-11-30T09:00"))
        // Monday, not Tuesday the 1st, Wednesday, Thursday.
        #expect(try window.expiry(of: thursday, after: days(3)) == utc("2026-12-03T09:00"))
        #expect(try window.expiry(of: thursday, after: hours(2)) == utc("2026-11-26T11:00"))
        #expect(try window.expiry(of: thursday, after: hours(36)) == utc("2026-11-30T21:00"))
        #expect(try window.expiry(of: thursday, after: hours(20)) == utc("2026-11-30T05:00"))
    }

    @Test func `an approval given on a shut day starts with the next open one and fills it`() throws {
        let saturday = try utc("2026-11-28T09:00")
        #expect(try window().expiry(of: saturday, after: days(1)) == utc("2026-11-30T23:00"))
        #expect(try window().expiry(of: saturday, after: days(2)) == utc("2026-12-01T23:00"))
        #expect(try window().expiry(of: saturday, after: hours(10)) == utc("2026-11-30T09:00"))
    }

    @Test func `an approval's day keeps the time of day when the clocks change`() throws {
        let window = try window(days: everyDay)
        #expect(try window.expiry(of: utc("2026-10-24T10:00"), after: days(1)) == utc("2026-10-25T11:00"))
        #expect(try window.expiry(of: utc("2027-03-27T11:00"), after: days(1)) == utc("2027-03-28T10:00"))
    }

    @Test func `without a window a day has 24 hours`() throws {
        let set = PolicySet(policies: [])
        #expect(try set.expiry(ofApprovalAt: utc("2026-10-24T10:00"), after: days(1)) == utc("2026-10-25T10:00"))
    }

    @Test func `an approval never outlives a longer one, and always sees the window open that many times`() throws {
        var numbers = SeededNumbers(state: 11)
        for _ in 0..<300 {
            let chosen = Set(Weekday.allCases.filter { _ in numbers.chance(50) })
            let window = try window(days: chosen.isEmpty ? [.friday] : chosen, except: ["2026-12-25", "2027-01-01"])
            let approved = noon.later(by: .seconds(Int.random(in: 0..<200 * 86_400, using: &numbers)))
            let count = Int.random(in: 1...6, using: &numbers)
            let expiry = try #require(window.expiry(of: approved, after: days(Double(count))))
            let longer = try #require(window.expiry(of: approved, after: days(Double(count)) + hours(5)))
            #expect(expiry > approved && longer > expiry)
            // Every stretch in between adds up to the same number of openings.
            var openings = 0
            var moment = approved
            while let next = window.nextOpening(after: moment), next < expiry {
                openings += 1
                moment = next
            }
            #expect((count - 1...count).contains(openings), "\(chosen) from \(approved) to \(expiry)")
        }
    }

    @Test func `a budget's day is a day in the window's zone`() throws {
        let late = try utc("2026-11-30T23:30")
        #expect(PolicySet(policies: [], window: try window()).budgetDay(at: late).description == "2026-12-01")
        #expect(PolicySet(policies: []).budgetDay(at: late).description == "2026-11-30")
    }
}

@Suite struct PolicyCalendarDayTests {
    @Test(arguments: [
        ("2026-12-24", true), ("2028-02-29", true), ("2026-02-29", false), ("2100-02-29", false),
        ("2026-11-31", false), ("2026-13-01", false), ("2026-1-01", false), ("26-01-01", false),
        ("2026-01-01T00", false),
        ("+026-01-01", false), ("", false),
    ])
    func `only dates that exist are read`(text: String, exists: Bool) {
        #expect((CalendarDay(text: text) != nil) == exists)
    }

    @Test func `days count on over every month's and year's end as Foundation's calendar has it`() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        for number in stride(from: -10_000, to: 60_000, by: 13) {
            let day = CalendarDay(daysSince1970: number)
            let date = Date(timeIntervalSince1970: Double(number) * 86_400)
            let parts = calendar.dateComponents([.year, .month, .day, .weekday], from: date)
            #expect(day.year == parts.year && day.month == parts.month && day.day == parts.day)
            #expect(day.daysSince1970 == number)
            let weekday = try #require(parts.weekday)
            #expect(day.weekday == Weekday.allCases[(weekday + 5) % 7])
        }
    }

    @Test func `moments are written to the minute in UTC`() {
        #expect(noon.minuteText == "2026-11-23 12:00 UTC")
        #expect(Date(timeIntervalSince1970: -60).minuteText == "1969-12-31 23:59 UTC")
    }
}
