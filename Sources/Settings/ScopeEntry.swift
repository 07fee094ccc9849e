import Core

extension YAMLEntry {
    func scope(_ settings: Settings?) -> Scope? {
        let example = "{ name: \"feat-*\", accounts: [sandbox] }"
        let keys = ["name", "space", "spaces", "account", "accounts", "region", "regions", "owner", "tag", "tool"]
        guard let parts = mapping(keys, example: example) else { return nil }
        guard !parts.entries.isEmpty else {
            return wrong("`\(path)` says nothing", "for everything write `{ name: \"*\" }`")
        }
        let names = parts["name"]?.words("a name or a list of names", example: "feat-*") { $0.nameGlob() }
        // Whatever the organization lists can be meant, and it is not asked here.
        let known = settings.flatMap { $0.organization == nil ? $0 : nil }
        let spaces = parts.either("space", "spaces")?.words("a list of spaces", example: "[shop]") { entry in
            entry.known("space", known?.spaceNames.map(\.text)).map(SpaceName.init)
        }
        let accounts = parts.either("account", "accounts")?.words("a list of accounts", example: "[sandbox]") { entry in
            entry.known("account", known?.accountWords)
        }
        let read = known.map { Set($0.accounts.flatMap(\.targets).map(\.region.text)).sorted() }
        let regions = parts.either("region", "regions")?.words("a list of regions", example: "[eu-central-1]") {
            entry in
            entry.region(read)
        }
        let owners = parts["owner"]?.words("an owner or a list of owners", example: "team-*") { $0.scopedOwner() }
        let tags = parts["tag"]?.tagMatches()
        let tools = parts["tool"]?.words("a tool or a list of tools", example: "[SAM, CDK]") { $0.deploymentTool() }
        // A part that is wrong must not turn into "not narrowed"; the problem is reported already.
        return Scope(
            names: names,
            spaces: spaces,
            accounts: accounts,
            regions: regions,
            owners: owners,
            tags: tags,
            tools: tools
        )
    }

    private func region(_ known: [String]?) -> Region? {
        let parts = (scalar ?? "").split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 3, parts.last?.allSatisfy(\.isASCIIDigit) == true,
            parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber) } })
        else { return unexpected("a region", example: known?.first ?? "eu-central-1") }
        return self.known("region", known).map(Region.init)
    }

    private func scopedOwner() -> Scope.ScopedOwner? {
        guard let text = text("an owner's name with `*` and `?`, or `unknown`", example: "team-*") else { return nil }
        return text == "unknown" ? .unknown : .named(NameGlob(text))
    }

    func deploymentTool() -> DeploymentTool? {
        let tools = DeploymentTool.allCases
        if let word = scalar, let tool = tools.first(where: { $0.rawValue.lowercased() == word.lowercased() }) {
            return tool
        }
        let known = tools.map(\.rawValue)
        let near = scalar.flatMap { nearest($0, among: known) } ?? "SAM"
        return unexpected("one of \(known.joined(separator: ", "))", example: near)
    }

    private func tagMatches() -> [TagMatch]? {
        guard isSequence else { return tagMatch().map { [$0] } }
        return items("a tag or a list of tags", example: "[{ key: team, value: shop }]")?.compactMap { $0.tagMatch() }
    }

    /// A tag's key alone, or with what is asked of it.
    func tagMatch() -> TagMatch? {
        let example = "{ key: team, value: \"shop-*\" }"
        if scalar != nil { return text("a tag's key", example: "team").map { TagMatch(key: $0) } }
        guard let parts = mapping(["key", "value", "absent"], required: ["key"], example: example) else { return nil }
        let key = parts["key"]?.text("a tag's key", example: "team")
        let value = parts["value"]?.text("a tag's value with `*` and `?`", example: "shop-*")
        if let absent = parts["absent"], absent.scalar != "true" {
            return absent.unexpected("`true`, or nothing", example: "{ key: team, absent: true }")
        }
        if parts["absent"] != nil, parts["value"] != nil {
            return wrong(
                "`\(path)` asks for a value of a tag that is absent",
                "for another value write `not: { tag: { key: …, value: … } }`"
            )
        }
        guard let key, parts["value"] == nil || value != nil else { return nil }
        return TagMatch(key: key, value: value.map { NameGlob($0) }, isAbsent: parts["absent"] != nil)
    }

    private func words<Word>(
        _ expected: String,
        example: String,
        _ read: (YAMLEntry) -> Word?
    ) -> [Word]? {
        items(expected, example: example, orSingle: true)?.compactMap(read)
    }

    private func nameGlob() -> NameGlob? {
        guard let text = text("an environment's name with `*` and `?`", example: "feat-*") else { return nil }
        let allowed = "abcdefghijklmnopqrstuvwxyz0123456789-*?"
        guard text.allSatisfy(allowed.contains) else {
            let fitting = String(text.lowercased().map { allowed.contains($0) ? $0 : "-" })
            return wrong(
                "`\(path)` is \(quoted(text)), which no name can match: names are lower case with `-`",
                "did you mean \(quoted(fitting))?"
            )
        }
        return NameGlob(text)
    }

    /// A word that must be among the known ones, where those are known.
    func known(_ what: String, _ known: [String]?) -> String? {
        guard let word = text("a name", example: known?.first ?? "sandbox") else { return nil }
        guard let known, !known.contains(word) else { return word }
        let near = nearest(word, among: known).map { "did you mean `\($0)`? " } ?? ""
        let list = known.isEmpty ? "none are configured" : "known: \(known.sorted().joined(separator: ", "))"
        return wrong("`\(path)` names \(quoted(word)), which is no configured \(what)", near + list)
    }
}

extension YAMLMapping {
    /// One of two keys that mean the same; reports both.
    fileprivate func either(_ one: String, _ several: String) -> YAMLEntry? {
        if self[one] != nil, self[several] != nil {
            keys[several]?.report("`\(one)` and `\(several)` mean the same", "keep one of them, with all that is meant")
        }
        return self[one] ?? self[several]
    }
}
