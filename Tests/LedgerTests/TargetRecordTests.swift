import Core
import Foundation
import Postgres
import Testing

@testable import Ledger

@Suite struct TargetRecordTests {
    private func listed(
        _ id: String,
        _ name: String = "a name",
        state: String = "ACTIVE",
        units: [String]? = nil
    ) -> ListedAccount {
        ListedAccount(id: AccountID(id), name: name, state: state, partition: "aws", units: units)
    }

    private let one = "111111111111"
    private let two = "222222222222"

    @Test func `a listing is kept as it was, and what differs in the next one is audited`() async throws {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            #expect(try await ledger.organization() == nil)
            // A listing may name an account on two pages.
            try await ledger.note([listed(one, "old"), listed(two, units: ["ou-a", "ou-b"]), listed(one)], at: day(1))
            let first = try #require(try await ledger.organization())
            #expect(first.listedAt == day(1) && first.trouble == nil)
            #expect(first.accounts.map(\.listed) == [listed(one), listed(two, units: ["ou-a", "ou-b"])])
            try await ledger.note([listed(one), listed(two, units: ["ou-a"])], at: day(2))
            let events = try await ledger.history(of: nil, limit: 20).map(\.event)
            #expect(events.filter { $0.hasPrefix("account") } == ["account found", "account found"])

            try await ledger.note([listed(one, "production", state: "SUSPENDED")], at: day(3))
            let third = try #require(try await ledger.organization())
            #expect(third.accounts.map(\.leftAt) == [nil, day(3)])
            #expect(third.accounts.map(\.seenAt) == [day(3), day(2)])
            #expect(third.accounts.first?.listed.state == "SUSPENDED")
            #expect(third.accounts.last?.listed == listed(two, units: ["ou-a"]))
            try await ledger.note([listed(one), listed(two)], at: day(4))
            #expect(try await ledger.organization()?.accounts.map(\.leftAt) == [nil, nil])
            let later = try await ledger.history(of: nil, limit: 20).map(\.event).filter { $0.hasPrefix("account") }
            #expect(
                later.reversed() == [
                    "account found", "account found", "account changed", "account left", "account changed",
                    "account came back",
                ]
            )
        }
    }

    @Test func `R1 a listing that failed changes nothing but what is said of it`() async throws {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            let denied = ProviderFailure(.denied, "denied", advice: "allow it")
            try await ledger.note(unlisted: denied, at: day(1))
            let never = try #require(try await ledger.organization())
            #expect(never.accounts.isEmpty && never.listedAt == nil)
            #expect(never.trouble == TroubleRecord(why: "denied", advice: "allow it", at: day(1)))
            try await ledger.note([listed(one)], at: day(2))
            #expect(try await ledger.organization()?.trouble == nil)
            try await ledger.note(unlisted: denied, at: day(3))
            let after = try #require(try await ledger.organization())
            #expect(after.accounts.map(\.listed) == [listed(one)] && after.accounts.first?.leftAt == nil)
            #expect(after.listedAt == day(2) && after.trouble?.at == day(3))
        }
    }

    @Test func `R1 regions that could not be read stay those that were`() async throws {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            let (first, second) = (AccountID(one), AccountID(two))
            let denied = ProviderFailure(.denied, "denied", advice: "allow it")
            try await ledger.note([Region("eu-west-1"), Region("us-east-1")], of: first, at: day(1))
            try await ledger.note(unread: denied, of: first, at: day(2))
            try await ledger.note(unread: denied, of: second, at: day(2))
            let regions = try await ledger.regions()
            #expect(regions[first]?.regions == [Region("eu-west-1"), Region("us-east-1")])
            #expect(regions[first]?.readAt == day(1) && regions[first]?.trouble?.why == "denied")
            #expect(regions[second]?.regions == [] && regions[second]?.readAt == nil)
            try await ledger.note([Region("eu-west-1")], of: first, at: day(3))
            #expect(
                try await ledger.regions()[first] == RegionsRecord(regions: [Region("eu-west-1")], readAt: day(3))
            )
        }
    }

    @Test func `R8 what stands in a target that is taken up again begins a new life, after it was read`() async throws {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            try await ledger.scan([component("a"), component("b")], at: day(1))
            #expect(await failure { try await ledger.reopen(target, because: "x", at: day(1)) }?.kind == .notFound)
            try await ledger.retire(target, because: "closed", at: day(2))
            try await ledger.reopen(target, because: "it was opened again", at: day(3))
            let state = try #require(try await ledger.targetStates().first { $0.target == target })
            #expect(state.state == .suspect && state.accepted && state.because == TargetState.reopened)
            #expect(try await ledger.environments().isEmpty)
            #expect(await failure { try await ledger.reopen(target, because: "x", at: day(3)) }?.kind == .notFound)

            try await ledger.scan([component("a")], at: day(4))
            let life = try #require(try await ledger.environments().first)
            #expect(life.key.incarnation == 2)
            let components = try await ledger.components(of: life.key)
            #expect(components.map(\.name) == ["a"] && components.first?.gone == nil)
            // What is not there any more stays closed as it was, in the life that ended with it.
            let former = EnvironmentKey(space: life.key.space, name: life.key.name, incarnation: 1)
            #expect(try await ledger.components(of: former).map(\.goneBecause) == ["unverifiable"])
            #expect(try await ledger.targetStates().first { $0.target == target }?.state == .active)
            #expect(try await ledger.history(of: nil, limit: 20).contains { $0.event == "target reopened" })
        }
    }

    @Test func `scanners note what they find, and nobody else does`() async throws {
        try await LedgerFixture.with { fixture in
            let scanner = fixture.ledger(as: try await fixture.login("night", "curfew_scanner"))
            try await scanner.note([listed(one)], at: day(1))
            try await scanner.note(unlisted: ProviderFailure(.denied, "x", advice: ""), at: day(1))
            try await scanner.note([Region("eu-west-1")], of: AccountID(one), at: day(1))
            await scanner.close()
            for group in ["curfew_reader", "curfew_operator", "curfew_member", "curfew_reaper"] {
                let settings = try await fixture.login("somebody_\(group)", group)
                let other = fixture.ledger(as: settings)
                #expect(try await other.organization()?.accounts.count == 1)
                #expect(try await other.regions().count == 1)
                #expect(await failure { try await other.note([listed(two)], at: day(2)) }?.kind == .refused)
                await other.close()
            }
        }
    }
}
