import Foundation
import TestSupport
import Testing

/// What functions were used for and what is rolled out, from an emulator's metrics to a verdict.
@Suite struct SignalsTests {
    private static func function(_ name: String, more: String = "") -> String {
        "{\"Resources\": {\"Api\": {\"Type\": \"AWS::Lambda::Function\", \"Properties\": {\"FunctionName\": \"\(name)\", "
            + "\"Role\": \"arn:aws:iam::123456789012:role/worker\", \"Runtime\": \"python3.13\", "
            + "\"Handler\": \"index.handler\", \"Code\": {\"ZipFile\": \"x = 1\"}}}\(more)}}"
    }

    private static let warm =
        ", \"Warm\": {\"Type\": \"AWS::Events::Rule\", \"Properties\": {\"Name\": \"c-warm\", "
        + "\"ScheduleExpression\": \"rate(1 hour)\", \"Targets\": [{\"Id\": \"a\", \"Arn\": {\"Fn::GetAtt\": [\"Api\", \"Arn\"]}}]}}"

    private static let fleet = [
        Deployment(name: "shop-feat-a", template: function("a-api")),
        Deployment(name: "shop-feat-b", template: function("b-api")),
        Deployment(name: "shop-feat-c", template: function("c-api", more: warm)),
        Deployment(name: "shop-feat-plain"),
    ]

    private static func with(_ body: (House, Proxy) async throws -> Void) async throws {
        try await House.with { house in
            try await house.deploy(fleet)
            let proxy = try Proxy(to: house.emulator)
            defer { proxy.stop() }
            let behind = try house.reaching(proxy.url)
            let text = HousePolicies.automatic.text.replacing(
                "{ not: { age: 3650d } }",
                // What was deployed a moment ago is idle when nobody asks for deployments.
                with: "{ idle: { for: 1d, of: [invoked] } }"
            )
            try house.write(text, to: house.policyFile)
            try await behind.curfew("policy", "apply")
            try await body(behind, proxy)
        }
    }

    private static func calls(_ proxy: Proxy, since: Int) -> [String] {
        proxy.calls.dropFirst(since).map(\.action).filter { $0 == "GetMetricData" || $0 == "GetTemplate" }
    }

    @Test func `use keeps, a schedule of its own does not, and in between nothing is asked`() async throws {
        try await Self.with { house, proxy in
            let contents = EmulatorContents(url: house.emulator, account: house.shop, region: "eu-west-1")
            let now = Date()
            try await contents.putMetric("AWS/Lambda", "Invocations", ["FunctionName": "a-api"], 1, at: now)
            try await contents.putMetric("AWS/Lambda", "Invocations", ["FunctionName": "c-api"], 3, at: now)
            try await contents.putMetric("AWS/Events", "TriggeredRules", ["RuleName": "c-warm"], 3, at: now)
            let scanned = try await house.curfew("scan")
            #expect(scanned.output.contains("cloudwatch:GetMetricData 1"), "\(scanned)")
            #expect(Self.calls(proxy, since: 0).sorted() == ["GetMetricData", "GetTemplate"])
            try await house.curfew("evaluate")
            let explained = try await house.curfew("explain", "feat-a")
            #expect(explained.output.contains("(function a-api, counted by day)"), "\(explained)")
            let plain = try await house.curfew("explain", "feat-plain")
            #expect(plain.output.contains("not applicable: no Lambda function and no API in its stacks"), "\(plain)")
            for name in ["feat-b", "feat-c"] {
                let quiet = try await house.curfew("explain", name)
                #expect(quiet.output.contains("not invoked since "), "\(quiet)")
                let shown = try await house.curfew("show", name)
                #expect(shown.output.contains("not since "), "\(shown)")
            }
            let shown = try await house.json("show", "feat-a")
            #expect(shown["signals"].elements.map { $0["kind"].string } == ["invoked", "rollout"], "\(shown)")
            #expect(shown["signals"].elements.map { $0["state"].string } == ["seen", "not applicable"])

            let before = proxy.calls.count
            try await house.curfew("scan")
            #expect(Self.calls(proxy, since: before).isEmpty)
        }
    }

    @Test func `D3 metrics that are denied are told, make nothing stale, and no reading partial`() async throws {
        try await Self.with { house, proxy in
            proxy.decide { call, _ in
                call.action == "GetMetricData"
                    ? .isAnswered(
                        ScriptedAnswer(
                            status: 403,
                            body: "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code>"
                                + "<Message>not authorized to perform: cloudwatch:GetMetricData</Message></Error>"
                                + "<RequestId>r</RequestId></ErrorResponse>"
                        )
                    ) : .passes
            }
            let scanned = try await house.curfew("scan")
            #expect(scanned.output.contains("invocations of 3 environments in"), "\(scanned)")
            #expect(scanned.output.contains("AccessDenied"), "\(scanned)")
            try await house.curfew("evaluate")
            let verdicts = try await NightlyTests.verdicts(house)
            #expect(
                verdicts == ["feat-a": "undecided", "feat-b": "undecided", "feat-c": "undecided", "feat-plain": "keep"]
            )
            let doctor = try await house.curfew("doctor", expecting: nil)
            #expect(doctor.output.contains("cloudwatch:GetMetricData"), "\(doctor)")

            // Switched off: not asked, and a policy that names it has nothing to go by.
            let off = try house.saying("signals: { invocations: off }")
            let before = proxy.calls.count
            try await off.curfew("scan", "--full")
            #expect(!proxy.calls.dropFirst(before).contains { $0.action == "GetMetricData" })
        }
    }
}
