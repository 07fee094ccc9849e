/// The order in which components can go: an importer before the exporter it leans on.
package enum TeardownOrder {
    /// Either every component in an order that works, or the cycles that make one impossible.
    package enum Outcome: Sendable, Equatable {
        case ordered([ComponentID])
        /// Each cycle as the components on it, beginning with the smallest id.
        case cycles([[ComponentID]])
    }

    /// `importers`: for each exporter, the components that must be gone before it.
    ///
    /// Returns a deterministic order; ties go by id.
    package static func order(
        _ components: Set<ComponentID>,
        importers: [ComponentID: Set<ComponentID>]
    ) -> Outcome {
        var waitsFor = Dictionary(
            uniqueKeysWithValues: components.map { id in
                (id, (importers[id] ?? []).intersection(components).subtracting([id]))
            }
        )
        var holders: [ComponentID: Set<ComponentID>] = [:]
        for (exporter, needed) in waitsFor {
            for importer in needed { holders[importer, default: []].insert(exporter) }
        }
        var ready = waitsFor.filter(\.value.isEmpty).keys.sorted()
        var done: [ComponentID] = []
        while !ready.isEmpty {
            var next: [ComponentID] = []
            for id in ready {
                done.append(id)
                waitsFor[id] = nil
                for holder in holders[id] ?? [] {
                    waitsFor[holder]?.remove(id)
                    if waitsFor[holder]?.isEmpty == true { next.append(holder) }
                }
            }
            ready = next.sorted()
        }
        return waitsFor.isEmpty ? .ordered(done) : .cycles(cycles(in: waitsFor))
    }

    /// One cycle for each group of components that wait for each other.
    private static func cycles(in waitsFor: [ComponentID: Set<ComponentID>]) -> [[ComponentID]] {
        var found: [[ComponentID]] = []
        var explained: Set<ComponentID> = []
        for start in waitsFor.keys.sorted() where !explained.contains(start) {
            var path: [ComponentID] = []
            var position: [ComponentID: Int] = [:]
            var current = start
            while position[current] == nil, !explained.contains(current) {
                position[current] = path.count
                path.append(current)
                guard let next = waitsFor[current]?.min() else { break }
                current = next
            }
            explained.formUnion(path)
            guard let first = position[current] else { continue }
            let cycle = Array(path[first...])
            let smallest = cycle.indices.min { cycle[$0] < cycle[$1] } ?? 0
            found.append(Array(cycle[smallest...] + cycle[..<smallest]))
        }
        return found
    }
}
