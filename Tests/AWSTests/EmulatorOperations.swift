import Foundation
import Testing

@testable import AWS

private let region = "eu-central-1"

/// Every operation beside those of the first reading of CloudFormation, for an emulator that checks signatures.
func laterOperations(_ client: AWSClient) -> [(String, () async throws(AWSError) -> Void)] {
    stackOperations(client) + contentOperations(client) + readingOperations(client)
}

private func stackOperations(_ client: AWSClient) -> [(String, () async throws(AWSError) -> Void)] {
    let formation = CloudFormation(client, region: region)
    let deletion = CloudFormationDeletion(client, region: region)
    let creation = CloudFormationCreation(client, region: region)
    let stack = StackCreation(name: "x", template: "{}", parameters: ["A": "ä b+c"], tags: ["k": "v"])
    return [
        (
            "DeleteStack retaining",
            { () throws(AWSError) in try await deletion.deleteStack(id: exampleID, token: "t", retaining: ["A"]) }
        ),
        (
            "UpdateTerminationProtection",
            { () throws(AWSError) in try await deletion.switchTerminationProtectionOff(id: exampleID) }
        ), ("CreateStack", { () throws(AWSError) in _ = try await creation.createStack(stack, token: "t") }),
        ("SetStackPolicy", { () throws(AWSError) in try await creation.setStackPolicy("{}", of: exampleID) }),
        ("GetStackPolicy", { () throws(AWSError) in _ = try await formation.stackPolicy(of: exampleID) }),
        ("GetTemplateSummary", { () throws(AWSError) in _ = try await formation.templateSummary(body: "{}") }),
        ("DescribeAccountLimits", { () throws(AWSError) in _ = try await formation.accountLimits() }),
    ]
}

private func contentOperations(_ client: AWSClient) -> [(String, () async throws(AWSError) -> Void)] {
    let calls = BucketCalls(client: client, region: region, bucket: "no-such-bucket")
    let version = ObjectVersion(key: "a b/ä+~", versionID: "null", size: 0)
    let control = ObjectVersion(key: "a\u{1}/b c", versionID: "null", size: 0)
    let upload = UnfinishedUpload(key: "a b/ä+~", uploadID: "u")
    let marker = BucketMarker(key: "a b/ä+~", id: "v")
    let emptying = RepositoryEmptying(client, region: region)
    let window = WriteWindow()
    return [
        (
            "ListObjectVersions",
            { () throws(AWSError) in _ = try await calls.versions(after: marker, atMost: 10) }
        ), ("ListMultipartUploads", { () throws(AWSError) in _ = try await calls.uploads(after: marker, atMost: 10) }),
        ("DeleteObjects", { () throws(AWSError) in try await calls.delete([version], window: window) }),
        ("DeleteObject", { () throws(AWSError) in try await calls.delete([control], window: window) }),
        ("AbortMultipartUpload", { () throws(AWSError) in try await calls.abort(upload, window: window) }),
        (
            "BatchDeleteImage",
            { () throws(AWSError) in
                let images = [RepositoryImage(imageDigest: "sha256:1", imageTag: nil)]
                _ = try await emptying.delete(images, named: ["sha256:1"], of: "app", window)
            }
        ),
        (
            "DeleteLogGroup",
            { () throws(AWSError) in try await LogGroupDeletion(client, region: region).delete("/x", window: window) }
        ),
    ]
}

private func readingOperations(_ client: AWSClient) -> [(String, () async throws(AWSError) -> Void)] {
    let contents = Contents(client, region: region)
    let databases = Databases(client, region: region)
    let function = "arn:aws:lambda:eu-central-1:123456789012:function:x"
    let balancer = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/x/1234567890abcdef"
    return [
        (
            "LookupEvents",
            { () throws(AWSError) in
                let trails = Trails(client, region: region)
                let start = Date(timeIntervalSince1970: 0)
                _ = try await trails.events(named: "CreateStack", from: start, until: start, page: nil)
            }
        ),
        (
            "DescribeLogGroups",
            { () throws(AWSError) in _ = try await LogGroups(client, region: region).list(prefix: "/x") }
        ),
        (
            "DescribeAlarms",
            { () throws(AWSError) in _ = try await Alarms(client, region: region).states(of: ["a b"]) }
        ),
        (
            "GetMetricData",
            { () throws(AWSError) in
                let metric = MetricName("AWS/Lambda", "Invocations", "FunctionName", "a b")
                let now = Date()
                let sums = try await Metrics(client, region: region).sums(
                    of: [metric],
                    period: 86_400,
                    from: now.addingTimeInterval(-900_000),
                    to: now
                )
                #expect(sums.map(\.isComplete) == [true])
            }
        ),
        ("GetRestApis", { () throws(AWSError) in _ = try await Gateways(client, region: region).apis() }),
        (
            "ListDeployments",
            { () throws(AWSError) in _ = try await Deployments(client, region: region).open() }
        ),
        (
            "GetCostAndUsage",
            { () throws(AWSError) in
                _ = try await CostExplorer(client, region: region).monthly(
                    of: "111122223333",
                    by: "aws:cloudformation:stack-name",
                    metric: "UnblendedCost",
                    from: "2026-10-01",
                    before: "2026-12-01"
                )
            }
        ),
        (
            "GetAlias",
            { () throws(AWSError) in
                _ = try await Functions(client, region: region).divided(alias: "\(function):live")
            }
        ),
        (
            "GetResources",
            { () throws(AWSError) in _ = try await TaggedResources(client, region: region).arns(ofStack: exampleID) }
        ),
        (
            "ListFunctions",
            { () throws(AWSError) in _ = try await Functions(client, region: region).list() }
        ),
        (
            "GetFunctionConfiguration",
            { () throws(AWSError) in _ = try await Functions(client, region: region).configuration(of: function) }
        ), ("GetRole", { () throws(AWSError) in _ = try await Roles(client, region: region).exists("nope") }),
        ("DescribeTable", { () throws(AWSError) in _ = try await databases.table("nope") }),
        ("DescribeDBInstances", { () throws(AWSError) in _ = try await databases.instance("nope") }),
        ("DescribeDBClusters", { () throws(AWSError) in _ = try await databases.cluster("nope") }),
        ("DescribeUserPool", { () throws(AWSError) in _ = try await contents.userPool("eu-central-1_nope") }),
        ("DescribeFileSystems", { () throws(AWSError) in _ = try await contents.fileSystem("fs-0123456789abcdef0") }),
        (
            "GetQueueAttributes",
            { () throws(AWSError) in
                _ = try await contents.queue(url: "https://sqs.eu-central-1.amazonaws.com/123456789012/nope")
            }
        ),
        (
            "DescribeLoadBalancerAttributes",
            { () throws(AWSError) in _ = try await contents.loadBalancer(arn: balancer) }
        ),
        (
            "DescribeInstanceAttribute",
            { () throws(AWSError) in _ = try await contents.instance("i-0123456789abcdef0") }
        ),
    ]
}
