/// Reading the outside world.
///
/// Whoever holds only this cannot change anything: a dry run holds nothing else (P1).
package protocol ProviderReading: Sendable {
    /// The account that the configured credentials really belong to (R7, P9).
    func identity(for target: Target) async throws(ProviderFailure) -> AccountID
    /// The account's aliases; an empty list is a reading, a failure is not.
    func aliases(of target: Target) async throws(ProviderFailure) -> [String]
    /// Every component of a target, all pages; throws rather than return a part.
    func components(in target: Target) async throws(ProviderFailure) -> [ObservedComponent]
    /// One page of them, from its beginning or from where another ended.
    func listing(of target: Target, from token: String?) async throws(ProviderFailure) -> ListingPage
    /// One component by its id, with its protection; nil when the provider says by id that it is gone or never was.
    func component(_ id: ComponentID, in target: Target) async throws(ProviderFailure) -> ObservedComponent?
    func resources(of id: ComponentID, in target: Target) async throws(ProviderFailure) -> [ObservedResource]
    /// Every Lambda function of a target, in a stack or not, all pages; throws rather than return a part.
    func functions(in target: Target) async throws(ProviderFailure) -> [ObservedFunction]
    func template(of id: ComponentID, in target: Target, original: Bool) async throws(ProviderFailure) -> String
    /// Newest first; stops after the given number.
    func events(of id: ComponentID, in target: Target, atMost: Int) async throws(ProviderFailure) -> [ObservedEvent]
    func exports(in target: Target) async throws(ProviderFailure) -> [ObservedExport]
    /// Names of the components that import an export.
    func importers(of export: String, in target: Target) async throws(ProviderFailure) -> [String]
    /// Whether a resource that only goes when empty is empty; nil when the type holds nothing of that kind.
    func isEmpty(_ resource: ObservedResource, in target: Target) async throws(ProviderFailure) -> Bool?
    /// The provider's clock minus ours at the latest answer, where one was seen (D9).
    func clockSkew() async -> Duration?
    /// Calls made so far by kind, such as `cloudformation DescribeStacks`.
    func calls() async -> [String: Int]
}

extension ProviderReading {
    /// All of them as one page.
    package func listing(of target: Target, from token: String?) async throws(ProviderFailure) -> ListingPage {
        ListingPage(components: try await components(in: target).map { ListedComponent($0) }, next: nil)
    }
}
