import Core

/// What stands behind the stacks, as forecasts and steps read it.
extension World {
    func content(of resource: ObservedResource, in target: Target) async throws(ProviderFailure) -> ResourceContent? {
        try note("content", target)
        return resourceContents[resource.physicalID ?? ""]
    }

    func roleExists(_ arn: String, in target: Target) async throws(ProviderFailure) -> Bool {
        try note("roleExists", target)
        return !missingRoles.contains(arn)
    }

    func function(_ name: String, in target: Target) async throws(ProviderFailure) -> FunctionReading? {
        try note("function", target)
        return functions[name]
    }

    func logGroups(prefix: String, in target: Target) async throws(ProviderFailure) -> [LogGroupReading] {
        try note("logGroups", target)
        return groups.filter { $0.name.hasPrefix(prefix) }
    }

    func alarmStates(_ names: [String], in target: Target) async throws(ProviderFailure) -> [String: String] {
        try note("alarmStates", target)
        return alarms.filter { names.contains($0.key) }
    }

    func tagged(withStack id: ComponentID, in target: Target) async throws(ProviderFailure) -> [String] {
        try note("tagged", target)
        return taggedResources[id] ?? []
    }

    func stackPolicy(of id: ComponentID, in target: Target) async throws(ProviderFailure) -> String? {
        try note("stackPolicy", target)
        return stackPolicies[id]
    }
}
