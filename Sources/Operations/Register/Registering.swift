package import Core

/// `curfew register`: a pipeline says what it deployed, and whose it is.
///
/// It reads neither the provider nor the inventory's contents, so a pipeline's login needs no right to them.
package struct Registering: Sendable {
    let store: any EnvironmentStore & RegistrationStore
    let rules: ScanRules
    let accountNames: [AccountID: String]

    package init(
        store: any EnvironmentStore & RegistrationStore,
        rules: ScanRules,
        accountNames: [AccountID: String] = [:]
    ) {
        self.store = store
        self.rules = rules
        self.accountNames = accountNames
    }

    /// What was said; nothing of it has been looked at.
    package struct Values: Sendable {
        package var owner: String
        package var branch: String?
        package var repository: String?
        package var commit: String?
        package var lifetime: Duration?

        package init(
            owner: String,
            branch: String? = nil,
            repository: String? = nil,
            commit: String? = nil,
            lifetime: Duration? = nil
        ) {
            self.owner = owner
            self.branch = branch
            self.repository = repository
            self.commit = commit
            self.lifetime = lifetime
        }
    }

    /// `name`: as a tag `feature` would give it, or `space/name`.
    ///
    /// `space`: as it is called, or shown: one that is a single account by that account's name. Where nil, the only one
    /// there is, or the only one in which the name lives.
    package func register(
        _ written: String,
        in space: String?,
        _ values: Values
    ) async throws(Problem) -> RegisteredEnvironment {
        let login = try await reporting { try await store.login() }
        let standing = Standing(isOperator: login.isOperator, isRegistrar: login.isRegistrar)
        let (given, rest) = space == nil ? spaceBefore(written) : (space, written)
        let name = try checked { () throws(RegistrationMistake) in
            try RegisteredValue.name(rest, by: NameEvaluator(rules.names))
        }
        try Act.register.demand(standing, login: login, what: "register \(name)")
        let draft = try checked { () throws(RegistrationMistake) in try values.draft(of: name, rules.owners.aliases) }
        let place = try await self.space(of: name, given: given)
        return try await reporting { try await store.register(draft, in: place) }
    }

    private func checked<Value>(_ check: () throws(RegistrationMistake) -> Value) throws(Problem) -> Value {
        do throws(RegistrationMistake) {
            return try check()
        } catch {
            throw Problem(.data, error.summary, advice: error.advice)
        }
    }

    private var spaces: [SpaceName] { rules.allSpaces.sorted() }

    /// A branch may have a `/` in its name, so only a space of the settings stands before one.
    private func spaceBefore(_ written: String) -> (String?, String) {
        guard let slash = written.firstIndex(of: "/") else { return (nil, written) }
        let text = String(written[..<slash])
        return space(called: text) == nil ? (nil, written) : (text, String(written[written.index(after: slash)...]))
    }

    private func space(called text: String) -> SpaceName? {
        let shown = spaces.filter { self.shown($0) == text }
        return spaces.first { $0.text == text } ?? (shown.count == 1 ? shown.first : nil)
    }

    private func shown(_ space: SpaceName) -> String { accountNames[AccountID(space.text)] ?? space.text }

    private func space(of name: EnvironmentName, given: String?) async throws(Problem) -> SpaceName {
        let choices = spaces
        if let given {
            guard let space = space(called: given) else {
                throw Problem(.usage, "there is no space \(given)", advice: "the settings have: \(list(choices))")
            }
            return space
        }
        if let only = choices.first, choices.count == 1 { return only }
        let known = try await reporting { try await store.spaces(with: name) }.filter(choices.contains)
        if let only = known.first, known.count == 1 { return only }
        guard !choices.isEmpty else {
            throw Problem(
                .configuration,
                "there is no space to register \(name) in",
                advice: "list accounts under `accounts:` in the settings file"
            )
        }
        throw Problem(
            .usage,
            "\(name) could be in several spaces",
            advice: "name one with --space: \(list(known.isEmpty ? choices : known))"
        )
    }

    private func list(_ spaces: [SpaceName]) -> String { spaces.map(shown).joined(separator: ", ") }
}

extension Registering.Values {
    fileprivate func draft(
        of name: EnvironmentName,
        _ aliases: [OwnerName: OwnerName]
    ) throws(RegistrationMistake) -> RegistrationDraft {
        var draft = RegistrationDraft(name: name, owner: try RegisteredValue.owner(owner))
        draft.answers = aliases[draft.owner] ?? draft.owner
        if let branch { draft.branch = try RegisteredValue.branch(branch) }
        if let repository { draft.repository = try RegisteredValue.repository(repository) }
        if let commit { draft.commit = try RegisteredValue.commit(commit) }
        if let lifetime { draft.lifetime = try RegisteredValue.lifetime(lifetime) }
        return draft
    }
}
