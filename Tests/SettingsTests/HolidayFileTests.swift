import Core
import Foundation
import Settings
import Testing

/// Files of holidays: how they are read, and how their days stay with a policy.
@Suite struct HolidayFileTests {
    private func calendar(_ events: String) -> String {
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//acme//days//EN\r\n"
            + events.split(separator: "\n").map { "\($0)\r\n" }.joined() + "END:VCALENDAR\r\n"
    }

    private func read(_ text: String, name: String = "h.ics") -> (spans: [String], problems: [String]) {
        do {
            return (try HolidayFile.parse(Data(text.utf8), name: name).spans.map(\.description), [])
        } catch {
            return ([], error.messages)
        }
    }

    private func event(_ lines: String) -> String { calendar("BEGIN:VEVENT\n\(lines)\nEND:VEVENT") }

    @Test(arguments: [
        ("DTSTART;VALUE=DATE:20261224", "2026-12-24"),
        ("DTSTART;VALUE=DATE:20261224\nDTEND;VALUE=DATE:20261227\nSUMMARY:days: off", "2026-12-24..2026-12-26"),
        ("DTSTART;VALUE=DATE:20261224\nDURATION:P1W", "2026-12-24..2026-12-30"),
        ("DTSTART;VALUE=DATE:20201003\nRRULE:FREQ=YEARLY", "yearly 2020-10-03"),
        ("dtstart;value=date:2020\n 1003\nrrule:FREQ=YEA\n\tRLY", "yearly 2020-10-03"),
        ("DTSTART;X=\"a:b\";VALUE=DATE:20261224\nBEGIN:VALARM\nTRIGGER:-PT9H\nDURATION:PT5M\nEND:VALARM", "2026-12-24"),
    ])
    func `whole days are read, folded, for several days, every year`(_ lines: String, _ span: String) {
        #expect(read(event(lines)).spans == [span])
        #expect(read(event(lines)).problems == [])
    }

    @Test(arguments: [
        ("DTSTART;VALUE=DATE:20261224\nRRULE:FREQ=YEARLY;BYMONTH=4;BYDAY=-1SU", "line 6: RRULE:FREQ=YEARLY;BYMONTH=4"),
        ("DTSTART;VALUE=DATE:20261224\nRRULE:FREQ=WEEKLY", "line 6: RRULE:FREQ=WEEKLY is more than FREQ=YEARLY"),
        ("DTSTART;VALUE=DATE:20261224\nRRULE:FREQ=YEARLY;COUNT=3", "line 6: "),
        ("DTSTART;VALUE=DATE:20261224\nRDATE;VALUE=DATE:20261226", "line 6: RDATE is not read"),
        ("DTSTART;VALUE=DATE:20261224\nEXDATE;VALUE=DATE:20261226", "line 6: EXDATE is not read"),
        ("DTSTART:20261224T090000Z", "line 5: DTSTART:20261224T090000Z is not a whole day"),
        ("DTSTART;VALUE=DATE:20260230", "line 5: 20260230 is no date that exists"),
        ("DTSTART;VALUE=DATE:20261224\nDTEND;VALUE=DATE:20261224", "line 4: the event of 2026-12-24 has 0 days"),
        ("DTSTART;VALUE=DATE:20261224\nDURATION:PT12H", "line 6: DURATION:PT12H"),
        ("SUMMARY:nothing", "line 4: the event has no DTSTART"),
    ])
    func `whatever is not understood is an error, never a day on which the window opens`(
        _ lines: String,
        _ problem: String
    ) {
        let found = read(event(lines))
        #expect(found.problems.count == 1 && found.problems.first?.hasPrefix(problem) == true, "\(found)")
    }

    @Test func `everything wrong with a file is said, and a file with nothing in it is one that is wrong`() {
        let two = calendar("BEGIN:VEVENT\nDTSTART:x\nEND:VEVENT\nBEGIN:VEVENT\nEND:VEVENT")
        #expect(read(two).problems.count == 2)
        #expect(read(calendar("")).problems == ["there is no day in it"])
        #expect(
            read(calendar("BEGIN:VEVENT\nDTSTART;VALUE=DATE:20261224\nSTATUS:CANCELLED\nEND:VEVENT")).problems != []
        )
        #expect(read("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20261224\n").problems != [])
        #expect(read("<html>").problems == ["line 1: it does not begin with BEGIN:VCALENDAR"])
        #expect(read("", name: "h.txt").problems == ["there is no day in it"])
    }

    @Test(arguments: [
        "BEGIN:VEVENT\nDTSTART;VALUE=DATE:20261226\nEND:VEVENT\n", "DTSTART;VALUE=DATE:20261226\n",
        "BEGIN:VTODO\nEND:VTODO\n",
    ])
    func `what stands outside of the calendar is an error, and so is an event within something else`(_ lines: String) {
        let whole = event("DTSTART;VALUE=DATE:20261224")
        let after = read(whole + lines)
        #expect(after.problems.count == 1 && after.problems[0].hasSuffix("stands outside of a VCALENDAR"), "\(after)")
        #expect(read(lines + whole).problems == ["line 1: it does not begin with BEGIN:VCALENDAR"])
        #expect(read(whole + event("DTSTART;VALUE=DATE:20261226")).spans == ["2026-12-24", "2026-12-26"])
        let within = read(calendar("BEGIN:VTODO\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20261226\nEND:VEVENT\nEND:VTODO"))
        #expect(within.problems.first == "line 5: BEGIN:VEVENT stands within VTODO", "\(within)")
    }

    @Test func `a list has a day, several in a row, or one of every year on a line`() {
        let found = read("# ours\n2026-12-24  # eve\n2026-12-27..2026-12-31\n\nyearly 2020-10-03\n", name: "h.txt")
        #expect(found.spans == ["yearly 2020-10-03", "2026-12-24", "2026-12-27..2026-12-31"])
        #expect(
            read("2026-12-24\n24.12.2026\n2026-02-30\n", name: "h.txt").problems.map { $0.prefix(6) } == [
                "line 2", "line 3",
            ]
        )
    }

    private func policy(_ except: String, file: String?) -> String {
        KeptHolidays.added(to: onePolicy(below: "window: { days: Mon-Sun, zone: UTC, except: \(except) }")) {
            (name) throws(HolidayFile.Problems) in
            guard let file else { throw HolidayFile.Problems(messages: ["the file \(name) does not exist"]) }
            return Data(file.utf8)
        }
    }

    @Test func `the days stay in the text that is applied, whatever becomes of the file`() throws {
        let text = policy(
            "[2026-11-30, \"my \\\\ days.ics\"]",
            file: event("DTSTART;VALUE=DATE:20261224\nDURATION:P3D")
        )
        let window = try #require(try policies(text).window)
        #expect(window.except.map(\.description) == ["2026-11-30"])
        #expect(window.holidays.first?.name == "my \\ days.ics")
        #expect(window.holidays.flatMap(\.spans).map(\.description) == ["2026-12-24..2026-12-26"])
        let christmas = try #require(CalendarDay(text: "2026-12-25"))
        #expect(!window.opens(on: christmas) && window.opens(on: christmas.adding(days: 2)))
        // What has its days is whole, and never read again.
        var reads = 0
        let again = KeptHolidays.added(to: text) { (_) throws(HolidayFile.Problems) in
            reads += 1
            return Data()
        }
        #expect(again == text && reads == 0)
        // Another file makes another text, so the revision in force is seen to differ.
        #expect(
            policy("[h.ics]", file: event("DTSTART;VALUE=DATE:20261224"))
                != policy("[h.ics]", file: event("DTSTART;VALUE=DATE:20261225"))
        )
    }

    @Test func `days that stand twice for one file are an error`() {
        let twice =
            policy("[h.ics]", file: event("DTSTART;VALUE=DATE:20261224"))
            + "  - file: \"h.ics\"\n    days: [\"2026-12-25\"]\n"
        let found = problems(inPolicies: twice)
        #expect(found.count == 1 && found[0].contains("`calendars[2]` names `h.ics` a second time"), "\(found)")
        #expect(KeptHolidays.isIn(twice) && !KeptHolidays.isIn(onePolicy(below: "window: { zone: UTC }")))
    }

    @Test func `a text without such files stays as it is, to the byte`() {
        let plain = onePolicy(below: "window: { zone: UTC, except: [2026-12-24] }")
        #expect(policy("[2026-12-24]", file: "").hasSuffix("}"))
        #expect(KeptHolidays.added(to: plain) { (_) throws(HolidayFile.Problems) in Data() } == plain)
        #expect(KeptHolidays.added(to: "policies: [") { (_) throws(HolidayFile.Problems) in Data() } == "policies: [")
    }

    @Test func `a file that cannot be read is told where it is named, with everything else`() {
        let missing = problems(inPolicies: policy("[h.ics]", file: nil).replacing("idle: 7d", with: "idle: 7"))
        #expect(missing.count == 2)
        #expect(
            missing.last?.hasPrefix(
                "policy.yaml:5:46: `window.except[1]` names `h.ics`, which cannot be read: the file h.ics does not exist"
            ) == true,
            "\(missing)"
        )
        let wrong = problems(inPolicies: policy("h.ics", file: event("DTSTART:20261224T0900")))
        #expect(wrong.count == 1 && wrong.first?.contains("line 5: DTSTART:20261224T0900 is not a whole day") == true)
        #expect(problems(inPolicies: policy("[h.ics, h.ics]", file: event("DTSTART:20261224"))).count == 1)
        // As it stands in a file that nobody read.
        let bare = problems(inPolicies: onePolicy(below: "window: { zone: UTC, except: [h.ics] }"))
        #expect(bare.count == 1 && bare.first?.contains("do not stand below the policy") == true)
    }
}
