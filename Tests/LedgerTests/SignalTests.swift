import Core
import Foundation
import Postgres
import Testing

@testable import Ledger

/// Signals of environments, and what they are read from.
@Suite struct SignalTests {
    private func resource(_ type: SignalResourceType, _ logical: String, _ physical: String?) -> ObservedResource {
        ObservedResource(logicalID: logical, physicalID: physical, type: type.rawValue, status: "CREATE_COMPLETE")
    }

    private func scan(
        _ ledger: PostgresLedger,
        _ components: [RecordedComponent],
        _ resources: [ComponentID: [ObservedResource]] = [:],
        gone: [ComponentID] = [],
        at: Date
    ) async throws {
        let scan = try await ledger.beginScan(of: [target], whole: true, at: at)
        try await ledger.record(
            complete(components, gone: gone, of: target, resources: resources, at: at),
            in: scan
        )
        try await ledger.group(at: at)
        try await ledger.finishScan(scan, calls: [:], at: at)
    }

    private let quiet = SignalRecord(
        kind: .invoked,
        noneSince: day(0),
        detail: "1 function",
        subjects: Digest(of: "a"),
        readAt: day(1)
    )

    @Test func `what signals depend on is found in an environment's stacks and in those nested in them`() async throws {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            let nested = ObservedResource(
                logicalID: "Mid",
                physicalID: stackID("a-mid").text,
                type: "AWS::CloudFormation::Stack",
                status: "CREATE_COMPLETE"
            )
            let topic = ObservedResource(
                logicalID: "T",
                physicalID: "t",
                type: "AWS::SNS::Topic",
                status: "CREATE_COMPLETE"
            )
            try await scan(
                ledger,
                [component("a"), component("a-mid", kind: .nested), component("prod", kind: .permanent)],
                [
                    stackID("a"): [resource(.function, "Api", "a-api"), nested, topic],
                    stackID("a-mid"): [resource(.rule, "Warm", nil)],
                    stackID("prod"): [resource(.function, "Api", "p-api")],
                ],
                at: day(1)
            )
            let subjects = try await ledger.signalSubjects(.everything)
            #expect(subjects.map(\.key) == [key("feat-x")])
            let subject = try #require(subjects.first)
            let resources = subject.resources.sorted { $0.logicalID < $1.logicalID }
            #expect(resources.map(\.logicalID) == ["Api", "Warm"] && !subject.isUnread)
            #expect(resources.map(\.component) == [stackID("a"), stackID("a-mid")])
            #expect(resources[1].physicalID == nil && resources[1].target == target)
            #expect(subject.records.isEmpty)
        }
    }

    @Test func `R7 nothing is asked about an environment of which a target was not read completely the last time`()
        async throws
    {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            func look(_ other: TargetReading.Outcome, day number: Double) async throws -> [String] {
                let scan = try await ledger.beginScan(of: [target, otherTarget], whole: true, at: day(number))
                let here = [component("a"), component("b", named: ["feat-y"])]
                try await ledger.record(complete(here, of: target, at: day(number)), in: scan)
                let reading = TargetReading(
                    target: otherTarget,
                    startedAt: day(number),
                    finishedAt: day(number),
                    outcome: other,
                    resources: [:]
                )
                try await ledger.record(reading, in: scan)
                try await ledger.group(at: day(number))
                let found = try await ledger.signalSubjects(.everything).map(\.key.name.text)
                try await ledger.finishScan(scan, calls: [:], at: day(number))
                return found
            }
            let both = TargetReading.Outcome.complete(components: [component("c", in: otherTarget)], gone: [])
            #expect(try await look(both, day: 1) == ["feat-x", "feat-y"])
            // The stack that feat-x has over there may have others beside it by now.
            #expect(try await look(.failed(ProviderFailure(.denied, "denied", advice: "")), day: 2) == ["feat-y"])
            #expect(try await look(.suspect(because: "its tags are all gone"), day: 3) == ["feat-y"])
            try await ledger.accept(otherTarget, because: "right as it is", at: day(4))
            #expect(try await look(both, day: 4) == ["feat-x", "feat-y"])
            _ = try await look(.failed(ProviderFailure(.denied, "denied", advice: "")), day: 5)
            try await ledger.retire(otherTarget, because: "closed", at: day(6))
            #expect(try await ledger.signalSubjects(.everything).map(\.key.name.text) == ["feat-x", "feat-y"])
        }
    }

    @Test func `only environments of which something is due or may be different are looked at`() async throws {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            func due(_ number: Double) async throws -> [String] {
                let due = SignalsDue(kinds: [.invoked, .rollout], readBefore: day(number))
                return try await ledger.signalSubjects(due).map(\.key.name.text)
            }
            func note(_ name: String, _ change: (inout SignalRecord) -> Void = { _ in }) async throws {
                var invoked = quiet
                invoked.readAt = day(2)
                change(&invoked)
                let none = SignalRecord(kind: .rollout, inapplicable: "nothing is rolled out", readAt: day(2))
                try await ledger.record([(key(name), invoked), (key(name), none)])
            }
            let all = [component("a"), component("b", named: ["feat-y"]), component("a-mid", kind: .nested)]
            let resources = [stackID("a"): [resource(.function, "Api", "a-api")]]
            try await scan(ledger, all, resources, at: day(1))
            #expect(try await due(0) == ["feat-x", "feat-y"])
            try await note("feat-x")
            try await note("feat-y")
            #expect(try await due(0) == [])
            // Whatever was read so long ago is looked at again, also what did not apply then.
            #expect(try await due(2) == ["feat-x", "feat-y"])
            try await note("feat-y") { $0 = SignalRecord(kind: .invoked, inapplicable: "no function", readAt: day(2)) }
            #expect(try await due(1.9) == [])
            try await note("feat-x") {
                $0.missing = "denied"
                $0.noneSince = nil
            }
            #expect(try await due(0) == ["feat-x"])
            try await note("feat-x")
            // Its resources were read anew; then those of a stack that is nested, whose may be either's.
            try await scan(ledger, all, [stackID("b"): [resource(.function, "Api", "b-api")]], at: day(3))
            #expect(try await due(0) == ["feat-y"])
            try await note("feat-y") { $0.readAt = day(4) }
            #expect(try await due(0) == ["feat-y"])
            try await ledger.record([
                (key("feat-y"), SignalRecord(kind: .rollout, inapplicable: "nothing is rolled out", readAt: day(4)))
            ])
            #expect(try await due(0) == [])
            try await scan(ledger, all, [stackID("a-mid"): [resource(.rule, "Warm", nil)]], at: day(5))
            #expect(try await due(0) == ["feat-x", "feat-y"])
            for name in ["feat-x", "feat-y"] {
                try await ledger.record(
                    [SignalRecord.Kind.invoked, .rollout].map {
                        (key(name), SignalRecord(kind: $0, inapplicable: "nothing of the kind", readAt: day(6)))
                    }
                )
            }
            #expect(try await due(0) == [])
            // One stack is another's by now, although nothing of it is different: accounts were put into one space.
            try await ledger.regroup([grouped("feat-x", [stackID("a"), stackID("b")])], at: day(7))
            #expect(try await due(0) == ["feat-x"])
        }
    }

    @Test func `every signal comes back as it was written, beside its environment, and goes with its life`()
        async throws
    {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            try await scan(ledger, [component("a")], at: day(1))
            let rollout = SignalRecord(
                kind: .rollout,
                seen: .init(at: day(1), what: "alias live"),
                detail: "x",
                missing: "denied",
                readAt: day(1)
            )
            try await ledger.record([(key("feat-x"), quiet), (key("feat-x"), rollout)])
            #expect(try await ledger.environments().first?.signals == [quiet, rollout])
            #expect(
                try await ledger.signalSubjects(.everything).first?.records == [.invoked: quiet, .rollout: rollout]
            )
            let none = SignalRecord(kind: .invoked, inapplicable: "no function", readAt: day(2))
            try await ledger.record([(key("feat-x"), none)])
            #expect(try await ledger.environments().first?.signals == [none, rollout])
            let states = try await fixture.sql("SELECT state FROM environment_signals ORDER BY kind").decode(
                String.self
            )
            #expect(states == ["not applicable", "unknown"])
            try await scan(ledger, [], gone: [stackID("a")], at: day(3))
            try await ledger.record([(key: EnvironmentKey, record: SignalRecord)]())
            #expect(try await fixture.number("SELECT count(*)::int FROM signals") == 0)
        }
    }

    @Test func `the schedules of a template are kept for one content of its component`() async throws {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            try await scan(ledger, [component("a"), component("b")], at: day(1))
            let known = ComponentSchedules(
                content: Digest(of: "1"),
                schedules: [TemplateSchedule(logicalID: "Warm", functions: ["Api", "Job"], isOpen: true)]
            )
            let unread = ComponentSchedules(content: Digest(of: "2"), schedules: nil)
            try await ledger.record([stackID("a"): known, stackID("b"): unread])
            #expect(
                try await ledger.schedules(of: [stackID("a"), stackID("b"), stackID("c")]) == [
                    stackID("a"): known, stackID("b"): unread,
                ]
            )
            try await ledger.record([stackID("a"): unread])
            #expect(try await ledger.schedules(of: [stackID("a")]) == [stackID("a"): unread])
        }
    }

    @Test func `the schema knows the kinds, and refuses a signal that says nothing or contradicts itself`() async throws
    {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            try await scan(ledger, [component("a")], at: day(1))
            for kind in SignalRecord.Kind.allCases {
                var record = quiet
                record.kind = kind
                try await ledger.record([(key("feat-x"), record)])
            }
            for wrong in [
                SignalRecord(kind: .invoked, detail: "x", readAt: day(1)),
                SignalRecord(kind: .invoked, noneSince: day(0), missing: "denied", readAt: day(1)),
                SignalRecord(kind: .invoked, noneSince: day(0), inapplicable: "no", readAt: day(1)),
            ] {
                #expect(await failure { try await ledger.record([(key("feat-x"), wrong)]) } != nil)
            }
        }
    }

    @Test func `what is due is found in one pass, though the database believes that nothing was grouped`() async throws
    {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            let begun = try await ledger.beginScan(of: [target], whole: true, at: day(1))
            let components = (0..<2_000).map { component("c\($0)", named: ["feat-\($0)"]) }
            try await ledger.record(complete(components, of: target, at: day(1)), in: begun)
            _ = try await fixture.sql("ANALYZE components, environments, environment_targets, signals")
            try await ledger.group(at: day(1))
            let plan = try await fixture.sql("EXPLAIN \(SignalStatements.subjects(.everything))")
                .decode(String.self).joined(separator: "\n")
            #expect(!plan.contains("Join Filter"), "\(plan)")
            #expect(try await ledger.signalSubjects(.everything).count == 2_000)
        }
    }

    @Test func `what signals depend on is found by its index`() async throws {
        try await LedgerFixture.with { fixture in
            let connection = try await Connection.open(fixture.settings)
            _ = try await connection.query("SET enable_seqscan = off")
            let rows = try await connection.query("EXPLAIN \(SignalStatements.resources(of: [1]))")
            let plan = try rows.decode(String.self).joined(separator: "\n")
            #expect(plan.contains("resources_of_signals"), "\(plan)")
            await connection.close()
        }
    }
}
