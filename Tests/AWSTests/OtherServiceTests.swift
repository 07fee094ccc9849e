import Foundation
import TestSupport
import Testing

@testable import AWS

@Suite struct OtherServiceTests {
    private func listing(_ inside: String, truncated: Bool = false) -> ScriptedAnswer {
        ScriptedAnswer(
            body: "<ListVersionsResult>\(inside)<IsTruncated>\(truncated)</IsTruncated></ListVersionsResult>"
        )
    }

    @Test func `old versions and delete markers keep a bucket from being empty`() async throws {
        let server = try ScriptedServer([
            listing(""), listing("<Version><Key>k</Key></Version>", truncated: true),
            listing("<DeleteMarker><Key>k</Key></DeleteMarker>"),
        ])
        let buckets = Buckets(ScriptedClient(server).client, region: "eu-west-1")
        #expect(try await buckets.isEmpty("things"))
        #expect(try await !buckets.isEmpty("things"))
        #expect(try await !buckets.isEmpty("things"))
        #expect(server.requests[0].path == "/things?max-keys=1&versions=")
        #expect(server.requests[0].method == "GET")
        #expect(server.requests[0][header: "x-amz-content-sha256"]?.count == 64)
    }

    @Test func `a bucket that could not be read is not an empty one`() async throws {
        let moved = "<Error><Code>PermanentRedirect</Code><Message>elsewhere</Message></Error>"
        let denied = "<Error><Code>AccessDenied</Code><Message>no</Message><RequestId>q</RequestId></Error>"
        let server = try ScriptedServer([
            ScriptedAnswer(status: 301, body: moved), ScriptedAnswer(status: 403, body: denied),
            ScriptedAnswer(body: "<ListVersionsResult/>"), listing("", truncated: true),
        ])
        let buckets = Buckets(ScriptedClient(server).client, region: "eu-west-1")
        let elsewhere = await #expect(throws: AWSError.self) { try await buckets.isEmpty("things") }
        #expect(elsewhere?.message.contains("could not be read") == true)
        #expect(elsewhere?.code == "PermanentRedirect")
        let refused = await #expect(throws: AWSError.self) { try await buckets.isEmpty("things") }
        #expect(refused?.isAccessDenied == true)
        #expect(refused?.requestID == "q")
        await #expect(throws: AWSError.self) { try await buckets.isEmpty("things") }
        await #expect(throws: AWSError.self) { try await buckets.isEmpty("things") }
        await #expect(throws: AWSError.self) { try await buckets.isEmpty("evil.example/x") }
        #expect(server.requests.count == 4)
    }

    @Test func `a repository is empty only after its last page`() async throws {
        let server = try ScriptedServer([
            ScriptedAnswer(body: #"{"imageIds":[],"nextToken":"n"}"#), ScriptedAnswer(body: #"{"imageIds":[]}"#),
            ScriptedAnswer(body: #"{"imageIds":[{"imageDigest":"sha256:1"}],"nextToken":"n"}"#),
        ])
        let repositories = Repositories(ScriptedClient(server).client, region: "eu-west-1")
        #expect(try await repositories.isEmpty("team/app"))
        #expect(try await !repositories.isEmpty("team/app"))
        #expect(server.requests.count == 3)
        #expect(server.requests[0][header: "x-amz-target"] == "AmazonEC2ContainerRegistry_V20150921.ListImages")
        #expect(server.requests[1].body.contains(#""nextToken":"n""#))
    }

    @Test func `a repository that could not be read is not an empty one`() async throws {
        let gone = ##"{"__type":"com.amazonaws.ecr#RepositoryNotFoundException","message":"gone"}"##
        let server = try ScriptedServer([
            ScriptedAnswer(status: 400, headers: [("x-amzn-RequestId", "q")], body: gone), ScriptedAnswer(body: "{}"),
            ScriptedAnswer(body: "{"), ScriptedAnswer(body: "{"), ScriptedAnswer(body: "{"),
        ])
        let repositories = Repositories(ScriptedClient(server).client, region: "eu-west-1")
        let missing = await #expect(throws: AWSError.self) { try await repositories.isEmpty("app") }
        #expect(missing?.code == "RepositoryNotFoundException")
        #expect(missing?.requestID == "q")
        let other = await #expect(throws: AWSError.self) { try await repositories.isEmpty("app") }
        #expect(other?.kind == .notUnderstood)
        let broken = await #expect(throws: AWSError.self) { try await repositories.isEmpty("app") }
        #expect(broken?.kind == .malformedAnswer)
    }

    @Test func `P9 no alias is a reading, a failed reading is not`() async throws {
        let server = try ScriptedServer([
            answer("ListAccountAliases", "<AccountAliases/><IsTruncated>false</IsTruncated>"),
            answer("ListAccountAliases", "<AccountAliases><member>acme-prod</member></AccountAliases>"),
            answer("ListAccountAliases", "<IsTruncated>false</IsTruncated>"), failure("AccessDenied", status: 403),
        ])
        let aliases = AccountAliases(ScriptedClient(server).client, region: "eu-west-1")
        #expect(try await aliases.list() == [])
        #expect(try await aliases.list() == ["acme-prod"])
        await #expect(throws: AWSError.self) { try await aliases.list() }
        await #expect(throws: AWSError.self) { try await aliases.list() }
        #expect(server.requests[0][header: "authorization"]?.contains("/us-east-1/iam/") == true)
    }

    @Test(arguments: [
        ("2026-11-23T07:47:40.684Z", 1_795_420_060.684), ("2026-11-23T07:47:40Z", 1_795_420_060),
        ("2026-11-23T08:47:40+01:00", 1_795_420_060), ("1969-12-31T23:59:59Z", -1),
        ("2024-02-29T00:00:00Z", 1_709_164_800),
    ])
    func `dates`(text: String, seconds: Double) throws {
        let date = try #require(awsDate(text))
        #expect(abs(date.timeIntervalSince1970 - seconds) < 0.001)
    }

    @Test(arguments: ["", "2026-11-23", "2026-13-01T00:00:00Z", "2026-11-23T07:47:40", "2026-11-23T07:47:40Zx", "now"])
    func `what is no date is none`(text: String) { #expect(awsDate(text) == nil) }
}
