import Settings
import Testing

@Suite struct NightEntryTests {
    @Test func `nights, reports and retention as the file says, and usual where it says nothing`() throws {
        let said = try settings(
            oneAccount + """
                night: { within: 90m, every: 2d, ping: "env:HEALTHCHECK_URL", metrics: /var/lib/node/curfew.prom }
                report: { templates: ./templates, zone: Europe/Berlin }
                retention: { scans: 60d, evaluations: 365d, messages: 90d, audit: 730d }

                """
        )
        #expect(
            said.night
                == NightSettings(
                    within: .seconds(5_400),
                    every: days(2),
                    ping: .environment("HEALTHCHECK_URL"),
                    metrics: "/var/lib/node/curfew.prom"
                )
        )
        #expect(said.report == ReportSettings(templates: "./templates", zone: "Europe/Berlin"))
        #expect(
            said.retention
                == RetentionSettings(scans: days(60), evaluations: days(365), messages: days(90), audit: days(730))
        )
        let unsaid = try settings(oneAccount)
        #expect(unsaid.night == NightSettings())
        #expect(unsaid.report == ReportSettings())
        #expect(unsaid.retention == RetentionSettings())
        #expect(try settings(oneAccount + "retention: { audit: never }\n").retention.audit == nil)
        #expect(try settings(oneAccount + "report: { zone: UTC }\n").report.zone == "UTC")
    }

    @Test(arguments: [
        ("night: { within: 10s }", "from 1m to 2d"), ("night: { every: 26 }", "a number without a unit"),
        ("night: { ping: \"https://hc-ping.com/hunter2\" }", "`night.ping` is no reference to a secret"),
        ("night: { metrics: /tmp/curfew }", "expected a file that ends in `.prom`"),
        ("night: { metrics: /tmp/.prom }", "expected a file that ends in `.prom`"),
        ("report: { zone: Europe/Berln }", "for example `Europe/Berlin`"), ("report: { zone: CET+1 }", "a time zone"),
        ("retention: { scans: 29d }", "from 30d"), ("retention: { evaluations: 0d }", "from 30d"),
        ("retention: { messages: never }", "`retention.messages` is `never`"),
        ("retention: { audit: 364d }", "`never`, or a duration of at least 365d"),
        ("retention: { audit: forever }", "`never`, or a duration of at least 365d"),
        ("retention: { adit: never }", "did you mean `audit`?"),
    ])
    func `what cannot be meant is said`(text: String, expected: String) {
        let found = problems(inSettings: oneAccount + text + "\n").joined(separator: "\n")
        #expect(found.contains(expected), "\(found)")
        #expect(!found.contains("hunter2"))
    }
}
