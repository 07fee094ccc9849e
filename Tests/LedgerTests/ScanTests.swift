import Core
import Foundation
import Postgres
import Testing

@testable import Ledger

@Suite struct ScanTests {
    private let bucket = ObservedResource(
        logicalID: "B",
        physicalID: "b-1",
        type: "AWS::S3::Bucket",
        status: "CREATE_COMPLETE"
    )
    private let queue = ObservedResource(
        logicalID: "Q",
        physicalID: "q-1",
        type: "AWS::SQS::Queue",
        status: "CREATE_COMPLETE"
    )

    @Test func `a first scan records everything as it was said`() async throws {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            let unknownAge = component("b", created: nil)
            try await ledger.scan(
                [component("a", updated: day(0.5), changed: day(0.5)), unknownAge],
                resources: [stackID("a"): [bucket, queue]],
                at: day(1)
            )
            let records = try await ledger.components(of: key("feat-x"))
            #expect(records.map(\.name) == ["a", "b"])
            let first = try #require(records.first)
            #expect(first.created == day(0) && first.updated == day(0.5) && first.changed == day(0.5))
            #expect(first.firstSeen == day(1) && first.gone == nil && first.resourceCount == 2)
            #expect(first.tags == ["team": "checkout"] && first.named == [EnvironmentName("feat-x")])
            #expect(first.environment == key("feat-x") && first.target == target)
            #expect(records.last?.created == nil)
            #expect(try await ledger.resources(of: stackID("a")) == [bucket, queue])
            let known = try await ledger.known(in: target)
            #expect(known[stackID("a")]?.resourcesRead == true && known[stackID("b")]?.resourcesRead == false)
            #expect(known[stackID("a")]?.hasTags == true && known[stackID("a")]?.askedToDelete == false)
            #expect(try await ledger.known(in: otherTarget).isEmpty)
        }
    }

    @Test func `an unchanged component is not written again`() async throws {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            let same = (0..<50).map { component("s\($0)") }
            let resources = [stackID("s0"): [bucket]]
            try await ledger.scan(same, resources: resources, at: day(1))
            func versions(_ table: String) async throws -> [String] {
                try await fixture.sql(
                    "SELECT ctid::text || ' ' || xmin::text FROM \(raw: table) ORDER BY 1"
                ).decode(String.self)
            }
            let before = [
                try await versions("components"), try await versions("resources"), try await versions("environments"),
            ]
            try await ledger.scan(same, resources: resources, at: day(2))
            let after = [
                try await versions("components"), try await versions("resources"), try await versions("environments"),
            ]
            #expect(before == after)
            // And a change writes that one only.
            let changed = [component("s7", updated: day(2.5))] + same.filter { $0.observed.name != "s7" }
            try await ledger.scan(changed, at: day(3))
            let now = try await versions("components")
            #expect(Set(now).subtracting(before[0]).count == 1)
            let records = try await ledger.components(of: key("feat-x"))
            #expect(records.first { $0.name == "s7" }?.updated == day(2.5))
        }
    }

    @Test func `resources of a changed component are replaced`() async throws {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            try await ledger.scan([component("a")], resources: [stackID("a"): [bucket, queue]], at: day(1))
            let other = ObservedResource(logicalID: "B", physicalID: "b-2", type: bucket.type, status: bucket.status)
            try await ledger.scan(
                [component("a", updated: day(1.5))],
                resources: [stackID("a"): [other]],
                at: day(2)
            )
            #expect(try await ledger.resources(of: stackID("a")) == [other])
            // Changed, but its resources were not read: they have to be read next time.
            try await ledger.scan([component("a", updated: day(2.5))], at: day(3))
            #expect(try await ledger.known(in: target)[stackID("a")]?.resourcesRead == false)
        }
    }

    @Test func `R2 what is gone was confirmed by id, and its reading says how many`() async throws {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            try await ledger.scan([component("a"), component("b")], at: day(1))
            // Absent from the listing alone changes nothing.
            try await ledger.scan([component("a")], at: day(2))
            #expect(try await ledger.known(in: target).count == 2)
            try await ledger.scan([component("a")], gone: [stackID("b")], at: day(3))
            let gone = try await ledger.components(of: key("feat-x")).first { $0.name == "b" }
            #expect(gone?.gone == day(3) && gone?.goneBecause == "confirmed by id")
            #expect(try await ledger.newestScan()?.readings.first?.gone == 1)
            #expect(try await ledger.known(in: target).keys.sorted() == [stackID("a")])
        }
    }

    @Test func `a component that a step of ours asked to delete is gone as reaped`() async throws {
        try await LedgerFixture.with { fixture in
            let plan = try await fixture.planned(running: true)
            try await fixture.take(1, of: plan, to: .requested, at: day(3))
            #expect(try await fixture.ledger.known(in: target)[stackID("a")]?.askedToDelete == true)
            try await fixture.ledger.scan([], gone: [stackID("a"), stackID("b")], at: day(4))
            let records = try await fixture.ledger.components(of: key("feat-x"))
            #expect(records.map(\.goneBecause) == ["reaped", "confirmed by id"])
        }
    }

    @Test func `R6 the counts of a reading add up to what was listed`() async throws {
        try await LedgerFixture.with { fixture in
            let all = ComponentClass.allCases.enumerated().flatMap { index, kind in
                (0...index).map { component("\(kind.rawValue)-\($0)", kind: kind) }
            }
            try await fixture.ledger.scan(all, at: day(1))
            let summary = try #require(try await fixture.ledger.newestScan())
            let reading = try #require(summary.readings.first)
            #expect(reading.listed == all.count)
            for (index, kind) in ComponentClass.allCases.enumerated() { #expect(reading.counts[kind] == index + 1) }
            #expect(
                summary.calls == ["cloudformation DescribeStacks": 1] && summary.state == "complete" && summary.whole
            )
            let error = try await fixture.refusal("UPDATE readings SET feature = feature + 1")
            #expect(error?.constraint == "readings_add_up")
        }
    }

    @Test func `R1 a failed target concludes nothing and says why`() async throws {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            try await ledger.scan([component("a")], at: day(1))
            let scan = try await ledger.beginScan(of: [target], whole: true, at: day(2))
            let reason = ProviderFailure(.denied, "DescribeStacks was denied", advice: "allow it")
            try await ledger.record(
                TargetReading(target: target, startedAt: day(2), finishedAt: day(2), outcome: .failed(reason)),
                in: scan
            )
            try await ledger.group(at: day(2))
            try await ledger.finishScan(scan, calls: [:], at: day(2))
            #expect(try await ledger.known(in: target).count == 1)
            let reading = try await ledger.newestScan()?.readings.first
            #expect(
                reading?.outcome == "failed" && reading?.failure == reason.summary && reading?.advice == reason.advice
            )
            let state = try await ledger.targetStates().first { $0.target == target }
            #expect(state?.lastCompleteAt == day(1) && state?.lastFailure == reason.summary && state?.state == .active)
            let coverage = try await ledger.environments().first?.targets.first
            #expect(coverage?.at == day(1) && coverage?.failure == reason.summary)
        }
    }

    @Test func `R3 a suspect target stays so until a complete reading, which spends the acceptance`() async throws {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            try await ledger.scan([component("a")], at: day(1))
            let scan = try await ledger.beginScan(of: [target], whole: true, at: day(2))
            try await ledger.record(
                TargetReading(
                    target: target,
                    startedAt: day(2),
                    finishedAt: day(2),
                    outcome: .suspect(because: "all tags are empty")
                ),
                in: scan
            )
            try await ledger.finishScan(scan, calls: [:], at: day(2))
            var state = try await ledger.targetStates().first { $0.target == target }
            #expect(state?.state == .suspect && state?.because == "all tags are empty" && state?.accepted == false)
            #expect(try await ledger.environments().first?.targets.first?.suspect == true)
            try await ledger.accept(target, because: "tags were removed on purpose", at: day(2.5))
            state = try await ledger.targetStates().first { $0.target == target }
            #expect(state?.accepted == true && state?.state == .suspect)
            try await ledger.scan([component("a", tags: [:])], at: day(3))
            state = try await ledger.targetStates().first { $0.target == target }
            #expect(state?.accepted == false && state?.state == .active)
        }
    }

    @Test func `a scan that was not heard of for an hour is abandoned by the next`() async throws {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            let first = try await ledger.beginScan(of: [target], whole: true, at: day(1))
            try await ledger.record(complete([component("a")], at: day(1)), in: first)
            // Until then it is another's business: it may be at work.
            let beside = try await ledger.beginScan(of: [otherTarget], whole: false, at: day(2))
            #expect(try await fixture.number("SELECT count(*) FROM scans WHERE state = 'running'") == 2)
            try await fixture.sql(
                "UPDATE scan_workers SET heard_until = clock_timestamp() - interval '61 min' WHERE scan_id = \(first.number)"
            )
            let second = try await ledger.beginScan(of: [target], whole: false, at: day(2))
            #expect(second > beside && beside > first)
            let late = await failure { try await ledger.finishScan(first, calls: [:], at: day(2)) }
            #expect(late?.kind == .conflict)
            #expect(try await ledger.newestScan() == nil)
            #expect(
                try await fixture.sql("SELECT state FROM scans ORDER BY scan_id").decode(String.self)
                    == ["abandoned", "running", "running"]
            )
            // What it read is not built on, so it is not called covered either.
            let covered = try await ledger.coverage()
            #expect(covered.count == 2 && covered.allSatisfy { $0.newest == nil && $0.complete == nil })
        }
    }

    @Test func `naming rules differ only from ones before`() async throws {
        try await LedgerFixture.with { fixture in
            let (one, two) = (Digest(of: "one"), Digest(of: "two"))
            var answers: [Bool] = []
            for hash in [one, one, two, two, one] {
                answers.append(try await fixture.ledger.noteNaming(hash: hash, at: day(1)))
            }
            #expect(answers == [false, false, true, false, true])
        }
    }

    @Test func `R8 retiring a target closes its components as unverifiable`() async throws {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            try await ledger.scan([component("a")], at: day(1))
            try await ledger.retire(target, because: "the account is closed", at: day(2))
            let record = try await ledger.components(of: key("feat-x")).first
            #expect(record?.goneBecause == "unverifiable")
            #expect(try await ledger.environments().isEmpty)
            #expect(try await ledger.environments(named: EnvironmentName("feat-x")).first?.endedAt == day(2))
            #expect(try await ledger.environments(named: EnvironmentName("feat-x")).first?.targets.isEmpty == true)
            #expect(await failure { try await ledger.retire(target, because: "again", at: day(3)) }?.kind == .notFound)
            #expect(try await ledger.history(of: nil, limit: 10).contains { $0.event == "target retired" })
        }
    }
}
