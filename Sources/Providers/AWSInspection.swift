import AWS
package import Core

extension AWSProvider: ProviderInspecting {
    /// How many objects or images are counted before `isAtLeast` is said.
    static let mostCounted = 10_000

    /// Something a stack lists and its service does not know holds nothing.
    package func content(
        of resource: ObservedResource,
        in target: Target
    ) async throws(ProviderFailure) -> ResourceContent? {
        guard let id = resource.physicalID, !id.isEmpty else { return nil }
        return try await asking(target) { (client, region) throws(AWSError) in
            let contents = Contents(client, region: region)
            let databases = Databases(client, region: region)
            switch resource.type {
            case "AWS::S3::Bucket":
                return try await counted("NoSuchBucket") { () throws(AWSError) in
                    try await Buckets(client, region: region).holding(id, atMost: Self.mostCounted)
                }
            case "AWS::ECR::Repository":
                return try await counted("RepositoryNotFoundException") { () throws(AWSError) in
                    try await Repositories(client, region: region).holding(id, atMost: Self.mostCounted)
                }
            case "AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable":
                return ResourceContent(try await databases.table(id))
            case "AWS::RDS::DBInstance":
                return ResourceContent(try await databases.instance(id))
            case "AWS::RDS::DBCluster", "AWS::Neptune::DBCluster", "AWS::DocDB::DBCluster":
                return ResourceContent(try await databases.cluster(id))
            case "AWS::Cognito::UserPool": return ResourceContent(try await contents.userPool(id))
            case "AWS::EFS::FileSystem": return ResourceContent(try await contents.fileSystem(id))
            case "AWS::SQS::Queue": return ResourceContent(try await contents.queue(url: id))
            case "AWS::ElasticLoadBalancingV2::LoadBalancer":
                return ResourceContent(try await contents.loadBalancer(arn: id))
            case "AWS::EC2::Instance": return ResourceContent(try await contents.instance(id))
            case "AWS::Logs::LogGroup":
                let group = try await LogGroups(client, region: region).group(id)
                return group.map {
                    ResourceContent(bytes: $0.storedBytes, isDeletionProtected: $0.isDeletionProtected)
                } ?? ResourceContent(items: 0, bytes: 0)
            default: return nil
            }
        }
    }

    package func roleExists(_ arn: String, in target: Target) async throws(ProviderFailure) -> Bool {
        let parts = arn.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 6, parts[2] == "iam", parts[5].hasPrefix("role/"),
            let name = parts[5].split(separator: "/").last
        else {
            throw ProviderFailure(.configuration, "'\(arn)' is no role's ARN", advice: "look at the stack's role")
        }
        guard parts[4] == target.account.text else {
            throw ProviderFailure(
                .refused,
                "the role \(arn) belongs to another account than \(target.account)",
                advice: "it cannot be looked at from here: look at the stack's role"
            )
        }
        return try await asking(target) { (client, region) throws(AWSError) in
            try await Roles(client, region: region).exists(String(name))
        }
    }

    package func function(_ name: String, in target: Target) async throws(ProviderFailure) -> FunctionReading? {
        try await asking(target) { (client, region) throws(AWSError) in
            try await Functions(client, region: region).configuration(of: name).map {
                FunctionReading(name: $0.name, isInVPC: $0.vpcID != nil)
            }
        }
    }

    package func logGroups(prefix: String, in target: Target) async throws(ProviderFailure) -> [LogGroupReading] {
        try await asking(target) { (client, region) throws(AWSError) in
            try await LogGroups(client, region: region).list(prefix: prefix).map {
                LogGroupReading(name: $0.name, bytes: $0.storedBytes, isDeletionProtected: $0.isDeletionProtected)
            }
        }
    }

    package func alarmStates(_ names: [String], in target: Target) async throws(ProviderFailure) -> [String: String] {
        try await asking(target) { (client, region) throws(AWSError) in
            try await Alarms(client, region: region).states(of: names)
        }
    }

    package func tagged(withStack id: ComponentID, in target: Target) async throws(ProviderFailure) -> [String] {
        try await asking(target) { (client, region) throws(AWSError) in
            try await TaggedResources(client, region: region).arns(ofStack: id.text)
        }
    }

    package func stackPolicy(of id: ComponentID, in target: Target) async throws(ProviderFailure) -> String? {
        try await asking(target) { (client, region) throws(AWSError) in
            try await CloudFormation(client, region: region).stackPolicy(of: id.text)
        }
    }

    private func counted(
        _ missing: String,
        _ read: () async throws(AWSError) -> Holding
    ) async throws(AWSError) -> ResourceContent {
        do throws(AWSError) {
            let holding = try await read()
            return ResourceContent(items: holding.items, bytes: holding.bytes, isAtLeast: holding.isAtLeast)
        } catch {
            guard error.code == missing else { throw error }
            return ResourceContent(items: 0, bytes: 0)
        }
    }
}

extension ResourceContent {
    fileprivate init(_ reading: DatabaseReading?) {
        guard let reading else {
            self.init(items: 0, bytes: 0)
            return
        }
        self.init(items: reading.items, bytes: reading.bytes, isDeletionProtected: reading.isDeletionProtected)
    }
}
