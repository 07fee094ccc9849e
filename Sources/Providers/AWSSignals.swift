import AWS
package import Core
import Foundation

extension AWSProvider: SignalReading {
    package func dailyCounts(
        of metrics: [UsageMetric],
        in window: UsageWindow,
        of target: Target
    ) async throws(ProviderFailure) -> [UsageMetric: DailyCounts] {
        try await asking(target) { (client, region) throws(AWSError) in
            let sums = try await Metrics(client, region: region).sums(
                of: metrics.map(\.name),
                period: 86_400,
                from: window.from,
                to: window.to
            )
            let counts = sums.map { sums in
                sums.isComplete
                    ? DailyCounts.days(sums.sums)
                    : .missing(reason: "CloudWatch gave no whole answer (\(sums.status ?? "none"))")
            }
            return Dictionary(zip(metrics, counts), uniquingKeysWith: { first, _ in first })
        }
    }

    package func restAPINames(in target: Target) async throws(ProviderFailure) -> [String: String] {
        try await asking(target) { (client, region) throws(AWSError) in
            let apis = try await Gateways(client, region: region).apis()
            return Dictionary(apis.map { ($0.id, $0.name) }, uniquingKeysWith: { first, _ in first })
        }
    }

    package func openDeployments(in target: Target) async throws(ProviderFailure) -> [OpenDeployment] {
        try await asking(target) { (client, region) throws(AWSError) in
            try await Deployments(client, region: region).open().map {
                OpenDeployment(id: $0.id, application: $0.application, group: $0.group, status: $0.status)
            }
        }
    }

    package func divided(alias: String, in target: Target) async throws(ProviderFailure) -> [String]? {
        try await asking(target) { (client, region) throws(AWSError) in
            try await Functions(client, region: region).divided(alias: alias)
        }
    }

    package func canaryStages(ofRestAPI id: String, in target: Target) async throws(ProviderFailure) -> [String]? {
        try await asking(target) { (client, region) throws(AWSError) in
            try await Gateways(client, region: region).canaryStages(of: id)
        }
    }
}

extension UsageMetric {
    /// As AWS's documentation of each service's metrics has it.
    fileprivate var name: MetricName {
        switch self {
        case .invocations(let function): MetricName("AWS/Lambda", "Invocations", "FunctionName", function)
        case .restRequests(let name): MetricName("AWS/ApiGateway", "Count", "ApiName", name)
        case .httpRequests(let api): MetricName("AWS/ApiGateway", "Count", "ApiId", api)
        case .connections(let api): MetricName("AWS/ApiGateway", "ConnectCount", "ApiId", api)
        case .triggers(let rule): MetricName("AWS/Events", "TriggeredRules", "RuleName", rule)
        case .failedTriggers(let rule): MetricName("AWS/Events", "FailedInvocations", "RuleName", rule)
        }
    }
}
