/// One component as grouping sees it; nested components are not among them.
package struct NamedComponent: Hashable, Sendable {
    package let id: ComponentID
    package let account: AccountID
    package let evaluation: NameEvaluation

    package init(id: ComponentID, account: AccountID, evaluation: NameEvaluation) {
        self.id = id
        self.account = account
        self.evaluation = evaluation
    }
}

/// What an environment may be used for.
///
/// Only a feature can ever be planned.
package enum EnvironmentClass: String, Hashable, Sendable, Codable, CaseIterable {
    case feature
    case ambiguous
    case permanent
}

/// All components that carry one name in one space.
package struct EnvironmentGroup: Hashable, Sendable {
    package let space: SpaceName
    package let name: EnvironmentName
    package let classification: EnvironmentClass
    /// The components that belong to it, sorted; empty where only others mention its name.
    package let members: [ComponentID]
    /// The permanent or ambiguous components that name it and so decide its class, sorted.
    package let heldBy: [ComponentID]
}

/// Every component of a reading in exactly one place.
package struct EnvironmentGrouping: Hashable, Sendable {
    /// By space, then name.
    ///
    /// Names that only permanent or ambiguous components carry are here too, without members.
    package let groups: [EnvironmentGroup]
    package let permanent: [ComponentID]
    package let ambiguous: [ComponentID]
    package let unmatched: [ComponentID]
    package let excluded: [ComponentID]
    /// How many different components went in.
    package let read: Int

    /// Members of groups and the four lists together.
    package var accountedFor: Int {
        groups.reduce(0) { $0 + $1.members.count } + permanent.count + ambiguous.count + unmatched.count
            + excluded.count
    }

    /// False means that a component was lost or counted twice; then nothing may be concluded from this.
    package var addsUp: Bool { accountedFor == read }
}

/// Puts components together by (space, name).
///
/// A component given more than once counts once, with the most careful of its verdicts.
///
/// `spaces` says the space of each account; an account that is not in it is a space of its own, named by its id.
package func group(_ components: [NamedComponent], spaces: [AccountID: SpaceName]) -> EnvironmentGrouping {
    struct Place: Hashable {
        let space: SpaceName
        let name: EnvironmentName
    }
    struct Content {
        var classification = EnvironmentClass.feature
        var members: [ComponentID] = []
        var heldBy: [ComponentID] = []
    }
    var places: [Place: Content] = [:]
    var (permanent, ambiguous, unmatched, excluded): ([ComponentID], [ComponentID], [ComponentID], [ComponentID])
    (permanent, ambiguous, unmatched, excluded) = ([], [], [], [])

    let distinct = Dictionary(grouping: components, by: \.id).sorted { $0.key < $1.key }
    for (id, entries) in distinct {
        let homes = Set(entries.map { spaces[$0.account] ?? SpaceName($0.account.text) })
        let named = entries.reduce(into: Set<EnvironmentName>()) { $0.formUnion($1.evaluation.named) }
        func hold(_ classification: EnvironmentClass) {
            for space in homes {
                for name in named {
                    let place = Place(space: space, name: name)
                    if places[place]?.classification != .permanent {
                        places[place, default: Content()].classification = classification
                    }
                    places[place]?.heldBy.append(id)
                }
            }
        }
        switch mostCareful(entries.map(\.evaluation.verdict)) {
        case .permanent:
            permanent.append(id)
            hold(.permanent)
        case .ambiguous:
            ambiguous.append(id)
            hold(.ambiguous)
        case .excluded:
            excluded.append(id)
        case .unmatched:
            unmatched.append(id)
        case .feature(let name):
            for space in homes { places[Place(space: space, name: name), default: Content()].members.append(id) }
        }
    }
    let groups = places.map { place, content in
        EnvironmentGroup(
            space: place.space,
            name: place.name,
            classification: content.classification,
            members: content.members,
            heldBy: content.heldBy
        )
    }
    return EnvironmentGrouping(
        groups: groups.sorted { ($0.space, $0.name) < ($1.space, $1.name) },
        permanent: permanent,
        ambiguous: ambiguous,
        unmatched: unmatched,
        excluded: excluded,
        read: distinct.count
    )
}

/// Of different verdicts on one component (it was updated between two pages): permanent wins; any other difference
/// is a disagreement.
private func mostCareful(_ verdicts: [NameVerdict]) -> NameVerdict {
    if let permanent = verdicts.first(where: { if case .permanent = $0 { true } else { false } }) { return permanent }
    guard let first = verdicts.first else { return .unmatched(reason: "no evidence") }
    return Set(verdicts).count == 1 ? first : .ambiguous([])
}
