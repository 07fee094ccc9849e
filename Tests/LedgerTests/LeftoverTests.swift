import Core
import Foundation
import Postgres
import Testing

@testable import Ledger

@Suite struct LeftoverTests {
    private func leftover(
        _ identifier: String,
        plan: PlanID? = nil,
        component: ComponentID? = nil,
        in place: Target = target,
        of type: String = "AWS::Logs::LogGroup"
    ) -> Leftover {
        Leftover(
            environment: key("feat-x"),
            plan: plan,
            component: component,
            target: place,
            type: type,
            identifier: identifier,
            reason: .logGroup,
            owner: "anna"
        )
    }

    @Test func `what stays is followed until it is gone`() async throws {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            let plan = try await fixture.planned()
            let group = leftover("/aws/lambda/a", plan: plan.id, component: stackID("a"))
            try await ledger.note([group, leftover("/aws/lambda/b"), group], at: day(3))
            // The same name in another region, and of another type, is another thing.
            try await ledger.note(
                [leftover("/aws/lambda/a", in: otherTarget), leftover("/aws/lambda/a", of: "AWS::S3::Bucket")],
                at: day(4)
            )
            let found = try await ledger.leftovers(open: true)
            #expect(found.count == 4 && found.first?.leftover == group && found.first?.foundAt == day(3))
            #expect(found.map(\.leftover.target) == [target, target, otherTarget, target])

            // Seen again it is no other.
            try await ledger.note([group], at: day(5))
            let (first, second) = (found[0].id, found[1].id)
            try await ledger.check([second], seen: false, at: day(6))
            try await ledger.check([first], seen: true, at: day(7))
            let looked = try await ledger.leftovers(open: true)
            #expect(looked.map(\.lastSeenAt) == [day(7), day(3), day(4), day(4)])
            #expect(looked.map(\.checkedAt) == [day(7), day(6), day(4), day(4)])
            try await ledger.close([first], at: day(8))
            try await ledger.close([first], at: day(9))
            #expect(try await ledger.leftovers(open: true).map(\.id) == found.dropFirst().map(\.id))
            #expect(try await ledger.leftovers(open: false).first?.goneAt == day(8))
            // It came back.
            try await ledger.note([group], at: day(10))
            #expect(try await ledger.leftovers(open: true).first?.id == first)
            let events = try await ledger.history(of: key("feat-x"), limit: 99).map(\.event)
            #expect(events.count { $0 == "leftover found" } == 4 && events.count { $0 == "leftover gone" } == 1)
        }
    }

    @Test func `what names something unknown is written down by no half`() async throws {
        try await LedgerFixture.with { fixture in
            _ = try await fixture.planned()
            for unknown in [leftover("x", plan: PlanID(99)), leftover("x", component: stackID("nowhere"))] {
                let failure = await failure { try await fixture.ledger.note([leftover("y"), unknown], at: day(3)) }
                #expect(failure?.kind == .notFound)
            }
            #expect(try await fixture.ledger.leftovers(open: false).isEmpty)
        }
    }

    @Test func `scanners and reapers follow leftovers, readers read them`() async throws {
        try await LedgerFixture.with { fixture in
            _ = try await fixture.planned()
            for group in ["scanner", "reaper"] {
                let ledger = fixture.ledger(as: try await fixture.login(group, "curfew_\(group)"))
                try await ledger.note([leftover(group)], at: day(3))
                try await ledger.note([leftover(group)], at: day(4))
                let ids = try await ledger.leftovers(open: true).map(\.id)
                try await ledger.check(ids, seen: true, at: day(5))
                try await ledger.close(ids, at: day(6))
                await ledger.close()
            }
            let reader = fixture.ledger(as: try await fixture.login("reader", "curfew_reader"))
            #expect(try await reader.leftovers(open: false).count == 2)
            #expect(await failure { try await reader.note([leftover("x")], at: day(7)) }?.kind == .refused)
            await reader.close()
        }
    }
}
