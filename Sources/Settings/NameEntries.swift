import Core

extension YAMLEntry {
    func nameRules() -> NameRules? {
        let keys = ["permanent", "services", "beginnings", "patterns", "exclude", "tag_keys", "architect"]
        guard let parts = mapping(keys, example: "{ services: [shop], beginnings: [\"spike-…\"] }") else { return nil }
        var rules = NameRules()
        rules.permanentWords = parts["permanent"]?.strings("a list of names", example: "[sales-demo]") ?? []
        rules.services = parts["services"]?.strings("a list of services", example: "[shop]") ?? []
        rules.beginnings =
            parts["beginnings"]?.strings("a list of beginnings", example: "[\"spike-…\", ticket-N]") ?? []
        rules.patterns = parts["patterns"]?.patterns() ?? rules.patterns
        rules.excluded = parts["exclude"]?.strings("a list of stack names with `*`", example: "[legacy-*]") ?? []
        rules.tagKeys = parts["tag_keys"]?.strings("a list of tag keys", example: "[preview]") ?? []
        rules.architect = parts["architect"]?.strings("a list of Architect's apps", example: "[my-app]")
        for problem in rules.problems() { report("`\(path)`: \(problem)") }
        return rules
    }

    private func patterns() -> [StackNamePattern]? {
        let example = "\"{service}-{feature}\""
        guard let items = items("a list of stack name patterns", example: "[\(example)]", orSingle: true) else {
            return nil
        }
        let patterns = items.compactMap { $0.choice(StackNamePattern.self) }
        return patterns.count == items.count ? patterns : nil
    }
}
