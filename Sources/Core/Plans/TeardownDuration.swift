/// How long deletions take, as far as their kinds tell.
///
/// AWS promises nothing. The numbers for functions in a VPC are what people measured (25 to 45 minutes:
/// aws-cloudformation/cloudformation-coverage-roadmap#392, serverless/serverless#7633, go-to-k/delstack#637); the others
/// are general experience, wide on purpose.
package enum TeardownDuration {
    package struct Range: Sendable, Hashable {
        package var least: Int
        package var most: Int
        package init(_ least: Int, _ most: Int) {
            self.least = least
            self.most = most
        }
    }

    /// A stack of things that go at once, with the two readings that confirm it.
    package static let plain = Range(60, 180)

    private static let vpcFunctions = Range(1_500, 2_700)
    /// A function that never answers: CloudFormation waits for an hour before it gives up.
    private static let silentFunction = Range(3_600, 7_200)

    private static let slow: [String: (what: String, range: Range)] = [
        "AWS::RDS::DBInstance": ("a database instance", Range(300, 1_200)),
        "AWS::RDS::DBCluster": ("a database cluster", Range(300, 1_200)),
        "AWS::DocDB::DBCluster": ("a document database cluster", Range(300, 1_200)),
        "AWS::Neptune::DBCluster": ("a Neptune cluster", Range(300, 1_200)),
        "AWS::Redshift::Cluster": ("a Redshift cluster", Range(300, 1_200)),
        "AWS::ElastiCache::CacheCluster": ("a cache cluster", Range(300, 900)),
        "AWS::ElastiCache::ReplicationGroup": ("a cache's replication group", Range(300, 1_200)),
        "AWS::OpenSearchService::Domain": ("a search domain", Range(600, 1_800)),
        "AWS::Elasticsearch::Domain": ("a search domain", Range(600, 1_800)),
        "AWS::MSK::Cluster": ("a Kafka cluster", Range(600, 1_800)),
        "AWS::EKS::Cluster": ("a Kubernetes cluster", Range(600, 1_200)),
        "AWS::CloudFront::Distribution": ("a CloudFront distribution", Range(300, 1_800)),
        "AWS::ECS::Service": ("a container service", Range(120, 900)),
        "AWS::EC2::NatGateway": ("a NAT gateway", Range(60, 300)),
        "AWS::AutoScaling::AutoScalingGroup": ("an auto scaling group", Range(120, 900)),
    ]

    /// One stack, nested ones included.
    ///
    /// CloudFormation deletes side by side what does not depend on each other, so the slowest kind counts.
    package static func stack(
        types: Set<String>,
        functionsInVPC: Int = 0,
        silentFunctions: Int = 0,
        nested: Int = 0
    ) -> ForecastDuration {
        var because: [String] = []
        var longest = Range(0, 0)
        func take(_ range: Range, _ why: String) {
            longest = Range(max(longest.least, range.least), max(longest.most, range.most))
            because.append(why)
        }
        if functionsInVPC > 0 {
            let what = functionsInVPC == 1 ? "a function" : "\(functionsInVPC) functions"
            take(vpcFunctions, "\(what) in a VPC, whose network interfaces go slowly")
        }
        if silentFunctions > 0 { take(silentFunction, "a custom resource whose function is gone") }
        for type in types.sorted() {
            if let known = slow[type], !because.contains(known.what) { take(known.range, known.what) }
        }
        return ForecastDuration(
            least: plain.least + longest.least + 30 * nested,
            most: plain.most + longest.most + 120 * nested,
            because: because
        )
    }

    /// What a step other than a stack's first deletion takes.
    ///
    /// `items`: what there is to delete, nil where nobody counted it. A thousand go with one call.
    package static func step(_ action: StepAction, items: Int?) -> Range {
        switch action.kind {
        case .switchProtectionOff, .deleteLogGroup: Range(1, 10)
        case .emptyBucket, .deleteImages: items.map { Range($0 / 3_000 + 1, $0 / 300 + 10) } ?? Range(1, 600)
        case .deleteStack, .deleteAgain: plain
        }
    }

    /// From the first step to the end of the last one of these, along the longest chain.
    ///
    /// Steps before them in other environments count, because they are waited for.
    package static func along(
        _ steps: [PlanStep],
        endingIn ends: Set<Int>,
        _ duration: (PlanStep) -> Range
    ) -> Range {
        var end: [Int: Range] = [:]
        for step in steps.sorted(by: { $0.number < $1.number }) {
            let own = duration(step)
            let before = step.after.compactMap { end[$0] }
            end[step.number] = Range(
                (before.map(\.least).max() ?? 0) + own.least,
                (before.map(\.most).max() ?? 0) + own.most
            )
        }
        let last = end.filter { ends.contains($0.key) }.values
        return Range(last.map(\.least).max() ?? 0, last.map(\.most).max() ?? 0)
    }
}
