import Core
import Foundation
import Testing

@testable import Reports

struct StaleReportTests {
    static func report(
        _ environments: [EnvironmentRecord],
        plans: [PlanRecord] = [],
        unmatched: [ComponentRecord] = [],
        scan: ScanSummary? = Samples.scan(failing: true),
        holds: [AccountHold] = []
    ) -> StaleReport {
        StaleReport(
            environments: environments,
            classes: [.unmatched: unmatched.count],
            unmatched: unmatched,
            plans: plans,
            scan: scan,
            since: Samples.ago(7),
            now: Samples.now,
            zone: Samples.berlin,
            accountNames: Samples.names,
            holds: holds
        )
    }

    @Test func `P7 an account that is held is said before any number`() {
        let hold = AccountHold(
            account: Samples.frankfurt.account,
            since: Samples.ago(0.5),
            because: "14 of its 40 environments turned stale"
        )
        let report = Self.report([], scan: Samples.scan(failing: false), holds: [hold])
        #expect(report.alarms.contains { $0.contains("is held since") && $0.contains("14 of its 40") })
        #expect(report.html().contains("14 of its 40 environments turned stale"))
        #expect(report.text().contains("14 of its 40"))
    }

    /// One of everything.
    static var week: StaleReport {
        var held = Samples.environment("feat-search", age: 16, idle: 9, owner: "cleo@example.com", state: .flagged)
        held.finding = Samples.finding(
            "feat-search",
            heldBack: "seen 1 of 2 times; the next counts on a scan after 2026-12-03 20:00 UTC"
        )
        var partly = Samples.environment("pr-17", age: 30, idle: 12, owner: "team checkout")
        partly.partlyReaped = PartialReap(plan: PlanID(9), at: Samples.ago(2))
        let environments = [
            Samples.environment("feat-checkout", targets: [Samples.frankfurt, Samples.dublin]),
            Samples.environment("feat-onboarding-redesign-with-long-name", age: 44, idle: 31),
            Samples.environment("fix-login", age: 12, idle: 9, owner: nil),
            Samples.environment("pr-204", age: 11, idle: 8, owner: "bert@example.com", state: .planned),
            Samples.environment("feat-blocked", owner: "bert@example.com"), held, partly,
            Samples.environment("feat-wallet", idle: 1, verdict: .keep, reason: "no rule calls it stale", state: nil),
            Samples.environment("feat-export", idle: 2, verdict: .protected, reason: "protected", state: nil),
            Samples.environment(
                "hotfix-12",
                verdict: .ambiguous,
                reason: "tag branch names feat-a, the stack name feat-b",
                state: nil,
                kind: .ambiguous
            ),
            Samples.environment("production", verdict: .permanent, state: nil, kind: .permanent),
        ]
        let plans = [
            Samples.plan(
                13,
                state: .draft,
                environment: "feat-blocked",
                blockers: [Blocker(.notEmpty, nil, "bucket feat-blocked-uploads holds objects")]
            ),
            Samples.plan(
                10,
                state: .done,
                environment: "feat-gone",
                approvals: [
                    ApprovalRecord(
                        by: "anna",
                        decision: "approved",
                        selfApproved: false,
                        because: nil,
                        at: Samples.ago(3),
                        digest: Digest(bytes: [])
                    )
                ],
                steps: [.gone, .gone],
                ended: Samples.ago(2)
            ),
            Samples.plan(
                2,
                state: .done,
                environment: "feat-long-gone",
                steps: [.gone, .gone],
                ended: Samples.ago(30)
            ),
        ]
        return report(environments, plans: plans, unmatched: [Samples.component("legacy-batch", kind: .unmatched)])
    }

    @Test func `the numbers count what they say`() {
        let numbers = Self.week.numbers
        #expect(numbers.environments == 9 && numbers.permanent == 1 && numbers.ambiguous == 1)
        #expect(numbers.stale == 7 && numbers.due == 5 && numbers.planned == 1 && numbers.blocked == 1)
        #expect(numbers.kept == 2 && numbers.unowned == 1 && numbers.unmatched == 1 && numbers.partlyReaped == 1)
        // Only what ended within the time that is reported on.
        #expect(numbers.reaped == 1)
        #expect(numbers.targets == 2 && numbers.targetsNotRead == 1 && numbers.lastComplete == nil)
    }

    @Test func `as text and as HTML`() {
        expectGolden(Self.week.text(), "report.txt")
        expectGolden(Self.week.html(), "report.html")
        #expect(Self.week.subject == "Curfew: 7 stale, 5 due, 1 reaped (2026-11-26 to 2026-12-03)")
    }

    @Test func `N1 a target that was not read, and a missing scan, come before the numbers`() throws {
        let html = Self.week.html()
        let alarm = try #require(html.range(of: "was not read completely"))
        let tile = try #require(html.range(of: ">due</span>"))
        #expect(alarm.lowerBound < tile.lowerBound)
        #expect(Self.report([], scan: nil).text().contains("There was no scan yet"))
        var old = Samples.scan()
        old.finishedAt = Samples.ago(3)
        #expect(Self.report([], scan: old).alarms.count == 1)
        #expect(Self.report([], scan: Samples.scan()).alarms.isEmpty)
    }

    @Test func `tags from strangers stay text`() {
        let evil = "<script>alert(1)</script><img src=x onerror=\"y\">'&\u{202E}\u{1B}[2J"
        var environment = Samples.environment("feat-x", owner: evil, reason: evil)
        environment.targets[0].failure = evil
        let plan = Samples.plan(13, state: .draft, environment: "feat-y", blockers: [Blocker(.busy, nil, evil)])
        var component = Samples.component("x", kind: .unmatched)
        component.name = evil
        component.naming = evil
        let report = Self.report([environment], plans: [plan], unmatched: [component])
        let html = report.html()
        #expect(!html.contains("<script") && !html.contains("<img") && !html.contains("onerror=\""))
        #expect(!html.unicodeScalars.contains { $0.value == 0x202E || $0.value == 0x1B })
        #expect(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
        #expect(!report.text().unicodeScalars.contains { $0.value == 0x202E || $0.value == 0x1B })
    }

    @Test func `a quiet week says so`() {
        let quiet = Self.report(
            [Samples.environment("feat-wallet", idle: 1, verdict: .keep, state: nil)],
            scan: Samples.scan()
        )
        #expect(quiet.headline == "The one environment is not stale.")
        #expect(quiet.sections.isEmpty && quiet.alarms.isEmpty)
        expectGolden(quiet.html(), "report-quiet.html")
    }

    @Test(arguments: [0, 300, 3_000])
    func `the HTML stays under 90 KB and says what it left out`(_ count: Int) {
        let long = String(repeating: "stale for a reason with many words ", count: 12)
        let environments = (0..<count).map { index in
            Samples.environment(
                "feat-\(String(repeating: "long-name-", count: 6))\(index)",
                owner: index % 3 == 0 ? nil : "person-\(index)@example.com",
                reason: long
            )
        }
        let unmatched = (0..<count).map { Samples.component("legacy-\($0)", kind: .unmatched) }
        let html = Self.report(environments, unmatched: unmatched).html()
        #expect(html.utf8.count < 90_000)
        #expect(html.contains("more: curfew stale") == (count > 0))
        #expect(html.contains("more: curfew list --unmatched") == (count > 0))
        #expect(Self.report(environments).text().contains("(\(count))") == (count > 0))
    }

    @Test(arguments: [
        "<svg", "data:", "<style", "<script", "<link", "<img", "<progress", "<div", "flex", "grid", "var(", "@media",
        "@font-face", "border-radius",
        "prefers-color-scheme", "position:", "float:", "url(", "<form", "<button", "calc(", "rgba(",
    ])
    func `no feature that a mail client cannot draw`(_ feature: String) {
        #expect(!Self.week.html().contains(feature))
    }

    @Test func `layout tables are presentation, data tables have scoped headers, the language is said`() {
        let html = Self.week.html()
        #expect(html.contains("<html lang=\"en\">"))
        let tables = html.matches(of: /<table([^>]*)>/).map { String($0.1) }
        let data = tables.filter { !$0.contains("role=\"presentation\"") }
        #expect(data.count == Self.week.sections.count)
        #expect(html.matches(of: /<th[ >]/).count == html.matches(of: /<th scope="(col|row|rowgroup)"/).count)
        // Word draws padding on cells only and widths on tables and cells only.
        for match in html.matches(of: /<(p|span|h1|h2|b)\b([^>]*)>/) {
            #expect(!match.2.contains("padding") && !match.2.contains("width"))
        }
        #expect(html.matches(of: /<td/).count == html.matches(of: /<\/td>/).count)
        #expect(html.matches(of: /<table/).count == html.matches(of: /<\/table>/).count)
    }

    @Test func `every colour on its ground has a contrast of 4 and a half or better`() {
        func luminance(_ hex: String) -> Double {
            let number = Int(hex.dropFirst(), radix: 16) ?? 0
            let parts = [number >> 16 & 255, number >> 8 & 255, number & 255].map { part in
                let share = Double(part) / 255
                return share <= 0.03928 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
            }
            return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
        }
        for text in [Paint.ink, Paint.quiet, Paint.good, Paint.warning, Paint.bad] {
            for ground in [Paint.paper, Paint.tile, Paint.badGround] {
                #expect((luminance(ground) + 0.05) / (luminance(text) + 0.05) >= 4.5, "\(text) on \(ground)")
            }
        }
    }

    @Test func `P17 parameters and outputs have no way into a report`() {
        // The records that reports are made of carry none; this fails when somebody adds one without thinking of it.
        let labels = Mirror(reflecting: Samples.component("x")).children.compactMap(\.label)
        #expect(labels.allSatisfy { !$0.lowercased().contains("parameter") && !$0.lowercased().contains("output") })
    }
}
