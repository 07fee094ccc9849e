import Core

extension YAMLEntry {
    func accounts(orNone: Bool = false) -> [AccountSettings]? {
        guard let items = items("a list of accounts", example: SettingsFile.example, orNone: orNone) else { return nil }
        var seen: [String: Int] = [:]
        return items.compactMap { item -> AccountSettings? in
            guard let account = item.account() else { return nil }
            for word in Set([account.id.text, account.word]) {
                if let line = seen[word] {
                    item.report("`\(word)` stands for an account in line \(line) already", "ids and names are unique")
                }
                seen[word] = item.line
            }
            return account
        }
    }

    private func account() -> AccountSettings? {
        let example = "{ id: \"123456789012\", name: sandbox, profile: sandbox, regions: [eu-central-1] }"
        let keys = ["id", "name", "profile", "role", "external_id", "external_id_from", "regions"]
        guard let parts = mapping(keys, required: ["id", "regions"], example: example) else { return nil }
        let id = parts["id"]?.accountID()
        let name = parts["name"]?.accountName()
        let profile = parts["profile"]?.text("a profile's name", example: "sandbox")
        let role = parts["role"]?.roleARN(account: id)
        let externalID = parts["external_id"]?.text("an external id", example: "curfew-4711")
        let externalIDFrom = parts["external_id_from"]?.secretReference(example: "env:EXTERNAL_ID")
        for entry in [parts["external_id"], parts["external_id_from"]].compactMap(\.self) where parts["role"] == nil {
            entry.report(
                "`\(entry.path)` means nothing without `role`",
                "for example `role: arn:aws:iam::123456789012:role/curfew`"
            )
        }
        if let entry = parts["external_id_from"], parts["external_id"] != nil {
            entry.report("`\(path)` has `external_id` and `external_id_from`", "keep one of them")
        }
        let regions = parts["regions"]?.regionRule()
        guard let id, let regions else { return nil }
        let access: AccountSettings.Access =
            if let role { .role(arn: role, externalID: externalID, profile: profile) } else if let profile {
                .profile(profile)
            } else { .ambient }
        return AccountSettings(
            id: id,
            name: name,
            access: access,
            regions: regions.listed,
            externalIDFrom: externalIDFrom,
            enabledRegions: regions.enabled
        )
    }

    func accountID() -> AccountID? {
        guard let text = scalar, isAccountID(text) else {
            return unexpected("the twelve digits of an account", example: "\"123456789012\"")
        }
        return AccountID(text)
    }

    private func accountName() -> String? {
        let allowed = "abcdefghijklmnopqrstuvwxyz0123456789-_."
        guard let text = scalar, !text.isEmpty, text.count <= 60, text.lowercased().allSatisfy(allowed.contains),
            !text.allSatisfy(\.isASCIIDigit)
        else { return unexpected("letters, digits, `-`, `_` and `.`, not only digits", example: "sandbox") }
        return text
    }

    private func roleARN(account: AccountID?) -> String? {
        let example = "arn:aws:iam::\(account?.text ?? "123456789012"):role/curfew"
        guard let text = scalar else { return unexpected("a role's ARN", example: example) }
        let parts = text.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0] == "arn", parts[1].hasPrefix("aws"), parts[2] == "iam", parts[3].isEmpty,
            parts[5].hasPrefix("role/"), parts[5].count > 5
        else { return unexpected("a role's ARN", example: example) }
        if let account, parts[4] != account.text {
            return wrong("`\(path)` is a role of account \(parts[4]), not of \(account)", "for example `\(example)`")
        }
        return text
    }

    func region() -> Region? {
        guard let text = scalar, isRegionCode(text) else {
            return unexpected("a region's code", example: "eu-central-1")
        }
        return Region(text)
    }

    func regions() -> [Region]? {
        guard let items = items("a list of regions", example: "[eu-central-1]", orSingle: true) else { return nil }
        var regions: [Region] = []
        for item in items {
            guard let region = item.region() else { continue }
            if regions.contains(region) {
                item.report("`\(region)` is named twice", "keep one of them")
            } else {
                regions.append(region)
            }
        }
        return regions
    }

    /// `anyAccount`: accounts that are not written down can be there, too, and are named by their ids.
    func spaces(_ accounts: [AccountSettings], anyAccount: Bool = false) -> [SpaceName: [AccountID]]? {
        let example = "{ shop: [sandbox, staging] }"
        guard let parts = anyMapping(expected: "a mapping of spaces", example: example) else { return nil }
        var spaces: [SpaceName: [AccountID]] = [:]
        var taken: [AccountID: String] = [:]
        for (name, entry) in parts.entries {
            if accounts.contains(where: { $0.id.text == name }) {
                entry.report("the space `\(name)` has the name of an account's own space", "give it another name")
            }
            let items = entry.items("a list of accounts", example: "[sandbox]", orSingle: true) ?? []
            for item in items {
                var words = accounts.flatMap { [$0.id.text] + [$0.name].compactMap(\.self) }
                if anyAccount, let text = item.scalar, isAccountID(text) { words.append(text) }
                guard let word = item.known("account", words) else { continue }
                let id = accounts.first { $0.id.text == word || $0.name == word }?.id ?? AccountID(word)
                if let other = taken[id] {
                    item.report("account `\(word)` is in the space `\(other)` already", "an account is in one space")
                    continue
                }
                taken[id] = name
                spaces[SpaceName(name), default: []].append(id)
            }
        }
        return spaces
    }
}

func isAccountID(_ text: String) -> Bool { text.utf8.count == 12 && text.allSatisfy(\.isASCIIDigit) }

/// The shape, not a list: AWS opens regions without asking.
func isRegionCode(_ text: String) -> Bool {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    return (3...4).contains(parts.count)
        && parts.dropLast().allSatisfy { !$0.isEmpty && $0.allSatisfy { ("a"..."z").contains($0) } }
        && (parts.last.map { (1...2).contains($0.count) && $0.allSatisfy(\.isASCIIDigit) } ?? false)
}
