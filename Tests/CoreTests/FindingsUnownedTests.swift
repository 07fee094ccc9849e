import Core
import Foundation
import Testing

/// The grace of what nobody owns.
@Suite struct FindingsUnownedTests {
    private let set = policy(.idle(for: days(7), of: nil)) { $0.sightings = Sightings(count: 1) }

    /// Flagged at noon, warned an hour later, and evaluated again after so many days.
    private func finding(_ set: PolicySet, after count: Double, unowned: Bool, then: Bool) throws -> Finding {
        let facts = facts()
        var finding: Finding?
        func evaluate(_ scan: Int64, at now: Date, _ isUnowned: Bool) throws {
            finding =
                try advance(
                    finding,
                    of: facts.key,
                    by: judge(facts, set, now: now),
                    reading: EvaluatedReading(scan: ScanID(scan), at: now, complete: true),
                    policy: set.policy(for: facts),
                    isUnowned: isUnowned,
                    now: now
                )
                .finding
        }
        try evaluate(1, at: noon, unowned)
        let warned = noon.later(by: hours(1))
        _ = try finding?.apply(.warningDelivered(at: warned), now: warned)
        try evaluate(2, at: warned.later(by: days(count)), then)
        return try #require(finding)
    }

    @Test func `what nobody owns has longer, and what somebody owns does not`() throws {
        #expect(try finding(set, after: 3, unowned: false, then: false).state == .due)
        #expect(try finding(set, after: 13.9, unowned: true, then: true).state == .warned)
        #expect(try finding(set, after: 14, unowned: true, then: true).state == .due)
    }

    @Test func `whoever is found to own it meanwhile was not warned, so the longer grace goes on`() throws {
        let found = try finding(set, after: 13.9, unowned: true, then: false)
        #expect(found.state == .warned && found.isUnowned == true)
        #expect(try finding(set, after: 13.9, unowned: false, then: true).state == .warned)
    }

    @Test func `it is never shorter than that of others, and none where nothing is warned of`() throws {
        var long = set
        long.policies[0].warning = .before(days(20), remind: [])
        #expect(try finding(long, after: 19, unowned: true, then: true).state == .warned)
        long.policies[0].warning = .none
        #expect(long.policies[0].grace(unowned: true) == .zero)
    }

    @Test func `D5 a shorter grace of what nobody owns is stricter for that alone`() {
        var shorter = set
        shorter.policies[0].unownedGrace = days(7)
        #expect(isStricter(shorter, than: set, on: facts { $0.ownership = .nobody }, now: noon))
        #expect(!isStricter(shorter, than: set, on: facts { $0.ownership = .owned(by: "ada") }, now: noon))
        #expect(!isStricter(set, than: shorter, on: facts { $0.ownership = .nobody }, now: noon))
    }

    @Test func `D5 a grace that began while nobody owned it is compared as what it is, whoever owns it now`() {
        var shorter = set
        shorter.policies[0].unownedGrace = days(7)
        let owned = facts { $0.ownership = .owned(by: "ada") }
        #expect(isStricter(shorter, than: set, on: owned, isUnowned: true, now: noon))
        #expect(!isStricter(shorter, than: set, on: owned, isUnowned: false, now: noon))
        #expect(!isStricter(set, than: shorter, on: owned, isUnowned: true, now: noon))
        for isUnowned in [true, false] {
            let subject = PolicySimulation.Subject(
                facts: owned,
                owner: "ada",
                isFlagged: true,
                dueAt: daysFromNow(1),
                isUnowned: isUnowned
            )
            let simulation = PolicySimulation(
                of: [subject],
                from: set,
                to: shorter,
                breaker: Breaker(),
                horizon: days(30),
                now: noon
            )
            #expect((simulation.entries.first?.change == .stricter) == isUnowned)
        }
    }

    @Test func `a finding of an earlier version is one of somebody's`() throws {
        let known = try finding(set, after: 1, unowned: false, then: false)
        let encoded = try JSONEncoder().encode(known)
        #expect(!String(decoding: encoded, as: UTF8.self).contains("isUnowned"))
        #expect(try JSONDecoder().decode(Finding.self, from: encoded) == known)
    }

    @Test func `its judgement says so, and that a claim names an owner`() {
        let judgement = judge(facts { $0.ownership = .nobody }, set, now: noon)
        #expect(judgement.reports.contains { $0.contains("14d after the warning") && $0.contains("claim it") })
        #expect(judge(facts { $0.ownership = .owned(by: "ada") }, set, now: noon).reports.isEmpty)
    }
}
