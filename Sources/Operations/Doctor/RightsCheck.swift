package import Core
package import Foundation

/// Tries every reading call that scanning, planning and tombstones are made of.
///
/// It holds no more than can be read with (P1): deleting is never tried. A right that is missing shows here and not in
/// the middle of a teardown.
package struct RightsCheck: Sendable {
    private let provider: any Provider
    /// CloudWatch alarms that the settings name.
    private let alarms: [String]
    /// Nil where the settings say that CloudTrail is not asked.
    private let trails: (any TrailReading)?
    /// What scans read beyond stacks.
    private let signals: (rules: SignalRules, provider: any SignalReading)?
    private let costs: (rules: CostRules, provider: any CostReading)?
    private let now: Date

    package init(
        _ provider: any Provider,
        alarms: [String],
        trails: (any TrailReading)?,
        signals: (rules: SignalRules, provider: any SignalReading)? = nil,
        costs: (rules: CostRules, provider: any CostReading)? = nil,
        now: Date
    ) {
        self.provider = provider
        self.alarms = alarms
        self.trails = trails
        self.signals = signals
        self.costs = costs
        self.now = now
    }

    /// In each target, a few of them at a time.
    package func tried(in targets: [Target]) async -> [TriedRights] {
        // Costs are one service for the whole account, and each question about them costs money.
        let first = Set(Dictionary(targets.map { ($0.account, $0) }, uniquingKeysWith: min).values)
        return await fanOut(targets, width: 4) { target in
            let rights = await rights(in: target) + (first.contains(target) ? await costRights(in: target) : [])
            return TriedRights(target: target, rights: rights)
        }
    }

    /// A name that nobody has: rights are judged before anything is looked for.
    private static let nobody = "curfew-doctor-probe"

    private func rights(in target: Target) async -> [TriedRight] {
        var rights: [TriedRight] = []
        let listed = await gathering { () async throws(ProviderFailure) in
            try await provider.components(in: target)
        }
        rights.append(right("cloudformation:DescribeStacks", "nothing there can be read", listed))
        // One that is there, because a policy may speak of its tags or name; else one that is not.
        let id = ((try? listed.get())?.first { $0.parent == nil })?.id ?? ComponentID(Self.nobody)
        let resources = await gathering { () async throws(ProviderFailure) in
            try await provider.resources(of: id, in: target)
        }
        rights.append(
            right("cloudformation:ListStackResources", "nothing there can be scanned or planned", resources)
        )
        rights.append(
            await right("cloudformation:GetTemplate", "nothing there can be planned or kept for a restore") {
                () async throws(ProviderFailure) in try await provider.template(of: id, in: target, original: true)
            }
        )
        rights.append(
            await right("cloudformation:GetStackPolicy", "every teardown halts before its first step, at the tombstone")
            {
                () async throws(ProviderFailure) in try await provider.stackPolicy(of: id, in: target)
            }
        )
        rights.append(
            await right("cloudformation:DescribeStackEvents", "what became of a deletion cannot be seen") {
                () async throws(ProviderFailure) in try await provider.events(of: id, in: target, atMost: 1)
            }
        )
        rights.append(
            await right("cloudformation:ListExports", "nothing there can be planned") {
                () async throws(ProviderFailure) in try await provider.exports(in: target)
            }
        )
        rights.append(
            await right("cloudformation:ListImports", "no stack with an export can be planned") {
                () async throws(ProviderFailure) in try await provider.importers(of: Self.nobody, in: target)
            }
        )
        rights.append(
            await right("iam:ListAccountAliases", "nothing there can be planned: it may be production by its alias") {
                () async throws(ProviderFailure) in try await provider.aliases(of: target)
            }
        )
        if !alarms.isEmpty {
            rights.append(
                await right("cloudwatch:DescribeAlarms", "nothing there is reaped: the alarms cannot be watched") {
                    () async throws(ProviderFailure) in try await provider.alarmStates(alarms, in: target)
                }
            )
        }
        for resource in (try? resources.get()) ?? [] {
            guard let action = Self.emptiness[resource.type], !rights.contains(where: { $0.action == action }) else {
                continue
            }
            rights.append(
                await right(action, "stacks with \(resource.type) cannot be planned") {
                    () async throws(ProviderFailure) in try await provider.isEmpty(resource, in: target)
                }
            )
        }
        return rights + (await forecastRights(in: target)) + (await signalRights(in: target))
    }

    /// Without these signals are unknown, and nothing that depends on them is stale.
    private func signalRights(in target: Target) async -> [TriedRight] {
        guard let (rules, reader) = signals, rules != .none else { return [] }
        var rights: [TriedRight] = []
        if rules.invocations {
            rights.append(
                await right("cloudwatch:GetMetricData", "what functions and APIs are used is unknown", isNeeded: false)
                {
                    () async throws(ProviderFailure) in
                    try await reader.dailyCounts(
                        of: [.invocations(function: Self.nobody)],
                        in: UsageWindow(since: now.addingTimeInterval(-1), to: now),
                        of: target
                    )
                }
            )
        }
        rights.append(
            await right("apigateway:GET", "the use and the canaries of REST APIs are unknown", isNeeded: false) {
                () async throws(ProviderFailure) in try await reader.restAPINames(in: target)
            }
        )
        rights.append(
            await right("codedeploy:ListDeployments", "rollouts by CodeDeploy are unknown", isNeeded: false) {
                () async throws(ProviderFailure) in try await reader.openDeployments(in: target)
            }
        )
        rights.append(
            await right("lambda:GetAlias", "rollouts by aliases of functions are unknown", isNeeded: false) {
                () async throws(ProviderFailure) in
                let function = "arn:aws:lambda:\(target.region):\(target.account):function:\(Self.nobody)"
                return try await reader.divided(alias: "\(function):none", in: target)
            }
        )
        return rights
    }

    private func costRights(in target: Target) async -> [TriedRight] {
        guard let (rules, reader) = costs, rules.isRead else { return [] }
        let month = CostMonth(containing: now)
        let question = CostQuestion(
            account: target.account,
            tag: rules.tag,
            metric: rules.metric,
            from: month,
            to: month
        )
        return [
            await right("ce:GetCostAndUsage", "what the account's environments cost is unknown", isNeeded: false) {
                () async throws(ProviderFailure) in try await reader.costs(question, by: target)
            }
        ]
    }

    /// Whether something is empty can only be asked of what is there.
    private static let emptiness = [
        "AWS::S3::Bucket": "s3:ListBucketVersions", "AWS::ECR::Repository": "ecr:ListImages",
    ]

    /// What makes forecasts say more; without it plans are made all the same.
    private func forecastRights(in target: Target) async -> [TriedRight] {
        var rights: [TriedRight] = []
        rights.append(
            await right("lambda:ListFunctions", "the runtimes of its functions are unknown", isNeeded: false) {
                () async throws(ProviderFailure) in try await provider.functions(in: target)
            }
        )
        if let trails {
            let question = TrailQuestion(.createStack, from: now.later(by: .seconds(-60)), until: now)
            rights.append(
                await right("cloudtrail:LookupEvents", "who made a stack without owner is unknown", isNeeded: false) {
                    () async throws(ProviderFailure) in try await trails.trail(question, page: nil, in: target)
                }
            )
        }
        rights.append(
            await right("iam:GetRole", "a stack's missing role is not foreseen", isNeeded: false) {
                () async throws(ProviderFailure) in
                try await provider.roleExists("arn:aws:iam::\(target.account):role/\(Self.nobody)", in: target)
            }
        )
        rights.append(
            await right(
                "lambda:GetFunctionConfiguration",
                "custom resources without function are not foreseen",
                isNeeded: false
            ) {
                () async throws(ProviderFailure) in try await provider.function(Self.nobody, in: target)
            }
        )
        rights.append(
            await right(
                "logs:DescribeLogGroups",
                "log groups that stay are neither foreseen nor followed",
                isNeeded: false
            ) {
                () async throws(ProviderFailure) in
                try await provider.logGroups(prefix: "/aws/lambda/\(Self.nobody)", in: target)
            }
        )
        rights.append(
            await right("tag:GetResources", "leftovers are found by what stacks said alone", isNeeded: false) {
                () async throws(ProviderFailure) in
                try await provider.tagged(withStack: ComponentID(Self.nobody), in: target)
            }
        )
        for (type, id, action) in Self.holding(target) {
            let resource = ObservedResource(logicalID: "Probe", physicalID: id, type: type, status: "")
            rights.append(
                await right(action, "what \(type) holds, and whether it is protected, is not foreseen", isNeeded: false)
                {
                    () async throws(ProviderFailure) in try await provider.content(of: resource, in: target)
                }
            )
        }
        return rights
    }

    /// Types whose content is looked at, an id of the right shape that nobody has, and the call.
    private static func holding(_ target: Target) -> [(type: String, id: String, action: String)] {
        [
            ("AWS::DynamoDB::Table", nobody, "dynamodb:DescribeTable"),
            ("AWS::RDS::DBInstance", nobody, "rds:DescribeDBInstances"),
            ("AWS::RDS::DBCluster", nobody, "rds:DescribeDBClusters"),
            ("AWS::Cognito::UserPool", "\(target.region)_curfewAAA", "cognito-idp:DescribeUserPool"),
            ("AWS::EFS::FileSystem", "fs-00000000000000000", "elasticfilesystem:DescribeFileSystems"),
            ("AWS::EC2::Instance", "i-00000000000000000", "ec2:DescribeInstanceAttribute"),
        ]
    }

    private func right<Value>(
        _ action: String,
        _ without: String,
        isNeeded: Bool = true,
        _ ask: () async throws(ProviderFailure) -> Value
    ) async -> TriedRight {
        right(action, without, isNeeded: isNeeded, await gathering(ask))
    }

    private func right<Value>(
        _ action: String,
        _ without: String,
        isNeeded: Bool = true,
        _ answer: Result<Value, ProviderFailure>
    ) -> TriedRight {
        let outcome: TriedRight.Outcome
        switch answer {
        case .success: outcome = .allowed
        case .failure(let failure):
            switch failure.kind {
            case .denied: outcome = .denied
            // Said of something that is not there, or not like that: whoever may not ask is not told so much.
            case .refused: outcome = .allowed
            case .credentials, .wrongAccount, .unreachable, .throttled, .malformed, .configuration:
                outcome = .unknown(failure.summary)
            }
        }
        return TriedRight(action: action, outcome: outcome, isNeeded: isNeeded, without: without)
    }
}
