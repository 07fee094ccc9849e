import Core
import Foundation
import Operations
import Settings

/// What was used and what is rolled out, as a test says; fails on request, and keeps a log of every call.
actor SignalWorld: SignalReading {
    private var counts: [UsageMetric: [Date: Double]] = [:]
    private var missing: Set<UsageMetric> = []
    private var apis: [String: String] = [:]
    private var templates: [ComponentID: String] = [:]
    private var deployments: [OpenDeployment] = []
    private var aliases: [String: [String]] = [:]
    private var canaries: [String: [String]] = [:]
    /// By the first word of the call.
    private var failures: [String: ProviderFailure] = [:]
    private(set) var log: [String] = []

    func arrange(_ change: @Sendable (isolated SignalWorld) -> Void) { change(self) }
    func count(_ metric: UsageMetric, _ sums: [Date: Double]) { counts[metric] = sums }
    func lose(_ metric: UsageMetric) { missing.insert(metric) }
    func name(_ api: String, _ name: String) { apis[api] = name }
    func write(_ template: String, of id: ComponentID) { templates[id] = template }
    func deploy(_ all: [OpenDeployment]) { deployments = all }
    func divide(_ alias: String, _ versions: [String]) { aliases[alias] = versions }
    func canary(_ api: String, _ stages: [String]) { canaries[api] = stages }
    func fail(_ call: String, _ failure: ProviderFailure?) { failures[call] = failure }
    func clearLog() { log = [] }

    private func note(_ call: String, _ rest: String = "") throws(ProviderFailure) {
        log.append(rest.isEmpty ? call : "\(call) \(rest)")
        if let failure = failures[call] { throw failure }
    }

    func dailyCounts(
        of metrics: [UsageMetric],
        in window: UsageWindow,
        of target: Target
    ) async throws(ProviderFailure) -> [UsageMetric: DailyCounts] {
        try note("metrics", "\(target.account) \(metrics.count)")
        return Dictionary(
            metrics.map { metric in
                let days = (counts[metric] ?? [:]).filter { $0.key >= window.from && $0.key < window.to }
                return (metric, missing.contains(metric) ? .missing(reason: "PartialData") : .days(days))
            },
            uniquingKeysWith: { first, _ in first }
        )
    }

    func restAPINames(in target: Target) async throws(ProviderFailure) -> [String: String] {
        try note("apis")
        return apis
    }

    func template(
        of id: ComponentID,
        in target: Target,
        original: Bool
    ) async throws(ProviderFailure) -> String {
        try note("template")
        return templates[id] ?? "{\"Resources\": {}}"
    }

    func openDeployments(in target: Target) async throws(ProviderFailure) -> [OpenDeployment] {
        try note("deployments")
        return deployments
    }

    func divided(alias: String, in target: Target) async throws(ProviderFailure) -> [String]? {
        try note("alias", alias)
        return aliases[alias]
    }

    func canaryStages(ofRestAPI id: String, in target: Target) async throws(ProviderFailure) -> [String]? {
        try note("stages", id)
        return canaries[id]
    }
}

extension Scenario {
    /// A scan that also reads signals.
    @discardableResult
    func scan(
        _ signals: SignalWorld,
        rules: SignalRules = SignalRules(),
        full: Bool = false,
        until: Date? = nil
    ) async throws -> ScanOutcome {
        clock.pass(.seconds(60))
        return try await Scan(
            provider: world,
            store: ledger,
            rules: wiring.rules,
            locks: ledger,
            evidence: [
                SignalsOfEnvironments(
                    provider: signals,
                    store: ledger,
                    rules: rules,
                    readSchedules: TemplateFile.schedules
                )
            ]
        ).run(only: nil, full: full, until: until, clock: wiring.clock, progress: { _ in })
    }

    /// The same scenario, whose rules see signals.
    func seeing(_ rules: SignalRules = SignalRules()) -> Scenario {
        var other = self
        other.wiring.signals = rules
        return other
    }

    func signal(_ name: String, _ kind: SignalRecord.Kind = .invoked) async throws -> SignalRecord? {
        try await environment(name)?.signals.first { $0.kind == kind }
    }

    func verdict(_ name: String) async throws -> String? { try await environment(name)?.verdict?.verdict }

    /// The beginning of the day that many days before the clock's.
    func day(_ ago: Int) -> Date {
        let today = (clock.now.timeIntervalSince1970 / 86_400).rounded(.down) * 86_400
        return Date(timeIntervalSince1970: today - Double(ago) * 86_400)
    }
}

/// A resource of the type, as its stack lists it.
func resource(_ type: SignalResourceType, _ logical: String, _ physical: String?) -> ObservedResource {
    ObservedResource(logicalID: logical, physicalID: physical, type: type.rawValue, status: "CREATE_COMPLETE")
}
