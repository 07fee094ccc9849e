import Foundation
import TestSupport
import Testing

@testable import AWS

/// What was used and what is rolled out, in the shapes that AWS documents.
@Suite struct SignalServiceTests {
    private func metrics(_ count: Int) -> [MetricName] {
        (0..<count).map { MetricName("AWS/Lambda", "Invocations", "FunctionName", "f\($0)") }
    }

    private func result(_ number: Int, _ status: String, _ points: [(String, Double)]) -> String {
        let times = points.map { "<member>\($0.0)</member>" }.joined()
        let values = points.map { "<member>\($0.1)</member>" }.joined()
        return "<member><Id>q\(number)</Id><Label>x</Label><Timestamps>\(times)</Timestamps><Values>\(values)</Values>"
            + "<StatusCode>\(status)</StatusCode></member>"
    }

    private func page(_ results: String..., next: String? = nil) -> ScriptedAnswer {
        answer(
            "GetMetricData",
            "<MetricDataResults>\(results.joined())</MetricDataResults>"
                + (next.map { "<NextToken>\($0)</NextToken>" } ?? "")
        )
    }

    private func sums(_ server: ScriptedServer, _ count: Int) async throws -> [MetricSums] {
        try await Metrics(ScriptedClient(server).client, region: "eu-west-1").sums(
            of: metrics(count),
            period: 86_400,
            from: first,
            to: first.addingTimeInterval(9 * 86_400)
        )
    }

    /// 2026-11-10 00:00 UTC.
    private let first = Date(timeIntervalSince1970: 1_794_268_800)
    private let one = "2026-11-10T00:00:00Z"
    private let two = "2026-11-11T00:00:00Z"

    @Test func `a part of a metric is completed by later pages, and the last word counts`() async throws {
        let server = try ScriptedServer([
            page(result(0, "PartialData", [(two, 3)]), result(1, "Complete", []), next: "n"),
            page(result(0, "Complete", [(one, 4)]), result(2, "InternalError", []), next: "m"),
            page(result(3, "PartialData", [(one, 1)])),
        ])
        let sums = try await sums(server, 5)
        #expect(sums[0] == MetricSums(sums: [first: 4, first.addingTimeInterval(86_400): 3], status: "Complete"))
        #expect(sums[1] == MetricSums(sums: [:], status: "Complete"))
        #expect(sums.map(\.isComplete) == [true, true, false, false, false])
        #expect(sums.map(\.status) == ["Complete", "Complete", "InternalError", "PartialData", nil])
        #expect(server.requests[1].body.contains("NextToken=n"))
    }

    @Test func `five hundred metrics at a time, each with a number of its own`() async throws {
        let server = try ScriptedServer([
            page(result(499, "Complete", [(one, 1)])), page(result(1, "Complete", [(one, 2)])),
        ])
        let sums = try await sums(server, 502)
        #expect(server.requests.count == 2 && sums.count == 502)
        #expect(sums[499].sums == [first: 1] && sums[501].sums == [first: 2] && sums[500].status == nil)
        #expect(
            server.requests[0].body.contains(
                "MetricDataQueries.member.500.MetricStat.Metric.Dimensions.member.1.Value=f499"
            )
        )
        #expect(
            server.requests[1].body.contains(
                "MetricDataQueries.member.2.MetricStat.Metric.Dimensions.member.1.Value=f501"
            )
        )
        #expect(!server.requests[1].body.contains("member.3."))
    }

    @Test(arguments: [
        "", "<MetricDataResults><member><Id>q0</Id></member></MetricDataResults>",
        "<MetricDataResults><member><Id>other</Id><StatusCode>Complete</StatusCode></member></MetricDataResults>",
        "<MetricDataResults><member><Id>q0</Id><StatusCode>Complete</StatusCode><Timestamps><member>2026-11-10T00:00:00Z</member></Timestamps></member></MetricDataResults>",
        "<MetricDataResults><member><Id>q0</Id><StatusCode>Complete</StatusCode><Timestamps><member>x</member></Timestamps><Values><member>1</member></Values></member></MetricDataResults>",
    ])
    func `an answer that is not what was promised is an error, never no use`(body: String) async throws {
        let server = try ScriptedServer([answer("GetMetricData", body)])
        await #expect(throws: AWSError.self) { _ = try await sums(server, 1) }
    }

    @Test func `REST APIs of all pages by id and name, asked for in plain JSON`() async throws {
        let server = try ScriptedServer([
            ScriptedAnswer(body: #"{"item":[{"id":"a1","name":"shop"}],"position":"p"}"#), ScriptedAnswer(body: "{}"),
        ])
        let apis = try await Gateways(ScriptedClient(server).client, region: "eu-west-1").apis()
        #expect(apis == [RestAPI(id: "a1", name: "shop")])
        #expect(server.requests[0][header: "accept"] == "application/json")
        #expect(server.requests[1].path.contains("position=p"))
        #expect(server.requests[0][header: "authorization"]?.contains("/eu-west-1/apigateway/") == true)
    }

    @Test func `a canary is one that gets requests, and an API that is gone has none`() async throws {
        let stages =
            #"{"item":[{"stageName":"live","canarySettings":{"percentTraffic":10.0}},"#
            + #"{"stageName":"kept","canarySettings":{"percentTraffic":0.0}},{"stageName":"plain"}]}"#
        let server = try ScriptedServer([
            ScriptedAnswer(body: stages),
            ScriptedAnswer(
                status: 404,
                headers: [("x-amzn-ErrorType", "NotFoundException")],
                body: #"{"message":"no"}"#
            ),
            ScriptedAnswer(status: 403, headers: [("x-amzn-ErrorType", "AccessDeniedException")], body: "{}"),
        ])
        let gateways = Gateways(ScriptedClient(server).client, region: "eu-west-1")
        #expect(try await gateways.canaryStages(of: "a1") == ["live"])
        #expect(try await gateways.canaryStages(of: "a1") == nil)
        let error = await #expect(throws: AWSError.self) { _ = try await gateways.canaryStages(of: "a1") }
        #expect(error?.kind == .accessDenied)
    }

    @Test func `an alias with a second version that gets invocations`() async throws {
        let arn = "arn:aws-cn:lambda:cn-north-1:123456789012:function:shop-api:live"
        func alias(_ routing: String) -> ScriptedAnswer {
            ScriptedAnswer(body: #"{"AliasArn":"\#(arn)","Name":"live","FunctionVersion":"6"\#(routing)}"#)
        }
        let server = try ScriptedServer([
            alias(#","RoutingConfig":{"AdditionalVersionWeights":{"7":0.1}}"#),
            alias(#","RoutingConfig":{"AdditionalVersionWeights":{}}"#), alias(#","RoutingConfig":null"#), alias(""),
            ScriptedAnswer(
                status: 404,
                headers: [("x-amzn-ErrorType", "ResourceNotFoundException")],
                body: #"{"Message":"no"}"#
            ), ScriptedAnswer(body: "{}"),
        ])
        let functions = Functions(ScriptedClient(server).client, region: "cn-north-1")
        #expect(try await functions.divided(alias: arn) == ["7"])
        for _ in 1...3 { #expect(try await functions.divided(alias: arn) == []) }
        #expect(try await functions.divided(alias: arn) == nil)
        await #expect(throws: AWSError.self) { _ = try await functions.divided(alias: arn) }
        await #expect(throws: AWSError.self) { _ = try await functions.divided(alias: "shop-api") }
        #expect(server.requests[0].path.hasPrefix("/2015-03-31/functions/shop-api/aliases/live"))
        #expect(server.requests.count == 6)
    }

    @Test func `deployments that have not ended, twenty-five at a time, and what ended meanwhile is left out`()
        async throws
    {
        func info(_ id: String, _ status: String) -> String {
            #"{"deploymentId":"\#(id)","applicationName":"app","deploymentGroupName":"g","status":"\#(status)"}"#
        }
        let ids = (0..<26).map { "d-\($0)" }
        let list = ids.prefix(20).map { "\"\($0)\"" }.joined(separator: ",")
        let rest = ids.dropFirst(20).map { "\"\($0)\"" }.joined(separator: ",")
        let server = try ScriptedServer([
            ScriptedAnswer(body: #"{"deployments":[\#(list)],"nextToken":"n"}"#),
            ScriptedAnswer(body: #"{"deployments":[\#(rest)]}"#),
            ScriptedAnswer(body: #"{"deploymentsInfo":[\#(info("d-0", "InProgress")),\#(info("d-1", "Succeeded"))]}"#),
            ScriptedAnswer(body: #"{"deploymentsInfo":[\#(info("d-25", "Ready"))]}"#),
        ])
        let open = try await Deployments(ScriptedClient(server).client, region: "eu-west-1").open()
        #expect(open.map(\.id) == ["d-0", "d-25"] && open[0].group == "g" && open[0].application == "app")
        #expect(server.requests[0][header: "x-amz-target"] == "CodeDeploy_20141006.ListDeployments")
        #expect(server.requests[3].body == #"{"deploymentIds":["d-25"]}"#)
    }
}
