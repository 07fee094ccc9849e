/// An export of one component with everybody who imports it.
package struct ExportReading: Sendable, Hashable {
    package let name: String
    package let importers: [ImporterReading]

    package init(name: String, importers: [ImporterReading]) {
        self.name = name
        self.importers = importers
    }
}

/// Its id where the name is known in the target; an importer that cannot be identified still blocks by its name.
package struct ImporterReading: Sendable, Hashable {
    package let name: String
    package let id: ComponentID?

    package init(name: String, id: ComponentID?) {
        self.name = name
        self.id = id
    }

    package var text: String { id?.text ?? name }
}

/// Who leans on whom through exports.
package struct ImportGraph: Sendable, Hashable {
    package var exports: [ComponentID: [ExportReading]]

    package init(_ exports: [ComponentID: [ExportReading]]) { self.exports = exports }

    /// An import that holds an exporter back: nothing that is in the plan makes it go away.
    package struct Outside: Sendable, Hashable {
        package let exporter: ComponentID
        package let export: String
        package let importer: ImporterReading
    }

    /// Imports from outside the plan (P5), of the components inside, by exporter.
    package func outside(_ inside: Set<ComponentID>) -> [Outside] {
        inside.sorted().flatMap { exporter in
            (exports[exporter] ?? []).flatMap { export in
                export.importers.filter { !($0.id.map(inside.contains) ?? false) }.map {
                    Outside(exporter: exporter, export: export.name, importer: $0)
                }
            }
        }
    }

    /// For each exporter inside, the importers inside that must go before it.
    package func waitsFor(_ inside: Set<ComponentID>) -> [ComponentID: Set<ComponentID>] {
        var result: [ComponentID: Set<ComponentID>] = [:]
        for exporter in inside {
            let importers = (exports[exporter] ?? []).flatMap(\.importers).compactMap(\.id)
            let needed = Set(importers).intersection(inside).subtracting([exporter])
            if !needed.isEmpty { result[exporter] = needed }
        }
        return result
    }
}
