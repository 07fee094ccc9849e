import Core

/// A world whose readings a test can change on their way.
struct ProviderInBetween: Provider {
    let world: World
    var onComponent: @Sendable (ObservedComponent?) async -> ObservedComponent? = { $0 }
    /// Before each listing.
    var onComponents: @Sendable () -> Void = {}
    /// The same, as long as it takes.
    var beforeComponents: @Sendable (Target) async -> Void = { _ in }
    /// All that is listed, and the token asked with: the page of it.
    var onListing: @Sendable ([ListedComponent], String?) -> ListingPage = { all, _ in
        ListingPage(components: all, next: nil)
    }
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
        onComponents()
        await beforeComponents(target)
        return try await world.components(in: target)
    }
    func listing(of target: Target, from token: String?) async throws(ProviderFailure) -> ListingPage {
        onListing(try await components(in: target).map { ListedComponent($0) }, token)
    }
    func resources(of id: ComponentID, in target: Target) async throws(ProviderFailure) -> [ObservedResource] {
        try await world.resources(of: id, in: target)
    }
    func functions(in target: Target) async throws(ProviderFailure) -> [ObservedFunction] {
        try await world.functions(in: target)
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

    func content(of resource: ObservedResource, in target: Target) async throws(ProviderFailure) -> ResourceContent? {
        try await world.content(of: resource, in: target)
    }
    func roleExists(_ arn: String, in target: Target) async throws(ProviderFailure) -> Bool {
        try await world.roleExists(arn, in: target)
    }
    func function(_ name: String, in target: Target) async throws(ProviderFailure) -> FunctionReading? {
        try await world.function(name, in: target)
    }
    func logGroups(prefix: String, in target: Target) async throws(ProviderFailure) -> [LogGroupReading] {
        try await world.logGroups(prefix: prefix, in: target)
    }
    func alarmStates(_ names: [String], in target: Target) async throws(ProviderFailure) -> [String: String] {
        try await world.alarmStates(names, in: target)
    }
    func tagged(withStack id: ComponentID, in target: Target) async throws(ProviderFailure) -> [String] {
        try await world.tagged(withStack: id, in: target)
    }
    func stackPolicy(of id: ComponentID, in target: Target) async throws(ProviderFailure) -> String? {
        try await world.stackPolicy(of: id, in: target)
    }
}
