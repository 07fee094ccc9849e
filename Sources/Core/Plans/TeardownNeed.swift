/// Something that one component needs of another while it is deleted: a function that answers for its custom
/// resource, or the role with whose power it goes.
///
/// Unlike an import the provider does not enforce it, so it gives way where both cannot be had.
package struct TeardownNeed: Sendable, Hashable, Comparable {
    package let component: ComponentID
    package let owner: ComponentID
    /// What is needed, for people.
    package let what: String

    package init(component: ComponentID, owner: ComponentID, what: String) {
        self.component = component
        self.owner = owner
        self.what = what
    }

    package static func < (left: TeardownNeed, right: TeardownNeed) -> Bool {
        (left.component.text, left.owner.text, left.what) < (right.component.text, right.owner.text, right.what)
    }
}

/// An order for a teardown, with what could not be had.
package struct TeardownSequence: Sendable, Equatable {
    package let outcome: TeardownOrder.Outcome
    /// For each component, those that must be gone before it.
    package let waitsFor: [ComponentID: Set<ComponentID>]
    /// Needs that no order meets beside the imports.
    package let unmet: [TeardownNeed]

    /// Imports are always respected; needs where that makes no circle.
    package init(
        _ components: Set<ComponentID>,
        importers: [ComponentID: Set<ComponentID>],
        needs: [TeardownNeed]
    ) {
        let needs = needs.filter {
            $0.component != $0.owner && components.contains($0.component) && components.contains($0.owner)
        }
        var all = importers
        for need in needs { all[need.owner, default: []].insert(need.component) }
        let whole = TeardownOrder.order(components, importers: all)
        if case .ordered = whole {
            (outcome, waitsFor, unmet) = (whole, all, [])
            return
        }
        outcome = TeardownOrder.order(components, importers: importers)
        waitsFor = importers
        guard case .ordered(let order) = outcome else {
            unmet = []
            return
        }
        let position = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, $0) })
        unmet = needs.filter { position[$0.component, default: 0] > position[$0.owner, default: 0] }.sorted()
    }
}
