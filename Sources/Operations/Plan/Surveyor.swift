import Core

/// Reads what plans rest on.
///
/// It holds only the power to read (P1).
struct Surveyor: Sendable {
    let provider: any ProviderReading
    /// Calls under way at the same time.
    var width = 4

    /// `nested`: components that scans found inside others.
    func survey(
        _ environments: [EnvironmentRecord],
        components: [ComponentRecord],
        nested: Set<ComponentID>
    ) async -> Survey {
        var survey = Survey()
        survey.nested = nested
        let targets = Set(environments.flatMap { $0.targets.map(\.target) }).sorted()
        let listings = await fanOut(targets, width: width) { target in
            await gathering { () async throws(ProviderFailure) in try await list(target) }
        }
        survey.listings = Dictionary(uniqueKeysWithValues: zip(targets, listings))
        let results = await fanOut(components.filter { $0.gone == nil }, width: width) { [survey] record in
            let listing = survey.listings[record.target]
            let result = await gathering { () async throws(ProviderFailure) in try await read(record, listing: listing)
            }
            return (record.id, result)
        }
        for (id, result) in results {
            switch result {
            case .success(let component?): survey.components[id] = component
            case .success(nil): survey.gone.insert(id)
            case .failure(let failure): survey.unread[id] = failure
            }
        }
        return survey
    }

    private func list(_ target: Target) async throws(ProviderFailure) -> Survey.Listing {
        var components: [ComponentID: ObservedComponent] = [:]
        for component in try await provider.components(in: target) where !component.status.isGone {
            components[component.id] = component
        }
        return Survey.Listing(components: components, exports: try await provider.exports(in: target))
    }

    /// Nil when a reading by id says that it is gone.
    private func read(
        _ record: ComponentRecord,
        listing: Result<Survey.Listing, ProviderFailure>?
    ) async throws(ProviderFailure) -> Survey.Component? {
        guard let observed = try await provider.component(record.id, in: record.target), !observed.status.isGone else {
            return nil
        }
        let template = try await provider.template(of: record.id, in: record.target, original: true)
        let resources = try await provider.resources(of: record.id, in: record.target)
        var contents: [Survey.Content] = []
        for resource in resources where resource.status != "DELETE_COMPLETE" {
            do throws(ProviderFailure) {
                guard let empty = try await provider.isEmpty(resource, in: record.target) else { continue }
                contents.append(Survey.Content(resource: resource, empty: .success(empty)))
            } catch {
                contents.append(Survey.Content(resource: resource, empty: .failure(error)))
            }
        }
        return Survey.Component(
            observed: observed,
            template: template,
            resources: resources,
            contents: contents,
            exports: try await exports(of: record, listing: listing)
        )
    }

    private func exports(
        of record: ComponentRecord,
        listing: Result<Survey.Listing, ProviderFailure>?
    ) async throws(ProviderFailure) -> [Survey.Export] {
        guard let listing = try listing?.get() else { return [] }
        var exports: [Survey.Export] = []
        for export in listing.exports where export.exporter == record.id {
            let names = try await provider.importers(of: export.name, in: record.target)
            let importers = names.map { name in
                Survey.Importer(name: name, id: listing.components.values.first { $0.name == name }?.id)
            }
            exports.append(Survey.Export(name: export.name, importers: importers))
        }
        return exports
    }
}
