import Core

extension YAMLEntry {
    func scope(_ settings: Settings?) -> Scope? {
        let example = "{ name: \"feat-*\", accounts: [sandbox] }"
        guard let parts = mapping(["name", "spaces", "accounts"], example: example) else { return nil }
        guard !parts.entries.isEmpty else {
            return wrong("`\(path)` says nothing", "for everything write `{ name: \"*\" }`")
        }
        let names = parts["name"]?.words("a name or a list of names", example: "feat-*") { $0.nameGlob() }
        let spaces = parts["spaces"]?.words("a list of spaces", example: "[shop]") { entry in
            entry.known("space", settings?.organization == nil ? settings?.spaceNames.map(\.text) : nil)
                .map(SpaceName.init)
        }
        let accounts = parts["accounts"]?.words("a list of accounts", example: "[sandbox]") { entry in
            // Whatever the organization lists can be meant, and it is not asked here.
            entry.known("account", settings?.organization == nil ? settings?.accountWords : nil)
        }
        // A part that is wrong must not turn into "not narrowed"; the problem is reported already.
        return Scope(names: names, spaces: spaces, accounts: accounts)
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
