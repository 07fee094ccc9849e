import Core
import Foundation
import Postgres
import Testing

@testable import Ledger

@Suite struct TrailTests {
    private func evidence(
        _ name: String,
        _ part: TrailEvidence.Part = .made,
        event: String = "event-1",
        by user: String = "ada"
    ) -> TrailEvidence {
        TrailEvidence(
            component: stackID(name),
            part: part,
            event: event,
            call: part == .made ? .createStack : .executeChangeSet,
            at: day(1),
            identity: TrailIdentity(
                kind: "AssumedRole",
                roleName: "Dev",
                sessionName: user,
                sourceIdentity: "\(user)@example.com",
                federatedProvider: "login.example.com"
            )
        )
    }

    private let state = TrailState(until: day(1), triedAt: day(1))

    @Test func `evidence is kept with its environment, replaced part by part, and read as it was written`() async throws
    {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            try await ledger.scan(
                [component("a", tags: [:]), component("b", named: ["feat-y"], tags: [:])],
                at: day(1)
            )
            try await ledger.record([evidence("a"), evidence("b")], state, of: .createStack, in: target)
            let deployed = evidence("a", .deployed, event: "event-2", by: "ben")
            try await ledger.record([deployed], state, of: .executeChangeSet, in: target)
            #expect(try await ledger.environments().map(\.trail) == [[evidence("a"), deployed], [evidence("b")]])
            let better = evidence("a", event: "event-3", by: "cleo")
            // What is not there any more, or was never seen, is passed over.
            try await ledger.record([better, evidence("z")], state, of: .createStack, in: target)
            #expect(try await ledger.environments().first?.trail == [better, deployed])
            let known = try await ledger.trailed(ids: [stackID("a"), stackID("z")], names: ["b"], in: target)
            #expect(known.map(\.name) == ["a", "b"] && known.map(\.trail.count) == [2, 1])
            #expect(known.map(\.created) == [day(0), day(0)])
            #expect(try await ledger.trailed(ids: [stackID("a")], names: ["b"], in: otherTarget).isEmpty)
        }
    }

    @Test func `how far was read is kept for each target and call`() async throws {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            try await ledger.scan([component("a")], at: day(1))
            #expect(try await ledger.trailStates().isEmpty)
            let cut = TrailState(until: day(2), gapFrom: day(-80), gapUntil: day(1), triedAt: day(2))
            try await ledger.record([], cut, of: .createStack, in: target)
            try await ledger.record([], TrailState(triedAt: day(2)), of: .createChangeSet, in: target)
            try await ledger.record([], state, of: .createStack, in: otherTarget)
            #expect(
                try await ledger.trailStates() == [
                    target: [.createStack: cut, .createChangeSet: TrailState(triedAt: day(2))],
                    otherTarget: [.createStack: state],
                ]
            )
            try await ledger.record([], state, of: .createStack, in: target)
            #expect(try await ledger.trailStates()[target]?[.createStack] == state)
            let half = try await fixture.refusal("UPDATE trail_readings SET gap_from = now(), gap_until = NULL")
            #expect(half?.sqlState == .checkViolation)
        }
    }

    @Test func `candidates are the stacks of features that no claim, tag or registration says the owner of`()
        async throws
    {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            try await ledger.scan(
                [
                    component("a", updated: day(0.5), named: ["feat-a"], tags: ["x": "y"]),
                    component("b", named: ["feat-b"], tags: [:]), component("c", named: ["feat-c"], tags: [:]),
                    component("p", kind: .permanent, named: ["prod"], tags: [:]),
                    component("u", kind: .unmatched, named: [], tags: [:]),
                ],
                at: day(1)
            )
            try await ledger.setOwners([
                key("feat-b"): OwnerRecord(owner: "ada", source: "tag", detail: "", conflict: false),
                key("feat-c"): OwnerRecord(owner: nil, source: "conflict", detail: "", conflict: true),
            ])
            try await ledger.record([evidence("c")], state, of: .createStack, in: target)
            let found = try await ledger.trailCandidates()
            #expect(found.map(\.component) == [stackID("a"), stackID("c")])
            #expect(found.map(\.activity) == [day(0.5), day(0)] && found.map(\.trail) == [[], [evidence("c")]])
            #expect(found.map(\.listedAt) == [day(1), day(1)] && found.first?.tags == ["x": "y"])
            #expect(found.map(\.environment) == [key("feat-a"), key("feat-c")])
            // The newest reading was not complete: whose credentials these are, nobody knows.
            let scan = try await ledger.beginScan(of: [target], whole: true, at: day(2))
            let failed = TargetReading(
                target: target,
                startedAt: day(2),
                finishedAt: day(2),
                outcome: .failed(ProviderFailure(.denied, "no", advice: ""))
            )
            try await ledger.record(failed, in: scan)
            #expect(try await ledger.trailCandidates().map(\.listedAt) == [nil, nil])
        }
    }

    @Test func `names of people go with what they made`() async throws {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            try await ledger.scan([component("a"), component("b")], at: day(1))
            try await ledger.record([evidence("a"), evidence("b")], state, of: .createStack, in: target)
            let scanner = fixture.ledger(as: try await fixture.login("scanner", "curfew_scanner"))
            try await scanner.scan([component("b")], gone: [stackID("a")], at: day(2))
            let rows = try await fixture.number("SELECT count(*) FROM component_trails")
            #expect(rows == 1)
            #expect(try await ledger.environments().first?.trail == [evidence("b")])
            await scanner.close()
        }
    }

    @Test func `only scanners write who made what; readers read it`() async throws {
        try await LedgerFixture.with { fixture in
            try await fixture.ledger.scan([component("a")], at: day(1))
            let scanner = fixture.ledger(as: try await fixture.login("scanner", "curfew_scanner"))
            try await scanner.record([evidence("a")], state, of: .createStack, in: target)
            #expect(try await scanner.trailCandidates().count == 1)
            await scanner.close()
            for group in ["reader", "member", "operator", "reaper", "verifier", "registrar"] {
                let login = try await fixture.login("t\(group)", "curfew_\(group)")
                for statement: SQL in [
                    "UPDATE component_trails SET identity = '{}'", "DELETE FROM component_trails",
                    "UPDATE trail_readings SET read_until = now()", "DELETE FROM trail_readings",
                ] {
                    #expect(
                        try await fixture.refusal(statement, as: login)?.isInsufficientPrivilege == true,
                        "\(group)"
                    )
                }
            }
            let reader = fixture.ledger(as: try await fixture.login("looking", "curfew_reader"))
            #expect(try await reader.environments().first?.trail == [evidence("a")])
            await reader.close()
        }
    }
}
