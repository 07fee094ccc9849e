import Core
import Foundation
import Postgres
import Testing

@testable import Ledger

@Suite struct RegroupTests {
    @Test func `a life ends when all its components are gone, though the same scan finds new ones`() async throws {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            try await ledger.scan([component("a", created: day(-30))], at: day(1))
            try await ledger.extend(key("feat-x"), until: day(20), because: "a demo", at: day(1))
            try await ledger.scan([component("b", created: day(1.5))], gone: [stackID("a")], at: day(2))
            let open = try await ledger.environments()
            #expect(open.map(\.key) == [key("feat-x", 2)])
            #expect(open.first?.oldest == day(1.5) && open.first?.beganAt == day(2))
            #expect(open.first?.lease == nil && open.first?.leaseCount == 0)
            let events = try await ledger.history(of: key("feat-x", 1), limit: 10).map(\.event)
            #expect(events.first == "environment ended" && events.last == "environment began")
            #expect(try await ledger.components(of: key("feat-x", 1)).map(\.name) == ["a"])
        }
    }

    @Test func `a life goes on while one component is not confirmed gone`() async throws {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            try await ledger.scan([component("a", created: day(-30)), component("b")], at: day(1))
            try await ledger.scan(
                [component("b"), component("c", created: day(1.5))],
                gone: [stackID("a")],
                at: day(2)
            )
            let open = try await ledger.environments()
            #expect(open.map(\.key) == [key("feat-x", 1)])
            // The oldest that this life ever had, and the youngest that is there.
            #expect(
                open.first?.oldest == day(-30) && open.first?.youngest == day(1.5) && open.first?.componentCount == 2
            )
        }
    }

    @Test func `R4 time starts at first sight where no created time is known`() async throws {
        try await LedgerFixture.with { fixture in
            try await fixture.ledger.scan([component("a", created: nil)], at: day(5))
            let environment = try await fixture.ledger.environments().first
            #expect(environment?.oldest == day(5) && environment?.youngest == day(5))
            #expect(environment?.newestActivity == day(5) && environment?.changed == nil)
        }
    }

    @Test func `D6 a protection survives regrouping under another name`() async throws {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            try await ledger.scan([component("a"), component("b")], at: day(1))
            try await ledger.protect(key("feat-x"), until: day(90), because: "audit", at: day(1))
            try await ledger.extend(key("feat-x"), until: day(9), because: "demo", at: day(1))
            // A naming change moves one component away.
            try await ledger.regroup(
                [grouped("feat-x", [stackID("a")]), grouped("feat-y", [stackID("b")])],
                at: day(2)
            )
            var open = try await ledger.environments()
            #expect(open.map(\.key) == [key("feat-x"), key("feat-y")])
            #expect(open.map(\.protection?.because) == ["audit", "audit"])
            #expect(open.map(\.lease?.until) == [day(9), day(9)] && open.map(\.leaseCount) == [1, 1])
            // And the rest: the old name has nothing left.
            try await ledger.regroup([grouped("feat-y", [stackID("a"), stackID("b")])], at: day(3))
            open = try await ledger.environments()
            #expect(open.map(\.key) == [key("feat-y")] && open.first?.protection?.because == "audit")
            #expect(try await ledger.unprotect(key("feat-y"), at: day(4)) == 1)
            #expect(try await ledger.environments().first?.protection == nil)
        }
    }

    @Test func `a claim goes along to another space, and to no other name`() async throws {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            try await ledger.scan([component("a"), component("b"), component("c", named: ["feat-z"])], at: day(1))
            let member = fixture.ledger(as: try await fixture.login("member", "curfew_member"))
            try await member.claim(key("feat-x"), owner: "anna", at: day(1))
            await member.close()
            func group(_ space: String, _ name: String, _ stacks: String...) -> GroupedEnvironment {
                GroupedEnvironment(
                    space: SpaceName(space),
                    name: EnvironmentName(name),
                    kind: .feature,
                    members: stacks.map { stackID($0) }
                )
            }
            func claims() async throws -> [String] {
                try await ledger.environments().map { "\($0.key.space)/\($0.key.name) \($0.claim ?? "nobody")" }
            }
            try await ledger.regroup(
                [group("team", "feat-x", "a"), group("sandbox", "feat-y", "b"), group("sandbox", "feat-z", "c")],
                at: day(2)
            )
            #expect(try await claims() == ["sandbox/feat-y nobody", "sandbox/feat-z nobody", "team/feat-x anna"])
            #expect(try await ledger.environments().last?.claimedAt == day(1))
            // What is claimed there outweighs what came along, and goes along in its turn.
            let moved = EnvironmentKey(space: SpaceName("team"), name: EnvironmentName("feat-x"), incarnation: 1)
            try await ledger.claim(moved, owner: "ben", at: day(3))
            #expect(try await claims().last == "team/feat-x ben")
            try await ledger.regroup(
                [group("other", "feat-x", "a"), group("sandbox", "feat-y", "b"), group("sandbox", "feat-z", "c")],
                at: day(4)
            )
            #expect(try await claims().first == "other/feat-x ben")
            // The next life of the name has nothing of it.
            try await ledger.scan(
                [component("d", created: day(5))],
                gone: [stackID("a"), stackID("b")],
                at: day(6)
            )
            #expect(try await claims().contains("sandbox/feat-x nobody"))
        }
    }

    @Test func `a protection of another environment binds nobody else`() async throws {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            try await ledger.scan([component("a"), component("b", named: ["feat-y"])], at: day(1))
            try await ledger.protect(key("feat-x"), until: day(90), because: "audit", at: day(1))
            #expect(try await ledger.environments().map { $0.protection?.because } == ["audit", nil])
            #expect(try await ledger.unprotect(key("feat-y"), at: day(2)) == 0)
        }
    }

    @Test func `R1 targets that an environment once had are never forgotten`() async throws {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            try await ledger.scan([component("a")], at: day(1))
            try await ledger.scan([component("b", in: otherTarget)], of: otherTarget, at: day(2))
            try await ledger.scan([], gone: [stackID("a")], at: day(3))
            let environment = try #require(try await ledger.environments().first)
            #expect(environment.targets.map(\.target) == [target, otherTarget])
            #expect(environment.targets.map(\.at) == [day(3), day(2)])
        }
    }

    @Test func `a component that no environment takes any more belongs to none`() async throws {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            try await ledger.scan([component("a"), component("b")], at: day(1))
            try await ledger.scan([component("a"), component("b", kind: .unmatched, named: [])], at: day(2))
            #expect(try await ledger.components(of: key("feat-x")).map(\.name) == ["a"])
            let unmatched = try await ledger.components(classes: [.unmatched, .excluded])
            #expect(unmatched.map(\.name) == ["b"] && unmatched.first?.environment == nil)
        }
    }

    @Test func `D5 a component that gets another class or other names is noted with the time`() async throws {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            try await ledger.scan([component("a", named: ["feat-y"])], at: day(1))
            #expect(try await ledger.environments().first?.regroupedAt == nil)
            try await ledger.scan([component("a", updated: day(1.5), named: ["feat-y"])], at: day(2))
            #expect(try await ledger.environments().first?.regroupedAt == nil)
            try await ledger.scan([component("a", updated: day(1.5))], at: day(3))
            let environment = try await ledger.environments().first
            #expect(environment?.key == key("feat-x") && environment?.regroupedAt == day(3))
        }
    }

    @Test func `a class that changes is written and noted`() async throws {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            try await ledger.scan([component("a")], at: day(1))
            try await ledger.regroup([grouped("feat-x", [stackID("a")], kind: .ambiguous)], at: day(2))
            #expect(try await ledger.environments().first?.kind == .ambiguous)
            #expect(
                try await ledger.history(of: key("feat-x"), limit: 1).first?.event == "environment became ambiguous"
            )
        }
    }

    @Test func `a release ends with a new deployment, not with an old one`() async throws {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            try await ledger.scan([component("a")], at: day(1))
            try await ledger.release(key("feat-x"), at: day(2))
            try await ledger.scan([component("a", updated: day(1.5), changed: day(1.5))], at: day(3))
            #expect(try await ledger.environments().first?.releasedAt == day(2))
            try await ledger.scan([component("a", updated: day(3.5), changed: day(3.5))], at: day(4))
            #expect(try await ledger.environments().first?.releasedAt == nil)
        }
    }

    @Test func `who leaves is found once over all, though the database believes that nothing was grouped`() async throws
    {
        try await LedgerFixture.with { fixture in
            let scan = try await fixture.ledger.beginScan(of: [target], whole: true, at: day(1))
            let components = (0..<2_000).map { component("c\($0)") }
            try await fixture.ledger.record(complete(components, of: target, at: day(1)), in: scan)
            let connection = try await Connection.open(fixture.settings)
            // As it is when the statistics were taken between the recording of a first scan and its grouping.
            try await connection.execute("ANALYZE components")
            try await connection.transaction { connection in
                try await connection.execute(RegroupStatements.stageMembers())
                try await connection.execute(
                    "INSERT INTO staged_members SELECT 'sandbox', 'feat-x', 'feature', provider_id FROM components"
                )
                let rows = try await connection.query("EXPLAIN \(RegroupStatements.moveOut())")
                let plan = try rows.decode(String.self).joined(separator: "\n")
                #expect(!plan.contains("Anti Join"), "\(plan)")
            }
            await connection.close()
        }
    }
}
