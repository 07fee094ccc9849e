import Core
import Foundation
import Postgres

/// The components of one complete reading, and their resources, as rows.
struct ComponentRows {
    private let target: Int64
    private let at: Date
    private let rules: Int64?
    private let resources: [ComponentID: [ObservedResource]]

    init(of reading: TargetReading, target: Int64) {
        self.target = target
        at = reading.finishedAt
        rules = reading.rules?.number
        resources = reading.resources
    }

    /// What was never seen goes straight into the tables; what was, into staging tables, and from there what differs.
    ///
    /// The target is locked: nobody else adds components of it meanwhile.
    func record(_ components: [RecordedComponent], in session: Session) async throws(LedgerError) {
        let ids = components.map(\.observed.id.text)
        let known = Set(
            try await session.rows(ReadingStatements.everSeen(ids)) { (row) throws(PostgresError) in
                try row["id", as: String.self]
            }
        )
        let (new, old) = (
            components.filter { !known.contains($0.observed.id.text) },
            components.filter { known.contains($0.observed.id.text) }
        )
        if !old.isEmpty { try await merge(old, in: session) }
        if !new.isEmpty { try await add(new, in: session) }
    }

    private func add(_ components: [RecordedComponent], in session: Session) async throws(LedgerError) {
        let numbers = try await session.rows(ReadingStatements.takeNumbers(components.count)) {
            (row) throws(PostgresError) in
            try row["number", as: Int64.self]
        }
        // In the order of the numbers: whatever index rows go into grows at its end then.
        let rows = try zip(numbers, components).map { (number, component) throws(LedgerError) in
            (number: number, component: component, tags: try jsonb(component.observed.tags))
        }
        let columns = ReadingStatements.componentColumns
        try await session.copy(rows, into: "components", columns: columns + ReadingStatements.ownColumns) { row, copy in
            append(row.component, row.tags, to: &copy)
            copy.append(row.number)
            copy.append(target)
            copy.append(at)
            copy.append(resources[row.component.observed.id] == nil ? nil : at)
        }
        let contained = rows.lazy.flatMap { row in
            var seen: Set<String> = []
            // As where rows are merged: of two with one name the first.
            return (resources[row.component.observed.id] ?? []).filter { seen.insert($0.logicalID).inserted }
                .map { (number: row.number, resource: $0) }
        }
        try await session.copy(
            contained,
            into: "resources",
            columns: ["component_id"] + ReadingStatements.resourceColumns
        ) { row, copy in
            copy.append(row.number)
            append(row.resource, to: &copy)
        }
    }

    private func merge(_ components: [RecordedComponent], in session: Session) async throws(LedgerError) {
        try await session.run(ReadingStatements.stageComponents())
        try await session.run(ReadingStatements.stageResources())
        var rows: [(component: RecordedComponent, tags: JSONB)] = []
        for component in components { rows.append((component, try jsonb(component.observed.tags))) }
        try await session.copy(
            rows,
            into: "staged_components",
            columns: ReadingStatements.componentColumns + ["resources_read"]
        ) { row, copy in
            append(row.component, row.tags, to: &copy)
            copy.append(resources[row.component.observed.id] != nil)
        }
        let contained = components.lazy.flatMap { component in
            let id = component.observed.id
            return (resources[id] ?? []).map { (id: id, resource: $0) }
        }
        try await session.copy(
            contained,
            into: "staged_resources",
            columns: ["provider_id"] + ReadingStatements.resourceColumns
        ) { row, copy in
            copy.append(row.id.text)
            append(row.resource, to: &copy)
        }
        try await session.run(ReadingStatements.changeComponents(at: at))
        try await session.run(ReadingStatements.removeResources())
        // A row of long ago may have been forgotten since it was looked for.
        try await session.run(ReadingStatements.addComponents(target: target, at: at))
        try await session.run(ReadingStatements.addResources())
    }

    /// As ``ReadingStatements/componentColumns`` are.
    private func append(_ component: RecordedComponent, _ tags: JSONB, to copy: inout CopyRow) {
        let observed = component.observed
        copy.append(observed.id.text)
        copy.append(observed.name)
        copy.append(observed.status.text)
        copy.append(component.kind.rawValue)
        copy.append(component.named.map(\.text))
        copy.append(component.naming)
        copy.append(observed.created)
        copy.append(observed.updated)
        copy.append(component.changed)
        copy.append(tags)
        copy.append(observed.serviceRole)
        copy.append(component.tool)
        copy.append(observed.parent?.text)
        copy.append(component.content.bytes)
        copy.append(rules == nil ? nil : component.mark)
        copy.append(component.mark == nil ? nil : rules)
    }

    /// As ``ReadingStatements/resourceColumns`` are.
    private func append(_ resource: ObservedResource, to copy: inout CopyRow) {
        copy.append(resource.logicalID)
        copy.append(resource.type)
        copy.append(resource.physicalID)
        copy.append(resource.status)
    }
}
