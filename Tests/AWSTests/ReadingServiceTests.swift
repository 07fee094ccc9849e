import Foundation
import TestSupport
import Testing

@testable import AWS

/// Services of which Curfew reads one thing each, in the shapes that AWS documents.
@Suite struct ReadingServiceTests {
    private func missing(_ code: String, status: Int = 400) -> ScriptedAnswer {
        ScriptedAnswer(status: status, headers: [("x-amzn-ErrorType", "\(code):http://x/")], body: #"{"Message":"no"}"#)
    }

    @Test func `log groups of all pages, with size and protection`() async throws {
        let server = try ScriptedServer([
            ScriptedAnswer(body: #"{"logGroups":[],"nextToken":"n"}"#),
            ScriptedAnswer(
                body:
                    #"{"logGroups":[{"logGroupName":"/aws/lambda/x","storedBytes":7,"deletionProtectionEnabled":true},"#
                    + #"{"logGroupName":"/aws/lambda/x-y"}]}"#
            ), ScriptedAnswer(body: "{}"),
        ])
        let groups = LogGroups(ScriptedClient(server).client, region: "eu-west-1")
        #expect(
            try await groups.list(prefix: "/aws/lambda/x") == [
                LogGroup(name: "/aws/lambda/x", storedBytes: 7, isDeletionProtected: true),
                LogGroup(name: "/aws/lambda/x-y", storedBytes: nil, isDeletionProtected: false),
            ]
        )
        await #expect(throws: AWSError.self) { try await groups.list(prefix: "/aws/lambda/x") }
    }

    @Test func `a log group that is gone is deleted, one that is protected is not`() async throws {
        let server = try ScriptedServer([
            ScriptedAnswer(), missing("ResourceNotFoundException"), missing("ValidationException"),
        ])
        let deletion = LogGroupDeletion(ScriptedClient(server).client, region: "eu-west-1")
        for _ in 1...2 { try await deletion.delete("/aws/lambda/x", window: WriteWindow()) }
        let error = await #expect(throws: AWSError.self) {
            try await deletion.delete("/aws/lambda/x", window: WriteWindow())
        }
        #expect(error?.code == "ValidationException")
        #expect(server.requests[0][header: "x-amz-target"] == "Logs_20140328.DeleteLogGroup")
    }

    @Test func `alarms of both kinds, a hundred names at a time; a name without one is missing`() async throws {
        func alarm(_ name: String, _ state: String) -> String {
            "<member><AlarmName>\(name)</AlarmName><StateValue>\(state)</StateValue></member>"
        }
        let server = try ScriptedServer([
            answer(
                "DescribeAlarms",
                "<MetricAlarms>\(alarm("n0", "OK"))\(alarm("other", "OK"))</MetricAlarms><NextToken>t</NextToken>"
            ), answer("DescribeAlarms", "<CompositeAlarms>\(alarm("n1", "ALARM"))</CompositeAlarms>"),
            answer("DescribeAlarms", "<MetricAlarms/>"), answer("DescribeAlarms", ""),
        ])
        let alarms = Alarms(ScriptedClient(server).client, region: "eu-west-1")
        let names = (0..<120).map { "n\($0)" }
        #expect(try await alarms.states(of: names) == ["n0": "OK", "n1": "ALARM"])
        #expect(server.requests.count == 3)
        #expect(server.requests[2].body.contains("AlarmNames.member.20=n119&"))
        #expect(server.requests[0][header: "authorization"]?.contains("/eu-west-1/monitoring/") == true)
        await #expect(throws: AWSError.self) { try await alarms.states(of: ["a"]) }
        #expect(try await alarms.states(of: []) == [:])
    }

    @Test func `what bears a stack's tag, to the last page`() async throws {
        let page = #"{"ResourceTagMappingList":[{"ResourceARN":"arn:1","Tags":[]}],"PaginationToken":"p"}"#
        let server = try ScriptedServer([
            ScriptedAnswer(body: page), ScriptedAnswer(body: #"{"ResourceTagMappingList":[],"PaginationToken":""}"#),
            missing("PaginationTokenExpiredException"), ScriptedAnswer(body: #"{"PaginationToken":""}"#),
        ])
        let tagged = TaggedResources(ScriptedClient(server).client, region: "eu-west-1")
        #expect(try await tagged.arns(ofStack: exampleID) == ["arn:1"])
        #expect(server.requests[1].body.contains(#""PaginationToken":"p""#))
        await #expect(throws: AWSError.self) { try await tagged.arns(ofStack: exampleID) }
        await #expect(throws: AWSError.self) { try await tagged.arns(ofStack: exampleID) }
    }

    @Test func `a function's VPC, and that there is no such function`() async throws {
        let server = try ScriptedServer([
            ScriptedAnswer(body: #"{"FunctionName":"x","VpcConfig":{"VpcId":"vpc-1"}}"#),
            ScriptedAnswer(body: #"{"FunctionName":"x","VpcConfig":{"VpcId":""}}"#),
            ScriptedAnswer(body: #"{"FunctionName":"x"}"#), missing("ResourceNotFoundException", status: 404),
            ScriptedAnswer(status: 404, body: "<html/>"), missing("AccessDeniedException", status: 403),
        ])
        let functions = Functions(ScriptedClient(server).client, region: "eu-west-1")
        #expect(try await functions.configuration(of: "x") == FunctionConfiguration(name: "x", vpcID: "vpc-1"))
        #expect(try await functions.configuration(of: "arn:aws:lambda:eu-west-1:1:function:x")?.vpcID == nil)
        #expect(try await functions.configuration(of: "x")?.vpcID == nil)
        #expect(try await functions.configuration(of: "x") == nil)
        await #expect(throws: AWSError.self) { try await functions.configuration(of: "x") }
        await #expect(throws: AWSError.self) { try await functions.configuration(of: "x") }
        #expect(
            server.requests[1].path
                == "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aeu-west-1%3A1%3Afunction%3Ax/configuration"
        )
    }

    @Test func `functions of all pages, with their runtimes; what is no listing is no empty one`() async throws {
        let server = try ScriptedServer([
            ScriptedAnswer(
                body: #"{"Functions":[{"FunctionName":"a","Runtime":"nodejs20.x","PackageType":"Zip"},"#
                    + #"{"FunctionName":"b","PackageType":"Image"}],"NextMarker":"m/1=&"}"#
            ), ScriptedAnswer(body: #"{"Functions":[],"NextMarker":"m2"}"#),
            ScriptedAnswer(
                body: #"{"Functions":[{"FunctionName":"c","Runtime":"newer99.x"},{"FunctionName":"d","Runtime":"","#
                    + #""PackageType":"Image"},{"FunctionName":"e","PackageType":"Zip","RuntimeConfig":{}}],"#
                    + #""NextMarker":null}"#
            ), ScriptedAnswer(body: "{}"), missing("AccessDeniedException", status: 403),
        ])
        let functions = Functions(ScriptedClient(server).client, region: "eu-west-1")
        #expect(
            try await functions.list() == [
                ListedFunction(name: "a", runtime: "nodejs20.x", isImage: false),
                ListedFunction(name: "b", runtime: nil, isImage: true),
                ListedFunction(name: "c", runtime: "newer99.x", isImage: false),
                ListedFunction(name: "d", runtime: nil, isImage: true),
                ListedFunction(name: "e", runtime: nil, isImage: false),
            ]
        )
        #expect(server.requests[0].path == "/2015-03-31/functions?MaxItems=50")
        #expect(server.requests[1].path.contains("Marker=m%2F1%3D%26"))
        for _ in 1...2 { await #expect(throws: AWSError.self) { try await functions.list() } }
    }

    @Test func `a role that is missing is a reading, one that may not be read is not`() async throws {
        let server = try ScriptedServer([
            answer("GetRole", "<Role><RoleName>r</RoleName></Role>"), failure("NoSuchEntity", status: 404),
            failure("AccessDenied", status: 403), answer("GetRole", ""),
        ])
        let roles = Roles(ScriptedClient(server).client, region: "eu-west-1")
        #expect(try await roles.exists("r"))
        #expect(try await !roles.exists("r"))
        for _ in 1...2 { await #expect(throws: AWSError.self) { try await roles.exists("r") } }
    }

    @Test func `databases: size, protection, and that they are gone`() async throws {
        func instance(_ engine: String) -> ScriptedAnswer {
            answer(
                "DescribeDBInstances",
                "<DBInstances><DBInstance><DBInstanceIdentifier>db</DBInstanceIdentifier><Engine>\(engine)</Engine>"
                    + "<AllocatedStorage>20</AllocatedStorage><DeletionProtection>true</DeletionProtection>"
                    + "</DBInstance></DBInstances>"
            )
        }
        let server = try ScriptedServer([
            ScriptedAnswer(body: #"{"Table":{"ItemCount":3,"TableSizeBytes":9,"DeletionProtectionEnabled":true}}"#),
            ScriptedAnswer(
                status: 400,
                body: ##"{"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException","message":"no"}"##
            ), instance("postgres"), instance("aurora-postgresql"), failure("DBInstanceNotFound", status: 404),
            failure("DBClusterNotFoundFault", status: 404), answer("DescribeDBInstances", "<DBInstances/>"),
        ])
        let databases = Databases(ScriptedClient(server).client, region: "eu-west-1")
        #expect(
            try await databases.table("t") == DatabaseReading(items: 3, bytes: 9, isDeletionProtected: true)
        )
        #expect(server.requests[0][header: "content-type"] == "application/x-amz-json-1.0")
        #expect(try await databases.table("t") == nil)
        #expect(
            try await databases.instance("DB")
                == DatabaseReading(items: nil, bytes: 20 << 30, isDeletionProtected: true)
        )
        #expect(try await databases.instance("db")?.bytes == nil)
        #expect(try await databases.instance("db") == nil)
        #expect(try await databases.cluster("db") == nil)
        await #expect(throws: AWSError.self) { try await databases.instance("db") }
    }

    @Test func `one number each: users, bytes, messages, and protections`() async throws {
        let attributes =
            "<Attributes><member><Key>deletion_protection.enabled</Key><Value>true</Value></member></Attributes>"
        let server = try ScriptedServer([
            ScriptedAnswer(body: #"{"UserPool":{"EstimatedNumberOfUsers":5,"DeletionProtection":"ACTIVE"}}"#),
            ScriptedAnswer(body: #"{"FileSystems":[{"FileSystemId":"fs-1","SizeInBytes":{"Value":6144}}]}"#),
            missing("FileSystemNotFound", status: 404),
            ScriptedAnswer(body: #"{"Attributes":{"ApproximateNumberOfMessages":"4"}}"#), ScriptedAnswer(body: "{}"),
            answer("DescribeLoadBalancerAttributes", attributes),
            ScriptedAnswer(
                body: "<DescribeInstanceAttributeResponse><disableApiTermination><value>true</value>"
                    + "</disableApiTermination></DescribeInstanceAttributeResponse>"
            ),
            ScriptedAnswer(
                status: 400,
                body: "<Response><Errors><Error><Code>InvalidInstanceID.NotFound</Code><Message>no</Message></Error>"
                    + "</Errors><RequestID>q</RequestID></Response>"
            ),
        ])
        let contents = Contents(ScriptedClient(server).client, region: "eu-west-1")
        #expect(
            try await contents.userPool("p") == DatabaseReading(items: 5, bytes: nil, isDeletionProtected: true)
        )
        #expect(try await contents.fileSystem("fs-1")?.bytes == 6_144)
        #expect(server.requests[1].path == "/2015-02-01/file-systems?FileSystemId=fs-1")
        #expect(try await contents.fileSystem("fs-1") == nil)
        #expect(try await contents.queue(url: "https://q/1")?.items == 4)
        await #expect(throws: AWSError.self) { try await contents.queue(url: "https://q/1") }
        #expect(try await contents.loadBalancer(arn: "arn")?.isDeletionProtected == true)
        #expect(try await contents.instance("i-1")?.isDeletionProtected == true)
        #expect(try await contents.instance("i-1") == nil)
    }
}
