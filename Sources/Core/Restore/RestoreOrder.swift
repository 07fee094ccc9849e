/// The order in which stacks are made again: who exports before who imports.
package enum RestoreOrder {
    /// One stack as the order sees it.
    package struct Stack: Sendable, Hashable {
        package var id: ComponentID
        package var target: Target
        package var exports: Set<String>
        package var imports: Set<String>

        package init(id: ComponentID, target: Target, exports: Set<String>, imports: Set<String>) {
            self.id = id
            self.target = target
            self.exports = exports
            self.imports = imports
        }
    }

    /// For each stack, those that must be there before it.
    ///
    /// `known`: importers by exporter, as they were recorded when the stacks still stood.
    package static func needs(
        _ stacks: [Stack],
        known: [ComponentID: Set<ComponentID>] = [:]
    ) -> [ComponentID: Set<ComponentID>] {
        let ids = Set(stacks.map(\.id))
        var needs: [ComponentID: Set<ComponentID>] = [:]
        for importer in stacks {
            let exporters = stacks.filter {
                // A name is exported once in an account and region, and imported only there.
                $0.id != importer.id && $0.target == importer.target && !$0.exports.isDisjoint(with: importer.imports)
            }
            needs[importer.id, default: []].formUnion(exporters.map(\.id))
        }
        for (exporter, importers) in known where ids.contains(exporter) {
            for importer in importers where importer != exporter && ids.contains(importer) {
                needs[importer, default: []].insert(exporter)
            }
        }
        return needs
    }

    /// Exporters first; ties go by id.
    package static func order(
        _ stacks: [Stack],
        known: [ComponentID: Set<ComponentID>] = [:]
    ) -> TeardownOrder.Outcome {
        TeardownOrder.order(Set(stacks.map(\.id)), importers: needs(stacks, known: known))
    }
}
