import Curl
import Foundation
import TestSupport
import Testing

@testable import AWS

@Suite struct BucketEmptyingTests {
    private func versions(_ count: Int, of key: String = "k") -> [ObjectVersion] {
        (0..<count).map { ObjectVersion(key: "\(key)\($0)", versionID: "v\($0)", size: 10) }
    }

    private func empty(_ server: ScriptedServer, atMost: Int = 10_000) async throws -> Bool {
        let emptying = BucketEmptying(ScriptedClient(server).client, region: "eu-west-1")
        return try await emptying.empty("things", atMost: atMost, window: WriteWindow())
    }

    @Test func `versions, delete markers and unfinished uploads all go, and a last look says so`() async throws {
        let bucket = ScriptedBucket(
            .init(
                versions: versions(3),
                markers: [ObjectVersion(key: "k0", versionID: "m", size: 0)],
                uploads: [
                    UnfinishedUpload(key: "a b/c+d", uploadID: "u1"), UnfinishedUpload(key: "/x", uploadID: "u2"),
                ]
            )
        )
        let server = try bucket.server()
        #expect(try await empty(server))
        #expect(bucket.current.versions.isEmpty && bucket.current.markers.isEmpty && bucket.current.uploads.isEmpty)
        let operations = server.requests.map { "\($0.method) \($0.path.prefix { $0 != "&" && $0 != "=" })" }
        #expect(
            operations == [
                "GET /things?encoding-type", "POST /things?delete", "GET /things?encoding-type",
                "GET /things?encoding-type", "DELETE /things/a%20b/c%2Bd?uploadId", "DELETE /things//x?uploadId",
                "GET /things?encoding-type", "GET /things?encoding-type",
            ]
        )
    }

    @Test func `a batch has at most 1,000 keys`() async throws {
        let bucket = ScriptedBucket(.init(versions: versions(2_300)))
        #expect(try await empty(try bucket.server()))
        #expect(bucket.current.batches == [1_000, 1_000, 300])
    }

    @Test func `no more goes at a time than was asked for, and the next call goes on`() async throws {
        let bucket = ScriptedBucket(
            .init(versions: versions(1_500), uploads: [UnfinishedUpload(key: "u", uploadID: "1")])
        )
        let server = try bucket.server()
        #expect(try await !empty(server, atMost: 1_200))
        #expect(bucket.current.versions.count == 300)
        #expect(bucket.current.batches == [1_000, 200])
        // Everything but the upload: not empty yet.
        #expect(try await !empty(server, atMost: 300))
        #expect(bucket.current.uploads.count == 1)
        #expect(try await empty(server, atMost: 300))
        #expect(try await empty(server, atMost: 300))
    }

    @Test func `an empty page that goes on is not the end`() async throws {
        let bucket = ScriptedBucket(.init(versions: versions(2), emptyPages: 2))
        let server = try bucket.server()
        #expect(try await empty(server))
        #expect(bucket.current.versions.isEmpty)
        #expect(server.requests[1].path.contains("key-marker=m1"))
        let round = try ScriptedServer { _, _ in
            ScriptedAnswer(
                body: "<ListVersionsResult><IsTruncated>true</IsTruncated><NextKeyMarker>k</NextKeyMarker>"
                    + "</ListVersionsResult>"
            )
        }
        let error = await #expect(throws: AWSError.self) { try await empty(round) }
        #expect(error?.message.contains("twice") == true)
    }

    @Test(arguments: ["SlowDown", "InternalError", "ServiceUnavailable"])
    func `what passes inside a 200 is waited for and asked again`(code: String) async throws {
        let refusal = (code: code, message: "later")
        let bucket = ScriptedBucket(.init(versions: versions(3), refusals: [refusal, refusal]))
        let scripted = ScriptedClient(try bucket.server())
        let emptying = BucketEmptying(scripted.client, region: "eu-west-1")
        #expect(try await emptying.empty("things", atMost: 10, window: WriteWindow()))
        #expect(bucket.current.batches == [3, 3, 3])
        #expect(scripted.sleeps.all == [.milliseconds(500), .seconds(1)])
    }

    @Test func `what is throttled without end is an error, not an empty bucket`() async throws {
        let refusals = (1...9).map { _ in (code: "SlowDown", message: "later") }
        let bucket = ScriptedBucket(.init(versions: versions(3), refusals: refusals))
        let error = await #expect(throws: AWSError.self) { try await empty(try bucket.server()) }
        #expect(error?.kind == .throttled)
        #expect(bucket.current.batches.count == 3)
    }

    @Test func `an error inside a 200 is an error that names the object`() async throws {
        let bucket = ScriptedBucket(.init(versions: versions(2), refusals: [("AccessDenied", "Access Denied")]))
        let error = await #expect(throws: AWSError.self) { try await empty(try bucket.server()) }
        #expect(error?.kind == .accessDenied)
        #expect(error?.message == "1 of 2 objects of things were not deleted, such as 'k0': Access Denied")
        #expect(bucket.current.versions.count == 2)
    }

    @Test func `an object under a legal hold or retention is said to be one`() async throws {
        let message = "Access Denied because object protected by object lock."
        let bucket = ScriptedBucket(.init(versions: versions(2), refusals: [("AccessDenied", message)]))
        let error = await #expect(throws: AWSError.self) { try await empty(try bucket.server()) }
        #expect(error?.code == "ObjectLocked")
        #expect(error?.advice?.contains("legal hold") == true)
    }

    @Test func `keys of all kinds are deleted as they are`() async throws {
        let keys = [
            "a&b<c>\"'", "ä ö/ü", "a+b%20c", "line\nbreak\rreturn\ttab", " x ", "..", "a//b", "\u{1}control", "😀",
        ]
        let all = keys.map { ObjectVersion(key: $0, versionID: "null", size: 1) }
        let bucket = ScriptedBucket(.init(versions: all))
        let server = try bucket.server()
        #expect(try await empty(server))
        #expect(bucket.current.versions == [])
        // What XML cannot hold has a request of its own.
        #expect(bucket.current.batches == [keys.count - 1])
        #expect(server.requests.contains { $0.method == "DELETE" && $0.path == "/things/%01control?versionId=null" })
    }

    @Test func `a deletion carries the checksum of its body`() async throws {
        let bucket = ScriptedBucket(.init(versions: versions(1)))
        let server = try bucket.server()
        _ = try await empty(server)
        let request = try #require(server.requests.first { $0.method == "POST" })
        #expect(request[header: "x-amz-sdk-checksum-algorithm"] == "SHA256")
        #expect(request[header: "x-amz-checksum-sha256"]?.count == 44)
        #expect(request[header: "authorization"]?.contains("x-amz-checksum-sha256") == true)
        #expect(
            request.body == #"<Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Object><Key>k0</Key>"#
                + "<VersionId>v0</VersionId></Object><Quiet>true</Quiet></Delete>"
        )
    }

    @Test func `counting stops at its limit and says so`() async throws {
        let large = try ScriptedBucket(.init(versions: versions(2_500))).server()
        let buckets = Buckets(ScriptedClient(large).client, region: "eu-west-1")
        #expect(try await buckets.holding("things", atMost: 800) == Holding(items: 800, bytes: 8_000, isAtLeast: true))
        #expect(large.requests.count == 1)
        let small = try ScriptedBucket(.init(versions: versions(4), markers: versions(2, of: "m"), emptyPages: 1))
            .server()
        let counted = Buckets(ScriptedClient(small).client, region: "eu-west-1")
        #expect(try await counted.holding("things", atMost: 9) == Holding(items: 6, bytes: 40, isAtLeast: false))
    }

    @Test func `P11 a deadline in the middle stops before the next request`() async throws {
        let bucket = ScriptedBucket(.init(versions: versions(2_300)))
        let server = try ScriptedServer { request, number in
            guard number < 4 else { return ScriptedAnswer(status: 500) }
            var answer = bucket.answered(request)
            if number == 1 { answer.delay = .milliseconds(4_500) }
            return answer
        }
        let emptying = BucketEmptying(
            ScriptedClient(server, limits: TransferLimits(total: .seconds(30))).client,
            region: "eu-west-1"
        )
        let error = await #expect(throws: AWSError.self) {
            try await emptying.empty(
                "things",
                atMost: 9_000,
                window: WriteWindow(notAfter: .now + .milliseconds(4_000))
            )
        }
        #expect(error?.kind == .deadlinePassed)
        #expect(server.requests.count == 2)
        #expect(bucket.current.versions.count == 1_300)
    }
}
