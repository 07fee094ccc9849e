/// Asks what was used, and what is being rolled out.
///
/// It reads only. Every method throws where a reading failed; an empty answer is always a reading.
package protocol SignalReading: Sendable {
    /// The sums by UTC day of each metric asked about; one that was not answered whole is `missing`.
    func dailyCounts(
        of metrics: [UsageMetric],
        in window: UsageWindow,
        of target: Target
    ) async throws(ProviderFailure) -> [UsageMetric: DailyCounts]
    /// All REST APIs of a target: their names by their ids.
    func restAPINames(in target: Target) async throws(ProviderFailure) -> [String: String]
    /// The processed template of a component.
    func template(of id: ComponentID, in target: Target, original: Bool) async throws(ProviderFailure) -> String
    /// Deployments of CodeDeploy that have begun or will, and have not ended.
    func openDeployments(in target: Target) async throws(ProviderFailure) -> [OpenDeployment]
    /// The other versions among which an alias divides its invocations; nil where there is no such alias.
    func divided(alias: String, in target: Target) async throws(ProviderFailure) -> [String]?
    /// The stages of a REST API that send a part of the requests to a canary; nil where there is no such API.
    func canaryStages(ofRestAPI id: String, in target: Target) async throws(ProviderFailure) -> [String]?
}

/// A deployment of CodeDeploy that has not ended.
package struct OpenDeployment: Sendable, Hashable {
    package let id: String
    package let application: String
    package let group: String
    /// As CodeDeploy calls it: `InProgress`.
    package let status: String

    package init(id: String, application: String, group: String, status: String) {
        self.id = id
        self.application = application
        self.group = group
        self.status = status
    }
}
