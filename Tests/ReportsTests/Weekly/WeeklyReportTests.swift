import Core
import Foundation
import Testing

@testable import Reports

struct WeeklyReportTests {
    static func report(
        _ environments: [EnvironmentRecord] = [],
        plans: [PlanRecord] = [],
        unmatched: [ComponentRecord] = [],
        scan: ScanSummary? = Samples.scan(),
        holds: [AccountHold] = []
    ) -> WeeklyReport {
        var records = WeeklyRecords(now: Samples.now, zone: Samples.berlin)
        records.accountNames = Samples.names
        records.environments = environments
        records.plans = plans
        records.unmatched = unmatched
        records.scan = scan
        records.holds = holds
        return WeeklyBook(records).report()
    }

    @Test func `P7 an account that is held is said before any number`() throws {
        let hold = AccountHold(
            account: Samples.frankfurt.account,
            since: Samples.ago(0.5),
            because: "14 of its 40 environments turned stale"
        )
        let report = Self.report(holds: [hold])
        #expect(report.alarms.contains { $0.contains("is held since") && $0.contains("14 of its 40") })
        #expect(try report.html(WeeklyTemplates()).contains("14 of its 40 environments turned stale"))
        #expect(report.text().contains("14 of its 40"))
    }

    @Test func `the numbers count what they say`() {
        let numbers = WeeklyFleet.book.report().numbers
        #expect(numbers.environments == 60 && numbers.permanent == 1 && numbers.ambiguous == 1)
        #expect(numbers.stale + numbers.kept + numbers.undecided == numbers.environments)
        // Only what ended within the week.
        #expect(numbers.reaped == 2 && numbers.failed == 1 && numbers.forecastErrors == 1)
        #expect(numbers.unowned == 5 && numbers.unmatched == 2 && numbers.partlyReaped == 1 && numbers.blocked == 1)
        #expect(numbers.targets == 2 && numbers.targetsNotRead == 1 && numbers.lastComplete == Samples.ago(1.25))
        #expect(numbers.missingNights == 1 && numbers.undelivered == 1 && numbers.leftovers == 2)
    }

    @Test func `the full edition`() throws {
        let letter = try WeeklyLetter(WeeklyFleet.mailed.report(), WeeklyTemplates())
            .letter(to: .address("platform@example.com"))
        expectGolden(WeeklyFleet.book.report().text(), "report.txt")
        expectGolden(letter.text, "weekly.txt")
        expectGolden(letter.html ?? "", "weekly.html")
        expectGolden(letter.attachments.first?.text ?? "", "weekly.csv")
        #expect(letter.subject == "Curfew W48: 60 environments, 34 stale, 16 due, 2 reaped, 1 failed")
    }

    @Test func `an owner's edition has what is theirs, what becomes of it, and what keeps it`() throws {
        let report = WeeklyFleet.mailed.report(.owner(WeeklyFleet.anna))
        let letter = try WeeklyLetter(report, WeeklyTemplates()).letter(to: .address("anna@example.com"))
        expectGolden(letter.text, "weekly-owner.txt")
        expectGolden(letter.html ?? "", "weekly-owner.html")
        #expect(letter.text.contains("curfew extend feat-checkout 7d --because 'still in use'"))
        #expect(letter.text.contains("feat-gone") && !letter.text.contains("feat-gone-too"))
        for other in ["bert@example.com", "pr-204", "fix-login", "legacy-batch", "Seal ", "nobody@"] {
            #expect(!letter.text.contains(other) && letter.html?.contains(other) == false, "\(other)")
        }
    }

    @Test func `N1 a target that was not read, a missing night and a missing scan come before the numbers`() throws {
        let html = try WeeklyFleet.book.report().html(WeeklyTemplates())
        let tile = try #require(html.range(of: ">environments</span>"))
        for sentence in ["was not read completely", "1 night is missing: Sun 29 Nov", "could not be delivered"] {
            let alarm = try #require(html.range(of: sentence))
            #expect(alarm.lowerBound < tile.lowerBound)
        }
        #expect(Self.report(scan: nil).text().contains("There was no scan yet"))
        var old = Samples.scan()
        old.finishedAt = Samples.ago(3)
        #expect(Self.report(scan: old).alarms.count == 1)
        #expect(Self.report().alarms.isEmpty)
    }

    @Test func `N1 the last complete scan is said also when the newest one failed`() {
        #expect(WeeklyFleet.book.report().facts.contains { $0.text.hasPrefix("Last complete scan: 2026-12-02") })
        #expect(
            Self.report(scan: Samples.scan(failing: true)).facts.contains { $0.text == "No scan was ever complete." }
        )
    }

    @Test func `a quiet week says so`() throws {
        let quiet = Self.report([Samples.environment("feat-wallet", idle: 1, verdict: .keep, state: nil)])
        #expect(quiet.headline == "The one environment is not stale." && !quiet.hasNews)
        #expect(quiet.sections.isEmpty && quiet.alarms.isEmpty && quiet.trend.isEmpty)
        expectGolden(try quiet.html(WeeklyTemplates()), "weekly-quiet.html")
    }

    @Test func `an owner has news by what is stale, changed or to do, and not by what nobody could read`() {
        func report(_ environment: EnvironmentRecord) -> WeeklyReport {
            var records = WeeklyRecords(now: Samples.now, zone: .gmt)
            records.environments = [environment]
            records.scan = Samples.scan(failing: true)
            return WeeklyBook(records).report(.owner(WeeklyFleet.anna))
        }
        let kept = report(Samples.environment("feat-a", verdict: .keep, state: nil, targets: [Samples.dublin]))
        #expect(!kept.alarms.isEmpty && !kept.hasNews)
        #expect(report(Samples.environment("feat-a")).hasNews)
        #expect(report(Samples.environment("feat-a", verdict: .ambiguous, state: nil, kind: .ambiguous)).hasNews)
    }

    @Test func `who was warned is told from when it is due, and is not held back by that`() throws {
        var record = Samples.environment("feat-search", state: .warned)
        record.finding = Samples.finding(
            "feat-search",
            heldBack: "due from 2026-12-05 20:00 UTC",
            warned: Samples.ago(0.5)
        )
        record.dueAt = Samples.ago(-2.5)
        let section = try #require(Self.report([record]).sections.first { $0.title == "Stale" })
        #expect(section.groups[0].rows[0].cells == ["feat-search", "8d", "due in 2d 12h"])
        #expect(!Self.report([record]).sections.contains { $0.title == "Held back" })
        var records = WeeklyRecords(now: Samples.now, zone: Samples.berlin)
        records.environments = [record]
        let text = WeeklyBook(records).report(.owner(WeeklyFleet.anna)).text()
        #expect(text.contains("It becomes due 2026-12-05 21:00 CET (in 2d 12h), and is then planned."))
    }

    @Test func `what is not mailed names no attached file`() throws {
        for edition in [WeeklyReport.Edition.platform, .owner(WeeklyFleet.anna)] {
            var records = WeeklyFleet.records
            records.environments += (0..<40).map { Samples.environment("feat-more-\($0)") }
            let report = WeeklyBook(records).report(edition)
            for text in [try report.html(WeeklyTemplates()), report.mailText(), report.text()] {
                #expect(!text.contains("attached"))
            }
            #expect(try report.html(WeeklyTemplates()).contains("With --csv FILE the same command writes every line."))
            let letter = try WeeklyLetter(report, WeeklyTemplates()).letter(to: .address("a@example.com"))
            #expect(letter.html?.contains("The attached file") == true && letter.text.contains("the attached file"))
        }
    }

    @Test func `what goes next comes first`() throws {
        let report = Self.report([
            Samples.environment("feat-a", state: .flagged), Samples.environment("feat-b", state: .due),
            Samples.environment("feat-c", state: .reaping), Samples.environment("feat-d", state: .planned),
        ])
        let rows = try #require(report.sections.first { $0.title == "Stale" }).groups[0].rows.map { $0.cells[0] }
        #expect(rows == ["feat-c", "feat-d", "feat-b", "feat-a"])
    }

    @Test func `a name in two spaces is said with its space, and what a shell would read is quoted`() throws {
        var other = Samples.environment("feat-x")
        other.key = EnvironmentKey(
            space: SpaceName("the team's $HOME"),
            name: EnvironmentName("feat-x"),
            incarnation: 1
        )
        var records = WeeklyRecords(now: Samples.now, zone: .gmt)
        records.environments = [Samples.environment("feat-x"), other, Samples.environment("feat-y")]
        let text = WeeklyBook(records).report(.owner(WeeklyFleet.anna)).text()
        #expect(text.contains("curfew release 111122223333/feat-x\n") && text.contains("curfew release feat-y\n"))
        #expect(text.contains("curfew release 'the team'\\''s $HOME/feat-x'\n"))
    }

    @Test func `what nobody can keep any more is given no command`() {
        var partly = Samples.environment("pr-17", state: .due)
        partly.partlyReaped = PartialReap(plan: PlanID(9), at: Samples.ago(2))
        var records = WeeklyRecords(now: Samples.now, zone: .gmt)
        records.environments = [Samples.environment("feat-x", state: .reaping), partly]
        let section = WeeklyBook(records).report(.owner(WeeklyFleet.anna)).sections[0]
        #expect(section.count == 2 && section.groups[0].rows.allSatisfy(\.commands.isEmpty))
    }

    @Test func `P14 the head of the audit log goes out with the full edition`() {
        let text = WeeklyFleet.book.report().mailText()
        #expect(text.contains("Seal 18204") && text.contains("\(Digest(of: "the audit log"))"))
    }

    @Test func `P17 parameters and outputs have no way into a report`() {
        // The records that reports are made of carry none; this fails when somebody adds one without thinking of it.
        let labels = Mirror(reflecting: Samples.component("x")).children.compactMap(\.label)
        #expect(labels.allSatisfy { !$0.lowercased().contains("parameter") && !$0.lowercased().contains("output") })
    }
}
