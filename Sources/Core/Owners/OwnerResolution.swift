/// How far a piece of owner evidence is believed; a higher one outweighs all lower ones.
package enum OwnerConfidence: Int, Comparable, Hashable, Sendable, Codable, CaseIterable {
    /// A pattern over the name.
    case assigned = 1
    /// The author of the branch.
    case authored
    /// CloudTrail: session names are claims, not proof.
    case traced
    /// Registered by CI on deploy.
    case registered
    /// A tag that says who made it.
    case noted
    /// A tag that names a team or a contact.
    case related
    /// A tag that names the owner.
    case stated
    /// Claimed by a person.
    case claimed

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// Where owner evidence comes from, in the order in which it is believed.
package enum OwnerSource: Hashable, Sendable, Codable {
    case claim
    case tag(key: String, component: ComponentID)
    case registration
    case cloudTrail
    case branchAuthor
    case pattern(String)

    /// As it is kept with the environment's owner.
    package var word: String {
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

/// One reason to believe that somebody owns an environment.
package struct OwnerEvidence: Hashable, Sendable, Codable {
    package let owner: OwnerName
    package let source: OwnerSource
    package let confidence: OwnerConfidence
    /// For people: what was found, as it was written.
    package let detail: String

    package init(owner: OwnerName, source: OwnerSource, confidence: OwnerConfidence, detail: String) {
        self.owner = owner
        self.source = source
        self.confidence = confidence
        self.detail = detail
    }

    func renamed(by aliases: [OwnerName: OwnerName]) -> OwnerEvidence {
        OwnerEvidence(owner: aliases[owner] ?? owner, source: source, confidence: confidence, detail: detail)
    }
}

/// Who answers for an environment.
package enum OwnerResolution: Hashable, Sendable, Codable {
    /// The evidence of the highest confidence, all for one owner.
    case known(OwnerName, [OwnerEvidence])
    /// Nothing names anybody; the fallback is told.
    case unowned(fallback: OwnerName?)
    /// `undecided: several owners`: different owners with the same, highest confidence.
    case conflict([OwnerEvidence])

    package var owner: OwnerName? {
        if case .known(let owner, _) = self { owner } else { nil }
    }
}

/// Finds an environment's owner in the tags of its components and everything else that is known.
///
/// `components` are those of the environment with their own tags. `further` is evidence that was gathered elsewhere
/// (CI registration, CloudTrail, branch author). The answer does not depend on the order of either.
package func findOwner(
    components: [ComponentID: [String: String]],
    claim: OwnerName?,
    further: [OwnerEvidence] = [],
    passedOver: [String] = [],
    place: OwnedPlace,
    rules: OwnerRules
) -> OwnerFinding {
    var evidence = further
    if let claim {
        evidence.append(OwnerEvidence(owner: claim, source: .claim, confidence: .claimed, detail: "claimed"))
    }
    for (id, tags) in components { evidence += ownerEvidence(in: tags, of: id, keys: rules.tagKeys) }
    if let pattern = rules.patterns.first(where: { $0.fits(place) }) {
        evidence.append(
            OwnerEvidence(
                owner: pattern.owner,
                source: .pattern(pattern.text),
                confidence: .assigned,
                detail: pattern.text
            )
        )
    }
    let sorted = Set(evidence.map { $0.renamed(by: rules.aliases) })
        .sorted { ($1.confidence, $0.owner, $0.detail) < ($0.confidence, $1.owner, $1.detail) }
    let deciding = sorted.filter { $0.confidence == sorted.first?.confidence }
    let resolution: OwnerResolution
    if let first = deciding.first {
        resolution =
            deciding.allSatisfy { $0.owner == first.owner } ? .known(first.owner, deciding) : .conflict(deciding)
    } else {
        resolution = .unowned(fallback: rules.fallback)
    }
    return OwnerFinding(evidence: sorted, resolution: resolution, passedOver: passedOver.sorted())
}

/// Who answers for an environment, of all that `findOwner` looks at.
package func resolveOwner(
    components: [ComponentID: [String: String]],
    claim: OwnerName?,
    further: [OwnerEvidence] = [],
    name: EnvironmentName,
    rules: OwnerRules
) -> OwnerResolution {
    findOwner(
        components: components,
        claim: claim,
        further: further,
        place: OwnedPlace(name: name),
        rules: rules
    ).resolution
}

/// What one component's tags say, by the preference of the keys.
package func ownerEvidence(in tags: [String: String], of component: ComponentID, keys: [OwnerTagKey]) -> [OwnerEvidence]
{
    var result: [OwnerEvidence] = []
    var spoken: Set<OwnerConfidence> = []
    let folded = tags.map { (key: OwnerTagKey.folded($0.key), tag: $0) }
    for key in keys where !spoken.contains(key.confidence) {
        // `Owner` and `owner` may both be there; they are one key, so they can disagree.
        let found = folded.filter { $0.key == key.folded }.map(\.tag).sorted { $0.key < $1.key }
        for (written, value) in found {
            for owner in OwnerName.owners(in: value) {
                spoken.insert(key.confidence)
                result.append(
                    OwnerEvidence(
                        owner: owner,
                        source: .tag(key: written, component: component),
                        confidence: key.confidence,
                        detail: "tag \(written) = “\(value)” on \(component)"
                    )
                )
            }
        }
    }
    return result
}
