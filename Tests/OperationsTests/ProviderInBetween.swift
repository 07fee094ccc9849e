import Core

/// A world whose readings a test can change on their way.
struct ProviderInBetween: ProviderReading {
    let world: World
    var onComponent: @Sendable (ObservedComponent?) async -> ObservedComponent? = { $0 }
    /// Why the processed template cannot be read; nil when it can.
    var processed: ProviderFailure?

    func component(_ id: ComponentID, in target: Target) async throws(ProviderFailure) -> ObservedComponent? {
        await onComponent(try await world.component(id, in: target))
    }

    func template(of id: ComponentID, in target: Target, original: Bool) async throws(ProviderFailure) -> String {
        if !original, let processed { throw processed }
        return try await world.template(of: id, in: target, original: original)
    }

    func identity(for target: Target) async throws(ProviderFailure) -> AccountID {
        try await world.identity(for: target)
    }
    func aliases(of target: Target) async throws(ProviderFailure) -> [String] { try await world.aliases(of: target) }
    func components(in target: Target) async throws(ProviderFailure) -> [ObservedComponent] {
        try await world.components(in: target)
    }
    func resources(of id: ComponentID, in target: Target) async throws(ProviderFailure) -> [ObservedResource] {
        try await world.resources(of: id, in: target)
    }
    func events(of id: ComponentID, in target: Target, atMost: Int) async throws(ProviderFailure) -> [ObservedEvent] {
        try await world.events(of: id, in: target, atMost: atMost)
    }
    func exports(in target: Target) async throws(ProviderFailure) -> [ObservedExport] {
        try await world.exports(in: target)
    }
    func importers(of export: String, in target: Target) async throws(ProviderFailure) -> [String] {
        try await world.importers(of: export, in: target)
    }
    func isEmpty(_ resource: ObservedResource, in target: Target) async throws(ProviderFailure) -> Bool? {
        try await world.isEmpty(resource, in: target)
    }
    func clockSkew() async -> Duration? { await world.clockSkew() }
    func calls() async -> [String: Int] { await world.calls() }
}
