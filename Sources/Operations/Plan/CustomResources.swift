import Core

extension Inspector {
    /// Custom resources whose function can be named, and whether it still exists (without it the deletion hangs
    /// for an hour and fails).
    func customResources(
        of component: Survey.Component,
        _ functions: [Located: Presence],
        _ inspection: inout Inspection
    ) {
        var unread: Set<String> = []
        for (resource, function) in answeredFor(in: component) {
            let presence = functions[Located(target: component.observed.target, name: function)]
            if case .unread(let failure) = presence, unread.insert(function).inserted {
                inspection.unread.append(
                    "the function \(function) that answers for \(resource.logicalID): \(failure.summary)"
                )
            }
            var isGone = false
            if case .missing = presence { isGone = true }
            inspection.customResources.append(
                Inspection.CustomResource(
                    logicalID: resource.logicalID,
                    type: resource.type,
                    function: function,
                    isGone: isGone
                )
            )
        }
    }

    /// Each function that answers for a custom resource once, however many stacks build on it.
    func answeringFunctions(width: Int) async -> [Located: Presence] {
        let wanted = survey.components.values.flatMap { component in
            answeredFor(in: component).map { Located(target: component.observed.target, name: $0.function) }
        }
        return await presences(Set(wanted), width: width) { (function) throws(ProviderFailure) in
            try await provider.function(function.name, in: function.target) != nil
        }
    }

    private func answeredFor(in component: Survey.Component) -> [(resource: ObservedResource, function: String)] {
        component.parts.flatMap { part in
            part.going.filter(\.isCustom).compactMap { resource in
                part.template?.resources[resource.logicalID]?.serviceToken
                    .flatMap { function($0, of: component, part: part) }.map { (resource, $0) }
            }
        }
    }

    /// The function's name; nil where the token leads elsewhere (a topic, another account) or cannot be followed.
    private func function(
        _ token: TemplateReading.Reference,
        of component: Survey.Component,
        part: Survey.Part
    ) -> String? {
        let target = component.observed.target
        switch token {
        case .attribute(let logicalID):
            // CloudFormation itself deletes a custom resource before the function in the same stack.
            let found = part.resources.first { $0.logicalID == logicalID && $0.type == "AWS::Lambda::Function" }
            return found?.physicalID
        case .literal(let text):
            let arn = text.replacing("${AWS::Region}", with: target.region.text)
                .replacing("${AWS::AccountId}", with: target.account.text)
                .replacing("${AWS::Partition}", with: "aws")
            return Self.functionName(arn, in: target)
        case .reference(let parameter):
            // A nested stack's parameters are its own; only the root's were read.
            guard part.id == component.observed.id, let value = component.observed.parameters[parameter] else {
                return nil
            }
            return Self.functionName(value, in: target)
        case .importValue(let name):
            guard case .success(let listing) = survey.listings[target],
                let exporter = listing.exporter(of: name),
                let value = listing.components[exporter]?.outputs.first(where: { $0.exportName == name })?.value
            else { return nil }
            return Self.functionName(value, in: target)
        case .unknown: return nil
        }
    }

    /// `arn:aws:lambda:REGION:ACCOUNT:function:NAME[:QUALIFIER]`, of this target alone.
    static func functionName(_ arn: String, in target: Target) -> String? {
        let parts = arn.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count >= 7, parts[0] == "arn", parts[2] == "lambda", parts[3] == target.region.text,
            parts[4] == target.account.text, parts[5] == "function", !parts[6].contains("$")
        else { return nil }
        return parts[6]
    }
}

extension ObservedResource {
    var isCustom: Bool { type.hasPrefix("Custom::") || type == "AWS::CloudFormation::CustomResource" }
}

extension Survey {
    /// What components inside need of each other while they are deleted, beside imports.
    func needs(_ inside: Set<ComponentID>) -> [TeardownNeed] {
        var functions: [Target: [String: ComponentID]] = [:]
        var roles: [AccountID: [String: ComponentID]] = [:]
        let all = inside.compactMap { components[$0] }
        for component in all {
            let target = component.observed.target
            for resource in component.parts.flatMap(\.going) {
                guard let name = resource.physicalID else { continue }
                switch resource.type {
                case "AWS::Lambda::Function": functions[target, default: [:]][name] = component.observed.id
                case "AWS::IAM::Role": roles[target.account, default: [:]][name] = component.observed.id
                default: break
                }
            }
        }
        return all.flatMap { component -> [TeardownNeed] in
            let id = component.observed.id
            let target = component.observed.target
            var needs = component.inspection.customResources.compactMap { custom in
                functions[target]?[custom.function].map {
                    TeardownNeed(
                        component: id,
                        owner: $0,
                        what: "the function \(custom.function), which answers for \(custom.logicalID)"
                    )
                }
            }
            if let role = component.observed.serviceRole, let name = role.split(separator: "/").last,
                let owner = roles[target.account]?[String(name)]
            {
                needs.append(TeardownNeed(component: id, owner: owner, what: "the service role \(name)"))
            }
            return needs.filter { $0.owner != id }
        }
        .sorted()
    }

    /// Log groups that a stack that was read has itself.
    var ownedLogGroups: Set<String> {
        Set(
            components.values.flatMap { $0.parts.flatMap(\.resources) }.filter { $0.type == "AWS::Logs::LogGroup" }
                .compactMap(\.physicalID)
        )
    }
}
