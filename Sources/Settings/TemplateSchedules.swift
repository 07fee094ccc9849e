package import Core

extension TemplateFile {
    /// The schedules in a processed template, and which functions of it they invoke; nil where it cannot be understood.
    ///
    /// A rule that waits for events is none, with a schedule beside that neither: what sets it off is counted together, and
    /// events may be somebody's use. What a schedule starts that is no function, such as a state machine, is
    /// left out: whatever that invokes counts as anybody's invocation.
    package static func schedules(_ text: String) -> [TemplateSchedule]? {
        guard let resources = value(of: text)?["Resources"]?.entries else { return nil }
        let finder = ScheduledFunctions(resources: resources)
        return resources.sorted { $0.key < $1.key }.compactMap { logicalID, resource in
            let properties = resource["Properties"]
            switch resource["Type"]?.text {
            case SignalResourceType.rule.rawValue
            where properties?["ScheduleExpression"] != nil && properties?["EventPattern"] == nil:
                return finder.schedule(logicalID, targets: properties?["Targets"].map(\.arns) ?? [])
            case SignalResourceType.schedule.rawValue:
                return finder.schedule(logicalID, targets: [properties?["Target"]?["Arn"]])
            default: return nil
            }
        }
    }
}

private struct ScheduledFunctions {
    let resources: [String: TemplateValue]

    /// A target of nil is one that the template does not say plainly.
    func schedule(_ logicalID: String, targets: [TemplateValue?]) -> TemplateSchedule {
        var functions: Set<String> = []
        var isOpen = false
        for target in targets {
            switch target.map(meaning) ?? .open {
            case .function(let id): functions.insert(id)
            case .other: break
            case .open: isOpen = true
            }
        }
        return TemplateSchedule(logicalID: logicalID, functions: functions, isOpen: isOpen)
    }

    private enum Meaning {
        case function(String)
        case other
        case open
    }

    private func meaning(of arn: TemplateValue) -> Meaning {
        switch arn.reference {
        case .reference(let name), .attribute(let name): return resource(name, depth: 0)
        case .literal(let text):
            // `${Api.Arn}` and nothing else is the same as GetAtt.
            if text.hasPrefix("${"), text.hasSuffix("}"), !text.dropFirst(2).contains("$") {
                return resource(String(text.dropFirst(2).dropLast().prefix { $0 != "." }), depth: 0)
            }
            let parts = text.split(separator: ":", maxSplits: 3, omittingEmptySubsequences: false)
            // `arn:${AWS::Partition}:lambda:…` has its service behind a name with colons.
            let service = text.replacing("${AWS::Partition}", with: "aws").split(
                separator: ":",
                maxSplits: 3,
                omittingEmptySubsequences: false
            )
            guard parts.first == "arn", service.count == 4, !service[2].contains("$"), !service[2].isEmpty else {
                return .open
            }
            return service[2] == "lambda" ? .open : .other
        case .importValue, .unknown: return .open
        }
    }

    /// An alias or a version is invoked as the function that it is of.
    private func resource(_ name: String, depth: Int) -> Meaning {
        guard depth < 5, let resource = resources[name], let type = resource["Type"]?.text else { return .open }
        switch type {
        case SignalResourceType.function.rawValue: return .function(name)
        case SignalResourceType.alias.rawValue, "AWS::Lambda::Version":
            guard let function = resource["Properties"]?["FunctionName"] else { return .open }
            switch function.reference {
            case .reference(let name), .attribute(let name): return self.resource(name, depth: depth + 1)
            case .literal, .importValue, .unknown: return .open
            }
        // A nested stack's output or a custom resource's answer may be anything.
        case "AWS::CloudFormation::Stack", "AWS::CloudFormation::CustomResource": return .open
        default: return type.hasPrefix("Custom::") || type.hasPrefix("AWS::Serverless::") ? .open : .other
        }
    }
}

extension TemplateValue {
    /// Of a list of targets the ARN of each; of anything else one that is not plain.
    fileprivate var arns: [TemplateValue?] {
        guard case .list(let targets) = self else { return [nil] }
        return targets.map { $0["Arn"] }
    }
}
