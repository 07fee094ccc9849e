import Core
import Foundation
import Testing

@Suite struct FindingsStrictnessTests {
    private func stricter(
        _ new: PolicySet,
        than old: PolicySet,
        _ environment: EnvironmentFacts = facts()
    ) -> Bool { isStricter(new, than: old, on: environment, now: noon) }

    private let old = policy()

    @Test func `D5 the same policy is not stricter than itself, for any environment`() {
        var numbers = SeededNumbers(state: 41)
        for _ in 0..<500 {
            let set = numbers.policySet()
            #expect(!stricter(set, than: set, numbers.facts()))
        }
    }

    @Test func `D5 stale where it was not is stricter, kept where it was stale is not`() {
        let lax = policy(.idle(for: days(90), of: nil))
        #expect(stricter(old, than: lax))
        #expect(!stricter(lax, than: old))
        #expect(!stricter(policy(.idle(for: days(2), of: nil)), than: old, facts(changed: 1)))
    }

    @Test func `D5 stale by a policy where none applied is stricter`() {
        #expect(stricter(old, than: PolicySet(policies: [])))
        #expect(!stricter(PolicySet(policies: []), than: old))
    }

    @Test func `D5 fewer or closer sightings, a shorter grace or none at all make due earlier`() {
        #expect(stricter(policy { $0.sightings.count = 1 }, than: old))
        #expect(stricter(policy { $0.sightings.apart = hours(6) }, than: old))
        #expect(stricter(policy { $0.warning = .before(days(2), remind: []) }, than: old))
        #expect(stricter(policy { $0.warning = .none }, than: old))
        #expect(stricter(policy { $0.warning = .none }, than: policy { $0.warning = .before(.zero, remind: []) }))
    }

    @Test func `D5 more patience is not stricter`() {
        #expect(!stricter(policy { $0.sightings.count = 3 }, than: old))
        #expect(!stricter(policy { $0.sightings.apart = hours(24) }, than: old))
        #expect(!stricter(policy { $0.warning = .before(days(5), remind: []) }, than: old))
        #expect(!stricter(old, than: policy { $0.warning = .none }))
        #expect(!stricter(policy { $0.rejectHold = days(1) }, than: old))
    }

    @Test func `D5 a released environment is due at once under any policy`() {
        let released = facts { $0.release = Release(at: daysAgo(1), by: "ada") }
        #expect(!stricter(policy { $0.warning = .none }, than: old, released))
    }

    @Test func `D5 a policy put before another is compared by what decides now`() {
        let quick = Policy(
            name: "quick",
            scope: Scope(names: [NameGlob("feat-x")]),
            staleWhen: .age(days(1)),
            warning: Warning.none
        )
        #expect(stricter(PolicySet(policies: [quick] + old.policies), than: old))
    }
}
