import Core
import Foundation
import Testing

@testable import Settings

/// Options over variables over the file over what is usual.
@Suite struct SettingsLayersTests {
    private static let mail = "mail: { from: a@example.com, smtp: { host: file.example.com, port: 2525 } }\n"

    private func read(
        _ text: String = oneAccount,
        flags: [String] = [],
        _ variables: [String: String] = [:]
    ) throws(SettingsProblems) -> LayeredSettings {
        let layers = SettingsLayers(flags: flags, variables: variables)
        return try SettingsFile.read(Data(text.utf8), file: "curfew.yaml", under: layers)
    }

    private func wrong(
        _ text: String = oneAccount,
        flags: [String] = [],
        _ variables: [String: String] = [:]
    ) -> [String] {
        problems { () throws(SettingsProblems) in try read(text, flags: flags, variables) }
    }

    private func origin(_ key: String, _ read: LayeredSettings) throws -> SettingOrigin {
        try #require(read.effective.first { $0.key == key }).origin
    }

    @Test func `each layer is stronger than the next`() throws {
        let text = oneAccount + "night: { within: 3h }\n"
        let variables = ["CURFEW_NIGHT_WITHIN": "2h30m"]
        let flags = ["night.within=1h", "night.within=45m"]
        for (read, within, origin) in [
            (try read(), Duration.seconds(7_200), SettingOrigin.standard),
            (try read(text), .seconds(10_800), .file("curfew.yaml", line: 2)),
            (try read(text, variables), .seconds(9_000), .variable("CURFEW_NIGHT_WITHIN")),
            (try read(text, flags: flags, variables), .seconds(2_700), .flag("night.within")),
            (try read(flags: flags), .seconds(2_700), .flag("night.within")),
        ] {
            #expect(read.settings.night.within == within)
            #expect(try self.origin("night.within", read) == origin)
            #expect(read.warnings.isEmpty)
        }
    }

    @Test func `whatever the settings say in one value, a variable and an option say as well`() throws {
        let samples = [
            oneAccount
                + "owners: { fallback: ops@example.com, cloudtrail: off }\naws: { endpoint: \"http://127.0.0.1:1\" }\n",
            oneAccount + "database: { url: \"postgresql://db/c\" }\n", oneAccount + "database: { url_env: U }\n",
            oneAccount + "database: { url_file: /u }\n", oneAccount + "database: { url_from: \"env:U\" }\n",
            oneAccount
                + "timings: { observe: 7s, reap_for: 3h, confirm_gone: 31s, executor_lease: 121s, signature_window: 301s }\n"
                + "teardown: { log_groups: delete }\nreap: { parallel: 4, waves: false, stop_after_failures: 7% }\n"
                + "load: { requests_per_second: 0.5, burst: 3 }\nbreaker: 9%\ntombstones: { keep: 77d }\nruntimes: ours.csv\npolicy: other.yaml\n",
            oneAccount
                + "mail: { from: a@example.com, reply_to: b@example.com, unsubscribe: \"https://x.example/\", smtp: { host: h.example, port: 26, security: tls, user: u, password: \"env:P\", authorities: /c } }\n",
            oneAccount + "mail: { from: a@example.com, sendmail: /usr/sbin/sendmail }\n",
            oneAccount + "mail: { from: a@example.com, ses: { region: eu-west-1, profile: p } }\n",
            oneAccount + "mail: { from: a@example.com, drop: ./x }\n",
            oneAccount + "night: { within: 3h, every: 3d, ping: \"env:P\", metrics: /m.prom }\n"
                + "report: { templates: ./t, zone: Europe/Berlin }\n"
                + "retention: { scans: 91d, evaluations: 92d, messages: 93d, audit: 500d }\n"
                + "signals: { invocations: off }\n"
                + "cost: { read: on, tag: team, metric: BlendedCost }\n",
            oneAccount + "scan: { within: 3h, per_target: 20m }\n"
                + "organization: { account: sandbox, profile: p, role: curfew-scan, external_id: e }\n",
            oneAccount + "organization: { role: curfew-scan, external_id_from: \"env:E\" }\n",
        ]
        var tried: Set<String> = []
        for sample in samples {
            let whole = try read(sample)
            let given = whole.effective.filter { $0.origin != .standard && $0.key != "accounts" }
            let values = given.compactMap { item in item.value.map { (item.key, $0) } }
            #expect(!values.isEmpty)
            tried.formUnion(values.map(\.0))
            let flags = try read(flags: values.map { "\($0.0)=\($0.1)" })
            #expect(flags.settings == whole.settings, "\(values)")
            let variables = Dictionary(values.map { (SettingKeys.variable($0.0), $0.1) }) { first, _ in first }
            // $CURFEW_DATABASE_URL is older than the other variables, and is the URL itself.
            if variables["CURFEW_DATABASE_URL"] == nil {
                let said = try read(oneAccount, variables)
                #expect(said.settings == whole.settings, "\(variables)")
                #expect(said.effective.map(\.value) == whole.effective.map(\.value))
            }
        }
        let embedded = try read(oneAccount + "database: { url_env: U }\n", ["CURFEW_DATABASE": "embedded"])
        #expect(embedded.settings.database == .embedded)
        #expect(Set(SettingKeys.all.map(\.path)) == tried.union(["database"]).subtracting(["accounts"]))
    }

    @Test func `every key that the reader knows is one value, or many, and has a variable of its own`() {
        let paths = SettingKeys.all.map(\.path) + SettingKeys.manyValued
        #expect(Set(paths).count == paths.count)
        #expect(Set(SettingKeys.all.map { SettingKeys.variable($0.path) }).count == SettingKeys.all.count)
        let groups =
            ["", "names", "owners", "database", "aws", "timings", "teardown", "reap", "tombstones", "mail"]
            + [
                "mail.smtp", "mail.ses", "notices", "night", "report", "retention", "organization", "scan", "signals",
                "cost",
            ]
        for group in groups {
            let parts = group.split(separator: ".").map(String.init) + ["unknown: 1"]
            let text = parts.enumerated()
                .map { String(repeating: "  ", count: $0) + $1 + ($0 == parts.count - 1 ? "" : ":") }
                .joined(separator: "\n")
            let found = problems(inSettings: text + "\n").first { $0.contains("unknown key `unknown`") }
            let known = found?.components(separatedBy: "known: ").last?.components(separatedBy: ", ") ?? []
            #expect(!known.isEmpty, "\(group)")
            for key in known { #expect(paths.contains(group.isEmpty ? key : "\(group).\(key)"), "\(group).\(key)") }
        }
    }

    @Test func `what is wrong in any layer is said at once, by the name of the layer`() {
        let found = wrong(
            oneAccount + "night: { within: soon }\n",
            flags: ["night.within", "nigth.every=1h", "mail.domains=example.com", "breaker=much"],
            ["CURFEW_REPORT_ZONE": "Europe/Berln", "CURFEW_NIGHT_EVERY": "26"]
        )
        #expect(
            found == [
                "$CURFEW_NIGHT_EVERY: `night.every` is `26`, a number without a unit (s, m, h, d, w)\n  for example `26h`",
                "$CURFEW_REPORT_ZONE: `report.zone` is `Europe/Berln`, expected a time zone of the IANA list, or UTC\n"
                    + "  for example `Europe/Berlin`",
                "--set breaker: `breaker` is `much`, expected a whole percentage from 0% to 100%\n  for example `25%`",
                "--set mail.domains: `mail.domains` is a list or a mapping\n  write it into the settings file",
                "--set night.within: it has no value\n  for example `--set night.within=1h`",
                "--set nigth.every: there is no setting `nigth.every`\n  did you mean `night.every`?",
                "curfew.yaml:2:18: `night.within` is `soon`, expected a duration from 1m to 2d\n  for example `2h`",
            ],
            "\(found.joined(separator: "\n"))"
        )
    }

    @Test func `a choice of a stronger layer replaces the weaker one's, and half a choice is completed by it`() throws {
        let text = oneAccount + Self.mail
        let drop = try read(text, ["CURFEW_MAIL_DROP": "./outbox"])
        #expect(drop.settings.mail?.transport == .drop(folder: "./outbox"))
        #expect(try origin("mail.smtp.host", drop) == .standard)
        let host = try read(text, ["CURFEW_MAIL_SMTP_HOST": "env.example.com"])
        #expect(
            host.settings.mail?.transport
                == .smtp(MailSettings.SMTP(host: "env.example.com", port: 2525, security: .starttls))
        )
        #expect(try origin("mail.smtp.port", host) == .file("curfew.yaml", line: 2))
        let flag = try read(text, flags: ["mail.sendmail=/usr/sbin/sendmail"], ["CURFEW_MAIL_DROP": "x"])
        #expect(flag.settings.mail?.transport == .sendmail(path: "/usr/sbin/sendmail"))
        let two = wrong(text, ["CURFEW_MAIL_DROP": "x", "CURFEW_MAIL_SENDMAIL": "/s"])
        #expect(two.count == 1 && two[0].contains("`mail` needs exactly one of"))
        let half = wrong(oneAccount, ["CURFEW_MAIL_DROP": "x"])
        #expect(half == ["$CURFEW_MAIL_DROP: `mail` lacks `from`\n  for example `\(Self.example)`"])
    }

    private static let example = "{ from: \"Curfew <curfew@example.com>\", smtp: { host: smtp.example.com } }"

    @Test func `P17 the database's URL in its variable is named and never read here`() throws {
        let url = "postgresql://u:hunter2@db/c"
        for text in [oneAccount, oneAccount + "database: { url: \"postgresql://other/c\" }\n"] {
            let read = try read(text, ["CURFEW_DATABASE_URL": url])
            #expect(read.settings.database == .environment("CURFEW_DATABASE_URL"))
            #expect(try origin("database.url_env", read) == .variable("CURFEW_DATABASE_URL"))
            #expect(!"\(read.effective)".contains("hunter2"))
        }
        let stronger = try read(flags: ["database.url=postgresql://flag/c"], ["CURFEW_DATABASE_URL": url])
        #expect(stronger.settings.database == .url("postgresql://flag/c"))
    }

    @Test func `P17 a secret in a variable in place of its reference is refused and not shown`() {
        let found = wrong(
            oneAccount + Self.mail,
            ["CURFEW_MAIL_SMTP_PASSWORD": "hunter2", "CURFEW_NIGHT_PING": "hunter2"]
        )
        #expect(found.count == 3)
        let start = "$CURFEW_MAIL_SMTP_PASSWORD: `mail.smtp.password` is no reference to a secret"
        #expect(found.contains { $0.hasPrefix(start) })
        #expect(!found.joined().contains("hunter2"))
    }

    @Test func `a variable that was probably meant as a setting is told`() throws {
        let text = oneAccount + "night: { ping: \"env:CURFEW_NIGHT_PONG\" }\n"
        let read = try read(
            text,
            [
                "CURFEW_NIGHT_WITHN": "1h", "CURFEW_MAIL_DOMAINS": "x", "CURFEW_NIGHT_PONG": "u",
                "CURFEW_TEST_VENV": "x",
                "CURFEW_SETTINGS": "x", "CURFEW_PAUSE": "1", "CURFEW_DATA_DIR": "/d", "NIGHT_WITHIN": "x",
                "CURFEW_REPORT_ZOEN": "",
            ]
        )
        #expect(
            read.warnings == [
                "$CURFEW_MAIL_DOMAINS is passed over: lists and mappings stand in the settings file",
                "$CURFEW_NIGHT_WITHN is no setting; did you mean $CURFEW_NIGHT_WITHIN?",
            ]
        )
    }

    @Test func `what the file says wrong is told, although a stronger layer says it anew`() {
        let text =
            oneAccount + Self.mail.replacing("2525", with: "0") + "database: { url: \"postgresql://u:hunter2@h/d\" }\n"
        let variables = ["CURFEW_DATABASE_URL": "postgresql://h/d", "CURFEW_MAIL_DROP": "./outbox"]
        let found = wrong(text + "night: { within: soon }\n", flags: ["night.within=1h"], variables)
        #expect(
            found.map { $0.prefix { $0 != " " } } == ["curfew.yaml:2:68:", "curfew.yaml:3:18:", "curfew.yaml:4:18:"]
        )
        #expect(!found.joined().contains("hunter2"))
    }

    @Test func `null is a word where it comes from a variable`() {
        #expect(wrong(oneAccount, ["CURFEW_BREAKER": "null"]).first?.contains("`breaker` is `null`") == true)
    }

    @Test func `what is no mapping is reported as such, whatever is laid over it`() {
        let found = wrong("- x\n", ["CURFEW_BREAKER": "10%"])
        #expect(found.first?.hasPrefix("curfew.yaml:1:1: the file is a list") == true)
        let mixed = wrong(oneAccount + "night: soon\n", flags: ["night.within=1h"])
        #expect(mixed.first?.hasPrefix("curfew.yaml:2:8: `night` is `soon`, expected a mapping") == true)
    }
}
