import Core
import Foundation
import Testing

/// Clauses that see nothing, or nothing that can be read.
@Suite struct PolicyUnknownTests {
    private func changed(_ value: Signal.Value) -> EnvironmentFacts {
        facts { $0.signals = [Signal(.changed, value, source: "stack")] }
    }

    private func truth(_ condition: Condition, _ facts: EnvironmentFacts) -> Truth {
        condition.trace(on: facts, now: noon).truth
    }

    private let idle = Condition.idle(for: days(7), of: nil)

    @Test func `D3 idle is false by any younger signal, true only when all are known and older`() {
        let old = Signal(.changed, .known(daysAgo(9)), source: "a")
        let young = Signal(.changed, .known(daysAgo(1)), source: "b")
        let unknown = Signal(.changed, .unknown(reason: "denied"), source: "c")
        let none = Signal(.changed, .notApplicable(reason: "no function"), source: "d")
        let rows: [([Signal], Truth)] = [
            ([old], .yes), ([old, none], .yes), ([old, young], .no), ([young, unknown], .no),
            ([old, unknown], .unknown),
            ([unknown], .unknown), ([none, unknown], .unknown), ([none], .notApplicable),
            ([none, none], .notApplicable),
            ([], .unknown),
        ]
        for (signals, expected) in rows {
            #expect(truth(idle, facts { $0.signals = signals }) == expected, "\(signals.map(\.source))")
            #expect(truth(idle, facts { $0.signals = signals.reversed() }) == expected)
        }
    }

    @Test func `claiming or extending is activity, but having asked for nothing is no idleness`() {
        let asked = Signal(.asked, .known(daysAgo(1)), source: "claim")
        #expect(truth(idle, facts { $0.signals.append(asked) }) == .no)
        #expect(truth(idle, facts { $0.signals = [asked] }) == .no)
        let before = Signal(.asked, .known(daysAgo(30)), source: "claim")
        #expect(truth(idle, facts { $0.signals = [before] }) == .unknown)
        let none = Signal(.changed, .notApplicable(reason: "nothing"), source: "stack")
        #expect(truth(idle, facts { $0.signals = [none, before] }) == .notApplicable)
        #expect(truth(idle, facts { $0.signals = [none, asked] }) == .notApplicable)
    }

    @Test func `D3 an unknown signal makes it undecided, and says which reading is missing`() {
        let judgement = judge(changed(.unknown(reason: "AccessDenied")), policy(), now: noon)
        #expect(judgement.verdict == .undecided)
        #expect(judgement.reason == "idle: 7d: changed unknown: AccessDenied (stack)")
        #expect(judgement.hint == "a reading of what is unknown")
    }

    @Test func `D3 a release counts only where it is known that nobody asked for more time since`() {
        let released = facts(created: 20, changed: 10) { $0.release = Release(at: daysAgo(3), by: "ada") }
        #expect(judge(released, policy(), now: noon).verdict == .stale)
        var blind = released
        blind.signals.append(Signal(.asked, .unknown(reason: "denied"), source: "claims"))
        #expect(judge(blind, policy(), now: noon).verdict == .undecided)
    }

    @Test func `D3 an unknown clause under not is not stale either`() {
        #expect(judge(changed(.unknown(reason: "denied")), policy(.not(idle)), now: noon).verdict == .undecided)
    }

    @Test func `R4 unknown age is not old: time starts when it was first seen`() {
        let unknown = facts {
            $0.oldestCreated = .unknown(reason: "no creation time")
            $0.firstSeen = daysAgo(10)
        }
        let judgement = judge(unknown, policy(.age(days(30))), now: noon)
        #expect(judgement.verdict == .keep)
        #expect(judgement.changesAt == daysFromNow(20))
        #expect(judge(unknown, policy(.age(days(30))), now: daysFromNow(20)).verdict == .stale)
        #expect(judge(unknown, policy(.not(.age(days(30)))), now: noon).verdict == .keep)
        #expect(judge(unknown, policy(.age(days(3_000))) { $0.maxAge = days(30) }, now: noon).verdict == .keep)
        #expect(judge(unknown, policy(.age(days(3_000))) { $0.maxAge = days(10) }, now: noon).verdict == .stale)
    }

    @Test func `R4 a youngest component of unknown age is as young as its first sight`() {
        let unknown = facts {
            $0.youngestCreated = .unknown(reason: "no creation time")
            $0.newestFirstSeen = daysAgo(1)
        }
        #expect(judge(unknown, policy(), now: noon).verdict == .keep)
        #expect(judge(unknown, policy(), now: daysFromNow(1)).verdict == .stale)
    }

    @Test func `R4 a TTL tag that cannot be read is reported and means keep`() {
        let unreadable = facts { $0.timeToLive = .unreadable("next week", source: "tag ttl of shop-feat-x") }
        for condition in [Condition.ttlExpired, .not(.ttlExpired), .all([.ttlExpired, .age(days(1))])] {
            let judgement = judge(unreadable, policy(condition), now: noon)
            #expect(judgement.verdict == .keep)
            #expect(
                judgement.reports == ["tag ttl of shop-feat-x: `next week` cannot be read as a time, so it means keep"]
            )
        }
    }

    @Test func `R4 no rule overrules a tag that says keep or that nobody can read`() {
        let tags: [TimeToLive] = [
            .unreadable("next week", source: "tag ttl of a"), .never(source: "tag do-not-delete of a"),
        ]
        for tag in tags {
            let kept = facts { $0.timeToLive = tag }
            var hard = policy(.any([.ttlExpired, .age(days(1))]))
            hard.policies[0].maxAge = days(1)
            for set in [policy(.age(days(1))), policy(.any([.ttlExpired, .age(days(1))])), hard] {
                let judgement = judge(kept, set, now: noon)
                #expect(judgement.verdict == .keep && judgement.reason.contains("of a"), "\(judgement.reason)")
                #expect(judge(facts(), set, now: noon).verdict == .stale)
            }
            // Its owner may be done with it all the same.
            let released = facts {
                $0.timeToLive = tag
                $0.release = Release(at: noon, by: "ada")
            }
            #expect(judge(released, hard, now: noon).verdict == .stale)
        }
    }

    @Test func `a TTL tag is expired from its moment on, and without one the clause does not apply`() {
        let tagged = facts { $0.timeToLive = .expires(daysFromNow(1), source: "tag ttl") }
        #expect(judge(tagged, policy(.ttlExpired), now: noon).verdict == .keep)
        #expect(judge(tagged, policy(.ttlExpired), now: daysFromNow(1)).verdict == .stale)
        #expect(truth(.ttlExpired, facts()) == .notApplicable)
        #expect(truth(.not(.ttlExpired), facts()) == .notApplicable)
    }

    @Test func `R4 of several TTL tags the latest counts, and one unreadable makes all unreadable`() {
        func source(_ name: String, _ tags: [String: String]) -> TimeToLive.Source {
            TimeToLive.Source(component: name, tags: tags, created: daysAgo(10))
        }
        let sources = [
            source("a", ["TTL": "7d"]), source("b", ["expires-at": "2026-12-01T00:00:00Z"]), source("c", [:]),
        ]
        let latest = TimeToLive.expires(Date(timeIntervalSince1970: 1_796_083_200), source: "TTL tag of b")
        #expect(TimeToLive.read(sources) == latest)
        #expect(TimeToLive.read(sources.reversed()) == latest)
        let never = source("d", ["ttl": "never"])
        #expect(TimeToLive.read(sources + [never]) == .never(source: "tag ttl of d"))
        let unreadable = source("e", ["ttl": "?"])
        #expect(TimeToLive.read([unreadable, never] + sources) == .unreadable("?", source: "tag ttl of e"))
        #expect(TimeToLive.read([source("c", ["owner": "7d"])]) == .absent)
    }

    @Test func `R4 a lifetime after an unknown creation is not over`() {
        let source = TimeToLive.Source(component: "a", tags: ["ttl": "1d"], created: nil)
        let unknown = facts { $0.timeToLive = .read([source]) }
        #expect(unknown.timeToLive == .unknown(reason: "`1d` after an unknown creation", source: "tag ttl of a"))
        #expect(judge(unknown, policy(.ttlExpired), now: noon).verdict == .keep)
        #expect(judge(unknown, policy(.not(.ttlExpired)), now: noon).verdict == .keep)
    }

    @Test func `a tag that says never never expires`() {
        let never = facts { $0.timeToLive = .never(source: "tag ttl of a") }
        let judgement = judge(never, policy(.ttlExpired), now: noon)
        #expect(judgement.verdict == .keep)
        #expect(judgement.changesAt == nil)
    }
}
