import Core

/// What stands behind the stacks: read by forecasts, removed by steps.
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

    func switchProtectionOff(
        of id: ComponentID,
        in target: Target,
        window: CallWindow
    ) async throws(ProviderFailure) {
        try note("protection off", target)
        acts.append("protection off \(stacks[id]?.component.name ?? id.text)")
        stacks[id]?.component.terminationProtection = false
    }

    func emptyBucket(
        _ name: String,
        in target: Target,
        atMost: Int,
        window: CallWindow
    ) async throws(ProviderFailure) -> Bool {
        try note("empty bucket", target)
        acts.append("empty bucket \(name)")
        return empty(name, atMost: atMost)
    }

    func deleteImages(
        of repository: String,
        in target: Target,
        atMost: Int,
        window: CallWindow
    ) async throws(ProviderFailure) -> Bool {
        try note("delete images", target)
        acts.append("delete images \(repository)")
        return empty(repository, atMost: atMost)
    }

    /// True when nothing is left of it.
    private func empty(_ name: String, atMost: Int) -> Bool {
        let left = max(0, (resourceContents[name]?.items ?? 0) - atMost)
        resourceContents[name]?.items = left
        guard left == 0 else { return false }
        for id in stacks.keys where stacks[id]?.contents[name] != nil { stacks[id]?.contents[name] = true }
        return true
    }

    func deleteLogGroup(_ name: String, in target: Target, window: CallWindow) async throws(ProviderFailure) {
        try note("delete log group", target)
        acts.append("delete log group \(name)")
        groups.removeAll { $0.name == name }
    }
}
