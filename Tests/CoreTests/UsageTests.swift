import Core
import Foundation
import Testing

/// What daily sums say of use, beside what an environment's own schedules set off.
@Suite struct UsageTests {
    /// Read on 2026-11-23 at 12:00 UTC, from ninety days before on.
    private let window = UsageWindow(since: .distantPast, to: noon)
    private func day(_ ago: Int) -> Date { Date(timeIntervalSince1970: 1_795_392_000 - Double(ago) * 86_400) }
    private func end(_ ago: Int) -> Date { day(ago - 1) }

    private func usage(_ counts: [Int: Double], _ own: [OwnTriggers] = []) -> Usage {
        .of("function f", counts: days(counts), window: window, ownTriggers: own)
    }

    private func days(_ counts: [Int: Double]) -> [Date: Double] {
        Dictionary(uniqueKeysWithValues: counts.map { (day($0.key), $0.value) })
    }

    @Test func `the window begins with a day, ninety days ago or with the oldest thing`() {
        #expect(window.from == day(90))
        #expect(UsageWindow(since: day(3).addingTimeInterval(7), to: noon).from == day(3))
    }

    @Test func `the newest day with a count is the latest use, to the end of that day`() {
        #expect(usage([:]) == Usage(quietSince: day(90)))
        #expect(usage([40: 0]) == Usage(quietSince: day(90)))
        let used = usage([5: 2, 9: 70])
        #expect(used.seen == Usage.Seen(at: end(5), what: "function f") && used.because == nil)
        // Today is not over: no later than the reading.
        #expect(usage([0: 1]).seen?.at == noon)
    }

    @Test func `what a schedule set off is no use, one more than it set off is`() {
        let hourly = OwnTriggers(name: "warm", triggers: days([1: 24, 2: 24, 3: 24, 4: 20]))
        #expect(usage([1: 24, 2: 24, 3: 24, 4: 20], [hourly]) == Usage(quietSince: day(90)))
        #expect(usage([1: 24, 2: 24, 3: 25, 4: 20], [hourly]).seen?.at == end(3))
        // Two schedules together.
        let second = OwnTriggers(name: "sync", triggers: days([1: 6]))
        #expect(usage([1: 30], [hourly, second]).seen == nil)
        #expect(usage([1: 31], [hourly, second]).seen?.at == end(1))
    }

    @Test func `D3 fewer than the schedule set off may hide somebody's use, and is no proof of idleness`() {
        let hourly = OwnTriggers(name: "warm", triggers: days([2: 24, 6: 24]))
        let unclear = usage([2: 10, 6: 24, 8: 1], [hourly])
        #expect(unclear.quietSince == end(2))
        #expect(unclear.because == "function f: runs of warm were fewer than it set off")
        #expect(unclear.seen?.at == end(8))
        // Some of what it set off failed: as many others may have come in its place.
        let failing = OwnTriggers(name: "warm", triggers: days([2: 24]), failures: days([2: 3]))
        #expect(usage([2: 24], [failing]).quietSince == end(2))
        #expect(usage([2: 25], [failing]).seen?.at == end(2))
    }

    @Test func `D3 a schedule that is not counted, or whose target is not known, hides use`() {
        let uncounted = OwnTriggers(name: "nightly", triggers: nil)
        #expect(usage([3: 1], [uncounted]).quietSince == end(3))
        #expect(
            usage([3: 1], [uncounted]).because
                == "function f: runs of nightly cannot be told apart from other invocations"
        )
        #expect(usage([:], [uncounted]) == Usage(quietSince: day(90)))
        let open = OwnTriggers(name: "bus", triggers: days([3: 5, 4: 5]), isOpen: true)
        #expect(usage([3: 5], [open]).because == "function f: whether bus invokes it is not known")
        #expect(usage([3: 6], [open]).seen?.at == end(3))
        // On a day on which it set nothing off it hides nothing.
        #expect(usage([7: 1], [open]).seen?.at == end(7))
    }

    @Test func `a day that is not over is judged when it is, unless much more happened than was set off`() {
        let minutely = OwnTriggers(name: "warm", triggers: days([0: 700, 1: 1_440]))
        #expect(usage([0: 703, 1: 1_440], [minutely]) == Usage(quietSince: day(90)))
        #expect(usage([0: 690, 1: 1_440], [minutely]) == Usage(quietSince: day(90)))
        #expect(usage([0: 900, 1: 1_440], [minutely]).seen?.at == noon)
        #expect(usage([0: 5], [OwnTriggers(name: "warm", triggers: nil)]).quietSince == noon)
        // Yesterday, an hour after its end, is over.
        #expect(usage([1: 1_441], [minutely]).seen?.at == end(1))
        let early = UsageWindow(since: .distantPast, to: day(0).addingTimeInterval(1_800))
        #expect(
            Usage.of("f", counts: days([1: 1_441]), window: early, ownTriggers: [minutely])
                == Usage(quietSince: early.from)
        )
    }

    @Test func `together: the latest use, and quiet only since the last is`() {
        let one = Usage(seen: .init(at: day(9), what: "a"), quietSince: day(90))
        let other = Usage(seen: .init(at: day(4), what: "b"), quietSince: day(6), because: "b: unclear")
        let joined = one.joined(with: other)
        #expect(joined == Usage(seen: other.seen, quietSince: day(6), because: "b: unclear"))
        #expect(other.joined(with: one) == joined)
    }
}

/// `idle` with invocations, and rollouts.
@Suite struct InvokedSignalTests {
    private func invoked(_ value: Signal.Value) -> Signal { Signal(.invoked, value, source: "2 functions") }

    private func judged(
        _ condition: Condition = .idle(for: days(7), of: nil),
        _ values: Signal.Value...,
        rollout: EnvironmentFacts.Rollout? = nil
    ) -> Judgement {
        let facts = facts {
            $0.signals += values.map(invoked)
            if let rollout { $0.rollout = rollout }
        }
        return judge(facts, policy(condition), now: noon)
    }

    private func clause(_ judgement: Judgement) -> Trace? {
        judgement.trace.flattened.first { $0.clause.hasPrefix("idle") }
    }

    @Test func `an invocation is activity`() {
        #expect(judged(.idle(for: days(7), of: nil), .known(daysAgo(3))).verdict == .keep)
        #expect(judged(.idle(for: days(7), of: nil), .known(daysAgo(7))).verdict == .stale)
        #expect(judged(.idle(for: days(7), of: [.changed]), .known(daysAgo(3))).verdict == .stale)
        #expect(judged(.idle(for: days(7), of: [.invoked]), .known(daysAgo(3))).verdict == .keep)
    }

    @Test func `none since then proves as much idleness as has passed since, and no more`() {
        let month = judged(.idle(for: days(7), of: nil), .noneSince(daysAgo(30)))
        #expect(month.verdict == .stale)
        #expect(month.reason.contains("not invoked since 2026-10-24 12:00 UTC (2 functions)"), "\(month.reason)")
        let short = judged(.idle(for: days(7), of: nil), .noneSince(daysAgo(5)))
        #expect(short.verdict == .undecided)
        #expect(clause(short)?.truth == .unknown)
        #expect(short.changesAt == daysFromNow(2) && short.changesTo == .stale)
        // Certain use that is young beats a proof that is missing, and the proof comes later than the use is old.
        let both = judged(.idle(for: days(7), of: nil), .known(daysAgo(6)), .noneSince(daysAgo(5)))
        #expect(both.verdict == .keep && both.changesAt == daysFromNow(1) && both.changesTo == .undecided)
    }

    @Test func `D3 what is unknown beside what is old is undecided, and not applicable counts as nothing`() {
        #expect(
            judged(.idle(for: days(7), of: nil), .known(daysAgo(20)), .unknown(reason: "denied")).verdict == .undecided
        )
        #expect(judged(.idle(for: days(7), of: nil), .known(daysAgo(2)), .unknown(reason: "denied")).verdict == .keep)
        #expect(judged(.idle(for: days(7), of: nil), .notApplicable(reason: "no function")).verdict == .stale)
        #expect(judged(.idle(for: days(7), of: [.invoked]), .notApplicable(reason: "no function")).verdict == .keep)
        #expect(judged(.not(.idle(for: days(7), of: nil)), .unknown(reason: "denied")).verdict == .undecided)
    }

    @Test func `named and not read it is unknown, not named and not read it is not asked for`() {
        let named = judged(.idle(for: days(7), of: [.changed, .invoked]))
        #expect(named.verdict == .undecided && named.reason.contains("invoked: never read"))
        #expect(judged(.idle(for: days(7), of: nil)).verdict == .stale)
    }

    @Test func `what is being rolled out is kept, released or past its greatest age as well`() {
        let rollout = EnvironmentFacts.Rollout.inProgress("alias live is divided", read: noon)
        let set = policy(.age(days(1))) { $0.maxAge = days(2) }
        var facts = facts { $0.rollout = rollout }
        #expect(judge(facts, set, now: noon).reason == "alias live is divided (read 2026-11-23 12:00 UTC)")
        facts.release = Release(at: daysAgo(1), by: "ada")
        #expect(judge(facts, set, now: noon).verdict == .keep)
        facts.partlyReaped = PartlyReaped(at: daysAgo(1), detail: "P1")
        #expect(judge(facts, set, now: noon).verdict == .keep)
        facts.nature = .permanent(evidence: "prod")
        #expect(judge(facts, set, now: noon).verdict == .permanent)
    }

    @Test func `D3 a rollout that could not be read stands against stale alone`() {
        let unread = EnvironmentFacts.Rollout.unknown(reason: "denied")
        let stale = judged(.age(days(1)), rollout: unread)
        #expect(stale.verdict == .undecided)
        #expect(stale.reason == "whether a rollout is in progress is unknown: denied")
        #expect(judged(.age(days(400)), rollout: unread).verdict == .keep)
    }
}

/// What is kept of a reading, as rules see it.
@Suite struct SignalRecordTests {
    private func record(_ change: (inout SignalRecord) -> Void) -> SignalRecord {
        var record = SignalRecord(kind: .invoked, detail: "1 function", readAt: daysAgo(1))
        change(&record)
        return record
    }

    @Test func `what was seen stays known where a part is unknown, and says no more than was read`() {
        let seen = Usage.Seen(at: daysAgo(4), what: "function f")
        let partly = record {
            $0.seen = seen
            $0.missing = "denied"
        }
        #expect(
            partly.signals(stacksRead: noon, began: .distantPast, now: noon).map(\.value) == [
                .known(daysAgo(4)), .unknown(reason: "denied"),
            ]
        )
        let quiet = record { $0.noneSince = daysAgo(90) }
        #expect(
            quiet.signals(stacksRead: noon, began: .distantPast, now: noon).map(\.value) == [.noneSince(daysAgo(90))]
        )
        // Nothing was used before it was there, which proves nothing.
        #expect(quiet.signals(stacksRead: noon, began: daysAgo(2), now: noon).map(\.value) == [.noneSince(daysAgo(2))])
        // A reading that is days old says nothing of today, even where its stacks were not read since either.
        #expect(quiet.signals(stacksRead: noon, began: .distantPast, now: daysFromNow(2))[0].isUnknown)
        let unclear = record {
            $0.seen = seen
            $0.noneSince = daysAgo(2)
        }
        #expect(
            unclear.signals(stacksRead: noon, began: .distantPast, now: noon).map(\.value) == [
                .known(daysAgo(4)), .noneSince(daysAgo(2)),
            ]
        )
        let used = record {
            $0.seen = seen
            $0.noneSince = daysAgo(90)
        }
        #expect(used.signals(stacksRead: noon, began: .distantPast, now: noon).map(\.value) == [.known(daysAgo(4))])
    }

    @Test func `D3 what was read long before the stacks were says nothing of the present`() {
        let quiet = record { $0.noneSince = daysAgo(90) }
        #expect(quiet.signals(stacksRead: noon.addingTimeInterval(1), began: .distantPast, now: noon)[0].isUnknown)
        #expect(
            quiet.rollout(stacksRead: noon.addingTimeInterval(1), now: noon)
                == .unknown(reason: "last read 2026-11-22 12:00 UTC, which is too long ago")
        )
        #expect(quiet.rollout(stacksRead: noon, now: noon) == .none(source: "1 function"))
        // That there is nothing to read is known from the stacks themselves.
        let none = record { $0.inapplicable = "no function" }
        #expect(
            none.signals(stacksRead: daysFromNow(30), began: .distantPast, now: noon).map(\.value) == [
                .notApplicable(reason: "no function")
            ]
        )
    }
}
