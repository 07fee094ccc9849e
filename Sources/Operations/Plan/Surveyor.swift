import Core

/// Reads what plans rest on.
///
/// It holds only the power to read (P1).
struct Surveyor: Sendable {
    let provider: any Provider
    let readTemplate: @Sendable (String) -> TemplateReading?
    let rules: ScanRules
    /// Reads also what blocks nothing: counts and sizes, log groups that stay.
    var forecasts = false
    /// Calls under way at the same time.
    var width = 4

    init(_ wiring: Wiring, forecasts: Bool = false) {
        provider = wiring.provider
        readTemplate = wiring.readTemplate
        rules = wiring.rules
        self.forecasts = forecasts
    }

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
        await inspect(&survey)
        survey.group(for: environments, rules: rules)
        return survey
    }

    /// Behind the stacks, once all of them are known: what one needs of another shows only then.
    private func inspect(_ survey: inout Survey) async {
        let whole = survey
        let inspector = Inspector(provider: provider, survey: whole, forecasts: forecasts)
        let roles = await inspector.roles(width: width)
        let answering = await inspector.answeringFunctions(width: width)
        let found = await fanOut(survey.components.values.map(\.observed.id).sorted(), width: width) { id in
            (id, await inspector.inspect(id, roles: roles, answering: answering))
        }
        for (id, inspection) in found { survey.components[id]?.inspection = inspection }
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
        let original = try await provider.template(of: record.id, in: record.target, original: true)
        let resources = try await provider.resources(of: record.id, in: record.target)
        let template = await processed(original, of: record.id, in: record.target)
        var parts = [Survey.Part(id: record.id, resources: resources, template: template)]
        // Nested stacks are never deleted themselves (P6), but everything in them goes with their root.
        var index = 0
        while index < parts.count {
            for inner in parts[index].nested where !parts.contains(where: { $0.id == inner }) {
                parts.append(try await part(inner, in: record.target))
            }
            index += 1
        }
        var contents: [Survey.Content] = []
        for resource in parts.flatMap(\.going) {
            do throws(ProviderFailure) {
                guard let empty = try await provider.isEmpty(resource, in: record.target) else { continue }
                contents.append(Survey.Content(resource: resource, empty: .success(empty)))
            } catch {
                contents.append(Survey.Content(resource: resource, empty: .failure(error)))
            }
        }
        return Survey.Component(
            observed: observed,
            template: original,
            resources: resources,
            parts: parts,
            contents: contents,
            exports: try await exports(of: record, listing: listing)
        )
    }

    private func part(_ id: ComponentID, in target: Target) async throws(ProviderFailure) -> Survey.Part {
        let resources = try await provider.resources(of: id, in: target)
        var template: TemplateReading?
        do throws(ProviderFailure) {
            template = await processed(
                try await provider.template(of: id, in: target, original: true),
                of: id,
                in: target
            )
        } catch {
            // Without it everything in the nested stack counts as going: the forecast says more, never less.
            template = nil
        }
        return Survey.Part(id: id, resources: resources, template: template)
    }

    /// What the template says that CloudFormation carries out; nil where that cannot be read.
    private func processed(_ original: String, of id: ComponentID, in target: Target) async -> TemplateReading? {
        guard let reading = readTemplate(original), reading.isTransformed else { return readTemplate(original) }
        do throws(ProviderFailure) {
            return readTemplate(try await provider.template(of: id, in: target, original: false))
        } catch {
            return nil
        }
    }

    private func exports(
        of record: ComponentRecord,
        listing: Result<Survey.Listing, ProviderFailure>?
    ) async throws(ProviderFailure) -> [Survey.Export] {
        guard let listing = try listing?.get() else { return [] }
        var exports: [Survey.Export] = []
        for export in listing.exports(of: record.id) {
            let names = try await provider.importers(of: export.name, in: record.target)
            let importers = names.map { name in
                Survey.Importer(name: name, id: listing.id(named: name))
            }
            exports.append(Survey.Export(name: export.name, importers: importers))
        }
        return exports
    }
}
