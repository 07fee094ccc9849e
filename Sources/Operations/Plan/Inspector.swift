import Core

/// What stands behind one component's resources.
struct Inspection: Sendable {
    /// By physical id.
    var contents: [String: ResourceContent] = [:]
    /// Its service role does not exist any more.
    var roleIsMissing = false
    var customResources: [CustomResource] = []
    /// Made by its functions; no stack that was read has them.
    var logGroups: [LogGroupReading] = []
    var functionsInVPC = 0
    /// What could not be read and blocks nothing.
    var unread: [String] = []

    struct CustomResource: Sendable, Hashable {
        let logicalID: String
        let type: String
        /// The function that answers for it.
        let function: String
        let isGone: Bool
    }
}

/// Looks behind the resources of surveyed components.
///
/// A failure here blocks nothing: it is said, and the forecast is that much weaker.
struct Inspector: Sendable {
    let provider: any Provider
    let survey: Survey
    let forecasts: Bool
    /// Log groups that a stack that was read has itself.
    private let ownedLogGroups: Set<String>

    init(provider: any Provider, survey: Survey, forecasts: Bool) {
        self.provider = provider
        self.survey = survey
        self.forecasts = forecasts
        ownedLogGroups = survey.ownedLogGroups
    }

    /// Types that may refuse to go until somebody switches their own protection off.
    static let protectable: Set<String> = [
        "AWS::RDS::DBInstance", "AWS::RDS::DBCluster", "AWS::Neptune::DBCluster", "AWS::DocDB::DBCluster",
        "AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable", "AWS::Cognito::UserPool", "AWS::EC2::Instance",
        "AWS::ElasticLoadBalancingV2::LoadBalancer", "AWS::Logs::LogGroup",
    ]

    enum Presence: Sendable {
        case exists
        case missing
        case unread(ProviderFailure)
    }

    struct Located: Hashable, Sendable {
        let target: Target
        let name: String
    }

    /// Each service role once, however many stacks have it.
    func roles(width: Int) async -> [String: Presence] {
        var targets: [String: Target] = [:]
        for component in survey.components.values {
            if let role = component.observed.serviceRole { targets[role] = component.observed.target }
        }
        let wanted = Set(targets.map { Located(target: $1, name: $0) })
        let found = await presences(wanted, width: width) { (role) throws(ProviderFailure) in
            try await provider.roleExists(role.name, in: role.target)
        }
        return Dictionary(found.map { ($0.name, $1) }, uniquingKeysWith: { first, _ in first })
    }

    /// Asks once for each.
    func presences(
        _ wanted: Set<Located>,
        width: Int,
        _ exists: @escaping @Sendable (Located) async throws(ProviderFailure) -> Bool
    ) async -> [Located: Presence] {
        let sorted = wanted.sorted { ($0.target, $0.name) < ($1.target, $1.name) }
        let found = await fanOut(sorted, width: width) { located in
            await gathering { () async throws(ProviderFailure) in try await exists(located) }
        }
        let presences = found.map { result -> Presence in
            switch result {
            case .success(let exists): exists ? .exists : .missing
            case .failure(let failure): .unread(failure)
            }
        }
        return Dictionary(uniqueKeysWithValues: zip(sorted, presences))
    }

    func inspect(
        _ id: ComponentID,
        roles: [String: Presence],
        answering: [Located: Presence]
    ) async -> Inspection {
        var inspection = Inspection()
        guard let component = survey.components[id] else { return inspection }
        if let role = component.observed.serviceRole {
            switch roles[role] {
            case .missing: inspection.roleIsMissing = true
            case .unread(let failure): inspection.unread.append("the service role \(role): \(failure.summary)")
            case .exists, nil: break
            }
        }
        await contents(of: component, &inspection)
        customResources(of: component, answering, &inspection)
        if forecasts {
            await functions(of: component, &inspection)
            await logGroups(of: component, &inspection)
            if component.parts.contains(where: { $0.template == nil && !$0.going.isEmpty }) {
                inspection.unread.append(
                    "what \(component.observed.name) retains: its template could not be read or understood"
                )
            }
        }
        return inspection
    }

    private func contents(of component: Survey.Component, _ inspection: inout Inspection) async {
        let wanted = forecasts ? DataBearing.types.union(Self.protectable) : Self.protectable
        for resource in component.parts.flatMap(\.going) where wanted.contains(resource.type) {
            guard let name = resource.physicalID else { continue }
            // A moment ago: counting what is not there would be the same question again.
            if component.isEmpty(resource) {
                inspection.contents[name] = ResourceContent(
                    items: 0,
                    bytes: resource.type == "AWS::S3::Bucket" ? 0 : nil
                )
                continue
            }
            do throws(ProviderFailure) {
                inspection.contents[name] = try await provider.content(of: resource, in: component.observed.target)
            } catch {
                inspection.unread.append("\(resource.type) \(name): \(error.summary)")
            }
        }
    }

    private func functions(of component: Survey.Component, _ inspection: inout Inspection) async {
        for part in component.parts {
            for resource in part.going where resource.type == "AWS::Lambda::Function" {
                if let template = part.template {
                    if template.resources[resource.logicalID]?.isInVPC ?? false { inspection.functionsInVPC += 1 }
                    continue
                }
                guard let name = resource.physicalID else { continue }
                do throws(ProviderFailure) {
                    let function = try await provider.function(name, in: component.observed.target)
                    if function?.isInVPC ?? false { inspection.functionsInVPC += 1 }
                } catch {
                    inspection.unread.append("the function \(name): \(error.summary)")
                }
            }
        }
    }

    /// Lambda makes `/aws/lambda/NAME` by itself where no stack does.
    private func logGroups(of component: Survey.Component, _ inspection: inout Inspection) async {
        let names = component.parts.flatMap(\.going).filter { $0.type == "AWS::Lambda::Function" }
            .compactMap(\.physicalID)
        let wanted = Set(names.map { "/aws/lambda/\($0)" }).subtracting(ownedLogGroups)
        var found: Set<LogGroupReading> = []
        for prefix in Self.prefixes(names) {
            do throws(ProviderFailure) {
                let groups = try await provider.logGroups(
                    prefix: "/aws/lambda/\(prefix)",
                    in: component.observed.target
                )
                found.formUnion(groups.filter { wanted.contains($0.name) })
            } catch {
                inspection.unread.append("log groups of the functions of \(component.observed.name): \(error.summary)")
                break
            }
        }
        inspection.logGroups = found.sorted { $0.name < $1.name }
    }

    /// One call for all functions whose names begin alike, as a tool's do; a short beginning would list the whole account.
    static func prefixes(_ names: [String]) -> [String] {
        guard let first = names.first else { return [] }
        let common = names.dropFirst().reduce(first) { $0.commonPrefix(with: $1) }
        return common.count >= 8 ? [common] : Set(names).sorted()
    }
}

extension String {
    fileprivate func commonPrefix(with other: String) -> String {
        String(zip(self, other).prefix { $0 == $1 }.map(\.0))
    }
}
