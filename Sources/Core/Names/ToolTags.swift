/// What deployment tools say of a stack's name by their own tags on it.
enum ToolTags {
    private static let keys: Set = ["copilot-application", "copilot-environment", "copilot-service", "sst:stage"]

    /// The words behind the feature in the stack's name that the tool's tags explain; empty where they explain none.
    ///
    /// Copilot names a workload's stack `<app>-<environment>-<service>`, cut after 128 characters, and tags all three.
    /// SST names a stack `<stage>-<app>-<id>`, takes no name without the stage in it, and tags stage and app.
    static func service(in tokens: [Substring], tags: [String: String]) -> [Substring] {
        var values: [String: [Substring]] = [:]
        for (written, value) in tags {
            let key = EnvironmentTag.key(written)
            if keys.contains(key) { values[key] = normalised(value).split(separator: "-") }
        }
        if values.isEmpty { return [] }
        if let app = values["copilot-application"], let environment = values["copilot-environment"],
            let service = values["copilot-service"], !service.isEmpty, tokens == app + environment + service
        {
            return service
        }
        if let stage = values["sst:stage"], !stage.isEmpty, tokens.count > stage.count, tokens.starts(with: stage) {
            return Array(tokens.dropFirst(stage.count))
        }
        return []
    }
}
