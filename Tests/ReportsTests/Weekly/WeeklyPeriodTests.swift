import Core
import Foundation
import Testing

@testable import Reports

/// The week that a mail is of, and that every week has one.
struct WeeklyPeriodTests {
    private func records(_ text: String, _ zone: TimeZone = Samples.berlin) -> WeeklyRecords {
        WeeklyRecords(now: Samples.date(text), zone: zone, period: .lastWeek)
    }

    @Test func `a mail of Monday is of the week before, whole and named so everywhere`() throws {
        var records = WeeklyFleet.records
        records.period = .lastWeek
        records.now = Samples.date("2026-12-07T06:00:00Z")
        let report = WeeklyBook(records).report()
        let letter = try WeeklyLetter(report, WeeklyTemplates()).letter(to: .address("anna@example.com"))
        #expect(letter.subject.hasPrefix("Curfew W49: "))
        #expect(letter.text.hasPrefix("Curfew. Week 49, Mon 30 Nov to Sun 6 Dec 2026\n"))
        #expect(letter.html?.contains("Week 49, Mon 30 Nov to Sun 6 Dec 2026") == true)
        #expect(letter.id.text.hasPrefix("weekly-2026-W49-"))
        #expect(letter.attachments.map(\.name) == ["curfew-2026-W49.csv"])
        #expect(report.trend.last?.week.short == "W49" && !letter.text.contains("so far"))
    }

    @Test(arguments: ["Europe/Berlin", "America/Santiago", "Pacific/Auckland", "Africa/Cairo", "UTC"])
    func `N2 on every day of a week the mail is the same one, and each week has its own`(_ name: String) throws {
        let zone = try #require(TimeZone(identifier: name))
        var ids: [ISOWeek: Set<ISOWeek>] = [:]
        for hour in stride(from: 0, to: 3 * 365 * 24, by: 5) {
            var records = records("2025-01-01T00:30:00Z", zone)
            records.now = records.now.addingTimeInterval(Double(hour) * 3_600)
            ids[ISOWeek(records.now, in: zone), default: []].insert(records.week)
            let end = records.week.adding(1).monday.begin(in: zone)
            guard records.since < end, end <= records.now, records.covers(records.since),
                records.covers(end.addingTimeInterval(-1)), !records.covers(end)
            else {
                Issue.record("\(records.now) in \(name)")
                return
            }
            // What ends here begins there: nothing falls between two mails.
            var next = records
            next.now = records.now.addingTimeInterval(7 * 86_400 + 3_600)
            if next.week == records.week.adding(1), next.since != end { Issue.record("\(records.now) in \(name)") }
        }
        #expect(ids.values.allSatisfy { $0.count == 1 })
        #expect(Set(ids.values.flatMap(\.self)).count == ids.count)
        for (sent, named) in ids { #expect(named == [sent.adding(-1)]) }
    }

    @Test func `a day begins at its first moment, also where clocks are turned at midnight`() throws {
        let santiago = try #require(TimeZone(identifier: "America/Santiago"))
        for days in 19_700..<20_900 {
            let day = CalendarDay(daysSince1970: days)
            let begin = day.begin(in: santiago)
            guard begin.localDay(in: santiago) == days,
                begin.addingTimeInterval(-1).localDay(in: santiago) == days - 1
            else {
                Issue.record("\(day)")
                return
            }
        }
    }

    @Test func `what happened belongs to one mail alone`() {
        var records = WeeklyFleet.records
        records.period = .lastWeek
        func reaped(_ now: String) -> Int {
            records.now = Samples.date(now)
            return WeeklyBook(records).report().numbers.reaped
        }
        // Of the two, one was reaped on Sunday 29 November and one on Tuesday 1 December.
        let all = ["2026-11-30T06:00:00Z", "2026-12-07T06:00:00Z", "2026-12-11T20:00:00Z", "2026-12-14T06:00:00Z"]
        let ended = records.plans.filter { $0.state == .done }.compactMap(\.endedAt).map {
            ISOWeek($0, in: Samples.berlin).short
        }
        #expect(all.map(reaped) == ["W48", "W49", "W49", "W50"].map { week in ended.count { $0 == week } })
        #expect(all.map(reaped).contains { $0 > 0 })
    }

    @Test func `who asks in between sees the last seven days, and no week's name`() {
        let report = WeeklyFleet.book.report()
        #expect(report.period == "Seven days, Thu 26 Nov to Thu 3 Dec")
        #expect(report.subject.hasPrefix("Curfew: 60 environments"))
        #expect(report.text().contains("so far"))
    }

    @Test(arguments: [WeeklyPeriod.lastDays, .lastWeek])
    func `a mail has one zone, and so has a report`(_ period: WeeklyPeriod) throws {
        var records = WeeklyFleet.records
        records.period = period
        for (index, environment) in records.environments.enumerated() where environment.isStale {
            records.environments[index].verdict?.reason = "idle: 7d: changed 2026-11-25 23:30 UTC, 8d ago"
        }
        records.holds = [
            AccountHold(account: Samples.account, since: Samples.ago(1), because: "14 of 40 since 2026-12-02 02:00 UTC")
        ]
        for edition in [WeeklyReport.Edition.platform, .owner(WeeklyFleet.anna)] {
            let report = WeeklyBook(records).report(edition)
            let letter = try WeeklyLetter(report, WeeklyTemplates()).letter(to: .address("a@example.com"))
            for text in [letter.text, letter.html ?? "UTC", report.text()] {
                #expect(!text.contains("UTC") && text.contains("2026-11-26 00:30 CET"), "\(text)")
            }
        }
    }
}
