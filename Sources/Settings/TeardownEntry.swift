import Core

extension YAMLEntry {
    /// What plans may do beyond deleting stacks; nothing, where nothing is said.
    func teardownRules() -> TeardownRules? {
        let example = "{ empty: [\"*-serverlessdeploymentbucket-*\"], log_groups: delete }"
        guard let parts = mapping(["empty", "log_groups"], example: example) else { return nil }
        var rules = TeardownRules()
        rules.empty =
            (parts["empty"]?.strings(
                "a list of names of buckets and repositories with `*`",
                example: "[\"*-serverlessdeploymentbucket-*\"]"
            ) ?? []).map(NameGlob.init)
        rules.deletesLogGroups = parts["log_groups"]?.choice(LogGroups.self) == .delete
        return rules
    }
}

private enum LogGroups: String, CaseIterable {
    case keep
    case delete
}
