import Curl
import Foundation
import Synchronization
import Testing

@testable import AWS

/// A second opinion on how requests are written: AWS's own Python library writes the same ones.
@Suite struct BotocoreSerialisationTests {
    /// Answers nothing and remembers what it was to send.
    private final class Recorder: HTTPTransport {
        private let requests = Mutex<[HTTPRequest]>([])

        var all: [HTTPRequest] { requests.withLock { $0 } }

        func send(_ request: HTTPRequest) async throws(TransferError) -> HTTPResponse {
            requests.withLock { $0.append(request) }
            return HTTPResponse(status: 400)
        }
    }

    private struct Case: Codable {
        var service: String
        var operation: String
        /// botocore's parameters, as JSON.
        var parameters: String
        var method = ""
        var url = ""
        var headers: [String: String] = [:]
        var body = ""
    }

    /// Prints a line for each difference.
    private static let script = """
        import json, sys, urllib.parse
        import xml.etree.ElementTree as tree
        import botocore.serialize, botocore.session
        session = botocore.session.get_session()
        def form(text): return sorted(urllib.parse.parse_qsl(text, keep_blank_values=True))
        def elements(node): return (node.tag, (node.text or "").strip(), [elements(child) for child in node])
        for case in json.load(sys.stdin):
            model = session.get_service_model(case["service"])
            # CloudWatch speaks three protocols.
            protocol = "query" if case["service"] == "cloudwatch" else model.protocol
            serializer = botocore.serialize.create_serializer(protocol, include_validation=False)
            operation = model.operation_model(case["operation"])
            theirs = serializer.serialize_to_request(json.loads(case["parameters"]), operation)
            url = urllib.parse.urlsplit(case["url"])
            def same(what, ours, other):
                if ours != other: print(case["operation"], what, "ours", ours, "theirs", other)
            path = theirs["url_path"].split("?")
            query = form(path[1] if len(path) > 1 else "")
            given = theirs["query_string"] if isinstance(theirs["query_string"], dict) else {}
            query += [(name, str(value)) for name, value in given.items()]
            same("method", case["method"], theirs["method"])
            same("path", url.path, path[0])
            same("query", form(url.query), sorted(query))
            target = theirs["headers"].get("X-Amz-Target", "")
            same("target", case["headers"].get("X-Amz-Target", ""), target)
            if target: same("type", case["headers"]["Content-Type"], theirs["headers"]["Content-Type"])
            body = theirs["body"]
            if isinstance(body, dict):
                same("form", form(case["body"]), sorted((name, str(value)) for name, value in body.items()))
                continue
            body = body.decode() if isinstance(body, bytes) else body
            if target: same("json", json.loads(case["body"]), json.loads(body))
            elif body: same("xml", elements(tree.fromstring(case["body"])), elements(tree.fromstring(body)))
            else: same("body", case["body"], body)
        """

    @Test func `botocore writes our requests as we do`() async throws {
        guard let python = ProcessInfo.processInfo.environment["CURFEW_TEST_PYTHON"], !python.isEmpty else {
            print("SKIPPED: CURFEW_TEST_PYTHON names no Python with botocore")
            return
        }
        var cases: [Case] = []
        for (service, operation, parameters, call) in calls {
            let recorder = Recorder()
            let client = AWSClient(
                credentials: exampleKey,
                endpoints: Endpoints(all: "http://127.0.0.1:9"),
                transport: recorder,
                retry: .never,
                meter: CallMeter()
            )
            // Every call fails, having been written.
            await #expect(throws: AWSError.self, "\(operation)") { try await call(client) }
            let request = try #require(recorder.all.first, "\(operation)")
            var written = Case(service: service, operation: operation, parameters: parameters)
            written.method = request.method
            written.url = request.url
            written.headers = Dictionary(request.headers.fields.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
            written.body = String(decoding: request.body, as: UTF8.self)
            cases.append(written)
        }
        let differences = try python3(python, cases)
        #expect(differences == "", "\(differences)")
        #expect(cases.count == 37)
    }

    private typealias Call = (AWSClient) async throws -> Void

    private var calls: [(service: String, operation: String, parameters: String, call: Call)] {
        formation + buckets + others
    }

    private var formation: [(service: String, operation: String, parameters: String, call: Call)] {
        let creation = StackCreation(
            name: "x",
            template: "{\"a\": 1}",
            parameters: ["B": "", "A": "1 & 2"],
            tags: ["k": "v ä"],
            capabilities: ["CAPABILITY_IAM"],
            notificationARNs: ["arn:aws:sns:eu-west-1:1:t"],
            roleARN: "arn:aws:iam::1:role/r",
            stackPolicy: "{}",
            terminationProtection: true,
            onFailure: .nothing
        )
        let written = #"""
            {"StackName":"x","TemplateBody":"{\"a\": 1}","Parameters":[{"ParameterKey":"A","ParameterValue":"1 & 2"},
            {"ParameterKey":"B","ParameterValue":""}],"Tags":[{"Key":"k","Value":"v ä"}],
            "Capabilities":["CAPABILITY_IAM"],"NotificationARNs":["arn:aws:sns:eu-west-1:1:t"],
            "RoleARN":"arn:aws:iam::1:role/r","StackPolicyBody":"{}","EnableTerminationProtection":true,
            "OnFailure":"DO_NOTHING","ClientRequestToken":"t"}
            """#
        return [
            (
                "cloudformation", "DeleteStack",
                #"{"StackName":"\#(exampleID)","RetainResources":["A","B"],"RoleARN":"r","ClientRequestToken":"t"}"#,
                {
                    try await CloudFormationDeletion($0, region: "eu-west-1").deleteStack(
                        id: exampleID,
                        token: "t",
                        roleARN: "r",
                        retaining: ["A", "B"]
                    )
                }
            ),
            (
                "cloudformation", "UpdateTerminationProtection",
                #"{"StackName":"\#(exampleID)","EnableTerminationProtection":false}"#,
                {
                    try await CloudFormationDeletion($0, region: "eu-west-1")
                        .switchTerminationProtectionOff(id: exampleID)
                }
            ),
            (
                "cloudformation", "CreateStack", written,
                { _ = try await CloudFormationCreation($0, region: "eu-west-1").createStack(creation, token: "t") }
            ),
            (
                "cloudformation", "SetStackPolicy", #"{"StackName":"x","StackPolicyBody":"{}"}"#,
                { try await CloudFormationCreation($0, region: "eu-west-1").setStackPolicy("{}", of: "x") }
            ),
            (
                "cloudformation", "GetStackPolicy", #"{"StackName":"x"}"#,
                { _ = try await CloudFormation($0, region: "eu-west-1").stackPolicy(of: "x") }
            ),
            (
                "cloudformation", "GetTemplateSummary", #"{"StackName":"x"}"#,
                { _ = try await CloudFormation($0, region: "eu-west-1").templateSummary(of: "x") }
            ),
            (
                "cloudformation", "GetTemplateSummary", #"{"TemplateBody":"{}"}"#,
                { _ = try await CloudFormation($0, region: "eu-west-1").templateSummary(body: "{}") }
            ),
            (
                "cloudformation", "DescribeAccountLimits", "{}",
                { _ = try await CloudFormation($0, region: "eu-west-1").accountLimits() }
            ),
            (
                "sts", "AssumeRole",
                #"{"RoleArn":"r","RoleSessionName":"curfew-P1","ExternalId":"e","DurationSeconds":3600,"Policy":"{}"}"#,
                {
                    let role = RoleAssumption(roleARN: "r", sessionName: "curfew-P1", externalID: "e", policy: "{}")
                    _ = try await SecurityTokens($0, region: "eu-west-1").assumeRole(role)
                }
            ),
        ]
    }

    private var buckets: [(service: String, operation: String, parameters: String, call: Call)] {
        func calls(_ client: AWSClient) -> BucketCalls {
            BucketCalls(client: client, region: "eu-west-1", bucket: "things")
        }
        let marker = BucketMarker(key: "a b/ä+", id: "v")
        return [
            (
                "s3", "ListObjectVersions",
                #"{"Bucket":"things","MaxKeys":7,"EncodingType":"url","KeyMarker":"a b/ä+","VersionIdMarker":"v"}"#,
                { _ = try await calls($0).versions(after: marker, atMost: 7) }
            ),
            (
                "s3", "ListMultipartUploads",
                #"{"Bucket":"things","MaxUploads":7,"EncodingType":"url","KeyMarker":"a b/ä+","UploadIdMarker":"v"}"#,
                { _ = try await calls($0).uploads(after: marker, atMost: 7) }
            ),
            (
                "s3", "DeleteObjects",
                #"""
                {"Bucket":"things","Delete":{"Objects":[{"Key":"a&<b>","VersionId":"1"},
                {"Key":"ä b","VersionId":"null"}],"Quiet":true}}
                """#,
                {
                    let versions = [
                        ObjectVersion(key: "a&<b>", versionID: "1", size: 0),
                        ObjectVersion(key: "ä b", versionID: "null", size: 0),
                    ]
                    try await calls($0).delete(versions, window: WriteWindow())
                }
            ),
            (
                "s3", "DeleteObject", #"{"Bucket":"things","Key":"a\u0001/b c","VersionId":"1"}"#,
                {
                    let version = ObjectVersion(key: "a\u{1}/b c", versionID: "1", size: 0)
                    try await calls($0).delete([version], window: WriteWindow())
                }
            ),
            (
                "s3", "AbortMultipartUpload", #"{"Bucket":"things","Key":"a+b/ä~c d","UploadId":"u/1"}"#,
                {
                    let upload = UnfinishedUpload(key: "a+b/ä~c d", uploadID: "u/1")
                    try await calls($0).abort(upload, window: WriteWindow())
                }
            ),
        ]
    }

    private var others: [(service: String, operation: String, parameters: String, call: Call)] {
        let balancer = "arn:aws:elasticloadbalancing:eu-west-1:1:loadbalancer/app/x/1"
        let function = "arn:aws:lambda:eu-west-1:1:function:x"
        return [
            (
                "ecr", "ListImages", #"{"repositoryName":"app","maxResults":9,"filter":{"imageStatus":"ANY"}}"#,
                { _ = try await Repositories($0, region: "eu-west-1").holding("app", atMost: 9) }
            ),
            (
                "lambda", "ListFunctions", #"{"MaxItems":50}"#,
                { _ = try await Functions($0, region: "eu-west-1").list() }
            ),
            (
                "cloudtrail", "LookupEvents",
                #"{"LookupAttributes":[{"AttributeKey":"EventName","AttributeValue":"CreateStack"}],"#
                    + #""StartTime":1767225600,"EndTime":1767312000,"MaxResults":50,"NextToken":"t"}"#,
                {
                    _ = try await Trails($0, region: "eu-west-1").events(
                        named: "CreateStack",
                        from: Date(timeIntervalSince1970: 1_767_225_600),
                        until: Date(timeIntervalSince1970: 1_767_312_000),
                        page: "t"
                    )
                }
            ),
            (
                "logs", "DescribeLogGroups", #"{"logGroupNamePrefix":"/aws/lambda/x","limit":50}"#,
                { _ = try await LogGroups($0, region: "eu-west-1").list(prefix: "/aws/lambda/x") }
            ),
            (
                "logs", "DeleteLogGroup", #"{"logGroupName":"/aws/lambda/x"}"#,
                { try await LogGroupDeletion($0, region: "eu-west-1").delete("/aws/lambda/x", window: WriteWindow()) }
            ),
            (
                "resourcegroupstaggingapi", "GetResources",
                #"{"TagFilters":[{"Key":"aws:cloudformation:stack-id","Values":["x"]}],"ResourcesPerPage":100}"#,
                { _ = try await TaggedResources($0, region: "eu-west-1").arns(ofStack: "x") }
            ),
            (
                "cloudwatch", "DescribeAlarms",
                #"{"AlarmNames":["a","b c"],"AlarmTypes":["MetricAlarm","CompositeAlarm"],"MaxRecords":100}"#,
                { _ = try await Alarms($0, region: "eu-west-1").states(of: ["a", "b c"]) }
            ),
            (
                "cloudwatch", "GetMetricData",
                #"{"MetricDataQueries":[{"Id":"q0","MetricStat":{"Metric":{"Namespace":"AWS/Lambda","#
                    + #""MetricName":"Invocations","Dimensions":[{"Name":"FunctionName","Value":"a b"}]},"#
                    + #""Period":86400,"Stat":"Sum"}}],"StartTime":1795392000,"EndTime":1795435207,"#
                    + #""ScanBy":"TimestampDescending"}"#,
                {
                    _ = try await Metrics($0, region: "eu-west-1").sums(
                        of: [MetricName("AWS/Lambda", "Invocations", "FunctionName", "a b")],
                        period: 86_400,
                        from: Date(timeIntervalSince1970: 1_795_392_000),
                        // What happened in this second is asked for, too.
                        to: Date(timeIntervalSince1970: 1_795_435_206.4)
                    )
                }
            ),
            (
                "apigateway", "GetRestApis", #"{"limit":500}"#,
                { _ = try await Gateways($0, region: "eu-west-1").apis() }
            ),
            (
                "apigateway", "GetStages", #"{"restApiId":"a1"}"#,
                { _ = try await Gateways($0, region: "eu-west-1").canaryStages(of: "a1") }
            ),
            (
                "codedeploy", "ListDeployments",
                #"{"includeOnlyStatuses":["Created","Queued","InProgress","Baking","Ready"]}"#,
                { _ = try await Deployments($0, region: "eu-west-1").open() }
            ),
            (
                "ce", "GetCostAndUsage",
                #"{"TimePeriod":{"Start":"2026-10-01","End":"2026-12-01"},"Granularity":"MONTHLY","#
                    + #""Metrics":["UnblendedCost"],"GroupBy":[{"Type":"TAG","Key":"a:b"},"#
                    + #"{"Type":"DIMENSION","Key":"REGION"}],"#
                    + #""Filter":{"Dimensions":{"Key":"LINKED_ACCOUNT","Values":["111122223333"]}}}"#,
                {
                    _ = try await CostExplorer($0, region: "eu-west-1").monthly(
                        of: "111122223333",
                        by: "a:b",
                        metric: "UnblendedCost",
                        from: "2026-10-01",
                        before: "2026-12-01"
                    )
                }
            ),
            (
                "lambda", "GetAlias", #"{"FunctionName":"x","Name":"live"}"#,
                { _ = try await Functions($0, region: "eu-west-1").divided(alias: "\(function):live") }
            ),
            (
                "lambda", "GetFunctionConfiguration", #"{"FunctionName":"\#(function)"}"#,
                { _ = try await Functions($0, region: "eu-west-1").configuration(of: function) }
            ),
            (
                "iam", "GetRole", #"{"RoleName":"r"}"#,
                { _ = try await Roles($0, region: "eu-west-1").exists("r") }
            ),
            (
                "dynamodb", "DescribeTable", #"{"TableName":"t"}"#,
                { _ = try await Databases($0, region: "eu-west-1").table("t") }
            ),
            (
                "rds", "DescribeDBInstances", #"{"DBInstanceIdentifier":"d"}"#,
                { _ = try await Databases($0, region: "eu-west-1").instance("d") }
            ),
            (
                "rds", "DescribeDBClusters", #"{"DBClusterIdentifier":"d"}"#,
                { _ = try await Databases($0, region: "eu-west-1").cluster("d") }
            ),
            (
                "cognito-idp", "DescribeUserPool", #"{"UserPoolId":"p"}"#,
                { _ = try await Contents($0, region: "eu-west-1").userPool("p") }
            ),
            (
                "efs", "DescribeFileSystems", #"{"FileSystemId":"fs-1"}"#,
                { _ = try await Contents($0, region: "eu-west-1").fileSystem("fs-1") }
            ),
            (
                "sqs", "GetQueueAttributes",
                #"{"QueueUrl":"https://q/1","AttributeNames":["ApproximateNumberOfMessages"]}"#,
                { _ = try await Contents($0, region: "eu-west-1").queue(url: "https://q/1") }
            ),
            (
                "elbv2", "DescribeLoadBalancerAttributes", #"{"LoadBalancerArn":"\#(balancer)"}"#,
                { _ = try await Contents($0, region: "eu-west-1").loadBalancer(arn: balancer) }
            ),
            (
                "ec2", "DescribeInstanceAttribute", #"{"InstanceId":"i-1","Attribute":"disableApiTermination"}"#,
                { _ = try await Contents($0, region: "eu-west-1").instance("i-1") }
            ),
        ]
    }

    private func python3(_ python: String, _ cases: [Case]) throws -> String {
        let process = Process()
        let (input, output) = (Pipe(), Pipe())
        process.executableURL = URL(fileURLWithPath: python)
        process.arguments = ["-c", Self.script]
        process.standardInput = input
        process.standardOutput = output
        process.standardError = output
        try process.run()
        input.fileHandleForWriting.write(try JSONEncoder().encode(cases))
        try input.fileHandleForWriting.close()
        return String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    }
}
