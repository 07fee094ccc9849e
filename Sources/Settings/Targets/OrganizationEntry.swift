import Core

extension YAMLEntry {
    func organization(_ accounts: [AccountSettings]) -> OrganizationSettings? {
        let example = "{ role: curfew-scan, external_id_from: \"env:EXTERNAL_ID\", regions: [eu-central-1] }"
        let keys = [
            "account", "profile", "role", "external_id", "external_id_from", "regions", "include", "exclude",
        ]
        guard let parts = mapping(keys, required: ["role"], example: example) else { return nil }
        let account = parts["account"]?.lister(among: accounts)
        let role = parts["role"]?.roleTemplate()
        let regions = parts["regions"].map { $0.regionRule() } ?? ([], [])
        if let entry = parts["external_id_from"], parts["external_id"] != nil {
            entry.report("`\(path)` has `external_id` and `external_id_from`", "keep one of them")
        }
        let include = parts["include"]?.selectionRules()
        let exclude = parts["exclude"]?.selectionRules(orNone: true) ?? []
        for case .account(let id) in include ?? [] where exclude.contains(.account(id)) {
            parts["exclude"]?.report("account \(id) is included and excluded by its id", "keep one of them")
        }
        let profile = parts["profile"]?.text("a profile's name", example: "management")
        let externalID = parts["external_id"]?.text("an external id", example: "curfew-4711")
        let externalIDFrom = parts["external_id_from"]?.secretReference(example: "env:EXTERNAL_ID")
        guard let role, let regions else { return nil }
        return OrganizationSettings(
            account: account,
            profile: profile,
            role: role,
            externalID: externalID,
            externalIDFrom: externalIDFrom,
            regions: regions.listed,
            enabledRegions: regions.enabled,
            selection: AccountSelection(include: include, exclude: exclude)
        )
    }

    /// `[eu-central-1]`, `enabled`, or `{ enabled: ["eu-*"] }`.
    func regionRule() -> (listed: [Region], enabled: [NameGlob]?)? {
        if scalar == "enabled" { return ([], []) }
        guard isMapping else { return regions().map { ($0, nil) } }
        let example = "{ enabled: [\"eu-*\"] }"
        guard let entry = mapping(["enabled"], required: ["enabled"], example: example)?["enabled"],
            let items = entry.items("a list of regions with `*` and `?`", example: "[\"eu-*\"]", orSingle: true)
        else { return nil }
        let globs = items.compactMap { item in
            item.text("a region's code with `*` and `?`", example: "eu-*").map { NameGlob($0) }
        }
        return ([], globs)
    }

    func scanSettings() -> ScanSettings? {
        guard let parts = mapping(["within", "per_target"], example: "{ within: 2h, per_target: 15m }") else {
            return nil
        }
        var scan = ScanSettings()
        scan.within = parts["within"]?.duration(.seconds(10) ... .days(2), example: "2h") ?? scan.within
        scan.perTarget = parts["per_target"]?.duration(.seconds(1) ... .days(1), example: "15m") ?? scan.perTarget
        return scan
    }

    private func lister(among accounts: [AccountSettings]) -> AccountID? {
        guard let word = known("account", accounts.flatMap { [$0.id.text] + [$0.name].compactMap(\.self) }) else {
            return nil
        }
        return accounts.first { $0.id.text == word || $0.name == word }?.id
    }

    private func roleTemplate() -> RoleTemplate? {
        guard let text = scalar, let role = RoleTemplate(text) else {
            return unexpected(
                "a role's name, or an ARN with `{account}`",
                example: "curfew-scan, or arn:{partition}:iam::{account}:role/curfew-scan"
            )
        }
        return role
    }

    private func selectionRules(orNone: Bool = false) -> [AccountSelection.Rule]? {
        let expected = "a list of account ids, names with `*`, and organizational units"
        let example = "[\"111122223333\", \"sandbox-*\", ou-ab12-cd34ef56]"
        guard let items = items(expected, example: example, orSingle: true, orNone: orNone) else { return nil }
        return items.compactMap { item -> AccountSelection.Rule? in
            guard let text = item.text("an id, a name or a unit", example: "sandbox-*") else { return nil }
            if isAccountID(text) { return .account(AccountID(text)) }
            if text.allSatisfy(\.isASCIIDigit) {
                return item.unexpected("the twelve digits of an account, a name or a unit", example: "\"123456789012\"")
            }
            return isUnit(text) ? .unit(text) : .name(NameGlob(text))
        }
    }
}

/// `ou-` and the root's, then the unit's own characters; or the root itself.
private func isUnit(_ text: String) -> Bool {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    let isWord = { (part: Substring, most: Int) in
        (4...most).contains(part.count)
            && part.allSatisfy { ("a"..."z").contains($0) || ("0"..."9").contains($0) }
    }
    return parts.count == 3 && parts[0] == "ou" && isWord(parts[1], 32) && (8...32).contains(parts[2].count)
        && isWord(parts[2], 32) || parts.count == 2 && parts[0] == "r" && isWord(parts[1], 32)
}
