import Curl
import Foundation
import TestSupport
import Testing

@testable import AWS

@Suite struct ClientTests {
    private let page = answer("DescribeStacks", "<Stacks>\(stackXML("a"))</Stacks>")

    @Test(arguments: [
        failure("Throttling", "Rate exceeded"), failure("InternalFailure", status: 500),
        ScriptedAnswer(status: 503, body: "<html>busy</html>"),
        ScriptedAnswer(body: "<DescribeStacksResponse>", ending: .missing(100)), ScriptedAnswer(ending: .silence),
        ScriptedAnswer(body: "<DescribeStacksResponse><Descr"), ScriptedAnswer(body: ""),
        ScriptedAnswer(body: "abc", delay: .seconds(2)),
    ])
    func `a passing fault is retried, then the answer counts`(fault: ScriptedAnswer) async throws {
        let server = try ScriptedServer([fault, fault, page])
        let scripted = ScriptedClient(server, limits: TransferLimits(total: .milliseconds(400)))
        let stacks = try await scripted.formation.describeStacks().stacks
        #expect(stacks.map(\.name) == ["a"])
        #expect(scripted.sleeps.all == [.milliseconds(500), .seconds(1)])
        #expect(
            scripted.meter.current.calls == [
                CallMeter.Key(service: .cloudformation, operation: "DescribeStacks"): 3
            ]
        )
    }

    @Test(arguments: [
        (failure("Throttling", "Rate exceeded"), AWSError.Kind.throttled),
        (ScriptedAnswer(status: 500, body: "<!doctype html><title>500</title>"), .serviceFailure),
        (ScriptedAnswer(body: "<a>", ending: .missing(9)), .brokenOff),
        (ScriptedAnswer(body: "<DescribeStacksResponse><Descr"), .malformedAnswer),
        (ScriptedAnswer(body: "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>"), .malformedAnswer),
    ])
    func `R1 a fault that stays is an error after three calls, never an empty list`(
        fault: ScriptedAnswer,
        kind: AWSError.Kind
    ) async throws {
        let server = try ScriptedServer { _, _ in fault }
        let scripted = ScriptedClient(server)
        let error = await #expect(throws: AWSError.self) { try await scripted.formation.describeStacks() }
        #expect(error?.kind == kind)
        #expect(error?.service == "cloudformation")
        #expect(error?.operation == "DescribeStacks")
        #expect(error?.region == "eu-central-1")
        #expect(server.requests.count == 3)
    }

    @Test(arguments: [
        "<DescribeStacksResponse></DescribeStacksResponse>", "<html><body>Please log in</body></html>",
        "<DescribeStacksResponse><DescribeStacksResult/></DescribeStacksResponse>",
        "<ListStacksResponse><ListStacksResult><Stacks/></ListStacksResult></ListStacksResponse>",
        "<DescribeStacksResponse><DescribeStacksResult><Stacks><member/></Stacks></DescribeStacksResult>"
            + "</DescribeStacksResponse>",
    ])
    func `R1 a 200 without what was promised is an error, not an empty list`(body: String) async throws {
        let server = try ScriptedServer { _, _ in ScriptedAnswer(body: body) }
        let error = await #expect(throws: AWSError.self) {
            try await ScriptedClient(server).formation.describeStacks()
        }
        #expect(error?.kind == .notUnderstood)
        #expect(error?.message.hasPrefix("answer not understood") == true)
        #expect(server.requests.count == 1)
    }

    @Test func `an answer of more than the limit is an error`() async throws {
        let long = answer("DescribeStacks", "<Stacks>" + stackXML(String(repeating: "a", count: 50_000)) + "</Stacks>")
        let server = try ScriptedServer { _, _ in long }
        let small = ScriptedClient(server, limits: TransferLimits(maximumBytes: 40_000))
        let error = await #expect(throws: AWSError.self) { try await small.formation.describeStacks() }
        #expect(error?.kind == .notUnderstood)
        #expect(try await ScriptedClient(server).formation.describeStacks().stacks.count == 1)
    }

    @Test(arguments: [
        ("AccessDenied", 403, AWSError.Kind.accessDenied), ("ExpiredToken", 403, .expiredCredentials),
        ("InvalidClientTokenId", 403, .wrongCredentials), ("SignatureDoesNotMatch", 403, .wrongCredentials),
        ("RequestTimeTooSkewed", 403, .clockSkewed), ("ValidationError", 400, .refused),
    ])
    func `a refusal is not retried`(code: String, status: Int, kind: AWSError.Kind) async throws {
        let server = try ScriptedServer { _, _ in failure(code, status: status) }
        let error = await #expect(throws: AWSError.self) { try await ScriptedClient(server).tokens.callerIdentity() }
        #expect(error?.kind == kind)
        #expect(error?.code == code)
        #expect(error?.requestID == "r-2")
        #expect(error?.description.split(separator: "\n").count ?? 0 <= 2)
        #expect(server.requests.count == 1)
    }

    @Test func `retry-after is waited for`() async throws {
        let busy = failure("Throttling", headers: [("x-amz-retry-after", "7000")])
        let scripted = ScriptedClient(try ScriptedServer([busy, page]))
        _ = try await scripted.formation.describeStacks()
        #expect(scripted.sleeps.all == [.seconds(7)])
        #expect(scripted.meter.current.throttled.values.reduce(0, +) == 1)
    }

    @Test func `P17 secrets that a service sends back are not in the error`() async throws {
        let credentials = Credentials(
            accessKeyID: "AKID",
            secretAccessKey: "super-secret-key",
            sessionToken: "to-ken-1"
        )
        let message = "bad super-secret-key; The Canonical String was 'x-amz-security-token:to-ken-1'"
        let server = try ScriptedServer { _, _ in failure("SignatureDoesNotMatch", message, status: 403) }
        let scripted = ScriptedClient(server, credentials: credentials)
        let error = await #expect(throws: AWSError.self) { try await scripted.tokens.callerIdentity() }
        let shown = String(reflecting: error) + (error?.description ?? "")
        #expect(!shown.contains("super-secret-key") && !shown.contains("to-ken-1"))
        #expect(error?.description.contains("check the clock") == true)
    }

    @Test func `D9 the server's clock is compared with ours`() async throws {
        let body = answer("GetCallerIdentity", "<Account>1</Account><Arn>a</Arn><UserId>u</UserId>").body
        let server = try ScriptedServer([
            ScriptedAnswer(headers: [("Date", "Mon, 23 Nov 2026 08:00:00 GMT")], body: body)
        ])
        let ours = try #require(awsDate("2026-11-23T07:55:00Z"))
        let scripted = ScriptedClient(server, now: { ours })
        #expect(scripted.client.clockSkew == nil)
        _ = try await scripted.tokens.callerIdentity()
        #expect(scripted.client.clockSkew == .seconds(300))
        #expect(server.requests.first?[header: "x-amz-date"] == "20261123T075500Z")
    }

    @Test func `no connection is an error of its own`() async throws {
        let meter = CallMeter()
        let client = AWSClient(
            credentials: exampleKey,
            endpoints: Endpoints(all: "http://no-such-host.invalid"),
            transport: HTTPPool(width: 1),
            retry: .never,
            meter: meter
        )
        let error = await #expect(throws: AWSError.self) {
            try await SecurityTokens(client, region: "eu-west-1").callerIdentity()
        }
        #expect(error?.kind == .unreachable)
        #expect(meter.current.total == 1)
    }
}
