import TestSupport
import Testing

@testable import AWS

/// Answers shaped as the API reference of GetCostAndUsage has them.
@Suite struct CostExplorerTests {
    private let tag = "aws:cloudformation:stack-name"

    private func group(_ name: String, _ region: String, _ amount: String, _ unit: String = "USD") -> String {
        #"{"Keys":["\#(tag)$\#(name)","\#(region)"],"Metrics":{"UnblendedCost":{"Amount":"\#(amount)","Unit":"\#(unit)"}}}"#
    }

    private func month(_ start: String, _ groups: [String], estimated: String = #","Estimated":false"#) -> String {
        #"{"TimePeriod":{"Start":"\#(start)","End":"2026-12-01"},"Total":{},"Groups":[\#(groups.joined(separator: ","))]\#(estimated)}"#
    }

    private func page(_ months: [String], next: String? = nil) -> ScriptedAnswer {
        let token = next.map { #""NextPageToken":"\#($0)","# } ?? ""
        return ScriptedAnswer(
            body: #"{\#(token)"GroupDefinitions":[],"ResultsByTime":[\#(months.joined(separator: ","))]}"#
        )
    }

    private func fault(_ code: String, status: Int = 400) -> ScriptedAnswer {
        ScriptedAnswer(status: status, body: ##"{"__type":"\##(code)","Message":"no"}"##)
    }

    private func ask(_ client: ScriptedClient) async throws(AWSError) -> [CostPeriod] {
        try await CostExplorer(client.client, region: "eu-central-1").monthly(
            of: "111122223333",
            by: tag,
            metric: "UnblendedCost",
            from: "2026-10-01",
            before: "2026-12-01"
        )
    }

    @Test func `R6 a month spread over pages is put together, and nothing but this account is asked for`() async throws
    {
        let server = try ScriptedServer([
            page([month("2026-10-01", [group("shop-feat-a", "eu-west-1", "1.5")])], next: "a"),
            page([month("2026-10-01", []), month("2026-11-01", [], estimated: #","Estimated":true"#)], next: "b"),
            page([
                month("2026-10-01", [group("a$b", "global", "0.0000001", "EUR"), group("", "NoRegion", "7")]),
                month("2026-11-01", [group("shop-feat-a", "eu-west-1", "2")], estimated: #","Estimated":true"#),
            ]),
        ])
        let months = try await ask(ScriptedClient(server))
        #expect(months.map(\.start) == ["2026-10-01", "2026-11-01"])
        #expect(months.map(\.isEstimated) == [false, true])
        #expect(
            months[0].groups == [
                CostGroup(tagValue: "shop-feat-a", region: "eu-west-1", amount: "1.5", unit: "USD"),
                CostGroup(tagValue: "a$b", region: "global", amount: "0.0000001", unit: "EUR"),
                CostGroup(tagValue: "", region: "NoRegion", amount: "7", unit: "USD"),
            ]
        )
        #expect(months[1].groups.map(\.amount) == ["2"])
        let requests = server.requests
        #expect(requests.count == 3)
        #expect(
            requests.allSatisfy { $0[header: "x-amz-target"] == "AWSInsightsIndexService.GetCostAndUsage" }
        )
        #expect(requests.allSatisfy { $0.body.contains(#""Values":["111122223333"]"#) })
        #expect(requests.allSatisfy { $0.body.contains("LINKED_ACCOUNT") && $0.body.contains("REGION") })
        #expect(!requests[0].body.contains("NextPageToken") && requests[2].body.contains(#""NextPageToken":"b""#))
        #expect(requests[0][header: "authorization"]?.contains("/us-east-1/ce/") == true)
    }

    @Test func `what AWS does not call closed is estimated`() async throws {
        let server = try ScriptedServer([page([month("2026-10-01", [], estimated: "")])])
        #expect(try await ask(ScriptedClient(server)).map(\.isEstimated) == [true])
    }

    @Test func `D3 an answer that breaks off, or is not what was asked for, is an error and never a part`() async throws
    {
        let first = page([month("2026-10-01", [group("shop-feat-a", "eu-west-1", "1.5")])], next: "a")
        let other = group("x", "eu-west-1", "1").replacing(tag, with: "team")
        let cases: [[ScriptedAnswer]] = [
            [first, fault("DataUnavailableException")], [first, fault("RequestChangedException")],
            [first, page([], next: "a")], [ScriptedAnswer(body: "{}")],
            [page([month("2026-10-01", [other])])],
            [page([month("2026-10-01", [#"{"Keys":["\#(tag)$x","eu-west-1"],"Metrics":{}}"#])])],
            [page([month("2026-10-01", [#"{"Keys":["\#(tag)$x"],"Metrics":{}}"#])])],
        ]
        for answers in cases {
            let server = try ScriptedServer(answers)
            let client = ScriptedClient(server)
            await #expect(throws: AWSError.self) { try await ask(client) }
        }
    }

    @Test func `too many calls are waited out, what is refused is not asked again`() async throws {
        for code in ["LimitExceededException", "ThrottlingException"] {
            let server = try ScriptedServer([fault(code), page([month("2026-10-01", [])])])
            let client = ScriptedClient(server)
            #expect(try await ask(client).count == 1)
            #expect(client.sleeps.all.count == 1, "\(code)")
        }
        for code in ["AccessDeniedException", "DataUnavailableException", "ValidationException"] {
            let server = try ScriptedServer([fault(code)])
            let client = ScriptedClient(server)
            let error = await #expect(throws: AWSError.self) { try await ask(client) }
            #expect(error?.code == code && server.requests.count == 1)
            #expect(error?.isAccessDenied == (code == "AccessDeniedException"))
        }
    }
}
