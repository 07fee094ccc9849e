package import Core

extension OwnerRecord {
    /// What the rules make of an environment's tags, claim and registration.
    package init(of environment: EnvironmentRecord, rules: OwnerRules) {
        let components = Dictionary(uniqueKeysWithValues: environment.tags.map { ($0.id, $0.tags) })
        let resolution = resolveOwner(
            components: components,
            claim: environment.claim.map { OwnerName($0) },
            further: environment.registration.map { [$0.evidence] } ?? [],
            name: environment.key.name,
            rules: rules
        )
        switch resolution {
        case .known(let owner, let evidence):
            self.init(
                owner: owner.text,
                source: evidence.first?.source.word ?? "none",
                detail: evidence.first.map { first in
                    evidence.count > 1 ? "\(first.detail), and \(evidence.count - 1) more say so" : first.detail
                } ?? "",
                conflict: false
            )
        case .unowned(let fallback):
            self.init(owner: nil, source: "none", detail: fallback.map { "fallback: \($0)" } ?? "", conflict: false)
        case .conflict(let evidence):
            self.init(
                owner: nil,
                source: "conflict",
                detail: evidence.map { "\($0.owner) (\($0.detail))" }.joined(separator: "; "),
                conflict: true
            )
        }
    }
}

extension OwnerSource {
    fileprivate var word: String {
        switch self {
        case .claim: "claim"
        case .tag: "tag"
        case .registration: "registration"
        case .cloudTrail: "CloudTrail"
        case .branchAuthor: "branch author"
        case .pattern: "pattern"
        }
    }
}
