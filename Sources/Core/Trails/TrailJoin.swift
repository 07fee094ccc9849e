import Foundation

/// What the events tell about components that is better than what is kept, at most one of each component and part.
///
/// An event goes to the component whose id it names. Where it names none (`ExecuteChangeSet` answers nothing, and takes a
/// stack's name), its name decides together with its time: a name is one stack at a time, so a call that came after this
/// one was made was about this one, and an earlier call was about one that is gone.
package func newEvidence(
    _ events: [TrailEvent],
    about components: [TrailedComponent],
    machines: [String]
) -> [TrailEvidence] {
    struct Place: Hashable {
        let component: ComponentID
        let part: TrailEvidence.Part
    }
    let byID = Dictionary(components.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    let byName = Dictionary(grouping: components, by: \.name)
    var best: [Place: TrailEvidence] = [:]
    for component in components {
        for known in component.trail { best[Place(component: component.id, part: known.part)] = known }
    }
    var changed: Set<Place> = []
    for event in events {
        let found: TrailedComponent?
        if let id = event.component {
            found = byID[id]
        } else if let name = event.name, let named = byName[name], named.count == 1, let only = named.first {
            found = only.isThere(at: event.at) ? only : nil
        } else {
            found = nil
        }
        guard let found else { continue }
        let evidence = TrailEvidence(event, of: found.id)
        let place = Place(component: found.id, part: evidence.part)
        if let known = best[place], known.event == event.id || !evidence.outweighs(known, machines: machines) {
            continue
        }
        best[place] = evidence
        changed.insert(place)
    }
    return changed.compactMap { best[$0] }.sorted {
        ($0.component, $0.part.rawValue) < ($1.component, $1.part.rawValue)
    }
}

extension TrailedComponent {
    /// The history gives whole seconds, and a stack's creation is noted a moment after the call.
    fileprivate func isThere(at moment: Date) -> Bool {
        created.map { moment.later(by: .seconds(2)) >= $0 } ?? false
    }
}
