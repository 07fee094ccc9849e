import Core

extension YAMLEntry {
    /// `accounts` and `spaces`: the configured ones, which rules may name.
    func ownerRules(accounts: [AccountSettings], spaces: Set<SpaceName>) -> OwnerRules? {
        let example =
            "{ tags: [owner, team], rules: [{ name: \"feat-shop-*\", owner: team-shop }], fallback: ops@example.com }"
        let keys = ["tags", "rules", "cloudtrail", "ci_roles", "fallback"]
        guard let parts = mapping(keys, example: example) else { return nil }
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
            .compactMap { $0.ownerPattern(accounts, spaces) } ?? []
        rules.asksCloudTrail = parts["cloudtrail"]?.onOrOff() ?? rules.asksCloudTrail
        rules.machines =
            parts["ci_roles"]?.strings("a list of roles and sessions with `*`", example: "[\"deploy-*\"]") ?? []
        for glob in rules.machines where NameGlob(glob).matchesEverything {
            parts["ci_roles"]?.report(
                "`\(glob)` fits every role and session",
                "say owners: { cloudtrail: off } where nobody who calls is an owner"
            )
        }
        if let fallback = parts["fallback"] {
            rules.fallback = fallback.text("who is told about what nobody owns", example: "ops@example.com").map(
                OwnerName.init
            )
        }
        return rules
    }

    private func bare(_ key: String) -> String { key.lowercased().filter { !"-_. ".contains($0) } }

    private func onOrOff() -> Bool? {
        switch scalar {
        case "on": true
        case "off": false
        default: unexpected("`on` or `off`", example: "off")
        }
    }

    private func ownerPattern(_ accounts: [AccountSettings], _ spaces: Set<SpaceName>) -> OwnerPattern? {
        let example = "{ name: \"feat-shop-*\", owner: team-shop }"
        let keys = ["name", "account", "space", "owner"]
        guard let parts = mapping(keys, required: ["owner"], example: example) else { return nil }
        guard ["name", "account", "space"].contains(where: { parts[$0] != nil }) else {
            return wrong("`\(path)` says of no environment who owns it", "for example `\(example)`")
        }
        let name = parts["name"]?.text("an environment's name with `*` and `?`", example: "feat-shop-*")
        let account = parts["account"]?.account(accounts)
        let space = parts["space"]?.space(spaces)
        // What could not be read must not turn a narrow rule into a wide one.
        let isRead =
            (parts["name"] == nil || name != nil) && (parts["account"] == nil || account != nil)
            && (parts["space"] == nil || space != nil)
        guard isRead, let owner = parts["owner"]?.text("an owner", example: "team-shop") else { return nil }
        return OwnerPattern(name: name, account: account, space: space, owner: OwnerName(owner))
    }

    private func account(_ accounts: [AccountSettings]) -> AccountID? {
        let words = accounts.flatMap { [$0.id.text] + [$0.name].compactMap(\.self) }
        guard let word = known("account", words) else { return nil }
        return accounts.first { $0.id.text == word || $0.name == word }?.id
    }

    private func space(_ spaces: Set<SpaceName>) -> SpaceName? {
        known("space", spaces.map(\.text).sorted()).map { SpaceName($0) }
    }
}
