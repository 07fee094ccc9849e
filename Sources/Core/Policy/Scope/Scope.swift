/// Which environments a policy is about; what is left out does not narrow it.
///
/// Of a list, any one is enough. Accounts, regions and tools have to hold all of an environment, not a part.
package struct Scope: Sendable, Hashable {
    /// Any of these matches the environment's name.
    package var names: [NameGlob]?
    package var spaces: [SpaceName]?
    /// Ids or configured names, and every account of the environment has to be among them.
    ///
    /// A policy for the sandbox says nothing about an environment that also stands elsewhere (D1).
    package var accounts: [String]?
    /// Every region of the environment has to be among them.
    package var regions: [Region]?
    package var owners: [ScopedOwner]?
    /// One of its components carries one of them.
    package var tags: [TagMatch]?
    /// Every component was deployed by one of them.
    package var tools: [DeploymentTool]?

    package init(
        names: [NameGlob]? = nil,
        spaces: [SpaceName]? = nil,
        accounts: [String]? = nil,
        regions: [Region]? = nil,
        owners: [ScopedOwner]? = nil,
        tags: [TagMatch]? = nil,
        tools: [DeploymentTool]? = nil
    ) {
        self.names = names
        self.spaces = spaces
        self.accounts = accounts
        self.regions = regions
        self.owners = owners
        self.tags = tags
        self.tools = tools
    }

    /// Whose environments a policy is about.
    package enum ScopedOwner: Sendable, Hashable {
        case named(NameGlob)
        /// Those of which no owner is known.
        case unknown
    }

    /// Whether the policy is about this environment; unknown where a fact that decides it is not known.
    ///
    /// What is certain comes first: another name is another name, whoever owns it.
    package func truth(on facts: EnvironmentFacts) -> Truth {
        if let names, !names.contains(where: { $0.matches(facts.key.name.text) }) { return .no }
        if let spaces, !spaces.contains(facts.key.space) { return .no }
        if let accounts, !isWithin(accounts, facts) { return .no }
        guard regions != nil || tools != nil || owners != nil || tags != nil else { return .yes }
        let parts = [regionsTruth(facts), toolsTruth(facts), ownersTruth(facts), tagsTruth(facts)].compactMap(\.self)
        return parts.contains(.no) ? .no : parts.contains(.unknown) ? .unknown : .yes
    }

    private func isWithin(_ accounts: [String], _ facts: EnvironmentFacts) -> Bool {
        !facts.accounts.isEmpty && facts.accounts.allSatisfy { isWithin(accounts, $0, facts) }
    }

    private func isWithin(_ accounts: [String], _ account: AccountID, _ facts: EnvironmentFacts) -> Bool {
        accounts.contains(account.text) || facts.accountNames[account].map(accounts.contains) ?? false
    }

    /// What of the environment lies elsewhere, where that alone keeps the policy from being about it; nil otherwise.
    func partly(_ facts: EnvironmentFacts) -> String? {
        guard accounts != nil || regions != nil || tools != nil else { return nil }
        if let names, !names.contains(where: { $0.matches(facts.key.name.text) }) { return nil }
        if let spaces, !spaces.contains(facts.key.space) { return nil }
        if [ownersTruth(facts), tagsTruth(facts)].contains(.no) { return nil }
        var parts: [String] = []
        func add<Place: Comparable>(
            _ places: Set<Place>,
            _ verb: String,
            _ words: (Place) -> String,
            _ isIn: (Place) -> Bool
        ) -> Bool {
            let others = places.filter { !isIn($0) }.sorted()
            guard others.count < places.count || places.isEmpty else { return false }
            if !others.isEmpty { parts.append("\(verb) \(others.map(words).joined(separator: ", "))") }
            return true
        }
        let areNear = [
            accounts.map { accounts in
                add(facts.accounts, "it also stands in", { facts.accountNames[$0] ?? $0.text }) {
                    isWithin(accounts, $0, facts)
                }
            },
            regions.map { regions in add(facts.regions, "it also stands in", \.text, regions.contains) },
            tools.map { tools in add(facts.tools, "it was also deployed by", \.rawValue, tools.contains) },
        ]
        return parts.isEmpty || areNear.contains(false) ? nil : parts.joined(separator: ", ")
    }

    private func regionsTruth(_ facts: EnvironmentFacts) -> Truth? {
        regions.map { facts.regions.isEmpty ? .unknown : facts.regions.allSatisfy($0.contains) ? .yes : .no }
    }

    private func toolsTruth(_ facts: EnvironmentFacts) -> Truth? {
        tools.map { facts.tools.isEmpty ? .unknown : facts.tools.allSatisfy($0.contains) ? .yes : .no }
    }

    private func tagsTruth(_ facts: EnvironmentFacts) -> Truth? {
        tags.map { tags in Truth.any(tags.map { $0.truth(on: facts.tags) }) }
    }

    /// Nobody is no proof that it is not somebody's: an owner that is not known may be the one that is named.
    private func ownersTruth(_ facts: EnvironmentFacts) -> Truth? {
        owners.map { owners in
            switch facts.ownership {
            case .owned(let owner):
                return owners.contains { if case .named(let glob) = $0 { glob.matches(owner) } else { false } }
                    ? .yes : .no
            case .nobody where owners.contains(.unknown): return .yes
            case .nobody, .several, .unread:
                let takesAll = owners.contains {
                    if case .named(let glob) = $0 { glob.matchesEverything } else { false }
                }
                return takesAll && owners.contains(.unknown) ? .yes : .unknown
            }
        }
    }
}

extension Scope {
    /// What each part that narrows it beyond names saw, for people.
    func traces(on facts: EnvironmentFacts) -> [Trace] {
        func listed(_ words: some Sequence<String>) -> String { words.joined(separator: ", ") }
        var traces: [Trace] = []
        if let regions, let truth = regionsTruth(facts) {
            let stands = listed(facts.regions.map(\.text).sorted())
            traces.append(
                Trace(
                    "region: [\(listed(regions.map(\.text)))]",
                    truth,
                    saw: stands.isEmpty ? "its regions are not known" : "stands in \(stands)",
                    change: truth == .unknown ? "a complete reading of its stacks" : nil
                )
            )
        }
        if let tools, let truth = toolsTruth(facts) {
            let used = listed(facts.tools.map(\.rawValue).sorted())
            traces.append(
                Trace(
                    "tool: [\(listed(tools.map(\.rawValue)))]",
                    truth,
                    saw: used.isEmpty ? "what deployed it is not known" : "deployed by \(used)",
                    change: truth == .unknown ? "a complete reading of its stacks" : nil
                )
            )
        }
        if let owners, let truth = ownersTruth(facts) {
            traces.append(
                Trace(
                    "owner: [\(listed(owners.map(\.description)))]",
                    truth,
                    saw: facts.ownership.sight,
                    change: truth == .unknown
                        ? "a claim (curfew claim), or a policy with `owner: unknown` before this one" : nil
                )
            )
        }
        if let tags, let truth = tagsTruth(facts) {
            traces.append(
                Trace(
                    listed(tags.map(\.description)),
                    truth,
                    saw: listed(tags.map { $0.sight(on: facts.tags) }),
                    change: truth == .unknown ? "a complete reading of its stacks" : nil
                )
            )
        }
        return traces
    }
}

extension Scope.ScopedOwner: CustomStringConvertible {
    package var description: String {
        switch self {
        case .named(let glob): glob.text
        case .unknown: "unknown"
        }
    }
}
