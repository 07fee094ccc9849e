package import AWS
package import Core
import Foundation

/// CloudFormation and what stands around it, as Core wants to read it.
///
/// It holds no call that changes anything (P1).
package struct AWSProvider: ProviderReading {
    private let clients: [AccountID: AWSClient]
    private let meter: CallMeter

    /// `clients`: one for each configured account, with that account's credentials.
    package init(clients: [AccountID: AWSClient], meter: CallMeter) {
        self.clients = clients
        self.meter = meter
    }

    package func identity(for target: Target) async throws(ProviderFailure) -> AccountID {
        try await asking(target) { (client, region) throws(AWSError) in
            AccountID(try await SecurityTokens(client, region: region).callerIdentity().account)
        }
    }

    package func aliases(of target: Target) async throws(ProviderFailure) -> [String] {
        try await asking(target) { (client, region) throws(AWSError) in
            try await AccountAliases(client, region: region).list()
        }
    }

    package func components(in target: Target) async throws(ProviderFailure) -> [ObservedComponent] {
        try await asking(target) { (client, region) throws(AWSError) in
            let formation = CloudFormation(client, region: region)
            // An empty page with a token is not the end, and the same token twice is an error.
            let stacks = try await allPages { (token) throws(AWSError) in
                let page = try await formation.describeStacks(page: token)
                return Page(items: page.stacks, nextToken: page.nextToken)
            }
            return stacks.map { ObservedComponent($0, in: target) }
        }
    }

    package func listing(of target: Target, from token: String?) async throws(ProviderFailure) -> ListingPage {
        try await asking(target) { (client, region) throws(AWSError) in
            let page = try await CloudFormation(client, region: region).listStacks(page: token)
            let components = page.items.map { stack in
                ListedComponent(id: ComponentID(stack.stackID), said: Digest(bytes: stack.digest)) {
                    () throws(ProviderFailure) in
                    do throws(AWSError) {
                        return ObservedComponent(try stack.stack(), in: target)
                    } catch {
                        throw ProviderFailure(error)
                    }
                }
            }
            return ListingPage(components: components, next: page.nextToken)
        }
    }

    package func component(_ id: ComponentID, in target: Target) async throws(ProviderFailure) -> ObservedComponent? {
        try await asking(target) { (client, region) async throws(AWSError) -> ObservedComponent? in
            do throws(AWSError) {
                let stack = try await CloudFormation(client, region: region).describeStack(id: id.text)
                // Some emulators answer an old id with the stack that has its name now: then the old one is gone.
                guard stack.stackID == id.text else { return nil }
                return ObservedComponent(stack, in: target)
            } catch {
                guard error.isStackMissing else { throw error }
                return nil
            }
        }
    }

    package func resources(of id: ComponentID, in target: Target) async throws(ProviderFailure) -> [ObservedResource] {
        try await asking(target) { (client, region) async throws(AWSError) -> [ObservedResource] in
            do throws(AWSError) {
                return try await CloudFormation(client, region: region).resources(of: id.text).map {
                    ObservedResource(
                        logicalID: $0.logicalID,
                        physicalID: $0.physicalID,
                        type: $0.type,
                        status: $0.status
                    )
                }
            } catch {
                // Deleted between the listing and now; a reading by id says so when it matters.
                guard error.isStackMissing else { throw error }
                return []
            }
        }
    }

    package func functions(in target: Target) async throws(ProviderFailure) -> [ObservedFunction] {
        try await asking(target) { (client, region) throws(AWSError) in
            try await Functions(client, region: region).list().map {
                ObservedFunction(name: $0.name, runtime: $0.isImage ? nil : $0.runtime, isImage: $0.isImage)
            }
        }
    }

    package func template(
        of id: ComponentID,
        in target: Target,
        original: Bool
    ) async throws(ProviderFailure) -> String {
        try await asking(target) { (client, region) throws(AWSError) in
            try await CloudFormation(client, region: region).template(
                of: id.text,
                stage: original ? .original : .processed
            )
        }
    }

    package func events(
        of id: ComponentID,
        in target: Target,
        atMost limit: Int
    ) async throws(ProviderFailure) -> [ObservedEvent] {
        try await asking(target) { (client, region) throws(AWSError) in
            let formation = CloudFormation(client, region: region)
            var events: [ObservedEvent] = []
            var token: String?
            repeat {
                let page = try await formation.events(of: id.text, page: token)
                events += page.events.map(ObservedEvent.init)
                token = page.nextToken == token ? nil : page.nextToken
            } while token != nil && events.count < limit
            return Array(events.prefix(limit))
        }
    }

    package func exports(in target: Target) async throws(ProviderFailure) -> [ObservedExport] {
        try await asking(target) { (client, region) throws(AWSError) in
            try await CloudFormation(client, region: region).exports().map {
                ObservedExport(name: $0.name, exporter: ComponentID($0.exportingStackID), target: target)
            }
        }
    }

    package func importers(of export: String, in target: Target) async throws(ProviderFailure) -> [String] {
        try await asking(target) { (client, region) throws(AWSError) in
            try await CloudFormation(client, region: region).importers(of: export)
        }
    }

    package func isEmpty(_ resource: ObservedResource, in target: Target) async throws(ProviderFailure) -> Bool? {
        guard let name = resource.physicalID, !name.isEmpty else { return nil }
        return try await asking(target) { (client, region) throws(AWSError) in
            switch resource.type {
            case "AWS::S3::Bucket": try await Buckets(client, region: region).isEmpty(name)
            case "AWS::ECR::Repository": try await Repositories(client, region: region).isEmpty(name)
            default: nil
            }
        }
    }

    package func clockSkew() async -> Duration? { meter.clockSkew }

    package func calls() async -> [String: Int] {
        Dictionary(meter.current.calls.map { ("\($0.key)", $0.value) }, uniquingKeysWith: +)
    }

    func asking<Answer>(
        _ target: Target,
        _ ask: (AWSClient, String) async throws(AWSError) -> Answer
    ) async throws(ProviderFailure) -> Answer {
        guard let client = clients[target.account] else { throw ProviderFailure.notConfigured(target) }
        do { return try await ask(client, target.region.text) } catch { throw ProviderFailure(error) }
    }
}
