import Core
import Foundation
import Testing

/// What another policy would change.
@Suite struct PolicySimulationTests {
    private func simulate(
        _ subjects: [PolicySimulation.Subject],
        from old: PolicySet?,
        to new: PolicySet,
        days horizon: Double = 30
    ) -> PolicySimulation {
        PolicySimulation(of: subjects, from: old, to: new, breaker: Breaker(), horizon: days(horizon), now: noon)
    }

    private func subject(
        _ facts: EnvironmentFacts,
        owner: String? = "ada",
        flagged: Bool = false,
        dueAt: Date? = nil
    ) -> PolicySimulation.Subject {
        PolicySimulation.Subject(facts: facts, owner: owner, isFlagged: flagged, dueAt: dueAt)
    }

    private func named(_ name: String, created: Double = 40, changed: Double = 40) -> EnvironmentFacts {
        facts(created: created, changed: changed) { $0.key = key(name) }
    }

    @Test func `the policy in force changes nothing, whatever stands there`() {
        var numbers = SeededNumbers(state: 7)
        for _ in 0..<2_000 {
            let set = numbers.policySet()
            let flagged = subject(numbers.facts(), flagged: numbers.chance(50), dueAt: noon)
            let entry = simulate([flagged], from: set, to: set).entries.first
            #expect(entry?.change == .same && entry?.dueBefore == entry?.dueAfter)
        }
    }

    @Test func `what is newly stale is stale after and was not before, and nothing else is`() {
        var numbers = SeededNumbers(state: 11)
        var seen: Set<PolicySimulation.Change> = []
        for _ in 0..<3_000 {
            let old = numbers.policySet()
            var new = numbers.chance(50) ? old : numbers.policySet()
            if numbers.chance(30) { new.policies[0].warning = .none }
            let facts = numbers.facts()
            let entry = simulate([subject(facts)], from: old, to: new).entries.first
            let (was, isNow) = (judge(facts, old, now: noon).verdict, judge(facts, new, now: noon).verdict)
            #expect((entry?.change == .newlyStale) == (was != .stale && isNow == .stale))
            #expect((entry?.change == .noLonger) == (was == .stale && isNow != .stale))
            #expect((entry?.change == .stricter) == (was == .stale && isStricter(new, than: old, on: facts, now: noon)))
            seen.formUnion([entry?.change].compactMap(\.self))
        }
        #expect(seen == Set(PolicySimulation.Change.allCases))
    }

    @Test func `a grace that goes on keeps its end, one that starts again does not`() {
        let flagged = subject(facts(), flagged: true, dueAt: daysFromNow(1))
        let same = simulate([flagged], from: policy(), to: policy(.idle(for: days(5), of: nil)))
        #expect(same.entries.first?.change == .same && same.entries.first?.dueAfter == daysFromNow(1))
        let shorter = policy { $0.warning = .before(days(2), remind: []) }
        let stricter = simulate([flagged], from: policy(), to: shorter)
        #expect(stricter.entries.first?.change == .stricter && stricter.entries.first?.dueAfter == daysFromNow(2))
        // Two sightings half a day apart, and no warning: half a day at the earliest.
        let unwarned = policy { $0.warning = .none }
        #expect(simulate([subject(facts())], from: nil, to: unwarned).entries.first?.dueAfter == daysFromNow(0.5))
    }

    @Test func `what only time brings is said with its day`() {
        let young = subject(facts(created: 3, changed: 3))
        let entry = simulate([young], from: policy(.age(days(60))), to: policy()).entries.first
        #expect(entry?.change == .soon && entry?.after.verdict == .keep)
        #expect(entry?.dueAfter == daysFromNow(4 + 3))
        let far = simulate([young], from: policy(.age(days(60))), to: policy(), days: 5).entries.first
        #expect(far?.change == .same)
    }

    @Test func `owners, accounts and the breaker are counted`() {
        let many =
            (1...8).map { subject(named("feat-\($0)"), owner: $0 < 6 ? "ada" : nil) }
            + [subject(named("feat-9", created: 1, changed: 1))]
        let simulation = simulate(many, from: policy(.age(days(90))), to: policy())
        #expect(simulation.newlyStaleByOwner.map(\.owner) == ["ada", nil])
        #expect(simulation.newlyStaleByOwner.map(\.count) == [5, 3])
        let account = simulation.accounts.first
        #expect(account?.count.standing == 9 && account?.staleAfter == 8 && account?.staleBefore == 0)
        #expect(account?.wouldHold == true)
        #expect(simulate(many, from: policy(), to: policy()).accounts.first?.wouldHold == false)
    }

    @Test func `budgets pace what becomes due, and no environment is lost on the way`() {
        let many = (1...12).map { subject(named("feat-\($0)"), owner: "ada") }
        var set = policy { $0.warning = .none }
        set.budgets.perOwner = 2
        set.budgets.share = Budgets.Share(hundredths: 10_000)
        let month = simulate(many, from: nil, to: set).pace
        #expect(month.due == 12 && month.planned == 12 && month.daysWaiting == 5)
        #expect(month.budgets.keys.map(\.rawValue) == ["per_owner"])
        let days = simulate(many, from: nil, to: set, days: 3).pace
        #expect(days.due == 12 && days.planned == 6)
        #expect(simulate(many, from: nil, to: policy(.age(.seconds(86_400 * 900)))).pace == PolicySimulation.Pace())
    }
}
