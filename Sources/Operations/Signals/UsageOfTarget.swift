import Core
import Foundation

/// What was read of a target for the use of some environments' things there.
struct UsageOfTarget: Sendable {
    let window: UsageWindow
    /// Nil: the reading failed.
    private let counts: [UsageMetric: DailyCounts]
    private let apiNames: Result<[String: String], ProviderFailure>?
    private let schedules: [ComponentID: ComponentSchedules]
    let failure: ProviderFailure?

    private init(
        window: UsageWindow,
        counts: [UsageMetric: DailyCounts],
        apiNames: Result<[String: String], ProviderFailure>?,
        schedules: [ComponentID: ComponentSchedules],
        failure: ProviderFailure?
    ) {
        self.window = window
        self.counts = counts
        self.apiNames = apiNames
        self.schedules = schedules
        self.failure = failure
    }

    /// Of a target that was not asked.
    init(window: UsageWindow, failure: ProviderFailure) {
        self.init(window: window, counts: [:], apiNames: .failure(failure), schedules: [:], failure: failure)
    }

    /// Asks for everything that these resources, all of one target, depend on.
    static func read(
        _ resources: [SignalResource],
        in target: Target,
        window: UsageWindow,
        schedules: [ComponentID: ComponentSchedules],
        by provider: any SignalReading
    ) async -> UsageOfTarget {
        var names: Result<[String: String], ProviderFailure>?
        if resources.contains(where: { $0.type == .restAPI }) {
            names = await gathering { () async throws(ProviderFailure) in
                try await provider.restAPINames(in: target)
            }
        }
        let found = (try? names?.get()) ?? [:]
        let metrics = Set(resources.flatMap { Self.metrics(of: $0, apiNames: found, schedules: schedules) })
        guard !metrics.isEmpty else {
            return UsageOfTarget(window: window, counts: [:], apiNames: names, schedules: schedules, failure: nil)
        }
        let answer = await gathering { () async throws(ProviderFailure) in
            // In one order, so that what is asked can be compared.
            try await provider.dailyCounts(of: metrics.sorted { "\($0)" < "\($1)" }, in: window, of: target)
        }
        switch answer {
        case .success(let counts):
            return UsageOfTarget(window: window, counts: counts, apiNames: names, schedules: schedules, failure: nil)
        case .failure(let failure):
            return UsageOfTarget(window: window, counts: [:], apiNames: names, schedules: schedules, failure: failure)
        }
    }

    private static func metrics(
        of resource: SignalResource,
        apiNames: [String: String],
        schedules: [ComponentID: ComponentSchedules]
    ) -> [UsageMetric] {
        guard let id = resource.physicalID, !id.isEmpty else { return [] }
        switch resource.type {
        case .function: return [.invocations(function: id)]
        case .httpAPI: return [.httpRequests(api: id), .connections(api: id)]
        case .restAPI: return apiNames[id].map { [.restRequests(name: $0)] } ?? []
        case .rule:
            let isSchedule = schedules[resource.component]?.schedules?.contains { $0.logicalID == resource.logicalID }
            return isSchedule == true ? [.triggers(rule: id), .failedTriggers(rule: id)] : []
        case .schedule, .alias, .deploymentGroup, .deploymentApplication: return []
        }
    }

    /// What is known of one thing of an environment; a failure says what is not, and why.
    func usage(of resource: SignalResource, among all: [SignalResource]) -> Result<Usage, Unread> {
        let what = "\(Self.word(resource.type)) \(resource.physicalID ?? resource.logicalID)"
        // CloudFormation names what it has made: without a name there is nothing yet that could be used.
        guard let id = resource.physicalID, !id.isEmpty else { return .success(Usage(quietSince: window.from)) }
        switch resource.type {
        case .function: return usage(ofFunction: resource, id: id, what, among: all)
        case .httpAPI:
            return days(.httpRequests(api: id), of: what).flatMap { requests in
                days(.connections(api: id), of: what).map { connections in
                    Usage.of(what, counts: requests.merging(connections, uniquingKeysWith: +), window: window)
                }
            }
        case .restAPI:
            switch apiNames {
            case .success(let names):
                guard let name = names[id] else { return .failure(Unread("\(what) is not among the APIs listed")) }
                return days(.restRequests(name: name), of: what).map {
                    Usage.of("API \(name)", counts: $0, window: window)
                }
            case .failure(let failure): return .failure(Unread(failure))
            case nil: return .failure(Unread("the name of \(what) was not read"))
            }
        case .rule, .schedule, .alias, .deploymentGroup, .deploymentApplication:
            return .success(Usage(quietSince: window.from))
        }
    }

    private func usage(
        ofFunction function: SignalResource,
        id: String,
        _ what: String,
        among all: [SignalResource]
    ) -> Result<Usage, Unread> {
        days(.invocations(function: id), of: what).flatMap { counts in
            // Nothing to tell apart.
            guard counts.contains(where: { $0.value > 0 }) else {
                return .success(Usage(quietSince: window.from))
            }
            var own: [OwnTriggers] = []
            for schedule in all where schedule.type.isSchedule {
                switch triggers(of: schedule, for: function) {
                case .success(let triggers): if let triggers { own.append(triggers) }
                case .failure(let unread): return .failure(unread)
                }
            }
            return .success(Usage.of(what, counts: counts, window: window, ownTriggers: own))
        }
    }

    /// Nil where it does not set off this function.
    private func triggers(of schedule: SignalResource, for function: SignalResource) -> Result<OwnTriggers?, Unread> {
        guard let rule = schedule.physicalID, !rule.isEmpty else { return .success(nil) }
        guard let known = schedules[schedule.component]?.schedules else {
            return .failure(Unread("the template that says what \(rule) invokes could not be read"))
        }
        // A rule without a schedule waits for events: what it sets off is use.
        guard let meant = known.first(where: { $0.logicalID == schedule.logicalID }) else { return .success(nil) }
        let isInvoked = meant.functions.contains(function.logicalID) && schedule.component == function.component
        guard isInvoked || meant.isOpen else { return .success(nil) }
        // AWS counts EventBridge Scheduler's schedules by group alone.
        guard schedule.type == .rule else {
            return .success(OwnTriggers(name: rule, triggers: nil, isOpen: !isInvoked))
        }
        return days(.triggers(rule: rule), of: rule).flatMap { triggers in
            days(.failedTriggers(rule: rule), of: rule).map { failures in
                OwnTriggers(name: rule, triggers: triggers, failures: failures, isOpen: !isInvoked)
            }
        }
    }

    private func days(_ metric: UsageMetric, of what: String) -> Result<[Date: Double], Unread> {
        if let failure { return .failure(Unread(failure)) }
        switch counts[metric] {
        case .days(let days): return .success(days)
        case .missing(let reason): return .failure(Unread("\(what): \(reason)"))
        case nil: return .failure(Unread("\(what) was not asked about"))
        }
    }

    /// Something that is not known.
    struct Unread: Error {
        let why: String
        let advice: String

        init(_ why: String) {
            self.why = why
            advice = ""
        }

        init(_ failure: ProviderFailure) {
            why = failure.summary
            advice = failure.advice
        }
    }

    private static func word(_ type: SignalResourceType) -> String {
        switch type {
        case .function: "function"
        case .restAPI, .httpAPI: "API"
        case .rule, .schedule: "schedule"
        case .alias: "alias"
        case .deploymentGroup, .deploymentApplication: "CodeDeploy"
        }
    }
}
