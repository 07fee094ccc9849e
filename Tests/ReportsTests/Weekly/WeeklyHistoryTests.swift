import Core
import Foundation
import Testing

@testable import Reports

struct WeeklyHistoryTests {
    @Test(arguments: [
        ("2026-11-23T08:00:00Z", "2026-W48"), ("2026-12-31T12:00:00Z", "2026-W53"),
        ("2027-01-03T12:00:00Z", "2026-W53"),
        ("2027-01-04T12:00:00Z", "2027-W01"), ("2021-01-03T12:00:00Z", "2020-W53"),
        ("2024-12-30T12:00:00Z", "2025-W01"),
        ("2016-01-01T12:00:00Z", "2015-W53"), ("1970-01-01T00:00:00Z", "1970-W01"),
        ("1969-12-28T12:00:00Z", "1969-W52"),
    ])
    func `weeks are ISO's, also where years change`(_ text: String, _ week: String) {
        #expect(ISOWeek(Samples.date(text), in: .gmt).description == week)
    }

    @Test func `a week is as Foundation's ISO calendar has it, for every day of fifty years`() {
        var calendar = Calendar(identifier: .iso8601)
        calendar.timeZone = .gmt
        for day in stride(from: 0, to: 50 * 365, by: 1) {
            let date = Date(timeIntervalSince1970: Double(day) * 86_400 + 1)
            let parts = calendar.dateComponents([.yearForWeekOfYear, .weekOfYear], from: date)
            let week = ISOWeek(date, in: .gmt)
            guard week.year == parts.yearForWeekOfYear, week.number == parts.weekOfYear else {
                Issue.record("\(date): \(week)")
                return
            }
        }
    }

    @Test func `a week begins at midnight of the zone`() throws {
        let sunday = Samples.date("2026-11-22T23:30:00Z")
        let auckland = try #require(TimeZone(identifier: "Pacific/Auckland"))
        #expect(ISOWeek(sunday, in: .gmt).short == "W47")
        #expect(ISOWeek(sunday, in: Samples.berlin).short == "W48" && ISOWeek(sunday, in: auckland).short == "W48")
        #expect(ISOWeek(sunday, in: .gmt).adding(1) == ISOWeek(sunday, in: auckland))
        #expect(ISOWeek(sunday, in: .gmt).monday.short == "Mon 16 Nov")
    }

    private func history(_ days: [Double], ended: [Double] = []) -> WeeklyHistory {
        var records = WeeklyRecords(now: Samples.now, zone: Samples.berlin)
        records.evaluations = days.map { day in
            EvaluationCount(
                at: Samples.ago(day),
                verdicts: ["stale": Int(day), "keep": 10, "permanent": 5, "ambiguous": 2]
            )
        }
        records.environments = [Samples.environment("feat-x"), Samples.environment("production", kind: .permanent)]
        records.ended = ended.enumerated().map { index, day in
            EndedTeardown(
                environment: Samples.key("pr-\(index)"),
                plan: PlanID(1),
                state: .done,
                at: Samples.ago(day),
                owner: nil
            )
        }
        return WeeklyHistory(records)
    }

    @Test func `a week ago is the evaluation next to it, and none that is far off`() {
        #expect(history([0, 1, 6, 7.25, 8, 14]).before?.stale == 7)
        #expect(history([0, 1, 6, 14]).before?.stale == 6)
        // A day and a half is the most: other stretches of time would be compared.
        #expect(history([0, 1, 5, 9, 14]).before == nil && history([]).before == nil)
        // Neither permanent ones nor those whose names nobody understands can be taken down.
        #expect(history([7]).before?.features == 17)
    }

    @Test func `what was reaped is compared only with a week that somebody looked at`() {
        #expect(history([0, 1], ended: [1, 2]).reapedBefore == nil)
        #expect(history([0, 7], ended: [1, 2, 8, 9, 13, 15]).reapedBefore == 3)
    }

    @Test func `the trend has eight weeks at most, and says which of them nobody looked at`() {
        // 2026-12-03 is a Thursday: four days back is the Sunday of the week before.
        let weeks = history([0, 3, 4, 5, 25, 40, 70], ended: [0, 5, 6]).weeks
        #expect(weeks.map(\.week.short) == ["W42", "W43", "W44", "W45", "W46", "W47", "W48", "W49"])
        #expect(weeks.map { $0.count?.stale } == [nil, 40, nil, 25, nil, nil, 4, 1])
        #expect(weeks.map(\.reaped) == [0, 0, 0, 0, 0, 0, 2, 1])
        #expect(history([0, 5]).weeks.map(\.week.short) == ["W48", "W49"])
        #expect(history([0]).weeks.count == 1)
    }

    @Test func `a change is said with its sign, and not where nothing is known`() {
        func figure(_ before: Int?) -> String {
            WeeklyReport.Figure(number: 5, word: "stale", before: before, role: nil).change
        }
        #expect(figure(3) == "+2" && figure(8) == "−3" && figure(5) == "same" && figure(nil) == "")
    }

    @Test func `one week alone is no trend`() {
        var records = WeeklyFleet.records
        records.evaluations = Array(records.evaluations.suffix(1))
        let report = WeeklyBook(records).report()
        #expect(report.trend.isEmpty && report.comparedWith == nil && report.figures.allSatisfy(\.change.isEmpty))
    }
}
