import Core
import Foundation
import Testing

@Suite struct PolicyJudgeTests {
    private func verdict(_ facts: EnvironmentFacts, _ set: PolicySet = policy()) -> Verdict {
        judge(facts, set, now: noon).verdict
    }

    @Test func `something idle for long enough is stale and says by what`() {
        let judgement = judge(facts(), policy(), now: noon)
        #expect(judgement.verdict == .stale)
        #expect(judgement.verdictClass == .stale)
        #expect(judgement.policy == "features")
        #expect(judgement.reason == "idle: 7d: changed 2026-10-14 12:00 UTC (stack shop-feat-x)")
        #expect(judgement.hint == "deploying, extending or protecting it keeps it")
    }

    @Test func `exactly seven days are seven days`() {
        #expect(verdict(facts(changed: 7)) == .stale)
        #expect(
            verdict(facts { $0.signals = [Signal(.changed, .known(daysAgo(7).addingTimeInterval(1)), source: "s")] })
                == .keep
        )
    }

    @Test func `what is kept says from when it is stale and what would change that`() {
        let judgement = judge(facts(changed: 3), policy(), now: noon)
        #expect(judgement.verdict == .keep)
        #expect(judgement.changesAt == daysFromNow(4))
        #expect(judgement.changesTo == .stale)
        #expect(judgement.hint == "stale from 2026-11-27 12:00 UTC unless deployed")
    }

    @Test func `a deployment does not help where age alone decides, and the hint does not say so`() {
        let judgement = judge(facts(created: 20, changed: 3), policy(.age(days(30))), now: noon)
        #expect(judgement.hint == "stale from 2026-12-03 12:00 UTC")
    }

    @Test func `precedence: each step yields to all before it`() {
        var all = facts()
        all.signals.append(Signal(.asked, .known(daysAgo(30)), source: "claim"))
        let set = policy { $0.maxAge = days(30) }
        #expect(judge(all, set, now: noon).reason.contains("older than max_age"))
        #expect(verdict(all, set) == .stale)
        all.partlyReaped = PartlyReaped(at: daysAgo(1), detail: "P3: 1 of 2 left")
        #expect(judge(all, set, now: noon).verdictClass == .partlyReaped)
        all.partlyReaped = nil
        all.lease = Lease(granted: daysAgo(3), until: daysFromNow(3), by: "ada", reason: "demo", count: 1)
        #expect(verdict(all, policy()) == .leased)
        all.release = Release(at: daysAgo(1), by: "ada")
        #expect(judge(all, policy(), now: noon).verdictClass == .released)
        all.protection = Protection(until: daysFromNow(1), by: "bob", reason: "audit")
        #expect(verdict(all, set) == .protected)
        all.nature = .ambiguous(evidence: "tags disagree")
        #expect(verdict(all, set) == .ambiguous)
        all.nature = .permanent(evidence: "tag stage = prod")
        #expect(verdict(all, set) == .permanent)
    }

    @Test
    func
        `D6 a protection holds to its end, names who and why, and nothing but a permanent or ambiguous name passes it`()
    {
        let set = policy { $0.maxAge = days(1) }
        let held = facts { $0.protection = Protection(until: daysFromNow(1), by: "bob", reason: "audit") }
        let judgement = judge(held, set, now: noon)
        #expect(judgement.reason == "protected until 2026-11-24 12:00 UTC by bob: audit")
        #expect(judgement.hint == "protected until 2026-11-24 12:00 UTC, then stale")
        #expect(judge(held, set, now: daysFromNow(1)).verdict == .stale)
    }

    @Test func `D6 a lease holds to its end and no further than max_age`() {
        let leased = facts {
            $0.lease = Lease(granted: daysAgo(1), until: daysFromNow(30), by: "ada", reason: "demo", count: 2)
        }
        #expect(verdict(leased) == .leased)
        #expect(verdict(leased, policy { $0.maxAge = days(41) }) == .leased)
        #expect(verdict(leased, policy { $0.maxAge = days(40) }) == .stale)
        #expect(judge(leased, policy { $0.maxAge = days(41) }, now: noon).changesAt == daysFromNow(1))
    }

    @Test func `max_age overrides activity`() {
        let busy = facts(changed: 0.1)
        #expect(verdict(busy) == .keep)
        let judgement = judge(busy, policy { $0.maxAge = days(40) }, now: noon)
        #expect(judgement.verdict == .stale)
        #expect(judgement.hint == "past max_age only protection keeps it")
    }

    @Test func `not_before looks at the youngest component, age at the oldest`() {
        let grown = facts { $0.youngestCreated = .known(daysAgo(1)) }
        #expect(verdict(grown, policy(.age(days(30)))) == .keep)
        #expect(verdict(grown, policy(.age(days(30))) { $0.notBefore = days(1) }) == .stale)
    }

    @Test func `a release ends with a claim, an extension or a deployment`() {
        let released = facts(changed: 40) { $0.release = Release(at: daysAgo(2), by: "ada") }
        let never = policy(.age(days(3_000)))
        #expect(judge(released, never, now: noon).verdictClass == .released)
        var claimed = released
        claimed.signals.append(Signal(.asked, .known(daysAgo(1)), source: "claim"))
        #expect(verdict(claimed, never) == .keep)
        var deployed = released
        deployed.signals = [Signal(.changed, .known(daysAgo(1)), source: "stack")]
        #expect(verdict(deployed, never) == .keep)
        var extended = released
        extended.lease = Lease(granted: daysAgo(1), until: daysFromNow(1), by: "ada", reason: "demo", count: 1)
        #expect(verdict(extended, never) == .leased)
    }

    @Test func `D3 a release of something whose last deployment is unknown is undecided`() {
        let released = facts {
            $0.release = Release(at: daysAgo(2), by: "ada")
            $0.signals = [Signal(.changed, .unknown(reason: "denied"), source: "stack")]
        }
        #expect(verdict(released, policy(.age(days(1)))) == .undecided)
    }

    @Test func `partly reaped is stale whatever its age, until somebody deploys to it`() {
        let half = facts(created: 5, changed: 5) {
            $0.partlyReaped = PartlyReaped(at: daysAgo(1), detail: "P3: 1 left")
        }
        #expect(judge(half, policy(.age(days(3_000))), now: noon).verdictClass == .partlyReaped)
        var deployed = half
        deployed.youngestCreated = .known(daysAgo(0.5))
        #expect(verdict(deployed, policy(.age(days(3_000)))) == .keep)
    }

    @Test func `owners that contradict each other leave it undecided`() {
        let judgement = judge(facts { $0.ownerConflict = "ada (tag owner), bob (tag owner)" }, policy(), now: noon)
        #expect(judgement.verdict == .undecided)
        #expect(judgement.reason == "several owners: ada (tag owner), bob (tag owner)")
    }

    @Test func `R1 R3 what was read in part or is suspect is undecided and never stale`() {
        for reading in [EnvironmentFacts.Reading.partial("eu-west-1: denied"), .suspect("all tags empty")] {
            let judgement = judge(facts { $0.reading = reading }, policy { $0.maxAge = days(1) }, now: noon)
            #expect(judgement.verdict == .undecided)
            #expect(judgement.changesAt == nil)
        }
    }

    @Test func `without a policy it is kept, released or not`() {
        let other = policy { $0.scope = Scope(names: [NameGlob("pr-*")]) }
        #expect(judge(facts(), other, now: noon).reason == "no policy applies")
        #expect(verdict(facts { $0.release = Release(at: daysAgo(1), by: "ada") }, other) == .keep)
    }

    @Test func `the first policy that applies decides, in the file's order`() {
        let keep = Policy(name: "keep", scope: Scope(names: [NameGlob("feat-x")]), staleWhen: .age(days(900)))
        let reap = Policy(name: "reap", scope: Scope(names: [NameGlob("feat-*")]), staleWhen: .age(days(1)))
        #expect(judge(facts(), PolicySet(policies: [keep, reap]), now: noon).policy == "keep")
        #expect(judge(facts(), PolicySet(policies: [reap, keep]), now: noon).verdict == .stale)
    }

    @Test func `D1 a policy for some accounts says nothing about an environment that stands in others too`() {
        let sandbox = AccountID("111111111111")
        let both = facts {
            $0.accounts = [sandbox, AccountID("222222222222")]
            $0.accountNames = [sandbox: "sandbox"]
        }
        let byName = policy { $0.scope = Scope(accounts: ["sandbox"]) }
        #expect(verdict(both, byName) == .keep)
        #expect(verdict(facts { $0.accountNames = [sandbox: "sandbox"] }, byName) == .stale)
        #expect(verdict(facts(), policy { $0.scope = Scope(accounts: ["111111111111"]) }) == .stale)
        #expect(verdict(facts { $0.accounts = [] }, byName) == .keep)
        #expect(verdict(facts(), policy { $0.scope = Scope(spaces: [SpaceName("shop")]) }) == .keep)
    }

    @Test func `the trace shows every step and marks the one that decided`() {
        let judgement = judge(
            facts(changed: 3),
            policy(.any([.idle(for: days(7), of: nil), .age(days(90))])),
            now: noon
        )
        #expect(judgement.trace.parts.filter(\.decided).map(\.clause) == ["stale_when"])
        let clauses = judgement.trace.flattened.map(\.clause)
        for step in [
            "permanent", "ambiguous", "protected", "released", "leased", "not_before: 2d", "idle: 7d", "age: 90d",
        ] {
            #expect(clauses.contains(step))
        }
    }

    @Test func `while nothing happens a stored judgement reads the same the next night`() {
        for set in [
            policy(), policy { $0.maxAge = days(10) }, policy(.all([.age(days(1)), .idle(for: days(2), of: nil)])),
        ] {
            #expect(judge(facts(), set, now: noon) == judge(facts(), set, now: daysFromNow(1)))
        }
    }

    @Test func `a judgement survives being kept as JSON`() throws {
        let judgement = judge(facts(), policy(), now: noon)
        let kept = try JSONDecoder().decode(Judgement.self, from: JSONEncoder().encode(judgement))
        #expect(kept == judgement)
    }
}
