import Foundation
import TestSupport
import Testing

/// What environments cost, from AWS's answers to verdicts, lists, plans and reports.
@Suite struct CostsTests {
    private static let target = "POST /"

    private static func isAboutCosts(_ call: Proxy.Call) -> Bool {
        call.request[header: "x-amz-target"] == "AWSInsightsIndexService.GetCostAndUsage"
    }

    private static func answer(_ text: String, status: Int = 200) -> Proxy.Fate {
        .isAnswered(
            ScriptedAnswer(status: status, headers: [("Content-Type", "application/x-amz-json-1.1")], body: text)
        )
    }

    /// The months that were asked for, all but the last closed, on two pages; each stack with an amount.
    private static func costs(_ call: Proxy.Call, _ amounts: [String: String]) -> Proxy.Fate {
        let body = call.request.body
        let dates = body.matches(of: /"(?:Start|End)":"([0-9-]+)"/).map { String($0.1) }
        guard let first = dates.min(), let end = dates.max(),
            let start = ISO8601DateFormatter().date(from: first + "T00:00:00Z")
        else { return answer("{}", status: 400) }
        // 45 days after the first of a month is in the next one, and 75 days in the one after it.
        func later(_ days: Double) -> String {
            ISO8601DateFormatter().string(from: start.addingTimeInterval(days * 86_400)).prefix(8) + "01"
        }
        let (second, third) = (later(45), later(75))
        let groups = amounts.sorted { $0.key < $1.key }.map { name, amount in
            #"{"Keys":["aws:cloudformation:stack-name$\#(name)","eu-west-1"],"#
                + #""Metrics":{"UnblendedCost":{"Amount":"\#(amount)","Unit":"USD"}}}"#
        }.joined(separator: ",")
        func month(_ from: some StringProtocol, _ to: some StringProtocol, _ estimated: Bool) -> String {
            #"{"TimePeriod":{"Start":"\#(from)","End":"\#(to)"},"Groups":[\#(groups)],"Estimated":\#(estimated)}"#
        }
        return body.contains("NextPageToken")
            ? answer(#"{"ResultsByTime":[\#(month(second, third, false)),\#(month(third, end, true))]}"#)
            : answer(#"{"NextPageToken":"more","ResultsByTime":[\#(month(first, second, false))]}"#)
    }

    private static func with(_ body: (House, Proxy) async throws -> Void) async throws {
        try await House.with { house in
            try await house.deploy([
                Deployment(name: "shop-feat-a"), Deployment(name: "shop-feat-b"), Deployment(name: "shop-feat-c"),
            ])
            let proxy = try Proxy(to: house.emulator)
            defer { proxy.stop() }
            let behind = try house.reaching(proxy.url).saying("cost: { read: on }")
            let text = HousePolicies.automatic.text.replacing("{ not: { age: 3650d } }", with: "{ cost_above: 50 }")
            try house.write(text, to: house.policyFile)
            try await behind.curfew("policy", "apply")
            try await body(behind, proxy)
        }
    }

    @Test func `what is dear is stale; list, show, plan and report say what it costs`() async throws {
        try await Self.with { house, proxy in
            proxy.decide { call, _ in
                Self.isAboutCosts(call) ? Self.costs(call, ["shop-feat-a": "61.25", "shop-feat-b": "4"]) : .passes
            }
            let scanned = try await house.curfew("scan")
            #expect(scanned.output.contains("ce:GetCostAndUsage 2"), "\(scanned)")
            // Nothing is that old here: what was made today was not there in the last month, and is dear already.
            try await house.curfew("evaluate")
            let verdicts = try await NightlyTests.verdicts(house)
            #expect(verdicts["feat-a"] == "stale" && verdicts["feat-b"] == "undecided", "\(verdicts)")
            let listed = try await house.curfew("list", "--sort", "cost")
            #expect(listed.output.contains("≥ 61.25 USD so far"), "\(listed)")
            let a = try #require(listed.output.range(of: "feat-a")).lowerBound
            #expect(a < (try #require(listed.output.range(of: "feat-b")).lowerBound))
            let shown = try await house.json("show", "feat-a")
            #expect(shown["costs"].elements.map { $0["basis"].string } == ["estimated"])
            #expect(shown["costs"].elements.first?["missing"].string.contains("48 hours") == true)
            let explained = try await house.curfew("explain", "feat-a")
            #expect(explained.output.contains("cost_above: 50"), "\(explained)")
            try await house.curfew("accounts", "mode", "shop", "reap", "--because", "a test")
            let planned = try await house.curfew("plan", "feat-a", expecting: nil)
            #expect(planned.output.contains("at least 61.25 USD so far (estimated"), "\(planned)")
            let reported = try await house.curfew("report")
            #expect(reported.output.contains("What is stale cost at least 61.25 USD so far"), "\(reported)")

            let before = proxy.calls.count
            try await house.curfew("scan", "--full")
            #expect(!proxy.calls.dropFirst(before).contains { Self.isAboutCosts($0) })
        }
    }

    @Test(arguments: [("AccessDeniedException", 400), ("DataUnavailableException", 400), ("InternalFailure", 500)])
    func `D3 costs that are refused are told, unknown, make nothing stale, and no reading partial`(
        code: String,
        status: Int
    ) async throws {
        try await Self.with { house, proxy in
            proxy.decide { call, _ in
                Self.isAboutCosts(call)
                    ? Self.answer(##"{"__type":"\##(code)","Message":"no"}"##, status: status) : .passes
            }
            let scanned = try await house.curfew("scan")
            #expect(scanned.output.contains("cost is unknown"), "\(scanned)")
            try await house.curfew("evaluate")
            let verdicts = try await NightlyTests.verdicts(house)
            #expect(verdicts == ["feat-a": "undecided", "feat-b": "undecided", "feat-c": "undecided"])
            let shown = try await house.curfew("show", "feat-a")
            #expect(shown.output.contains("unknown: ce GetCostAndUsage"), "\(shown)")
            let doctor = try await house.curfew("doctor", expecting: nil)
            #expect(doctor.output.contains("ce:GetCostAndUsage") == (code != "DataUnavailableException"), "\(doctor)")
        }
    }

    @Test func `nobody is asked where the settings do not say so`() async throws {
        try await Self.with { house, proxy in
            let off = try house.saying("")
            try await off.curfew("scan")
            try await off.curfew("doctor", expecting: nil)
            #expect(!proxy.calls.contains { Self.isAboutCosts($0) })
            let listed = try await off.curfew("list", "--sort", "cost")
            #expect(listed.messages.contains("cost: { read: on }"), "\(listed)")
        }
    }
}
