/// What a plan rests on, taken when it was made and again right before anything is torn down.
///
/// It is kept in parts, so that a run under way can leave out what it changed itself.
package struct Fingerprint: Sendable, Hashable, Codable {
    /// Per component, a digest of everything about it that must not have moved.
    package var components: [ComponentID: Digest]
    /// Per export of these components, who imports it: `target name` → ids, or names where no id is known.
    package var importers: [String: [String]]
    /// The ids a fresh listing of every target gives for each environment.
    package var members: [EnvironmentKey: [ComponentID]]
    /// Ids of the protections and leases in force, for each environment.
    package var holds: [EnvironmentKey: [String]]

    package init(
        components: [ComponentID: Digest] = [:],
        importers: [String: [String]] = [:],
        members: [EnvironmentKey: [ComponentID]] = [:],
        holds: [EnvironmentKey: [String]] = [:]
    ) {
        self.components = components
        self.importers = importers
        self.members = members
        self.holds = holds
    }

    /// What one component contributes: any change of it, of its protection, its template or its resources shows.
    package static func digest(
        of component: ObservedComponent,
        template: String,
        resources: [ObservedResource]
    ) -> Digest {
        var encoder = CanonicalEncoder()
        encoder.append(component.id.text)
        encoder.append(component.status.text)
        encoder.append(component.created)
        encoder.append(component.updated)
        encoder.append(component.serviceRole)
        encoder.append(component.terminationProtection)
        encoder.append(Self.digest { $0.append(component.tags) }.description)
        encoder.append(Self.digest { $0.append(component.parameters) }.description)
        encoder.append(Digest(of: template).description)
        let sorted = resources.sorted {
            ($0.logicalID, $0.type, $0.physicalID ?? "") < ($1.logicalID, $1.type, $1.physicalID ?? "")
        }
        encoder.append(list: sorted) {
            $0.append($1.logicalID)
            $0.append($1.type)
            $0.append($1.physicalID)
        }
        return encoder.digest
    }

    private static func digest(_ fill: (inout CanonicalEncoder) -> Void) -> Digest {
        var encoder = CanonicalEncoder()
        fill(&encoder)
        return encoder.digest
    }

    /// The same without what this plan's own recorded intents explain: components it deleted or asked to delete,
    /// as themselves, as members and as importers (under their ids or names).
    package func leavingOut(_ explained: Set<ComponentID>, names: Set<String>) -> Fingerprint {
        let ids = Set(explained.map(\.text))
        var rest = self
        rest.components = components.filter { !explained.contains($0.key) }
        rest.members = members.mapValues { $0.filter { !explained.contains($0) } }
        rest.importers = importers.mapValues { $0.filter { !ids.contains($0) && !names.contains($0) } }
            .filter { !$0.value.isEmpty }
        return rest
    }

    /// Only what concerns one environment: its components, holds and members, and all importers.
    package func restricted(to key: EnvironmentKey, components kept: Set<ComponentID>) -> Fingerprint {
        Fingerprint(
            components: components.filter { kept.contains($0.key) },
            importers: importers,
            members: members.filter { $0.key == key },
            holds: holds.filter { $0.key == key }
        )
    }

    /// What moved between two readings, in words; empty when nothing did.
    package func differences(from other: Fingerprint) -> [String] {
        var found: [String] = []
        for id in Set(components.keys).union(other.components.keys).sorted()
        where components[id] != other.components[id] {
            switch (other.components[id], components[id]) {
            case (nil, _): found.append("\(id) was not there before")
            case (_, nil): found.append("\(id) is no longer there")
            default: found.append("\(id) has changed")
            }
        }
        for name in Set(importers.keys).union(other.importers.keys).sorted()
        where (importers[name] ?? []).sorted() != (other.importers[name] ?? []).sorted() {
            found.append("the importers of \(name) have changed")
        }
        for key in Set(members.keys).union(other.members.keys).sorted()
        where (members[key] ?? []).sorted() != (other.members[key] ?? []).sorted() {
            found.append("\(key) has other components than before")
        }
        for key in Set(holds.keys).union(other.holds.keys).sorted()
        where (holds[key] ?? []).sorted() != (other.holds[key] ?? []).sorted() {
            found.append("a protection or lease of \(key) was set or ended")
        }
        return found
    }

    func encode(into encoder: inout CanonicalEncoder) {
        encoder.append(list: components.sorted { $0.key < $1.key }) {
            $0.append($1.key.text)
            $0.append($1.value.description)
        }
        let listed = importers.filter { !$0.value.isEmpty }.sorted { $0.key < $1.key }
        encoder.append(list: listed) {
            $0.append($1.key)
            $0.append(list: $1.value.sorted()) { $0.append($1) }
        }
        encoder.append(list: members.sorted { $0.key < $1.key }) {
            $0.append($1.key.description)
            $0.append(list: $1.value.sorted()) { $0.append($1.text) }
        }
        encoder.append(list: holds.sorted { $0.key < $1.key }) {
            $0.append($1.key.description)
            $0.append(list: $1.value.sorted()) { $0.append($1) }
        }
    }
}
