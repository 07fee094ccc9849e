import Foundation
import Synchronization
import TestSupport
import Testing

/// What an operator sees before anything runs by itself.
@Suite struct DoctorTests {
    /// A house whose settings say something more.
    private func with(_ more: String, _ body: (House) async throws -> Void) async throws {
        try await House.with { house in
            try house.write(house.settings + more, to: house.settingsFile)
            try await house.curfew("policy", "apply", house.policyFile)
            try await body(house)
        }
    }

    private func check(_ name: String, _ report: JSON) throws -> (ok: Bool, text: String) {
        let found = report["checks"].elements.first { $0["check"].string == name }
        let check = try #require(found, "\(name)")
        return (check["ok"] == .flag(true), check["text"].string)
    }

    @Test func `the settings in effect, and where each comes from`() async throws {
        try await with("night: { within: 3h, every: 2d }\nreport: { zone: Europe/Berlin }\n") { house in
            let outcome = try await house.curfew(
                "doctor",
                "--settings-only",
                "--set",
                "breaker=7%",
                "--set",
                "night.within=45m",
                with: ["CURFEW_NIGHT_WITHIN": "1h", "CURFEW_REPORT_ZONE": "UTC", "CURFEW_NIGTH_EVERY": "1d"]
            )
            for line in [
                "night.within = 45m (--set night.within)", "breaker = 7% (--set breaker)",
                "report.zone = UTC ($CURFEW_REPORT_ZONE)", "night.every = 2d (\(house.settingsFile):",
                "retention.audit = never (default)", "database.url_env = CURFEW_DATABASE_URL ($CURFEW_DATABASE_URL)",
                "accounts = 2 entries (\(house.settingsFile):",
            ] { #expect(outcome.output.contains(line), "\(outcome)") }
            #expect(outcome.messages.contains("$CURFEW_NIGTH_EVERY is no setting; did you mean $CURFEW_NIGHT_EVERY?"))
            let report = try await house.json("doctor", "--settings-only")
            let within = report["settings"].elements.first { $0["key"].string == "night.within" }
            #expect(within?["value"].string == "3h")
            #expect(within?["from"].string.hasPrefix(house.settingsFile) == true)
            let wrong = try await house.curfew(
                "doctor",
                "--settings-only",
                "--set",
                "nigth.within=1h",
                with: ["CURFEW_NIGHT_EVERY": "soon"],
                expecting: 78
            )
            #expect(wrong.messages.contains("$CURFEW_NIGHT_EVERY: `night.every` is `soon`"), "\(wrong)")
            #expect(wrong.messages.contains("did you mean `night.within`?"), "\(wrong)")
            // An option alone is a word typed wrong; the most severe of several wins.
            for option in ["nigth.within=1h", "night.within", "night.within=soon"] {
                let typed = try await house.curfew("doctor", "--settings-only", "--set", option, expecting: 64)
                #expect(typed.messages.contains("--set nig"), "\(typed)")
            }
        }
    }

    @Test func `P17 each secret is fetched, and none is shown`() async throws {
        let more = """
            mail: { from: a@example.com, smtp: { host: localhost, port: 1, security: none, user: u, password: "env:MAIL_WORD" } }
            channels: { shop: { slack: "env:HOOK" }, crew: { teams: "env:PLAIN" }, pager: { command: [/nowhere/page] } }
            night: { ping: "env:NONE", metrics: /nowhere/curfew.prom }

            """
        try await with(more) { house in
            let outcome = try await Program.run(
                ["doctor", "--json"],
                variables: house.variables(of: "ada").merging([
                    "MAIL_WORD": HouseSecrets.password, "PLAIN": HouseSecrets.password,
                    "HOOK": "https://hooks.example.com/\(HouseSecrets.password)",
                ]) { $1 },
                in: house.folder
            )
            #expect(outcome.status == 78, "\(outcome)")
            #expect(
                !outcome.output.contains(HouseSecrets.password) && !outcome.messages.contains(HouseSecrets.password)
            )
            let report = try JSON(text: outcome.output)
            #expect(try check("secret mail.smtp.password", report) == (true, "env:MAIL_WORD is there"))
            #expect(
                try check("secret channels.shop", report).text == "env:HOOK is there, an address at hooks.example.com"
            )
            for (name, why) in [
                ("secret channels.crew", "is no https address"), ("secret night.ping", "$NONE is not set"),
                ("place channels.pager", "there is no program /nowhere/page"),
                ("place night.metrics", "there is no folder /nowhere"),
            ] {
                let found = try check(name, report)
                #expect(!found.ok && found.text.contains(why), "\(found)")
            }
            // Connected and logged in, as far as that can be tried without sending; nobody listens there.
            let mail = try check("mail", report)
            #expect(!mail.ok && mail.text.hasPrefix("from a@example.com over localhost:1, security none: "), "\(mail)")
            let password = report["settings"].elements.first { $0["key"].string == "mail.smtp.password" }
            #expect(password?["value"].string == "env:MAIL_WORD")
        }
    }

    @Test func `a warning is said once, however often the settings are read`() async throws {
        try await with("") { house in
            let night = try await house.curfew("nightly", with: ["CURFEW_NIGTH_EVERY": "1d"], expecting: nil)
            #expect(night.messages.components(separatedBy: "CURFEW_NIGTH_EVERY").count == 2, "\(night)")
        }
    }

    @Test func `doctor ends with how many checks came to what, and says nothing twice`() async throws {
        try await House.with { house in
            try await house.curfew("policy", "apply", house.policyFile)
            let good = try await house.curfew("doctor", with: ["CURFEW_NIGTH_EVERY": "1d"])
            func lines(_ word: String, _ outcome: Program.Outcome) -> Int {
                outcome.output.split(separator: "\n").count { $0.hasPrefix(word) }
            }
            // No night, no mail, and a variable that is said on standard error.
            #expect(lines("warn ", good) == 2 && lines("FAIL ", good) == 0, "\(good)")
            #expect(
                good.output.hasSuffix("\ndoctor: \(lines("ok ", good)) ok, 3 warnings, 0 problems\n"),
                "\(good)"
            )
            #expect(good.messages.components(separatedBy: "CURFEW_NIGTH_EVERY").count == 2, "\(good)")

            let drop = try house.saying("mail: { from: a@example.com, drop: \(house.folder)/nowhere }")
            let bad = try await drop.curfew("doctor", expecting: 78)
            #expect(bad.output.components(separatedBy: "there is no folder").count == 2, "\(bad)")
            #expect(bad.output.hasSuffix(" ok, 1 warning, 1 problem\n"), "\(bad)")
            let json = try await drop.json("doctor", expecting: 78)
            #expect(json["summary"]["problems"].int == 1 && json["summary"]["warnings"].int == 1)
            #expect(json["checks"].elements.contains { $0["level"].string == "problem" && $0["ok"] == .flag(false) })
        }
    }

    @Test func `addresses without a way to mail them are told`() async throws {
        try await with("notices: { platform: ops@example.com }\n") { house in
            let doctor = try await house.curfew("doctor", expecting: 78)
            #expect(doctor.output.contains("FAIL  mail: `notices` names addresses"), "\(doctor)")
        }
    }

    @Test(arguments: [
        ("DescribeStacks", "cloudformation:DescribeStacks"),
        ("ListStackResources", "cloudformation:ListStackResources"),
        ("GetTemplate", "cloudformation:GetTemplate"), ("GetStackPolicy", "cloudformation:GetStackPolicy"),
        ("DescribeStackEvents", "cloudformation:DescribeStackEvents"), ("ListExports", "cloudformation:ListExports"),
        ("ListImports", "cloudformation:ListImports"),
    ])
    func `a right that is missing is told before it stops anything`(operation: String, action: String) async throws {
        try await House.with { house in
            try await house.deploy([Deployment(name: "a-feat-x")])
            try await house.curfew("policy", "apply", house.policyFile)
            let proxy = try Proxy(to: house.emulator)
            defer { proxy.stop() }
            proxy.decide { call, _ in
                guard call.action == operation else { return .passes }
                return .isAnswered(AWSAnswer.error(403, "AccessDenied", "not authorized to perform: \(action)"))
            }
            let behind = try house.reaching(proxy.url)
            let doctor = try await behind.curfew("doctor", expecting: 78)
            #expect(doctor.output.contains("\(action) is denied: "), "\(doctor)")
            #expect(doctor.output.contains("FAIL  rights \(house.shop)/eu-west-1"), "\(doctor)")
        }
    }

    @Test func `P1 doctor reads and does nothing else, and a forecast's missing right fails nothing`() async throws {
        try await House.with { house in
            try await house.deploy([Deployment(name: "a-feat-x")])
            try await house.curfew("policy", "apply", house.policyFile)
            let proxy = try Proxy(to: house.emulator)
            defer { proxy.stop() }
            proxy.decide { call, _ in
                let target = call.request[header: "x-amz-target"] ?? ""
                guard target == "DynamoDB_20120810.DescribeTable" else { return .passes }
                let body = ##"{"__type":"com.amazon.coral.service#AccessDeniedException","message":"no"}"##
                return .isAnswered(ScriptedAnswer(status: 400, body: body))
            }
            let behind = try house.reaching(proxy.url)
            let doctor = try await behind.curfew("doctor")
            #expect(doctor.output.contains("warn  rights \(house.shop)/eu-west-1: "), "\(doctor)")
            #expect(doctor.output.contains("dynamodb:DescribeTable (what AWS::DynamoDB::Table holds"), "\(doctor)")
            #expect(proxy.calls.count > 40)
            for call in proxy.calls {
                let target = call.request[header: "x-amz-target"]?.split(separator: ".").last.map(String.init)
                let action = call.fields["Action"] ?? target ?? call.request.method
                #expect(["Describe", "Get", "List", "Lookup", "GET"].contains { action.hasPrefix($0) }, "\(action)")
            }
        }
    }
}
