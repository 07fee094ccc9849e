import Curl
import Foundation
import TestSupport
import Testing

@testable import AWS

private let region = "eu-central-1"

/// What holds things, in emulators: made, counted, emptied, deleted.
@Suite(.serialized) struct EmulatorContentTests {
    enum Kind: String, CaseIterable, Sendable { case ministack, moto }

    private struct House {
        let emulator: Emulator
        let client: AWSClient

        static func open(_ kind: Kind) async throws -> House? {
            let started =
                switch kind {
                case .ministack: try await Emulator.ministack()
                case .moto: try await Emulator.moto()
                }
            guard let emulator = started else { return nil }
            let connection = AWSConnection(
                endpoints: Endpoints(all: emulator.url),
                transport: HTTPPool(width: 2),
                retry: .never,
                meter: CallMeter(),
                limits: TransferLimits(total: .seconds(240), slow: .seconds(240))
            )
            let key = Credentials(accessKeyID: "123456789012", secretAccessKey: "x")
            return House(emulator: emulator, client: AWSClient(credentials: key, connection: connection))
        }

        func bucket(
            _ method: String,
            key: String? = nil,
            query: [(name: String, value: String)] = [],
            body: String = ""
        ) async throws {
            let content = AWSCall.Content.bucket(
                "things",
                method: method,
                key: key,
                query: query,
                body: Array(body.utf8)
            )
            try await client.call(AWSCall(service: .s3, operation: "Test", region: region, content: content)) { _ in }
        }

        func json(_ service: AWSService, _ operation: String, _ body: String) async throws {
            let content = AWSCall.Content.json(Array(body.utf8))
            let call = AWSCall(service: service, operation: operation, region: region, content: content)
            try await client.call(call) { _ in }
        }
    }

    private static let keys = ["plain", "a&b<c>\"'", "ä ö/ü", "a+b%20c", " x ", "folder/", "😀"]

    @Test(arguments: Kind.allCases)
    func `a bucket with versions, delete markers and uploads is counted and emptied`(kind: Kind) async throws {
        guard let house = try await House.open(kind) else { return }
        defer { house.emulator.stop() }
        let place =
            "<CreateBucketConfiguration><LocationConstraint>\(region)</LocationConstraint></CreateBucketConfiguration>"
        try await house.bucket("PUT", body: place)
        try await house.bucket(
            "PUT",
            query: [("versioning", "")],
            body: "<VersioningConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Status>Enabled</Status>"
                + "</VersioningConfiguration>"
        )
        for key in Self.keys {
            try await house.bucket("PUT", key: key, body: "first")
            try await house.bucket("PUT", key: key, body: "second!")
        }
        try await house.bucket("DELETE", key: "plain")
        try await house.bucket("POST", key: "big one", query: [("uploads", "")])

        let buckets = Buckets(house.client, region: region)
        #expect(try await !buckets.isEmpty("things"))
        let count = Self.keys.count * 2 + 1
        let bytes = Int64(Self.keys.count * 12)
        #expect(try await buckets.holding("things", atMost: 100) == Holding(items: count, bytes: bytes))
        let some = try await buckets.holding("things", atMost: 3)
        #expect(some.items == 3 && some.isAtLeast)

        let emptying = BucketEmptying(house.client, region: region)
        #expect(try await !emptying.empty("things", atMost: 4, window: WriteWindow()))
        #expect(try await buckets.holding("things", atMost: 100).items == count - 4)
        #expect(try await emptying.empty("things", atMost: 100, window: WriteWindow()))
        #expect(try await buckets.isEmpty("things"))
        #expect(try await emptying.empty("things", atMost: 100, window: WriteWindow()))
        try await house.bucket("DELETE")
        let gone = await #expect(throws: AWSError.self) {
            try await emptying.empty("things", atMost: 100, window: WriteWindow())
        }
        #expect(gone?.code == "NoSuchBucket")
    }

    @Test(arguments: Kind.allCases)
    func `more than a page of objects is emptied`(kind: Kind) async throws {
        guard let house = try await House.open(kind) else { return }
        defer { house.emulator.stop() }
        let place =
            "<CreateBucketConfiguration><LocationConstraint>\(region)</LocationConstraint></CreateBucketConfiguration>"
        try await house.bucket("PUT", body: place)
        for number in 1...1_050 { try await house.bucket("PUT", key: "k\(number)", body: "x") }
        let buckets = Buckets(house.client, region: region)
        let holding = try await buckets.holding("things", atMost: 10_000)
        // ministack lists the last one of an unversioned page once more on the next.
        #expect(holding.items == (kind == .ministack ? 1_051 : 1_050))
        #expect(!holding.isAtLeast)
        let emptying = BucketEmptying(house.client, region: region)
        #expect(try await emptying.empty("things", atMost: 10_000, window: WriteWindow()))
        #expect(try await buckets.isEmpty("things"))
    }

    @Test(arguments: Kind.allCases)
    func `a repository's images are counted and deleted`(kind: Kind) async throws {
        guard let house = try await House.open(kind) else { return }
        defer { house.emulator.stop() }
        try await house.json(.ecr, "CreateRepository", #"{"repositoryName":"team/app"}"#)
        for number in 1...5 {
            let manifest =
                #"{\"schemaVersion\":2,\"mediaType\":\"application/vnd.docker.distribution.manifest.v2+json\","#
                + #"\"config\":{\"mediaType\":\"application/vnd.docker.container.image.v1+json\",\"size\":\#(number),"#
                + #"\"digest\":\"sha256:\#(String(repeating: "\(number)", count: 64))\"},\"layers\":[{\"mediaType\":"#
                + #"\"application/vnd.docker.image.rootfs.diff.tar.gzip\",\"size\":1,"#
                + #"\"digest\":\"sha256:\#(String(repeating: "\(number)", count: 64))\"}]}"#
            try await house.json(
                .ecr,
                "PutImage",
                #"{"repositoryName":"team/app","imageTag":"t\#(number)","imageManifest":"\#(manifest)"}"#
            )
        }
        let repositories = Repositories(house.client, region: region)
        #expect(try await repositories.holding("team/app", atMost: 100) == Holding(items: 5))
        let emptying = RepositoryEmptying(house.client, region: region)
        #expect(try await !emptying.empty("team/app", atMost: 2, window: WriteWindow()))
        #expect(try await repositories.holding("team/app", atMost: 100) == Holding(items: 3))
        #expect(try await emptying.empty("team/app", atMost: 100, window: WriteWindow()))
        #expect(try await repositories.isEmpty("team/app"))
    }

    @Test(arguments: Kind.allCases)
    func `log groups, alarms, roles and functions`(kind: Kind) async throws {
        guard let house = try await House.open(kind) else { return }
        defer { house.emulator.stop() }
        for name in ["/aws/lambda/x", "/aws/lambda/x-y", "/aws/rds/z"] {
            try await house.json(.logs, "CreateLogGroup", #"{"logGroupName":"\#(name)"}"#)
        }
        let groups = LogGroups(house.client, region: region)
        #expect(try await groups.list(prefix: "/aws/lambda/").map(\.name) == ["/aws/lambda/x", "/aws/lambda/x-y"])
        #expect(try await groups.group("/aws/lambda/x")?.isDeletionProtected == false)
        let deletion = LogGroupDeletion(house.client, region: region)
        for _ in 1...2 { try await deletion.delete("/aws/lambda/x", window: WriteWindow()) }
        #expect(try await groups.list(prefix: "/aws/").map(\.name) == ["/aws/lambda/x-y", "/aws/rds/z"])

        let alarm: [(name: String, value: String?)] = [
            ("AlarmName", "rollback"), ("ComparisonOperator", "GreaterThanThreshold"), ("EvaluationPeriods", "1"),
            ("MetricName", "Errors"), ("Namespace", "X"), ("Period", "60"), ("Statistic", "Sum"), ("Threshold", "1"),
        ]
        try await house.client.command(.cloudwatch, "PutMetricAlarm", region: region, alarm, window: WriteWindow())
        let states = try await Alarms(house.client, region: region).states(of: ["rollback", "nope"])
        #expect(states.keys.sorted() == ["rollback"])
        #expect(["OK", "INSUFFICIENT_DATA"].contains(states["rollback"] ?? ""))

        #expect(try await !Roles(house.client, region: region).exists("nope"))
        #expect(try await Functions(house.client, region: region).configuration(of: "nope") == nil)
        try await house.json(.sqs, "CreateQueue", #"{"QueueName":"q"}"#)
        let url = "\(house.emulator.url)/123456789012/q"
        #expect(try await Contents(house.client, region: region).queue(url: url)?.items == 0)
        #expect(try await Contents(house.client, region: region).queue(url: url + "x") == nil)
        #expect(try await Databases(house.client, region: region).table("nope") == nil)
    }

    @Test func `ministack: protection, policy, summary and limits of a stack`() async throws {
        guard let house = try await House.open(.ministack) else { return }
        defer { house.emulator.stop() }
        let formation = CloudFormation(house.client, region: region)
        let creation = CloudFormationCreation(house.client, region: region)
        let deletion = CloudFormationDeletion(house.client, region: region)
        var stack = StackCreation(
            name: "feature-x",
            template:
                #"{"Parameters":{"P":{"Type":"String","NoEcho":true}},"Resources":{"T":{"Type":"AWS::SNS::Topic"}}}"#
        )
        stack.parameters = ["P": "secret"]
        stack.tags = ["owner": "a@b.example"]
        stack.terminationProtection = true
        let id = try await creation.createStack(stack, token: "restore-1")
        var status = ""
        let deadline = ContinuousClock.now + .seconds(30)
        repeat {
            status = try await formation.describeStack(id: id).status
        } while status.hasSuffix("_IN_PROGRESS")
            && ContinuousClock.now < deadline
        let made = try await formation.describeStack(id: id)
        #expect(made.status == "CREATE_COMPLETE")
        #expect(made.enableTerminationProtection == true)
        #expect(made.tags == [Stack.Tag(key: "owner", value: "a@b.example")])
        let summary = try await formation.templateSummary(of: id)
        #expect(summary.parameters.map(\.isNoEcho) == [true])
        try await creation.setStackPolicy(#"{"Statement":[]}"#, of: id)
        #expect(try await formation.stackPolicy(of: id)?.contains("Statement") == true)
        await #expect(throws: AWSError.self) { try await deletion.deleteStack(id: id, token: "t-1") }
        for _ in 1...2 { try await deletion.switchTerminationProtectionOff(id: id) }
        #expect(try await formation.describeStack(id: id).enableTerminationProtection == false)
        try await deletion.deleteStack(id: id, token: "t-2")
    }
}
