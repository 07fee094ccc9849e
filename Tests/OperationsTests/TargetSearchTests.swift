import Core
import Foundation
import Ledger
import Operations
import Testing

/// An organization made of memory.
private actor Organization: TargetFinding {
    var listed: Result<[ListedAccount], ProviderFailure> = .success([])
    var regions: [AccountID: Result<[Region], ProviderFailure>] = [:]
    var identities: [AccountID: AccountID] = [:]

    func list(_ listed: Result<[ListedAccount], ProviderFailure>) { self.listed = listed }
    func enable(_ account: AccountID, _ answer: Result<[Region], ProviderFailure>) { regions[account] = answer }
    func identify(_ account: AccountID, as other: AccountID) { identities[account] = other }

    func organizationAccounts() async throws(ProviderFailure) -> [ListedAccount] { try listed.get() }
    func identity(of account: AccountID) async throws(ProviderFailure) -> AccountID { identities[account] ?? account }
    func enabledRegions(of account: AccountID) async throws(ProviderFailure) -> [Region] {
        try (regions[account] ?? .failure(World.down)).get()
    }
}

@Suite struct TargetSearchTests {
    private let west = Region("eu-west-1")

    private func listed(_ id: AccountID, _ name: String = "a name") -> ListedAccount {
        ListedAccount(id: id, name: name, state: "ACTIVE", partition: "aws", units: nil)
    }

    private func search(_ scenario: Scenario, _ organization: Organization) -> TargetSearch {
        TargetSearch(finding: organization, store: scenario.ledger, clock: scenario.wiring.clock)
    }

    @Test func `R1 a listing that fails or is empty keeps what was known, and says so`() async throws {
        try await Scenario.run { scenario in
            let organization = Organization()
            let search = search(scenario, organization)
            await organization.list(.failure(World.denied))
            #expect(try await search.accounts().map(\.hasEarlier) == [false])
            await organization.list(.success([listed(Scenario.shop), listed(Scenario.payments)]))
            #expect(try await search.accounts().isEmpty)
            for answer in [Result<[ListedAccount], ProviderFailure>.failure(World.denied), .success([])] {
                await organization.list(answer)
                let troubles = try await search.accounts()
                #expect(troubles.count == 1 && troubles.first?.hasEarlier == true)
                let known = try #require(try await scenario.ledger.organization())
                #expect(known.accounts.map(\.leftAt) == [nil, nil] && known.trouble != nil)
            }
        }
    }

    @Test func `R7 regions of another account are nobody's, and one failure spoils no other account`() async throws {
        try await Scenario.run { scenario in
            let organization = Organization()
            let third = AccountID("333333333333")
            await organization.enable(Scenario.shop, .success([west]))
            await organization.enable(Scenario.payments, .success([west]))
            await organization.identify(Scenario.payments, as: Scenario.shop)
            let troubles = try await search(scenario, organization).regions(of: [
                Scenario.payments, third, Scenario.shop,
            ])
            #expect(troubles.map(\.account) == [Scenario.payments, third])
            #expect(troubles.first?.why.contains("belong to account \(Scenario.shop)") == true)
            let regions = try await scenario.ledger.regions()
            #expect(regions[Scenario.shop]?.regions == [west] && regions[Scenario.shop]?.trouble == nil)
            #expect(regions[Scenario.payments]?.readAt == nil && regions[third]?.readAt == nil)
        }
    }

    @Test func `N1 what could not be found out makes the scan partial, and a night that has it is not done`()
        async throws
    {
        try await Scenario.run { scenario in
            await scenario.world.add("shop-feat-a", in: Scenario.home, created: Scenario.longAgo)
            try await scenario.ready()
            let trouble = TargetTrouble(account: nil, why: "denied", advice: "allow it", hasEarlier: true)
            func scan(_ rules: ScanRules) -> Scan {
                Scan(
                    provider: scenario.world,
                    store: scenario.ledger,
                    rules: rules,
                    locks: scenario.ledger,
                    troubles: [trouble]
                )
            }
            let outcome = try await scan(scenario.wiring.rules)
                .run(only: nil, full: false, clock: scenario.wiring.clock) { _ in }
            #expect(!outcome.isComplete && outcome.summary.state == "partial" && !outcome.readNothing)
            #expect(outcome.summary.readings.map(\.outcome) == ["complete"])
            // Without a target there is nothing to go on with: what failed is the reason, not the settings.
            var none = scenario.wiring.rules
            none.targets = []
            let nothing = scan(none)
            let problem = await #expect(throws: Problem.self) {
                try await nothing.run(only: nil, full: false, clock: scenario.wiring.clock) { _ in }
            }
            #expect(problem?.kind == .unavailable && problem?.summary.contains("denied") == true)
        }
    }

    @Test func `P9 a production word in the organization's name of an account blocks, and so does an unknown name`()
        async throws
    {
        try await Scenario.run { scenario in
            await scenario.world.add("shop-feat-a", in: Scenario.home, created: Scenario.longAgo)
            try await scenario.ready()
            try await scenario.look()
            var changed = scenario
            func blockers(_ name: String?, readAt: Date?) async throws -> [String] {
                var names: [AccountID: String] = [:]
                names[Scenario.shop] = name
                changed.wiring.organizationNames = AccountNames(names: names, readAt: readAt)
                return try await changed.planDue().plans.flatMap(\.blockers).map(\.text)
            }
            let now = scenario.clock.now
            let alarm = try await blockers("Acme LIVE", readAt: now)
            #expect(alarm.count == 1 && alarm.first?.contains("“Acme LIVE”, which holds “live”") == true)
            #expect(try await blockers("Acme non-prod", readAt: nil).first?.contains("never listed") == true)
            let old = now.addingTimeInterval(-3 * 86_400)
            #expect(try await blockers("Acme non-prod", readAt: old).first?.contains("not listed for") == true)
            // Also of an account that the organization does not have: then its aliases and the settings say enough.
            #expect(try await blockers(nil, readAt: now).isEmpty)
            #expect(try await blockers("Acme non-prod", readAt: now).isEmpty)
        }
    }

    @Test func `D2 an account that comes from elsewhere by now is in report mode until somebody says reap again`()
        async throws
    {
        try await Scenario.run { scenario in
            await scenario.world.add("shop-feat-a", in: Scenario.home, created: Scenario.longAgo)
            try await scenario.ready()
            #expect(try await scenario.approved().count == 1)
            var moved = scenario
            moved.wiring.accountOrigins = [Scenario.shop: .organization]
            _ = try await moved.reap()
            #expect(await scenario.world.deletions.isEmpty)
            let named = await #expect(throws: Problem.self) { _ = try await moved.plan("feat-a") }
            #expect(named?.summary.contains("report mode") == true)
            try await Administering(moved.wiring).setMode(Scenario.shop, .reap, because: "agreed again")
            #expect(try await moved.wiring.accounts().first { $0.account == Scenario.shop }?.mode == .reap)
            // And the other way round: the settings say another role, perhaps.
            moved.wiring.accountOrigins = [Scenario.shop: .settings]
            #expect(try await moved.wiring.accounts().first { $0.account == Scenario.shop }?.mode == .report)
            // Of accounts that nobody looks after nothing is said: nothing is read there.
            moved.wiring.accountOrigins = [:]
            #expect(try await moved.wiring.accounts().first { $0.account == Scenario.shop }?.mode == .reap)
        }
    }

    @Test(arguments: ["", " ", "-"])
    func `P9 an account that the organization lists without a name blocks`(name: String) async throws {
        try await Scenario.run { scenario in
            await scenario.world.add("shop-feat-a", in: Scenario.home, created: Scenario.longAgo)
            try await scenario.ready()
            try await scenario.look()
            var changed = scenario
            changed.wiring.accountNames = [Scenario.shop: "sandbox"]
            changed.wiring.organizationNames = AccountNames(names: [Scenario.shop: name], readAt: scenario.clock.now)
            let blockers = try await changed.planDue().plans.flatMap(\.blockers).map(\.text)
            #expect(blockers.count == 1 && blockers.first?.contains("without a name") == true)
        }
    }

    @Test func `P9 an account that is renamed to production after the approval is not reaped`() async throws {
        try await Scenario.run { scenario in
            let id = await scenario.world.add("shop-feat-a", in: Scenario.home, created: Scenario.longAgo)
            try await scenario.ready()
            #expect(try await scenario.approved().count == 1)
            var renamed = scenario
            renamed.wiring.organizationNames = AccountNames(
                names: [Scenario.shop: "shop production"],
                readAt: scenario.clock.now
            )
            _ = try await renamed.reap()
            #expect(await scenario.world.deletions.isEmpty)
            renamed.wiring.organizationNames = AccountNames(
                names: [Scenario.shop: "shop"],
                readAt: scenario.clock.now
            )
            _ = try await renamed.reap()
            #expect(await scenario.world.deletedIDs == [id])
        }
    }

    @Test func `R1 R8 nothing is concluded with a target that was taken up again before it was read`() async throws {
        let spaces = [Scenario.shop: SpaceName("all"), Scenario.payments: SpaceName("all")]
        try await Scenario.run(targets: [Scenario.home, Scenario.away], spaces: spaces) { scenario in
            await scenario.world.add("shop-feat-a", in: Scenario.home, created: Scenario.longAgo)
            await scenario.world.add("pay-feat-a", in: Scenario.away, created: Scenario.longAgo)
            try await scenario.ready()
            try await scenario.scan()
            let administering = Administering(scenario.wiring)
            try await administering.retire(Scenario.away, because: "closed")
            try await scenario.look()
            #expect(try await scenario.finding("feat-a") == "due")
            try await administering.reopen(Scenario.away, because: "opened again")
            let evaluated = try await scenario.evaluate()
            #expect(evaluated.frozen.map(\.key.name.text) == ["feat-a"])
            try await scenario.look()
            #expect(try await scenario.finding("feat-a") == "due")
            let key = try #require(try await scenario.environment("feat-a")).key
            #expect(try await scenario.ledger.components(of: key).filter { $0.gone == nil }.count == 2)
        }
    }
}
