/// What Curfew reads of services from which it needs one number each.
///
/// Nil is always: there is none of that name.
package struct Contents: Sendable {
    private let client: AWSClient
    private let region: String

    package init(_ client: AWSClient, region: String) {
        self.client = client
        self.region = region
    }

    /// Cognito: users as it estimates them.
    package func userPool(_ id: String) async throws(AWSError) -> DatabaseReading? {
        try await nilIfMissing("ResourceNotFoundException") { () throws(AWSError) in
            let question = ["UserPoolId": id]
            let answer: DescribeUserPool = try await client.json(
                .cognito,
                "DescribeUserPool",
                region: region,
                question
            )
            return DatabaseReading(
                items: answer.UserPool.EstimatedNumberOfUsers,
                bytes: nil,
                isDeletionProtected: answer.UserPool.DeletionProtection == "ACTIVE"
            )
        }
    }

    /// EFS: bytes in all storage classes, as it last measured them.
    package func fileSystem(_ id: String) async throws(AWSError) -> DatabaseReading? {
        try await nilIfMissing("FileSystemNotFound") { () throws(AWSError) in
            let answer: DescribeFileSystems = try await client.rest(
                .efs,
                "DescribeFileSystems",
                region: region,
                path: "/2015-02-01/file-systems",
                query: [("FileSystemId", id)]
            )
            guard let system = answer.FileSystems.first, system.FileSystemId == id, answer.FileSystems.count == 1 else {
                throw notUnderstood("asked for one file system, got \(answer.FileSystems.count)")
                    .on(.efs, "DescribeFileSystems", region: region)
            }
            return DatabaseReading(items: nil, bytes: system.SizeInBytes?.Value, isDeletionProtected: nil)
        }
    }

    /// SQS: messages that wait, about.
    package func queue(url: String) async throws(AWSError) -> DatabaseReading? {
        let gone = ["QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"]
        return try await nilIfMissing(gone) { () throws(AWSError) in
            let name = "ApproximateNumberOfMessages"
            let question = GetQueueAttributes.Question(QueueUrl: url, AttributeNames: [name])
            let answer: GetQueueAttributes.Answer = try await client.json(
                .sqs,
                "GetQueueAttributes",
                region: region,
                question
            )
            guard let number = answer.Attributes[name].flatMap({ Int($0) }) else {
                throw notUnderstood("no \(name) in the answer").on(.sqs, "GetQueueAttributes", region: region)
            }
            return DatabaseReading(items: number, bytes: nil, isDeletionProtected: nil)
        }
    }

    /// ELB: whether the load balancer refuses to be deleted.
    package func loadBalancer(arn: String) async throws(AWSError) -> DatabaseReading? {
        try await nilIfMissing("LoadBalancerNotFound") { () throws(AWSError) in
            let parameters: [(name: String, value: String?)] = [("LoadBalancerArn", arn)]
            return try await client.query(.elb, "DescribeLoadBalancerAttributes", region: region, parameters) {
                (result) throws(AWSError) in
                let attributes = try result.promised("Attributes")
                let protection = attributes.first { $0.text("Key") == "deletion_protection.enabled" }
                return DatabaseReading(items: nil, bytes: nil, isDeletionProtected: try protection?.flag("Value"))
            }
        }
    }

    /// EC2: whether the instance refuses to be terminated.
    package func instance(_ id: String) async throws(AWSError) -> DatabaseReading? {
        let operation = "DescribeInstanceAttribute"
        return try await nilIfMissing("InvalidInstanceID.NotFound") { () throws(AWSError) in
            let call = AWSCall(
                service: .ec2,
                operation: operation,
                region: region,
                content: .query([("InstanceId", id), ("Attribute", "disableApiTermination")])
            )
            return try await client.call(call) { (response) throws(AWSError) in
                // EC2's answers have no result element.
                let root = try xml(response, root: "\(operation)Response")
                guard let value = root["disableApiTermination"] else {
                    throw notUnderstood("no disableApiTermination in the answer")
                }
                return DatabaseReading(items: nil, bytes: nil, isDeletionProtected: try value.flag("value"))
            }
        }
    }

    private func nilIfMissing(
        _ codes: String...,
        read: () async throws(AWSError) -> DatabaseReading
    ) async throws(AWSError) -> DatabaseReading? {
        try await nilIfMissing(codes, read: read)
    }

    private func nilIfMissing(
        _ codes: [String],
        read: () async throws(AWSError) -> DatabaseReading
    ) async throws(AWSError) -> DatabaseReading? {
        do {
            return try await read()
        } catch {
            guard codes.contains(error.code) else { throw error }
            return nil
        }
    }
}

// Names as they stand in the JSON.
// swift-format-ignore: AlwaysUseLowerCamelCase
private struct DescribeUserPool: Decodable {
    let UserPool: Pool

    struct Pool: Decodable {
        let EstimatedNumberOfUsers: Int?
        let DeletionProtection: String?
    }
}

// swift-format-ignore: AlwaysUseLowerCamelCase
private struct DescribeFileSystems: Decodable {
    let FileSystems: [System]

    struct System: Decodable {
        let FileSystemId: String
        let SizeInBytes: Size?
    }

    struct Size: Decodable {
        let Value: Int64
    }
}

// swift-format-ignore: AlwaysUseLowerCamelCase
private enum GetQueueAttributes {
    struct Question: Encodable {
        let QueueUrl: String
        let AttributeNames: [String]
    }

    struct Answer: Decodable {
        let Attributes: [String: String]
    }
}
