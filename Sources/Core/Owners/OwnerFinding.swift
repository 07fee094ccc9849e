/// Everything that speaks of an environment's owner, what decides first.
package struct OwnerFinding: Hashable, Sendable {
    /// By confidence, the highest first; then by owner and words.
    package let evidence: [OwnerEvidence]
    package let resolution: OwnerResolution
    /// What was looked at and names nobody, with the reason.
    package let passedOver: [String]

    package init(evidence: [OwnerEvidence], resolution: OwnerResolution, passedOver: [String] = []) {
        self.evidence = evidence
        self.resolution = resolution
        self.passedOver = passedOver
    }

    /// Whether this piece is of the highest confidence that there is.
    package func decides(_ piece: OwnerEvidence) -> Bool { piece.confidence == evidence.first?.confidence }
}

extension OwnerFinding {
    /// What the rules make of an environment's tags, claim, registration and history.
    package init(of environment: EnvironmentRecord, rules: OwnerRules) {
        let trail = rules.asksCloudTrail ? environment.trail : []
        self = findOwner(
            components: Dictionary(uniqueKeysWithValues: environment.tags.map { ($0.id, $0.tags) }),
            claim: environment.claim.map { OwnerName($0) },
            further: [environment.registration?.evidence, environment.branches.authorship].compactMap(\.self)
                + trail.owners(machines: rules.machines),
            passedOver: trail.compactMap { $0.passedOver(machines: rules.machines) },
            place: OwnedPlace(
                name: environment.key.name,
                space: environment.key.space,
                accounts: Set(environment.targets.map(\.target.account))
            ),
            rules: rules
        )
    }
}
