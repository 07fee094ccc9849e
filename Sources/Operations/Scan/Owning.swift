package import Core

extension OwnerRecord {
    /// What the rules make of everything that speaks of an environment's owner.
    package init(of environment: EnvironmentRecord, rules: OwnerRules) {
        let resolution = OwnerFinding(of: environment, rules: rules).resolution
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
