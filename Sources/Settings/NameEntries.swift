import Core

extension YAMLEntry {
    func nameRules() -> NameRules? {
        let keys = ["permanent", "services", "beginnings", "patterns", "exclude", "tag_keys"]
        guard let parts = mapping(keys, example: "{ services: [shop], beginnings: [\"spike-…\"] }") else { return nil }
        var rules = NameRules()
        rules.permanentWords = parts["permanent"]?.strings("a list of names", example: "[sales-demo]") ?? []
        rules.services = parts["services"]?.strings("a list of services", example: "[shop]") ?? []
        rules.beginnings =
            parts["beginnings"]?.strings("a list of beginnings", example: "[\"spike-…\", ticket-N]") ?? []
        rules.patterns = parts["patterns"]?.patterns() ?? rules.patterns
        rules.excluded = parts["exclude"]?.strings("a list of stack names with `*`", example: "[legacy-*]") ?? []
        rules.tagKeys = parts["tag_keys"]?.strings("a list of tag keys", example: "[preview]") ?? []
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

    func ownerRules() -> OwnerRules? {
        let example =
            "{ tags: [owner, team], rules: [{ name: \"feat-shop-*\", owner: team-shop }], fallback: ops@example.com }"
        guard let parts = mapping(["tags", "rules", "fallback"], example: example) else { return nil }
        var rules = OwnerRules()
        if let tags = parts["tags"]?.strings("a list of tag keys", example: "[owner, team]") {
            // A usual key keeps its usual weight: `team` tells less than `owner` does.
            rules.tagKeys = tags.map { key in
                OwnerRules.usualKeys.first { bare($0.key) == bare(key) }.map { OwnerTagKey(key, $0.confidence) }
                    ?? OwnerTagKey(key)
            }
        }
        rules.patterns =
            parts["rules"]?.items(
                "a list of owner rules",
                example: "[{ name: \"feat-shop-*\", owner: team-shop }]",
                orNone: true
            )?
            .compactMap { $0.ownerPattern() } ?? []
        if let fallback = parts["fallback"] {
            rules.fallback = fallback.text("who is told about what nobody owns", example: "ops@example.com").map(
                OwnerName.init
            )
        }
        return rules
    }

    private func bare(_ key: String) -> String { key.lowercased().filter { !"-_. ".contains($0) } }

    private func ownerPattern() -> OwnerPattern? {
        let example = "{ name: \"feat-shop-*\", owner: team-shop }"
        guard let parts = mapping(["name", "owner"], required: ["name", "owner"], example: example) else { return nil }
        let name = parts["name"]?.text("an environment's name with `*` and `?`", example: "feat-shop-*")
        let owner = parts["owner"]?.text("an owner", example: "team-shop")
        guard let name, let owner else { return nil }
        return OwnerPattern(name: name, owner: OwnerName(owner))
    }
}
