import Foundation
import Postgres
import TestSupport
import Testing

/// AWS answers badly or not at all: the reading is partial, says why, and nothing is concluded from it (R1, R7, N3).
@Suite struct ReadingTroubleTests {
    enum Trouble: String, CaseIterable, Sendable {
        case unreachable, throttled, malformed, breaksOff, resets, pageBreaksOff, htmlInstead, otherAccount

        /// What becomes of a call of the scan.
        func fate(_ call: Proxy.Call) -> Proxy.Fate {
            let listing = call.action == "DescribeStacks"
            switch self {
            case .throttled where listing:
                return .isAnswered(ScriptedAnswer(status: 400, body: Self.error("Throttling", "Rate exceeded")))
            case .malformed where listing:
                return .isAnswered(ScriptedAnswer(body: "<DescribeStacksResponse><DescribeStacksResult><Stacks><mem"))
            case .breaksOff where listing:
                return .isAnswered(ScriptedAnswer(body: "<DescribeStacksResponse>", ending: .missing(5_000)))
            case .resets where listing: return .isAnswered(ScriptedAnswer(body: "<Desc", ending: .reset))
            case .htmlInstead where listing:
                return .isAnswered(ScriptedAnswer(status: 502, body: "<html><body>Bad gateway</body></html>"))
            case .pageBreaksOff where listing:
                // The first page is whole and names another, which never comes whole.
                if call.fields["NextToken"] != nil {
                    return .isAnswered(ScriptedAnswer(body: "<DescribeStacksResponse>", ending: .missing(5_000)))
                }
                return .isAnswered(ScriptedAnswer(body: Self.emptyPage))
            case .otherAccount where call.action == "GetCallerIdentity":
                return .isAnswered(ScriptedAnswer(body: Self.stranger))
            default: return .passes
            }
        }

        var words: String {
            switch self {
            case .unreachable: "could not be connected to"
            case .throttled: "hrottl"
            case .otherAccount: "belong to account 999999999999"
            case .malformed, .breaksOff, .resets, .pageBreaksOff, .htmlInstead: "DescribeStacks"
            }
        }

        private static func error(_ code: String, _ message: String) -> String {
            "<ErrorResponse><Error><Type>Sender</Type><Code>\(code)</Code><Message>\(message)</Message></Error>"
                + "<RequestId>r</RequestId></ErrorResponse>"
        }

        private static let emptyPage =
            "<DescribeStacksResponse><DescribeStacksResult><Stacks/><NextToken>second</NextToken></DescribeStacksResult>"
            + "<ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></DescribeStacksResponse>"

        private static let stranger =
            "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::999999999999:user/x</Arn>"
            + "<UserId>x</UserId><Account>999999999999</Account></GetCallerIdentityResult>"
            + "<ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></GetCallerIdentityResponse>"
    }

    @Test(arguments: Trouble.allCases)
    func `R1 R7 a scan that fails says so, and nothing is concluded`(_ trouble: Trouble) async throws {
        try await House.with { house in
            try await house.deploy([
                Deployment(name: "a-feat-x"), Deployment(account: \.payments, name: "b-feat-x"),
                Deployment(name: "c-feat-y"),
            ])
            try await house.planned()
            let before = try await house.inventory()
            let proxy = try Proxy(to: house.emulator)
            defer { proxy.stop() }
            proxy.decide { call, _ in trouble.fate(call) }
            if trouble == .unreachable { proxy.stop() }
            let behind = try house.reaching(proxy.url)

            // Not one target could be read: that is more than a partial reading.
            let scan = try await behind.json("scan", expecting: 69)
            #expect(scan["state"].string == "partial")
            for target in scan["targets"].elements {
                #expect(target["outcome"].string == "failed" && target["listed"].int == 0)
                #expect(target["failure"].string.contains(trouble.words), "\(target)")
                // What failed and what to do: one line each.
                #expect(!target["failure"].string.contains("\n") && !target["advice"].string.isEmpty, "\(target)")
            }
            #expect(try await house.inventory() == before)
            // Neither flagged nor cleared: undecided freezes a finding.
            let evaluation = try await behind.curfew("evaluate", expecting: nil)
            // Without a dated answer of AWS its clock is not known, and nothing is judged at all.
            let dated = trouble != .unreachable && trouble != .otherAccount
            #expect(evaluation.status == (dated ? 4 : 69), "\(evaluation)")
            #expect(try await house.inventory() == before)
            // What cannot be read is not planned either.
            let plan = try await behind.curfew("plan", "feat-y", expecting: nil)
            if !dated {
                expectError(plan, 69, saying: "clock")
            } else {
                expectError(plan, 5, saying: "feat-y")
            }
            // And when AWS answers again, all is as before.
            try await house.curfew("scan")
            try await house.curfew("evaluate")
            #expect(try await house.inventory() == before)
        }
    }

    @Test func `R1 one target that fails keeps what it shares from being judged, and nothing else`() async throws {
        try await House.with { house in
            try await house.deploy([
                Deployment(name: "a-feat-x"), Deployment(account: \.payments, name: "b-feat-x"),
                Deployment(name: "c-feat-y"),
            ])
            let proxy = try Proxy(to: house.emulator)
            defer { proxy.stop() }
            let behind = try house.reaching(proxy.url)
            try await behind.curfew("policy", "apply", house.policyFile)
            try await behind.curfew("scan")
            let payments = house.payments
            proxy.decide { call, _ in
                guard call.accessKey == payments, call.action == "DescribeStacks" else { return .passes }
                return .isAnswered(ScriptedAnswer(status: 500, body: "no"))
            }
            let scan = try await behind.curfew("scan", expecting: 4)
            #expect(scan.output.contains("payments/eu-west-1"))
            let verdicts = try await behind.json("evaluate", expecting: nil)
            #expect(verdicts["verdicts"]["undecided"].int == 1 && verdicts["verdicts"]["stale"].int == 1)
            let list = try await behind.json("list")
            #expect(list.named("feat-x")["verdict"].string == "undecided")
            #expect(list.named("feat-x")["components"].int == 2)
            #expect(list.named("feat-y")["verdict"].string == "stale")

            let missing = try await behind.json("coverage", "--missing", "--exit-code", expecting: 4)
            let failed = missing.elements.first {
                $0["account"].string == payments && $0["region"].string == "eu-west-1"
            }
            #expect(failed?["state"].string == "failed" && failed?["environments"].int == 1, "\(missing)")
            #expect(failed?["failure"].string.contains("500") == true)
            #expect(failed?["listed"].int == 1)
            // Out of the settings it is not forgotten while something stands there, until it is retired.
            let shrunk = behind.settings.split(separator: "\n").filter { !$0.contains("name: payments") }
            try behind.write(
                shrunk.joined(separator: "\n").replacing("[shop, payments]", with: "[shop]"),
                to: behind.settingsFile
            )
            let coverage = try await behind.curfew("coverage")
            #expect(coverage.output.contains("unconfigured") && coverage.output.contains("accounts retire"))
            for region in House.regions {
                try await behind.curfew("accounts", "retire", "\(payments)/\(region)", "--because", "closed")
            }
            try await behind.curfew("coverage", "--exit-code")
        }
    }

    @Test func `a wrong secret is refused by AWS, said so for each target, and shown nowhere`() async throws {
        // Three calls make a user and its key; of every later one the signature is checked.
        guard let moto = try await Emulator.moto(checkingIAMAfter: 3) else { return }
        defer { moto.stop() }
        try await House.with { house in
            let behind = try house.reaching(moto.url)
            let key = try await Self.key(at: moto.url, for: house)
            func write(secret: String) throws {
                let lines = "aws_access_key_id = \(key.id)\naws_secret_access_key = \(secret)\n"
                try house.write("[shop]\n\(lines)[payments]\n\(lines)", to: house.folder + "/aws-credentials")
            }
            try write(secret: HouseSecrets.accessSecret)
            let wrong = try await behind.json("scan", expecting: 69)
            #expect(wrong["targets"].elements.count == 4)
            for target in wrong["targets"].elements {
                #expect(target["outcome"].string == "failed" && !target["advice"].string.isEmpty, "\(target)")
                #expect(target["failure"].string.contains("SignatureDoesNotMatch"), "\(target)")
            }
            let doctor = try await behind.curfew("doctor", expecting: nil)
            #expect([69, 78].contains(doctor.status) && doctor.output.contains("FAIL"), "\(doctor)")

            // The right one is accepted; what is wrong now is whose it is (R7).
            try write(secret: key.secret)
            let right = try await behind.json("scan", expecting: 69)
            for target in right["targets"].elements {
                #expect(target["failure"].string.contains("belong to account 123456789012"), "\(target)")
            }
            #expect(try await house.inventory().isEmpty)
        }
    }

    /// A user who may do everything, made with the AWS command line.
    private static func key(at url: String, for house: House) async throws -> (id: String, secret: String) {
        let policy = #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#
        let commands = [
            ["create-user"], ["put-user-policy", "--policy-name", "all", "--policy-document", policy],
            ["create-access-key"],
        ]
        var last = JSON.null
        for command in commands {
            let outcome = try await house.aws(["iam"] + command + ["--user-name", "curfew"], at: url)
            if !outcome.output.isEmpty { last = try JSON(text: outcome.output) }
        }
        return (last["AccessKey"]["AccessKeyId"].string, last["AccessKey"]["SecretAccessKey"].string)
    }
}
