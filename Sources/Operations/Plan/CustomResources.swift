import Core

extension Inspector {
    /// Custom resources whose function can be named, and whether it still exists (facts: without it the deletion hangs
    /// for an hour and fails).
    func customResources(of component: Survey.Component, _ inspection: inout Inspection) async {
        let target = component.observed.target
        var known: [String: Bool] = [:]
        for part in component.parts {
            for resource in part.going where resource.isCustom {
                guard let token = part.template?.resources[resource.logicalID]?.serviceToken,
                    let function = function(token, of: component, part: part)
                else { continue }
                if known[function] == nil {
                    do throws(ProviderFailure) {
                        known[function] = try await provider.function(function, in: target) != nil
                    } catch {
                        inspection.unread.append(
                            "the function \(function) that answers for \(resource.logicalID): \(error.summary)"
                        )
                        known[function] = true
                    }
                }
                inspection.customResources.append(
                    Inspection.CustomResource(
                        logicalID: resource.logicalID,
                        type: resource.type,
                        function: function,
                        isGone: known[function] == false
                    )
                )
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
                let exporter = listing.exports.first(where: { $0.name == name })?.exporter,
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
