import Core
import Foundation
import Ledger
import Synchronization
import Testing

@testable import Operations

/// What a scan does not look into because it is listed as it was.
@Suite struct ListingTests {
    /// Writes down whose words were read.
    private final class Readers: Sendable {
        private let names = Mutex<[String]>([])
        var taken: [String] {
            names.withLock { names in
                defer { names = [] }
                return names.sorted()
            }
        }

        func watch(_ listed: ListedComponent) -> ListedComponent {
            ListedComponent(id: listed.id, said: listed.said) { () throws(ProviderFailure) in
                let component = try listed.read()
                self.names.withLock { $0.append(component.name) }
                return component
            }
        }
    }

    private func scan(
        _ scenario: Scenario,
        _ provider: ProviderInBetween,
        full: Bool = false
    ) async throws -> ScanOutcome {
        scenario.clock.pass(.seconds(60))
        return try await Scan(
            provider: provider,
            store: scenario.ledger,
            rules: scenario.wiring.rules,
            locks: scenario.ledger
        ).run(only: nil, full: full, clock: scenario.wiring.clock, progress: { _ in })
    }

    private func watched(_ scenario: Scenario, _ readers: Readers) -> ProviderInBetween {
        ProviderInBetween(
            world: scenario.world,
            onListing: { all, _ in ListingPage(components: all.map(readers.watch), next: nil) }
        )
    }

    @Test func `what is listed as it was is not looked into, and counts all the same`() async throws {
        try await Scenario.run { scenario in
            let readers = Readers()
            let provider = watched(scenario, readers)
            let changing = await scenario.world.add("shop-feat-a", in: Scenario.home, created: Scenario.longAgo)
            for name in ["pay-feat-a", "shop-prod", "unclear", "CDKToolkit"] {
                await scenario.world.add(name, in: Scenario.home, created: Scenario.longAgo)
            }
            let first = try await scan(scenario, provider)
            #expect(readers.taken == ["CDKToolkit", "pay-feat-a", "shop-feat-a", "shop-prod", "unclear"])
            let second = try await scan(scenario, provider)
            #expect(readers.taken.isEmpty)
            #expect(second.summary.readings[0].counts == first.summary.readings[0].counts)
            #expect(second.summary.readings[0].listed == 5 && second.environments == first.environments)
            await scenario.world.change(changing) { $0.component.updated = Scenario.longAgo.addingTimeInterval(60) }
            let third = try await scan(scenario, provider)
            #expect(readers.taken == ["shop-feat-a"])
            #expect(third.summary.readings[0].counts == first.summary.readings[0].counts)
            #expect(
                try await scenario.environment("feat-a")?.changed == Scenario.longAgo.addingTimeInterval(60)
            )
            _ = try await scan(scenario, provider, full: true)
            #expect(readers.taken.count == 5)
        }
    }

    @Test func `other rules look into everything once, whatever it is listed as`() async throws {
        try await Scenario.run { scenario in
            var scenario = scenario
            let readers = Readers()
            let provider = watched(scenario, readers)
            await scenario.world.add("shop-feat-a", in: Scenario.home, created: Scenario.longAgo)
            await scenario.world.add("pay-feat-b", in: Scenario.home, created: Scenario.longAgo)
            _ = try await scan(scenario, provider)
            _ = readers.taken
            var names = NameRules()
            names.excluded = ["pay-*"]
            scenario.wiring.rules = ScanRules(
                targets: [Scenario.home],
                names: names,
                owners: OwnerRules(),
                spaces: [Scenario.shop: SpaceName("sandbox")]
            )
            // A failure in between leaves nothing looked into.
            await scenario.world.fail("components", World.down)
            _ = try await scan(scenario, provider)
            await scenario.world.fail("components", nil)
            let other = try await scan(scenario, provider)
            #expect(readers.taken == ["pay-feat-b", "shop-feat-a"])
            #expect(other.summary.readings[0].counts.filter { $0.value > 0 } == [.feature: 1, .excluded: 1])
            #expect(try await scenario.environment("feat-a")?.key.space == SpaceName("sandbox"))
            _ = try await scan(scenario, provider)
            #expect(readers.taken.isEmpty)
        }
    }

    @Test func `R6 what is on two pages counts once, as it was said last`() async throws {
        try await Scenario.run { scenario in
            let id = await scenario.world.add("shop-feat-a", in: Scenario.home, created: Scenario.longAgo)
            await scenario.world.add("shop-feat-b", in: Scenario.home, created: Scenario.longAgo)
            let twice = ProviderInBetween(
                world: scenario.world,
                onListing: { all, token in
                    let changed = all.filter { $0.id == id }.map { listed in
                        var component = (try? listed.read())
                        component?.status = ComponentStatus("UPDATE_COMPLETE")
                        return component.map { ListedComponent($0) } ?? listed
                    }
                    switch token {
                    case nil: return ListingPage(components: all, next: "2")
                    case "2": return ListingPage(components: [], next: "3")
                    default: return ListingPage(components: changed, next: nil)
                    }
                }
            )
            _ = try await scenario.scan()
            for _ in 1...2 {
                let outcome = try await scan(scenario, twice)
                #expect(outcome.summary.readings[0].counts.filter { $0.value > 0 } == [.feature: 2])
                let components = try await scenario.ledger.components(of: #require(scenario.environment("feat-a")).key)
                #expect(components.map(\.status.text) == ["UPDATE_COMPLETE"])
            }
        }
    }

    @Test func `R6 a page token that comes twice fails the reading`() async throws {
        try await Scenario.run { scenario in
            await scenario.world.add("shop-feat-a", in: Scenario.home, created: Scenario.longAgo)
            let endless = ProviderInBetween(
                world: scenario.world,
                onListing: { all, _ in ListingPage(components: all, next: "again") }
            )
            let outcome = try await scan(scenario, endless)
            #expect(outcome.summary.readings[0].failure?.contains("same page token twice") == true)
            #expect(try await scenario.environment("feat-a") == nil)
        }
    }

    @Test func `what came to stand inside another one is nested, though it is listed as it was`() async throws {
        try await Scenario.run { scenario in
            let inner = await scenario.world.add("shop-feat-a-Part-1A2B", in: Scenario.home, created: Scenario.longAgo)
            let outer = await scenario.world.add("shop-feat-a", in: Scenario.home, created: Scenario.longAgo)
            let apart = try await scenario.scan()
            #expect(apart.summary.readings[0].counts[.nested] == 0)
            await scenario.world.change(outer) {
                $0.component.updated = Scenario.longAgo.addingTimeInterval(60)
                $0.resources = [
                    ObservedResource(
                        logicalID: "Part",
                        physicalID: inner.text,
                        type: "AWS::CloudFormation::Stack",
                        status: "CREATE_COMPLETE"
                    )
                ]
            }
            for _ in 1...2 {
                let outcome = try await scenario.scan()
                #expect(outcome.summary.readings[0].counts[.nested] == 1 && outcome.summary.readings[0].listed == 2)
            }
        }
    }

    /// What the rules make of a component is kept until it is listed in other words: a program that makes something else
    /// of it has to say so.
    @Test func `who makes something else of a component raises the revision`() throws {
        let classifying = Classifying(rules: NameRules(), nestedByResource: [])
        var all = CanonicalEncoder()
        for name in [
            "shop-feat-a", "shop-feat-a-api", "feature-x", "feat-a-b", "bugfix-1-pay", "pr-12", "shop-prod", "shop-dev",
            "main",
            "CDKToolkit", "aws-sam-cli-managed-default", "unclear", "shop-feat-a-1a2b3c4d-CompanionStack",
        ] {
            for tags in [
                [:], ["stage": "dev"], ["environment": "feat-b"], ["feature": "x", "owner": "ada@example.com"],
            ] {
                let component = ObservedComponent(
                    id: ComponentID(name),
                    target: Scenario.home,
                    name: name,
                    status: ComponentStatus("CREATE_COMPLETE"),
                    created: Scenario.longAgo,
                    tags: tags,
                    parameters: ["Stage": "x"]
                )
                all.append(classifying.record(component, known: nil).content.description)
            }
        }
        #expect(ReadingRules.revision == 1)
        #expect(all.digest.short == "2f5da35dbba0")
    }
}
