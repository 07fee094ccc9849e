import Core
import Foundation
import Settings
import Testing

/// What people read when a file is wrong.
@Suite struct SettingsProblemsTests {
    @Test func `a badly broken file is told everything at once, in the file's order`() {
        let found = problems(
            inPolicies: """
                polices: []
                policies:
                  - name: feature environments
                    applys_to: { name: "Feat_*" }
                    stale_when:
                      any:
                        - idle: { for: 7, of: [used, changed] }
                        - branch: goone
                        - age: -3d
                    max_age: 99999999999d
                    sightings: { count: 0, apart: 12h, apart: 13h }
                    warn: { before: 1d, remind: [2d] }
                    approval: { required: 2, by: [owner, "team:x"], requester: counts }
                  - just-a-word
                budgets: { per_run: 99999999999999999999, per_dya: 3, share: 10 }
                window: { days: Mon-Fry, hours: 9-16, zone: Europe/Berln, except: [2026-02-30] }
                """
        )
        let expected = """
            policy.yaml:1:1: unknown key `polices` in the file
              did you mean `policies`? known: policies, budgets, window, calendars
            policy.yaml:3:5: `policies[1]` lacks `applies_to`
              for example `{ name: features, applies_to: { name: "feat-*" }, stale_when: { idle: 7d } }`
            policy.yaml:3:11: `policies[1].name` is `feature environments`, expected up to 60 letters, digits, `-`, `_` and `.`
              for example `feature-environments`
            policy.yaml:4:5: unknown key `applys_to` in `policies[1]`
              did you mean `applies_to`? known: name, applies_to, stale_when, not_before, max_age, sightings, warn, extension, approval, reject_hold
            policy.yaml:7:24: `policies[1].stale_when.any[1].idle.for` is `7`, a number without a unit (s, m, h, d, w)
              for example `7d`
            policy.yaml:7:32: `policies[1].stale_when.any[1].idle.of[1]` is `used`, which is no signal that Curfew reads
              signals that exist: changed, invoked, committed
            policy.yaml:8:19: `policies[1].stale_when.any[2].branch` is `goone`, expected one of gone, merged
              for example `gone`
            policy.yaml:9:16: `policies[1].stale_when.any[3].age` is `-3d`, expected a duration from 1s to 3650d
              for example `30d`
            policy.yaml:10:14: `policies[1].max_age` is `99999999999d`, expected a duration from 1h to 3650d
              for example `60d`
            policy.yaml:11:25: `policies[1].sightings.count` is `0`, expected a whole number from 1 to 100
              for example `2`
            policy.yaml:11:28: `apart` stands here and again further down in the same mapping
              keep one of them
            policy.yaml:12:34: `policies[1].warn.remind[1]` is 2d, which is not less than `before`
              reminders come between the warning and the end, for example `{ before: 3d, remind: [1d] }`
            policy.yaml:13:42: `policies[1].approval.by[2]` is `team:x`, expected `owner`, `group:NAME` or a person's name
              for example `group:platform`
            policy.yaml:13:64: `requester: counts` needs `required: 1`
              with more than one approval the one who asks is never among them: `requester: excluded`
            policy.yaml:14:5: `policies[2]` is `just-a-word`, expected a mapping
              for example `{ name: features, applies_to: { name: "feat-*" }, stale_when: { idle: 7d } }`
            policy.yaml:15:21: `budgets.per_run` is `99999999999999999999`, expected a whole number from 1 to 100000
              for example `20`
            policy.yaml:15:43: unknown key `per_dya` in `budgets`
              did you mean `per_day`? known: per_run, per_day, per_account, per_owner, share
            policy.yaml:15:62: `budgets.share` is `10`, expected a percentage from 0.01% to 100%
              for example `10%`
            policy.yaml:16:17: `window.days` is `Mon-Fry`, expected weekdays (Mon, Tue, Wed, Thu, Fri, Sat, Sun)
              for example `Mon-Thu`
            policy.yaml:16:33: `window.hours` is `9-16`, expected two different times of day
              for example `09:00-16:00`
            policy.yaml:16:45: `window.zone` is `Europe/Berln`, expected a time zone of the IANA list, or UTC
              for example `Europe/Berlin`
            policy.yaml:16:68: `window.except[1]` is `2026-02-30`, expected a date that exists
              for example `2026-12-24`
            """
        #expect(found.joined(separator: "\n") == expected)
        #expect(found.allSatisfy { $0.split(separator: "\n").count <= 2 })
    }

    @Test(arguments: [
        ("", "policy.yaml:1:1: the file is empty"), ("\n# nothing\n", "policy.yaml:1:1: the file is empty"),
        ("---\n", "policy.yaml:1:1: the file is empty"),
        ("~\n", "policy.yaml:1:1: the file is empty"),
        ("- name: x\n", "policy.yaml:1:1: the file is a list, expected a mapping"),
        ("hello\n", "policy.yaml:1:1: the file is `hello`, expected a mapping"),
        ("policies:\n\t- name: x\n", "policy.yaml:2:1: a tab cannot indent YAML"),
        ("policies: [\n", "policy.yaml:2:1: not YAML: did not find expected node content"),
        ("policies: 'x\n", "policy.yaml:2:1: not YAML: found unexpected end of stream"),
        ("a: b: c\n", "policy.yaml:1:5: not YAML: mapping values are not allowed in this context"),
        ("policies: []\n---\npolicies: []\n", "policy.yaml:2:1: a second document begins here"),
        ("policies: &a []\n", "policy.yaml:1:11: anchors and aliases (`&`, `*`) are not used here"),
        ("policies: *a\n", "policy.yaml:1:11: not YAML: found undefined alias"),
        ("policies: !env POLICIES\n", "policy.yaml:1:11: the tag `!env` means nothing here"),
        ("policies: \u{0}\n", "policy.yaml:1:11: not YAML: control characters are not allowed"),
        ("? [a]\n: b\n", "policy.yaml:1:3: a key of the file is not a word"),
    ])
    func `what is no such file says so where it stops being one`(text: String, start: String) {
        let found = problems(inPolicies: text)
        #expect(found.contains { $0.hasPrefix(start) }, "\(found)")
        #expect(found.allSatisfy { $0.split(separator: "\n").count <= 2 })
    }

    @Test func `every key that stands twice is reported, with everything else`() {
        let found = problems(
            inPolicies: onePolicy("warn: none\nwarn: none\n\"max_age\": 3d\nmax_age: 3d\nnot_before: 2")
        )
        #expect(found.count == 3)
        #expect(found[0].hasPrefix("policy.yaml:5:5: `warn` stands here and again"))
        #expect(found[1].hasPrefix("policy.yaml:7:5: `max_age` stands here and again"))
        #expect(found[2].hasPrefix("policy.yaml:9:17: `policies[1].not_before` is `2`"))
    }

    @Test func `a byte order mark before UTF-8 harms nothing, other encodings are named`() throws {
        func found(_ bytes: [UInt8]) -> [String] {
            problems { () throws(SettingsProblems) in try PolicyFile.parse(Data(bytes), file: "p") }
        }
        #expect(found([0xEF, 0xBB, 0xBF] + Array(onePolicy().utf8)).isEmpty)
        #expect(found([0xFF, 0xFE, 0x61, 0x00]) == ["p:1:1: the file is UTF-16\n  save it as UTF-8"])
        #expect(
            found(Array("a: b\nc: x".utf8) + [0xE9, 0x0A]) == ["p:2:5: the file is not UTF-8 here\n  save it as UTF-8"]
        )
        #expect(found([UInt8](repeating: 0x20, count: 1 << 20 + 1)).first?.contains("more than the 1048576") == true)
    }

    @Test func `Windows line ends are line ends`() {
        #expect(problems(inPolicies: onePolicy().replacingOccurrences(of: "\n", with: "\r\n")).isEmpty)
    }

    @Test func `columns count characters, not bytes`() {
        let found = problems(inSettings: "accounts: [{ id: \"123456789012\", nämé: 1, regoins: [x] }]\n")
        #expect(found.contains { $0.hasPrefix("curfew.yaml:1:43: unknown key `regoins`") }, "\(found)")
    }

    @Test func `what a file says cannot break out of its line or fill the screen`() {
        let found = problems(inPolicies: "policies: \"a\\nb\\e[31m\"\n\(String(repeating: "x", count: 900)): 1\n")
        #expect(found.count == 2)
        for text in found {
            #expect(text.split(separator: "\n").count <= 2)
            #expect(!text.unicodeScalars.contains("\u{1B}"))
            #expect(text.count < 700)
        }
    }

    @Test func `random damage to a good file is refused or read, and never breaks the reader`() {
        let good = Array(
            onePolicy("warn: none\nsightings: { count: 1, apart: 0s }", below: "window: { zone: UTC }\n").unicodeScalars
        )
        var state: UInt64 = 7
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        let odd = Array("{}[]:-,#&*!|>'\"%@`\t\n ?~\u{0}\u{FEFF}\u{E000}é9".unicodeScalars)
        var refused = 0
        for _ in 0..<1_500 {
            var text = good
            for _ in 0...random(3) {
                let place = random(text.count)
                switch random(3) {
                case 0: text.remove(at: place)
                case 1: text[place] = odd[random(odd.count)]
                default: text.insert(odd[random(odd.count)], at: place)
                }
            }
            let found = problems(inPolicies: String(String.UnicodeScalarView(text)))
            if !found.isEmpty { refused += 1 }
            #expect(found.allSatisfy { $0.hasPrefix("policy.yaml:") && $0.split(separator: "\n").count <= 2 })
        }
        #expect(refused > 500)
    }
}
