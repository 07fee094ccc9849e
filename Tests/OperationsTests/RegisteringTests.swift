import Core
import Foundation
import Ledger
import Postgres
import Testing

@testable import Operations

@Suite struct RegisteringTests {
    /// By the clock that dates registrations, so that a life that begins now is registered now.
    private func run(
        spaces: [AccountID: SpaceName] = [:],
        targets: [Target] = [Scenario.home],
        _ body: (Scenario) async throws -> Void
    ) async throws {
        try await Scenario.run(targets: targets, spaces: spaces) { scenario in
            scenario.clock.pass(.seconds(Int(Date().timeIntervalSince(scenario.clock.now))))
            try await body(scenario)
        }
    }

    private func registering(_ scenario: Scenario) -> Registering {
        Registering(store: scenario.ledger, rules: scenario.wiring.rules)
    }

    private let pipeline = Registering.Values(owner: "team-shop", lifetime: .seconds(2 * 86_400))

    private static let byTTL = Scenario.strict.replacing("age: 1d", with: "ttl_tag: expired")

    @Test func `registered, then scanned: owner and end are known, and the clause goes by the end`() async throws {
        try await run { scenario in
            try await scenario.ready(Self.byTTL)
            let made = try await registering(scenario).register("feature/A", in: nil, pipeline)
            #expect(made.registration.name.text == "feat-a" && made.life == nil)
            await scenario.world.add("shop-feat-a", in: Scenario.home, created: scenario.clock.now)
            try await scenario.look()
            let known = try #require(try await scenario.environment("feat-a"))
            #expect(known.owner == "team-shop" && known.ownerSource == "registration")
            #expect(known.verdict?.verdict == "keep")
            #expect(known.verdict?.changesAt == made.registration.expiresAt)
            // Registering is no activity: what was changed is the stack.
            let again = try await registering(scenario).register("feat-a", in: nil, pipeline)
            #expect(again.life == known.key)
            let after = try #require(try await scenario.environment("feat-a"))
            #expect(after.newestActivity == known.newestActivity && after.changed == known.changed)
            #expect(after.registration?.expiresAt == again.registration.expiresAt)
            scenario.clock.pass(.seconds(2 * 86_400))
            try await scenario.look()
            let stale = try await scenario.environment("feat-a")
            #expect(stale?.verdict?.verdict == "stale" && stale?.verdict?.reason.contains("registration of") == true)
        }
    }

    @Test func `a registration later than the tag keeps, an earlier one does not hurry`() async throws {
        try await run { scenario in
            try await scenario.ready(Self.byTTL)
            for (name, ttl) in [("feat-short", "1d"), ("feat-long", "4d")] {
                await scenario.world.add(
                    "shop-\(name)",
                    in: Scenario.home,
                    created: scenario.clock.now,
                    tags: ["ttl": ttl, "owner": "anna"]
                )
                _ = try await registering(scenario).register(name, in: nil, pipeline)
            }
            scenario.clock.pass(.seconds(86_400 + 43_200))
            try await scenario.look()
            #expect(try await scenario.environment("feat-short")?.verdict?.verdict == "keep")
            #expect(try await scenario.environment("feat-short")?.owner == "anna")
            scenario.clock.pass(.seconds(86_400))
            try await scenario.look()
            #expect(try await scenario.environment("feat-short")?.verdict?.verdict == "stale")
            let long = try await scenario.environment("feat-long")
            #expect(long?.verdict?.verdict == "keep")
            let trace = long?.verdict.map { String(decoding: $0.trace, as: UTF8.self) } ?? ""
            #expect(trace.contains("TTL tag of shop-feat-long (later than"))
        }
    }

    @Test func `a new life under the name inherits nothing`() async throws {
        try await run { scenario in
            try await scenario.ready(Self.byTTL)
            let id = await scenario.world.add("shop-feat-a", in: Scenario.home, created: scenario.clock.now)
            _ = try await registering(scenario).register("feat-a", in: nil, pipeline)
            try await scenario.look()
            #expect(try await scenario.environment("feat-a")?.owner == "team-shop")
            await scenario.world.remove(id)
            scenario.clock.pass(.seconds(7_200))
            await scenario.world.add("shop-feat-a", in: Scenario.home, created: scenario.clock.now)
            try await scenario.look()
            let second = try await scenario.environment("feat-a")
            #expect(second?.key.incarnation == 2)
            #expect(second?.owner == nil && second?.registration == nil && second?.verdict?.verdict == "keep")
        }
    }

    @Test func `an alias of the settings names who answers, at once and in the scan after`() async throws {
        try await run { scenario in
            var scenario = scenario
            scenario.wiring.rules.owners = OwnerRules(aliases: [OwnerName("shop"): OwnerName("team-shop@example.com")])
            await scenario.world.add("shop-feat-a", in: Scenario.home, created: scenario.clock.now)
            try await scenario.scan()
            _ = try await registering(scenario).register("feat-a", in: nil, .init(owner: "Shop"))
            let events = try await scenario.ledger.history(of: nil, limit: 99).count
            #expect(try await scenario.environment("feat-a")?.owner == "team-shop@example.com")
            try await scenario.scan()
            #expect(try await scenario.environment("feat-a")?.owner == "team-shop@example.com")
            #expect(try await scenario.environment("feat-a")?.registration?.owner.text == "shop")
            // The scan found nothing to correct.
            #expect(try await scenario.ledger.history(of: nil, limit: 99).count == events)
        }
    }

    @Test func `where there are several spaces one is named, or the name lives in only one`() async throws {
        let spaces = [Scenario.shop: SpaceName("shop"), Scenario.payments: SpaceName("pay")]
        try await run(spaces: spaces, targets: [Scenario.home, Scenario.away]) { scenario in
            let registering = registering(scenario)
            let unknown = await problem { _ = try await registering.register("feat-a", in: nil, pipeline) }
            #expect(unknown?.kind == .usage && unknown?.advice.contains("pay, shop") == true)
            let wrong = await problem { _ = try await registering.register("feat-a", in: "x", pipeline) }
            #expect(wrong?.kind == .usage && wrong?.advice.contains("pay, shop") == true)
            let said = try await registering.register("feat-a", in: "pay", pipeline)
            let before = try await registering.register("pay/feature/a", in: nil, pipeline)
            #expect(said.registration.space.text == "pay" && before.registration.space.text == "pay")
            #expect(before.registration.name.text == "feat-a")
            await scenario.world.add("shop-feat-a", in: Scenario.home, created: scenario.clock.now)
            try await scenario.scan()
            #expect(try await registering.register("feat-a", in: nil, pipeline).registration.space.text == "shop")
            await scenario.world.add("pay-feat-a", in: Scenario.away, created: scenario.clock.now)
            try await scenario.scan()
            let both = await problem { _ = try await registering.register("feat-a", in: nil, pipeline) }
            #expect(both?.kind == .usage && both?.advice.contains("pay, shop") == true)
        }
    }

    @Test func `a space that is one account goes by that account's name, too`() async throws {
        try await run(targets: [Scenario.home, Scenario.away]) { scenario in
            var scenario = scenario
            scenario.wiring.accountNames = [Scenario.shop: "shop", Scenario.payments: "pay"]
            let registering = Registering(
                store: scenario.ledger,
                rules: scenario.wiring.rules,
                accountNames: scenario.wiring.accountNames
            )
            let unknown = await problem { _ = try await registering.register("feat-a", in: nil, pipeline) }
            #expect(unknown?.advice.contains("shop, pay") == true)
            for (name, space) in [("feat-a", "pay"), ("pay/feature/a", nil), ("feat-a", Scenario.payments.text)] {
                let made = try await registering.register(name, in: space, pipeline)
                #expect(made.registration.space.text == Scenario.payments.text, "\(name)")
            }
            await scenario.world.add("pay-feat-a", in: Scenario.away, created: scenario.clock.now)
            try await scenario.scan()
            for name in ["pay/feat-a", "pay/feature/a", "\(Scenario.payments)/feature-a"] {
                #expect(try await scenario.wiring.environment(named: name).owner == "team-shop", "\(name)")
            }
            #expect(
                await problem { _ = try await scenario.wiring.environment(named: "shop/feature/a") }?.kind == .usage
            )
        }
    }

    @Test func `a word that a space of the settings is called is never an account's name`() async throws {
        try await run(spaces: [Scenario.shop: SpaceName("pay")], targets: [Scenario.home, Scenario.away]) { scenario in
            var scenario = scenario
            scenario.wiring.accountNames = [Scenario.payments: "pay"]
            await scenario.world.add("pay-feat-a", in: Scenario.away, created: scenario.clock.now)
            try await scenario.scan()
            let other = "\(Scenario.payments)/feat-a"
            #expect(try await scenario.wiring.environment(named: other).key.space.text == Scenario.payments.text)
            let missing = await problem { _ = try await scenario.wiring.environment(named: "pay/feat-a") }
            #expect(missing?.kind == .usage && missing?.summary.contains("pay/feat-a") == true)
        }
    }

    @Test func `a branch with a slash is no space, and a permanent name is refused`() async throws {
        try await run { scenario in
            let registering = registering(scenario)
            let made = try await registering.register("feature/a", in: nil, pipeline)
            #expect(made.registration.space.text == Scenario.shop.text && made.registration.name.text == "feat-a")
            for (name, owner) in [("main", "shop"), ("feat-a", "n/a"), ("pr-12-x", "shop")] {
                let refused = await problem { _ = try await registering.register(name, in: nil, .init(owner: owner)) }
                #expect(refused?.kind == .data, "\(name)")
            }
            let secret = await problem {
                _ = try await registering.register(
                    "feat-a",
                    in: nil,
                    .init(owner: "shop", repository: "https://user:sec/ret@host/a")
                )
            }
            #expect(secret?.kind == .data && secret?.line.contains("sec/ret") == false)
        }
    }

    @Test func `a pipeline registers, and nobody else but an operator`() async throws {
        try await run { scenario in
            for (role, allowed) in [
                ("curfew_registrar", true), ("curfew_operator", true), ("curfew_member", false),
                ("curfew_scanner", false), ("curfew_reader", false),
            ] {
                try await scenario.asAnother("p\(role)", roles: [role], embedded: false) { other in
                    guard let store = other.wiring.store as? PostgresLedger else { return }
                    let refused = await problem {
                        _ = try await Registering(store: store, rules: other.wiring.rules)
                            .register("feat-a", in: nil, pipeline)
                    }
                    #expect((refused == nil) == allowed, "\(role)")
                    if !allowed { #expect(refused?.kind == .notAllowed) }
                }
            }
        }
    }

    @Test func `what a pipeline calls feature slash x is found as feat-x`() async throws {
        try await run { scenario in
            await scenario.world.add("shop-feat-a", in: Scenario.home, created: scenario.clock.now)
            try await scenario.scan()
            for name in ["feat-a", "feature/a", "refs/heads/feature/A", "feature-a"] {
                #expect(try await scenario.wiring.environment(named: name).key.name.text == "feat-a", "\(name)")
            }
            let nobody = await problem { _ = try await scenario.wiring.environment(named: "feature/b") }
            #expect(nobody?.kind == .usage && nobody?.summary.contains("feature/b") == true)
        }
    }
}
