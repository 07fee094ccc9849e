import Core

/// What was read of a target about new versions that are being brought out there in steps.
struct RolloutsOfTarget: Sendable {
    typealias Answer<Value> = Result<Value, ProviderFailure>

    /// Nil: nobody asked.
    private let deployments: Answer<[OpenDeployment]>?
    /// By physical id.
    private let aliases: [String: Answer<[String]?>]
    private let stages: [String: Answer<[String]?>]

    /// One call for all deployments of CodeDeploy, one for each alias, one for each REST API.
    static func read(
        _ resources: [SignalResource],
        in target: Target,
        by provider: any SignalReading
    ) async -> RolloutsOfTarget {
        var deployments: Answer<[OpenDeployment]>?
        if resources.contains(where: { $0.type == .deploymentGroup || $0.type == .deploymentApplication }) {
            deployments = await gathering { () async throws(ProviderFailure) in
                try await provider.openDeployments(in: target)
            }
        }
        return RolloutsOfTarget(
            deployments: deployments,
            aliases: await each(.alias, of: resources) { (id) async throws(ProviderFailure) in
                try await provider.divided(alias: id, in: target)
            },
            stages: await each(.restAPI, of: resources) { (id) async throws(ProviderFailure) in
                try await provider.canaryStages(ofRestAPI: id, in: target)
            }
        )
    }

    /// The first is asked alone: what is refused for one is refused for all, and not asked again.
    private static func each(
        _ type: SignalResourceType,
        of resources: [SignalResource],
        _ ask: @escaping @Sendable (String) async throws(ProviderFailure) -> [String]?
    ) async -> [String: Answer<[String]?>] {
        let ids = Set(resources.filter { $0.type == type }.compactMap(\.physicalID)).subtracting([""]).sorted()
        guard let first = ids.first else { return [:] }
        let answer = await gathering { () async throws(ProviderFailure) in try await ask(first) }
        if case .failure(let failure) = answer, [.denied, .credentials, .unreachable].contains(failure.kind) {
            return Dictionary(ids.map { ($0, answer) }, uniquingKeysWith: { first, _ in first })
        }
        let rest = Array(ids.dropFirst())
        let answers = await fanOut(rest, width: 4) { id in
            await gathering { () async throws(ProviderFailure) in try await ask(id) }
        }
        return Dictionary(zip(ids, [answer] + answers), uniquingKeysWith: { first, _ in first })
    }

    /// What is being rolled out of these things of one environment; nil: nothing.
    ///
    /// One that is certain counts, whatever could not be read beside it.
    func rollout(of resources: [SignalResource]) -> Answer<String?> {
        var failure: ProviderFailure?
        let applications = Set(resources.filter { $0.type == .deploymentApplication }.compactMap(\.physicalID))
        let groups = Set(resources.filter { $0.type == .deploymentGroup }.compactMap(\.physicalID))
        if !applications.isEmpty || !groups.isEmpty {
            switch deployments {
            case .success(let open):
                // Groups are named within their application, which may stand elsewhere: either name is enough.
                let ours = open.first { applications.contains($0.application) || groups.contains($0.group) }
                if let ours {
                    return .success("CodeDeploy's \(ours.id) of \(ours.application)/\(ours.group) is \(ours.status)")
                }
            case .failure(let error): failure = error
            case nil: break
            }
        }
        for resource in resources {
            guard let id = resource.physicalID, !id.isEmpty else { continue }
            switch resource.type {
            case .alias:
                switch aliases[id] {
                case .success(let versions?) where !versions.isEmpty:
                    return .success("alias \(id) also sends invocations to version \(versions.joined(separator: ", "))")
                case .failure(let error): failure = failure ?? error
                case .success, nil: break
                }
            case .restAPI:
                switch stages[id] {
                case .success(let stages?) where !stages.isEmpty:
                    return .success("API \(id) sends requests to a canary in \(stages.joined(separator: ", "))")
                case .failure(let error): failure = failure ?? error
                case .success, nil: break
                }
            case .function, .httpAPI, .rule, .schedule, .deploymentGroup, .deploymentApplication: break
            }
        }
        return failure.map { .failure($0) } ?? .success(nil)
    }
}
