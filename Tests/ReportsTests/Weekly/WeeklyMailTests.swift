import Core
import Foundation
import Testing

@testable import Reports

struct WeeklyMailTests {
    @Test func `10,000 environments of 500 owners fit into a mail, and it says what it left out`() throws {
        let book = WeeklyBook(WeeklyFleet.crowd(10_000, owners: 500))
        let letter = try WeeklyLetter(book.report(), WeeklyTemplates()).letter(to: .address("a@example.com"))
        let html = letter.html ?? ""
        #expect(html.utf8.count < 90_000 && html.utf8.count > 10_000)
        #expect(
            html.contains("more: the attached file, or curfew stale")
                && html.contains("more: the attached file, or curfew list --unmatched")
        )
        #expect(
            letter.text.utf8.count < 60_000 && letter.text.contains("and 4985 more: the attached file, or curfew stale")
        )
        // Every line, and the header.
        #expect(letter.attachments[0].text.split(separator: "\r\n").count == 11_001)
        print("weekly mail of 10,000 environments: \(html.utf8.count) bytes of HTML, \(letter.text.utf8.count) of text")
    }

    @Test(arguments: [0, 1, 15, 16, 300])
    func `a list that is cut says so, and one that is not does not`(_ count: Int) throws {
        let report = WeeklyReportTests.report((0..<count).map { Samples.environment("feat-\($0)", state: .due) })
        let says = count > 15
        #expect(try report.html(WeeklyTemplates()).contains("more: curfew stale") == says)
        #expect(report.mailText().contains("more: curfew stale") == says)
        let letter = try WeeklyLetter(report, WeeklyTemplates()).letter(to: .address("a@example.com"))
        #expect(letter.html?.contains("more: the attached file, or curfew stale") == says)
        #expect(letter.text.contains("more: the attached file, or curfew stale") == says)
        // A terminal has room for everything.
        #expect(!report.text().contains("more: "))
        #expect(count == 0 || report.text().contains("feat-\(count - 1) "))
    }

    @Test func `500 personal letters are made from one look through the records`() throws {
        let book = WeeklyBook(WeeklyFleet.crowd(10_000, owners: 500))
        // This thread's own time: what else the machine has to do is not in it.
        let began = Self.spent()
        let made = try book.letters(WeeklyTemplates(), readers: [])
        let making = Self.spent() - began
        #expect(made.count == 501 && made.first?.edition == .platform)
        // A look through everything for each owner would be 500 times 10,000; this is generous for a debug build.
        #expect(making > .zero && making < .seconds(60), "\(making) of processor time")
    }

    /// Processor time of this thread.
    private static func spent() -> Duration {
        var time = timespec()
        guard unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) == 0 else { return .zero }
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    @Test func `a letter's id is its week's and its recipient's, however often it is made`() throws {
        let templates = try WeeklyTemplates()
        func letter(_ now: Date = Samples.now) throws -> WeeklyLetter {
            var records = WeeklyFleet.records
            (records.now, records.period) = (now, .lastWeek)
            return try WeeklyLetter(WeeklyBook(records).report(), templates)
        }
        let anna = try letter().letter(to: .address("anna@example.com"))
        #expect(anna.id.text.wholeMatch(of: /weekly-2026-W48-[0-9a-f]{16}/) != nil && anna.list == "weekly")
        #expect(try letter(Samples.ago(1)).letter(to: .address("anna@example.com")).id == anna.id)
        #expect(try letter(Samples.ago(7)).letter(to: .address("anna@example.com")).id != anna.id)
        #expect(try letter().letter(to: .address("bert@example.com")).id != anna.id)
    }

    @Test func `a person with several names has one letter, and a plan in it stands once`() throws {
        var records = WeeklyRecords(now: Samples.now, zone: .gmt)
        records.environments = [
            Samples.environment("feat-a", owner: "anna"), Samples.environment("feat-b", owner: "anna@example.com"),
            Samples.environment("feat-c", owner: "bert"),
        ]
        let book = WeeklyBook(records)
        let nobody = WeeklyReader(name: "zoe", owners: ["zoe"])
        let readers = book.readers([WeeklyFleet.anna, nobody])
        #expect(readers.map(\.name) == ["anna", "bert"])
        #expect(book.report(.owner(readers[0])).numbers.environments == 2)
        let names = try book.letters(WeeklyTemplates(), readers: [WeeklyFleet.anna]).map(\.edition)
        #expect(names == [.platform, .owner(readers[0]), .owner(readers[1])])
    }

    @Test func `the file is attached where the mail does not have everything`() throws {
        let templates = try WeeklyTemplates()
        func attached(_ count: Int, _ edition: WeeklyReport.Edition) throws -> Int {
            var records = WeeklyRecords(now: Samples.now, zone: .gmt)
            records.environments = (0..<count).map { Samples.environment("feat-\($0)") }
            return try WeeklyLetter(WeeklyBook(records).report(edition), templates)
                .letter(to: .address("a@example.com")).attachments.count
        }
        #expect(try attached(3, .platform) == 1)
        #expect(try attached(3, .owner(WeeklyFleet.anna)) == 0 && attached(30, .owner(WeeklyFleet.anna)) == 1)
    }

    @Test func `no line of the plain part is wider than 78 columns`() {
        for (name, report) in MailClientTests.editions {
            for line in report.mailText().split(separator: "\n") {
                let width = SafeText.width(String(line))
                // A name that somebody has to copy is whole, and alone on its line.
                if line.contains(WeeklyFleet.long), line.hasSuffix(" \\") || line.hasSuffix(WeeklyFleet.long) {
                    continue
                }
                #expect(width <= 78, "\(name): \(line)")
            }
        }
    }

    @Test func `a command that is too long for a line is still one for a shell`() throws {
        let command = WeeklyReport.Command(
            purpose: "",
            arguments: ["curfew", "protect", "feat-x", "--because", "'a b'"]
        )
        #expect(command.lines(width: nil) == ["curfew protect feat-x --because 'a b'"])
        #expect(command.lines(width: 24) == ["curfew protect feat-x \\", "  --because 'a b'"])
        #expect(
            command.lines(width: 4).joined(separator: "\n").replacing("\\\n", with: "").split(separator: " ").count == 6
        )
    }

    @Test func `a bar is full only for all, and empty only for nothing`() {
        func bar(_ number: Int, _ all: Int) -> String { WeeklyReport.bar(number, of: all, width: 10, unicode: false) }
        #expect(bar(0, 9) == ".........." && bar(1, 1_000) == "#.........")
        #expect(bar(999, 1_000) == "#########." && bar(7, 7) == "##########" && bar(0, 0) == "..........")
    }

    @Test func `the file is read by spreadsheets as text, and runs nothing`() throws {
        let csv = WeeklyFleet.book.report().csv()
        #expect(csv.unicodeScalars.first == "\u{FEFF}")
        #expect(csv.contains("'=cmd|"))
        let lines = csv.dropFirst().split(separator: "\r\n", omittingEmptySubsequences: false)
        #expect(lines.first == "what,name,space,place,owner,state,idle_since,created,due,ended,stacks,plan,reason")
        #expect(lines.last == "")
        for cell in csv.dropFirst().split(whereSeparator: { $0 == "," || $0 == "\r\n" }) {
            #expect(!"=+-@".contains(cell.drop { $0 == "\"" }.first ?? " "), "\(cell)")
        }
    }
}
