import Core
import Foundation
import Postgres
import Synchronization
import Testing

@testable import Ledger

@Suite struct ListingTests {
    private let rules = ReadingRules(naming: Digest(of: "these"))
    private let others = ReadingRules(naming: Digest(of: "those"))
    private let bucket = ObservedResource(
        logicalID: "B",
        physicalID: "b-1",
        type: "AWS::S3::Bucket",
        status: "CREATE_COMPLETE"
    )

    private func listed(_ name: String, _ words: String) -> ListedComponent {
        ListedComponent(id: stackID(name), said: Digest(of: words)) { () throws(ProviderFailure) in
            throw ProviderFailure(.malformed, "nobody asked for that", advice: "")
        }
    }

    /// A complete reading of these, each with its words.
    private func read(
        _ fixture: LedgerFixture,
        _ components: [(name: String, words: String)],
        kind: ComponentClass = .feature,
        under rules: ReadingRules,
        resources: Bool = true,
        at: Date
    ) async throws {
        let ledger = fixture.ledger
        let scan = try await ledger.beginScan(of: [target, otherTarget], whole: true, at: at)
        var reading = complete(
            components.map { name, words in
                var component = component(name, kind: kind)
                component.mark = listed(name, words).mark
                return component
            },
            resources: resources
                ? Dictionary(uniqueKeysWithValues: components.map { (stackID($0.name), [bucket]) }) : [:],
            at: at
        )
        reading.rules = rules
        try await ledger.record(reading, in: scan)
    }

    @Test func `what is said as before, under the same rules, comes back as a number`() async throws {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            try await read(fixture, [("a", "1"), ("b", "1"), ("c", "1")], under: rules, at: day(1))
            let all = [listed("a", "1"), listed("b", "2"), listed("c", "1"), listed("d", "1")]
            let difference = try await ledger.compare(all, in: target, under: rules, anew: false)
            #expect(difference.new == [stackID("d")])
            #expect(difference.changed.map(\.id) == [stackID("b")])
            #expect(difference.unchanged.map(\.kind) == [.feature] && difference.unchanged[0].hasTags)
            let known = try await ledger.known(in: target)
            #expect(
                Set(difference.unchanged[0].numbers) == Set(["a", "c"].compactMap { known[stackID($0)]?.number })
            )
            // Nothing is as it was under other rules, for somebody who asks anew, and in another target.
            for difference in [
                try await ledger.compare(all, in: target, under: others, anew: false),
                try await ledger.compare(all, in: target, under: rules, anew: true),
            ] {
                #expect(difference.unchanged.isEmpty && difference.changed.count == 3)
                #expect(difference.new == [stackID("d")])
            }
            let elsewhere = try await ledger.compare(all, in: otherTarget, under: rules, anew: false)
            #expect(elsewhere.new.count == 4 && elsewhere.unchanged.isEmpty && elsewhere.changed.isEmpty)
        }
    }

    @Test func `what has resources that nobody read is not as it should be`() async throws {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            try await read(fixture, [("a", "1")], under: rules, resources: false, at: day(1))
            let unread = try await ledger.compare([listed("a", "1")], in: target, under: rules, anew: false)
            #expect(unread.changed.map(\.resourcesRead) == [false] && unread.unchanged.isEmpty)
            // Of what is excluded none are ever read.
            try await read(fixture, [("b", "1")], kind: .excluded, under: rules, resources: false, at: day(1))
            let excluded = try await ledger.compare([listed("b", "1")], in: target, under: rules, anew: false)
            #expect(excluded.unchanged.map(\.kind) == [.excluded])
        }
    }

    @Test func `R2 what was not listed is told by number, and what is gone already is not`() async throws {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            try await ledger.scan([component("a"), component("b"), component("c")], at: day(1))
            try await ledger.scan([component("a"), component("b")], gone: [stackID("c")], at: day(2))
            let numbers = try await ledger.known(in: target).mapValues(\.number)
            let first = try #require(numbers[stackID("a")])
            #expect(try await ledger.known(in: target, besides: [first]).map(\.id) == [stackID("b")])
            #expect(try await ledger.known(in: target, besides: Set(numbers.values)).isEmpty)
            #expect(try await ledger.known(in: target, besides: []).count == 2)
        }
    }

    @Test func `other words alone are not written, other rules are, and leave what was read of resources`() async throws
    {
        try await LedgerFixture.with { fixture in
            func rows() async throws -> [String] {
                try await fixture.sql("SELECT ctid::text || resources_at::text FROM components").decode(String.self)
            }
            try await read(fixture, [("a", "1")], under: rules, at: day(1))
            let before = try await rows()
            try await read(fixture, [("a", "2")], under: rules, resources: false, at: day(2))
            #expect(try await rows() == before)
            try await read(fixture, [("a", "2")], under: others, resources: false, at: day(3))
            #expect(try await rows() != before)
            let known = try await fixture.ledger.known(in: target)
            #expect(known[stackID("a")]?.resourcesRead == true)
            #expect(try await fixture.ledger.resources(of: stackID("a")) == [bucket])
            let words = [listed("a", "2")]
            let now = try await fixture.ledger.compare(words, in: target, under: others, anew: false)
            #expect(now.unchanged.count == 1)
        }
    }

    @Test func `what is present is regrouped when it is different, and otherwise left alone`() async throws {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            let asked = Mutex(0)
            func regroup(_ rules: ReadingRules, at: Date) async throws -> Int {
                let before = asked.withLock { $0 }
                _ = try await ledger.regroup(under: rules, at: at) { inputs in
                    asked.withLock { $0 += 1 }
                    return [grouped("feat-x", inputs.map(\.id))]
                }
                return asked.withLock { $0 } - before
            }
            func record(_ components: [RecordedComponent], gone: [ComponentID] = [], at: Date) async throws {
                let scan = try await ledger.beginScan(of: [target], whole: true, at: at)
                try await ledger.record(complete(components, gone: gone, at: at), in: scan)
            }
            #expect(try await regroup(rules, at: day(0)) == 1)
            try await record([component("a")], at: day(1))
            #expect(try await regroup(rules, at: day(1)) == 1)
            #expect(try await ledger.environments().map(\.componentCount) == [1])
            #expect(try await regroup(rules, at: day(2)) == 0)
            #expect(try await regroup(others, at: day(2)) == 1)
            #expect(try await regroup(rules, at: day(2)) == 1)
            // Another class; then one more; then one is gone, and another one has taken its place.
            try await record([component("a", kind: .permanent)], at: day(3))
            #expect(try await regroup(rules, at: day(3)) == 1)
            try await record([component("b")], at: day(4))
            #expect(try await regroup(rules, at: day(4)) == 1)
            try await record([component("c")], gone: [stackID("b")], at: day(5))
            #expect(try await regroup(rules, at: day(5)) == 1)
            #expect(try await ledger.components(of: key("feat-x")).filter { $0.gone == nil }.map(\.name) == ["a", "c"])
            try await record([], gone: [stackID("a"), stackID("c")], at: day(6))
            #expect(try await regroup(rules, at: day(6)) == 1)
            #expect(try await ledger.environments().isEmpty)
            #expect(try await regroup(rules, at: day(7)) == 0)
        }
    }

    @Test func `D5 what went and came back between two groupings is grouped, and begins another life`() async throws {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            func regroup(at: Date) async throws -> Bool {
                try await ledger.regroup(under: rules, at: at) { [grouped("feat-x", $0.map(\.id))] } != nil
            }
            func record(_ components: [RecordedComponent], gone: [ComponentID] = [], at: Date) async throws {
                let scan = try await ledger.beginScan(of: [target], whole: true, at: at)
                try await ledger.record(complete(components, gone: gone, at: at), in: scan)
            }
            try await record([component("a"), component("b")], at: day(1))
            #expect(try await regroup(at: day(1)))
            #expect(try await !regroup(at: day(1)))
            // One of two: it has lost its environment, and the sum over what is present is the same.
            try await record([component("b")], gone: [stackID("a")], at: day(2))
            try await record([component("a"), component("b")], at: day(3))
            #expect(try await regroup(at: day(3)))
            #expect(try await ledger.environments().map(\.componentCount) == [2])
            // All of it: the life ended in between.
            try await record([], gone: [stackID("a"), stackID("b")], at: day(4))
            try await record([component("a"), component("b")], at: day(5))
            #expect(try await regroup(at: day(5)))
            let after = try await ledger.environments()
            #expect(after.map(\.componentCount) == [2] && after.map(\.key.incarnation) == [2])
            #expect(try await !regroup(at: day(6)))
        }
    }

    @Test func `R8 a target that is retired while it is read stays closed`() async throws {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            try await ledger.scan([component("a")], at: day(1))
            let scan = try await ledger.beginScan(of: [target], whole: true, at: day(2))
            try await ledger.retire(target, because: "closed", at: day(2))
            try await ledger.record(complete([component("a"), component("b")], gone: [], at: day(2)), in: scan)
            #expect(try await ledger.components(classes: [.feature]).filter { $0.gone == nil }.isEmpty)
        }
    }

    @Test func `environments come part by part in the order of their keys`() async throws {
        try await LedgerFixture.with { fixture in
            let ledger = fixture.ledger
            let names = ["feat-a", "feat-b", "feat-c", "feat-d", "feat-e"]
            let all = names.map { component($0, named: [$0]) }
            try await ledger.scan(all, at: day(1))
            // One of them stands in two targets.
            try await ledger.scan([component("c2", in: otherTarget, named: ["feat-c"])], of: otherTarget, at: day(2))
            let whole = Dictionary(uniqueKeysWithValues: try await ledger.environments().map { ($0.key, $0.targets) })
            var targets: [EnvironmentKey: [TargetCoverage]] = [:]
            var found: [String] = []
            var parts: [Int] = []
            let count = try await ledger.environments(atMost: 2) { (some) async throws(StoreFailure) in
                found += some.map(\.key.name.text)
                parts.append(some.count)
                for one in some { targets[one.key] = one.targets }
                // What is written meanwhile is not seen.
                let owner = OwnerRecord(owner: "ada@example.com", source: "tag", detail: "", conflict: false)
                if let last = some.last { try await ledger.setOwners([last.key: owner]) }
            }
            #expect(found == names && parts == [2, 2, 1] && count == 5)
            #expect(targets == whole && targets[key("feat-c")]?.map(\.target) == [target, otherTarget])
            let owners = try await ledger.environments().compactMap(\.owner)
            #expect(owners.count == 3)
            let failure = await #expect(throws: StoreFailure.self) {
                try await ledger.environments(atMost: 2) { (_) async throws(StoreFailure) in
                    throw StoreFailure(.conflict, "stopped")
                }
            }
            #expect(failure?.summary == "stopped")
        }
    }
}
