import Core
import Foundation
import Testing

/// Days on which a window stays shut.
@Suite struct PolicyHolidayTests {
    private func day(_ text: String) throws -> CalendarDay { try #require(CalendarDay(text: text)) }
    private func span(_ text: String) throws -> HolidaySpan { try #require(HolidaySpan(text: text)) }

    private func window(_ spans: [String], hours: Window.Hours = Window.Hours()) throws -> Window {
        Window(
            days: Set(Weekday.allCases),
            hours: hours,
            zone: try #require(TimeZone(identifier: "Europe/Berlin")),
            holidays: [HolidayCalendar(name: "h.ics", spans: try spans.map(span))]
        )
    }

    @Test(arguments: [
        "2026-12-24", "2026-12-24..2026-12-26", "yearly 2020-10-03", "yearly 2020-12-31..2021-01-01", "2026-02-29x",
    ])
    func `a span reads as it writes itself`(_ text: String) {
        #expect(HolidaySpan(text: text)?.description == (text.hasSuffix("x") ? nil : text))
    }

    @Test(arguments: ["2026-12-26..2026-12-24", "2026-01-01..2027-01-03", "2026-02-30", "yearly", "2026-12-24...", ""])
    func `what is no span is none`(_ text: String) {
        #expect(HolidaySpan(text: text) == nil)
    }

    @Test func `a window stays shut on every day of it, and on no other`() throws {
        let window = try window(["2026-12-24..2026-12-26"])
        for (text, opens) in [
            ("2026-12-23", true), ("2026-12-24", false), ("2026-12-26", false), ("2026-12-27", true),
            ("2027-12-24", true),
        ] {
            #expect(window.opens(on: try day(text)) == opens, "\(text)")
        }
        let evening = try #require(window.opening(on: try day("2026-12-23"))?.upperBound)
        #expect(window.nextOpening(after: evening) == window.opening(on: try day("2026-12-27"))?.lowerBound)
    }

    @Test func `what comes every year comes from its first on, around new year and on leap days`() throws {
        let turn = try span("yearly 2020-12-31..2021-01-02")
        for (text, isIn) in [
            ("2019-12-31", false), ("2020-01-01", false), ("2020-12-31", true), ("2021-01-02", true),
            ("2021-01-03", false),
            ("2026-12-30", false), ("2026-12-31", true), ("2027-01-01", true),
        ] {
            #expect(turn.takesIn(try day(text)) == isIn, "\(text)")
        }
        let leap = try span("yearly 2024-02-29")
        #expect(leap.takesIn(try day("2028-02-29")))
        #expect(try !leap.takesIn(day("2027-02-28")) && !leap.takesIn(day("2027-03-01")))
    }

    @Test func `hours past midnight belong to the day on which they begin, holidays too`() throws {
        let night = try window(["2026-12-24"], hours: try #require(Window.Hours(opens: 22 * 60, closes: 6 * 60)))
        let eve = try #require(night.opening(on: try day("2026-12-23")))
        #expect(night.isOpen(at: eve.upperBound.addingTimeInterval(-60)))
        #expect(!night.isOpen(at: eve.upperBound.addingTimeInterval(17 * 3_600)))
    }

    @Test func `a day of an approval is one on which the window opens`() throws {
        let window = try window(["2026-12-24..2026-12-26"])
        let given = try #require(window.opening(on: try day("2026-12-23"))?.lowerBound)
        let expiry = try #require(window.expiry(of: given, after: days(1)))
        #expect(window.day(of: expiry) == (try day("2026-12-27")))
    }

    @Test func `a calendar that ends says so in time, and one that comes every year never does`() throws {
        let today = try day("2026-11-23")
        func trouble(_ spans: String...) throws -> String? {
            HolidayCalendar(name: "h.ics", spans: try spans.map(span)).trouble(on: today)
        }
        #expect(try trouble("2026-12-24") == nil)
        #expect(try trouble("2026-12-22", "yearly 2020-01-01") == "h.ics ends 2026-12-22, within 30 days")
        #expect(try trouble("2026-11-22") == "h.ics ended 2026-11-22")
        #expect(try trouble("2025-11-22") == "h.ics ended 2025-11-22, more than a year ago")
        #expect(try trouble("yearly 2020-10-03") == nil)
    }
}
