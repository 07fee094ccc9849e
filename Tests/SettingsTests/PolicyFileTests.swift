import Core
import Foundation
import Settings
import Testing

@Suite struct PolicyFileTests {
    @Test func `the documented file is read as it stands`() throws {
        let set = try policies(
            """
            policies:
              - name: feature-environments
                applies_to: { name: "feat-*", accounts: [sandbox] }
                stale_when:
                  any:
                    - idle: { for: 7d, of: [changed] }
                    - age: 30d
                    - all: [ { ttl_tag: expired }, { not: { idle: 2d } } ]
                not_before: 2d            # age of the youngest component
                max_age: 60d
                sightings: { count: 2, apart: 12h }
                warn: { before: 3d, remind: [1d] }
                extension: { each: 7d, at_most: 3 }
                approval: { required: 1, by: [owner, group:platform], expires: 3d, requester: excluded }
                reject_hold: 7d
            budgets: { per_run: 20, per_day: 30, per_account: 10, per_owner: 5, share: 10% }
            window:  { days: Mon-Thu, hours: "09:00-16:00", zone: Europe/Berlin, except: [2026-12-24] }
            """
        )
        let policy = try #require(set.policies.first)
        #expect(policy.name == "feature-environments")
        #expect(policy.scope == Scope(names: [NameGlob("feat-*")], accounts: ["sandbox"]))
        let expected = Condition.any([
            .idle(for: days(7), of: [.changed]), .age(days(30)),
            .all([.ttlExpired, .not(.idle(for: days(2), of: nil))]),
        ])
        #expect(policy.staleWhen == expected)
        #expect(policy.maxAge == days(60))
        #expect(set.budgets == Budgets())
        let window = try #require(set.window)
        #expect(window.days == [.monday, .tuesday, .wednesday, .thursday])
        #expect(window.hours.description == "09:00-16:00")
        #expect(window.zone.identifier == "Europe/Berlin")
        #expect(window.except == Set([CalendarDay(text: "2026-12-24")].compactMap(\.self)))
    }

    @Test func `keys that are left out take the documented values`() throws {
        let set = try policies(onePolicy())
        let policy = try #require(set.policies.first)
        #expect(policy.notBefore == days(2))
        #expect(policy.maxAge == nil)
        #expect(policy.sightings == Sightings(count: 2, apart: hours(12)))
        #expect(policy.warning == .before(days(3), remind: [days(1)]))
        #expect(policy.extending == Extension(each: days(7), atMost: 3))
        let rule = ApprovalRule(required: 1, by: [.owner, .group("platform")], expires: days(3), requester: .excluded)
        #expect(policy.approval == .people(rule))
        #expect(policy.rejectHold == days(7))
        #expect(set.budgets.perRun == 20 && set.budgets.perDay == 30 && set.budgets.perAccount == 10)
        #expect(set.budgets.perOwner == 5 && set.budgets.share == .init(hundredths: 1_000))
        #expect(set.window == nil)
        let parts = try policies(
            onePolicy("sightings: { count: 5 }\napproval: { required: 2 }", below: "budgets: { per_run: 3 }")
        )
        #expect(parts.policies.first?.sightings == Sightings(count: 5, apart: hours(12)))
        #expect(parts.budgets == Budgets(perRun: 3))
    }

    @Test func `a warning and approval can be done without, and are named so`() throws {
        let policy = try #require(try policies(onePolicy("warn: none\napproval: automatic")).policies.first)
        #expect(policy.warning == Warning.none)
        #expect(policy.isAutomatic)
        #expect(
            try policies(onePolicy("warn: { before: 12h }")).policies.first?.warning == .before(hours(12), remind: [])
        )
    }

    @Test func `one who asks may count as approver only alone, and only with the embedded database`() throws {
        let set = try policies(onePolicy("approval: { by: [ada], requester: counts }"))
        #expect(set.needsEmbeddedDatabase)
        #expect(try !policies(onePolicy()).needsEmbeddedDatabase)
        #expect(
            problems(inPolicies: onePolicy("approval: { required: 2, requester: counts }")) == [
                """
                policy.yaml:5:41: `requester: counts` needs `required: 1`
                  with more than one approval the one who asks is never among them: `requester: excluded`
                """
            ]
        )
    }

    @Test(arguments: [
        ("Mon-Thu", "Mon Tue Wed Thu"), ("Mon,Wed", "Mon Wed"), ("[Mon, Wed-Thu]", "Mon Wed Thu"),
        ("Sat-Mon", "Mon Sat Sun"),
        ("fri", "Fri"), ("\"Mon-Tue, Sun\"", "Mon Tue Sun"),
    ])
    func `weekdays are ranges, lists and lists of ranges`(text: String, expected: String) throws {
        let window = try #require(
            try policies(onePolicy(below: "window: { days: \(text == "Mon,Wed" ? "\"Mon,Wed\"" : text), zone: UTC }"))
                .window
        )
        #expect(Weekday.allCases.filter(window.days.contains).map(\.rawValue).joined(separator: " ") == expected)
    }

    @Test(arguments: [
        ("10%", 1_000), ("2.5%", 250), ("0.01%", 1), ("100%", 10_000), ("0.1%", 10),
    ])
    func `a share is a percentage with two decimals`(text: String, hundredths: Int) throws {
        #expect(try policies(onePolicy(below: "budgets: { share: \(text) }")).budgets.share.hundredths == hundredths)
    }

    @Test(arguments: ["10", "0%", "101%", "-5%", "1.234%", "ten%", "%", "5 %", "99999999999999999999%", "٣%"])
    func `no other text is a share`(text: String) {
        #expect(problems(inPolicies: onePolicy(below: "budgets: { share: \"\(text)\" }")).count == 1)
    }

    @Test(arguments: [
        ("of: [used]", "signals that exist: changed, invoked"), ("of: []", "for example `[changed]`"),
        ("of: [changed, changed]", "keep one of them"), ("of: [asked]", "signals that exist: changed"),
        ("off: [changed]", "did you mean `of`? known: for, of"),
    ])
    func `what is not built is an error that says what exists`(part: String, advice: String) {
        let found = problems(inPolicies: onePolicy(staleWhen: "{ idle: { for: 7d, \(part) } }"))
        #expect(found.count == 1)
        #expect(found.first?.contains(advice) == true, "\(found)")
    }

    @Test(arguments: [
        "{ branch: alive }", "{}", "[{ age: 3d }]", "{ age: 3d, idle: 3d }", "{ any: [] }", "{ any: { age: 3d } }",
        "{ not: [{ age: 3d }] }",
        "{ age: 0d }", "{ age: -3d }", "{ age: 30 }", "{ age: 20000d }", "{ idle: {} }", "{ ttl_tag: gone }",
        "{ age: }", "stale", "",
        "{ age: 99999999999999999999d }", "{ age: 3 days }", "{ any: [age] }", "{ all: [{ any: [{ age: x }] }] }",
    ])
    func `a condition that says nothing certain is refused`(condition: String) {
        #expect(!problems(inPolicies: onePolicy(staleWhen: condition)).isEmpty)
    }

    @Test func `conditions are not nested without end`() {
        let deep = String(repeating: "{ not: ", count: 25) + "{ age: 3d }" + String(repeating: " }", count: 25)
        #expect(problems(inPolicies: onePolicy(staleWhen: deep)).first?.contains("more than 20 levels") == true)
        let absurd = String(repeating: "[", count: 5_000)
        #expect(problems(inPolicies: "policies: \(absurd)").count == 1)
    }

    @Test(arguments: [
        "applies_to: {}", "applies_to: { name: [] }", "applies_to: { name: \"Feat_*\" }", "applies_to: feat-*",
        "name: \"two words\"", "name: \"\"", "name: [a]", "sightings: { count: 0 }", "sightings: { count: 1.5 }",
        "sightings: { count: +2 }", "warn: maybe", "warn: { before: 1d, remind: [2d] }", "warn:",
        "extension: { at_most: -1 }",
        "approval: { by: [] }", "approval: { by: [\"team:x\"] }", "approval: { by: [owner, owner] }",
        "approval: manual",
        "approval: { required: 2, by: [ada] }", "approval: { required: 99999999999999999999 }",
        "approval: { expires: 0h }",
        "approval: { requester: maybe }", "not_before: 2", "max_age: never", "reject_hold: -1d",
    ])
    func `a policy with a part that is wrong is refused at that part`(line: String) {
        let key = line.prefix { $0 != ":" }
        let text = onePolicy().split(separator: "\n").filter { !$0.contains("\(key):") }.joined(separator: "\n")
        let whole =
            key == "name"
            ? text.replacingOccurrences(of: "    applies_to", with: "  - \(line)\n    applies_to")
            : "\(text)\n    \(line)\n"
        let found = problems(inPolicies: whole)
        #expect(found.count == 1, "\(found)")
    }

    @Test(arguments: [
        "days: Mon-Fry", "days: []", "days: \"Mon,\"", "days: 1-5", "hours: 9-16", "hours: \"09:00-25:00\"",
        "hours: \"09:00-09:00\"",
        "hours: \"09:00\"", "hours: \"09:60-10:00\"", "zone: Europe/Berln", "zone: CEST+1", "zone: \"\"",
        "except: [2026-02-30]", "except: [24.12.2026]",
        "day: Mon",
    ])
    func `a window that is not certain is refused`(part: String) {
        #expect(problems(inPolicies: onePolicy(below: "window: { \(part) }")).count == 1)
    }

    @Test func `a mistyped time zone is told its neighbour`() {
        let found = problems(inPolicies: onePolicy(below: "window: { zone: Europe/Berln }"))
        #expect(found.first?.contains("for example `Europe/Berlin`") == true)
    }

    @Test func `names are unique, and the file says what they are for`() {
        let twice = onePolicy() + onePolicy().replacingOccurrences(of: "policies:\n", with: "")
        #expect(problems(inPolicies: twice).first?.contains("a second policy is called `features`") == true)
    }

    @Test func `with settings known, accounts, spaces, people and groups have to be among them`() throws {
        let known = try settings(oneAccount + "people: { ada: { groups: [platform] } }\n")
        #expect(
            problems(inPolicies: onePolicy("approval: { by: [owner, ada, group:platform] }"), knowing: known).isEmpty
        )
        let wrong = onePolicy("approval: { by: [owner, adda, group:plattform] }")
            .replacingOccurrences(of: "name: \"feat-*\"", with: "accounts: [sandbx], spaces: [shop]")
        let found = problems(inPolicies: wrong, knowing: known)
        #expect(found.count == 4)
        for text in [
            "did you mean `sandbox`?", "known: 123456789012", "did you mean `ada`?", "did you mean `group:platform`?",
        ] {
            #expect(found.contains { $0.contains(text) }, "\(text)")
        }
    }
}
