import Core
import Foundation
import Testing

/// A finding over several evaluations, each on its own scan.
private struct Course {
    var facts: EnvironmentFacts
    var set: PolicySet
    var finding: Finding?
    var scan: Int64 = 0
    var last: FindingAdvance?

    init(_ set: PolicySet, _ facts: EnvironmentFacts) {
        self.set = set
        self.facts = facts
    }

    /// Evaluates a new scan that read some hours after noon, at once unless said otherwise.
    mutating func scan(at hour: Double, complete: Bool = true, evaluatedAt: Double? = nil) throws {
        scan += 1
        try evaluate(at: evaluatedAt ?? hour, read: hour, complete: complete)
    }

    /// Evaluates the newest scan again.
    mutating func evaluate(at hour: Double, read: Double, complete: Bool = true) throws {
        let now = noon.later(by: hours(hour))
        let reading = EvaluatedReading(scan: ScanID(scan), at: noon.later(by: hours(read)), complete: complete)
        let judgement = judge(facts, set, now: now)
        let result = try advance(
            finding,
            of: facts.key,
            by: judgement,
            reading: reading,
            policy: set.policy(for: facts),
            now: now
        )
        finding = result.finding
        last = result
    }

    mutating func apply(_ event: FindingEvent, at hour: Double) throws {
        _ = try finding?.apply(event, now: noon.later(by: hours(hour)))
    }

    var state: FindingState? { finding?.state }
}

@Suite struct FindingsAdvanceTests {
    private func course(
        _ change: (inout Policy) -> Void = { $0.warning = .none },
        facts: EnvironmentFacts = facts()
    ) -> Course {
        Course(policy(.idle(for: days(7), of: nil), change), facts)
    }

    @Test func `nothing stale, nothing found`() throws {
        var course = course(facts: facts(changed: 1))
        try course.scan(at: 0)
        #expect(course.finding == nil)
        #expect(course.last?.events == [])
    }

    @Test(arguments: 1...5)
    func `D7 sightings: n means exactly n`(count: Int) throws {
        var course = course {
            $0.warning = .none
            $0.sightings.count = count
        }
        for number in 1...count {
            #expect(course.state != .due)
            try course.scan(at: Double(number) * 12)
            #expect(course.finding?.sightings.count == number)
        }
        #expect(course.state == .due)
    }

    @Test func `D7 a sighting counts only when it is at least apart after the one before`() throws {
        var course = course {
            $0.warning = .none
            $0.sightings = Sightings(count: 3, apart: hours(12))
        }
        try course.scan(at: 0)
        try course.scan(at: 11.9)
        #expect(course.finding?.sightings.count == 1)
        try course.scan(at: 12)
        #expect(course.finding?.sightings.count == 2)
        // Apart from the last that counted, not from the first.
        try course.scan(at: 23.9)
        #expect(course.finding?.sightings.count == 2)
        try course.scan(at: 24)
        #expect(course.state == .due)
    }

    @Test func `D7 the same scan evaluated again adds nothing, however late`() throws {
        var course = course()
        try course.scan(at: 0)
        let before = course.finding
        for hour in [0.0, 13, 1_000] {
            try course.evaluate(at: hour, read: 0)
            #expect(course.finding == before)
            #expect(course.last?.events == [])
        }
    }

    @Test func `D7 a sighting is dated with the scan's reading, not with the evaluation`() throws {
        var course = course()
        try course.scan(at: 0, evaluatedAt: 11)
        try course.scan(at: 12, evaluatedAt: 12.5)
        #expect(course.finding?.sightings.map(\.at) == [noon, noon.later(by: hours(12))])
        #expect(course.state == .due)
    }

    @Test func `R1 D7 a scan in part flags nothing, counts nothing and clears nothing`() throws {
        var course = course()
        try course.scan(at: 0, complete: false)
        #expect(course.finding == nil)
        try course.scan(at: 1)
        let before = course.finding
        try course.scan(at: 20, complete: false)
        #expect(course.finding == before)
        course.facts = facts(changed: -1)
        try course.scan(at: 40, complete: false)
        #expect(course.finding == before)
        #expect(course.last?.frozen == true)
        try course.scan(at: 41)
        #expect(course.state == .cleared)
    }

    @Test func `undecided and suspect freeze: no step and no clearing, and counting goes on afterwards`() throws {
        for change in [
            { (facts: inout EnvironmentFacts) in
                facts.signals = [Signal(.changed, .unknown(reason: "denied"), source: "s")]
            },
            { $0.reading = .suspect("all tags empty") }, { $0.ownerConflict = "ada, bob" },
        ] {
            var course = course()
            let facts = course.facts
            try course.scan(at: 0)
            let before = course.finding
            change(&course.facts)
            try course.scan(at: 20)
            #expect(course.finding == before)
            #expect(course.last?.frozen == true)
            course.facts = facts
            try course.scan(at: 21)
            #expect(course.state == .due)
        }
    }

    @Test func `keep, lease and protection clear, and counting starts anew`() throws {
        for change in [
            { (facts: inout EnvironmentFacts) in facts.signals = [Signal(.changed, .known(noon), source: "s")] },
            { $0.lease = Lease(granted: noon, until: daysFromNow(2), by: "ada", reason: "demo", count: 1) },
            { $0.protection = Protection(until: daysFromNow(2), by: "ada", reason: "demo") },
            { $0.nature = .permanent(evidence: "prod") }, { $0.nature = .ambiguous(evidence: "two") },
        ] {
            var course = course()
            let facts = course.facts
            try course.scan(at: 0)
            change(&course.facts)
            try course.scan(at: 12)
            #expect(course.state == .cleared)
            course.facts = facts
            // A reading from before the clearing is no new sight of it.
            try course.evaluate(at: 13, read: 12)
            #expect(course.state == .cleared)
            try course.scan(at: 24)
            #expect(course.state == .flagged)
            #expect(course.finding?.sightings.count == 1)
            #expect(course.finding?.flaggedAt == noon.later(by: hours(24)))
            try course.scan(at: 36)
            #expect(course.state == .due)
        }
    }

    @Test func `D4 nothing becomes due without a delivered warning, however often it is seen`() throws {
        var course = course { _ in }
        for number in 0..<100 { try course.scan(at: Double(number) * 12) }
        #expect(course.state == .flagged)
        #expect(course.finding?.sightings.count == 2)
        #expect(course.finding?.heldBack?.contains("no warning was delivered") == true)
    }

    @Test func `D4 due follows the newest delivered warning by the whole grace, and a late warning moves it`() throws {
        var course = course { _ in }
        try course.scan(at: 0)
        try course.apply(.warningDelivered(at: noon.later(by: hours(10))), at: 10)
        try course.scan(at: 81.9)
        #expect(course.state == .warned)
        try course.apply(.warningDelivered(at: noon.later(by: hours(81.95))), at: 81.95)
        try course.scan(at: 153.9)
        #expect(course.state == .warned)
        #expect(course.finding?.heldBack == "due from 2026-11-29 21:57 UTC")
        try course.scan(at: 153.95)
        #expect(course.state == .due)
    }

    @Test func `D4 a warning delivered before the flag counts from the flag`() throws {
        var course = course { _ in }
        try course.scan(at: 0)
        try course.apply(.warningDelivered(at: daysAgo(30)), at: 1)
        try course.scan(at: 71)
        #expect(course.state == .warned)
        try course.scan(at: 72)
        #expect(course.state == .due)
    }

    @Test func `D4 D7 a warning does not stand in for sightings`() throws {
        var course = course { $0.sightings.count = 5 }
        try course.scan(at: 0)
        try course.apply(.warningDelivered(at: noon), at: 0)
        try course.scan(at: 100)
        #expect(course.state == .warned)
    }

    @Test func `D4 warn none is due as soon as it was seen often enough`() throws {
        var course = course()
        try course.scan(at: 0)
        #expect(course.state == .flagged)
        try course.scan(at: 12)
        #expect(course.state == .due)
        #expect(
            course.last?.events == [.sighted(Sighting(scan: ScanID(2), at: noon.later(by: hours(12)))), .becameDue]
        )
        #expect(course.finding?.dueSince == noon.later(by: hours(12)))
    }

    @Test func `D4 a release is its own warning: due at once, from nothing, flagged and cleared`() throws {
        let release = Release(at: daysAgo(0.1), by: "ada")
        var fresh = course({ _ in }, facts: facts { $0.release = release })
        try fresh.scan(at: 0)
        #expect(fresh.state == .due)
        #expect(fresh.finding?.verdictClass == .released)
        var flagged = course { _ in }
        try flagged.scan(at: 0)
        flagged.facts.release = release
        try flagged.evaluate(at: 1, read: 0)
        #expect(flagged.state == .due)
        var cleared = course { _ in }
        try cleared.scan(at: 0)
        cleared.facts.protection = Protection(until: daysFromNow(0.1), by: "ada", reason: "demo")
        try cleared.scan(at: 1)
        cleared.facts.release = release
        try cleared.evaluate(at: 5, read: 1)
        #expect(cleared.state == .due)
    }

    @Test func `D4 D5 due by a release that ended is due no more, though the rules call it stale`() throws {
        var course = course({ _ in }, facts: facts { $0.release = Release(at: daysAgo(0.1), by: "ada") })
        try course.scan(at: 0)
        course.facts.release = nil
        try course.scan(at: 12)
        #expect(course.state == .flagged)
        #expect(course.finding?.restarted == .groundChanged)
        #expect(course.finding?.sightings.isEmpty == true)
        #expect(course.last?.effects == [.supersedeOpenPlan])
    }

    @Test func `D5 a restarted grace needs new sightings, and the scan from before adds none`() throws {
        for reason in [FindingEvent.RestartReason.stricterPolicy, .accountToReap, .namingRuleChanged] {
            var course = course()
            try course.scan(at: 0)
            try course.scan(at: 12)
            #expect(course.state == .due)
            try course.apply(.graceRestarted(because: reason), at: 13)
            try course.evaluate(at: 14, read: 12)
            #expect(course.state == .flagged)
            #expect(course.finding?.sightings.count == 0)
            #expect(course.finding?.flaggedAt == noon.later(by: hours(13)))
            try course.scan(at: 24)
            #expect(course.state == .flagged)
            try course.scan(at: 36)
            #expect(course.state == .due)
        }
    }

    @Test func `D5 first sight starts the grace now, however old the environment`() throws {
        var course = course({ _ in }, facts: facts(created: 900, changed: 900))
        try course.scan(at: 0)
        try course.apply(.warningDelivered(at: noon), at: 0)
        try course.scan(at: 12)
        #expect(course.state == .warned)
        #expect(course.finding?.dueAt(under: course.set.policies[0]) == daysFromNow(3))
    }

    @Test func `what was rejected is held, and due again when the hold is over`() throws {
        var course = course()
        try course.scan(at: 0)
        try course.scan(at: 12)
        try course.apply(.planned, at: 12)
        try course.apply(.planRejected(holdUntil: noon.later(by: hours(48))), at: 13)
        try course.scan(at: 47)
        #expect(course.state == .held)
        try course.scan(at: 48)
        #expect(course.state == .due)
        #expect(course.finding?.dueSince == noon.later(by: hours(12)))
    }

    @Test func `a running teardown is moved by no verdict`() throws {
        var course = course()
        try course.scan(at: 0)
        try course.scan(at: 12)
        for event in [FindingEvent.planned, .reapStarted] { try course.apply(event, at: 13) }
        course.facts.protection = Protection(until: daysFromNow(9), by: "ada", reason: "demo")
        try course.scan(at: 24)
        #expect(course.state == .reaping)
        try course.apply(.reapEnded(.halted), at: 25)
        try course.scan(at: 36)
        #expect(course.state == .cleared)
    }

    @Test func `what was planned and is kept again withdraws its plan`() throws {
        var course = course()
        try course.scan(at: 0)
        try course.scan(at: 12)
        try course.apply(.planned, at: 12)
        course.facts = facts(changed: 0)
        try course.scan(at: 24)
        #expect(course.state == .cleared)
        #expect(course.last?.effects == [.withdrawOpenPlan])
    }

    @Test func `D4 D7 over many courses nothing is due before n sightings apart and a whole grace after a warning`()
        throws
    {
        var numbers = SeededNumbers(state: 31)
        var due = 0
        for _ in 0..<300 {
            let sightings = Sightings(
                count: .random(in: 1...4, using: &numbers),
                apart: hours(Double(.random(in: 0...24, using: &numbers)))
            )
            let before = hours(Double(.random(in: 1...72, using: &numbers)))
            let silent = numbers.chance(30)
            var course = course {
                $0.sightings = sightings
                $0.warning = silent ? .none : .before(before, remind: [])
            }
            var hour = 0.0
            var warned: Date?
            for _ in 0..<20 {
                hour += Double(.random(in: 1...30, using: &numbers))
                try course.scan(at: hour, complete: numbers.chance(80))
                if course.state == .due { break }
                if !silent, numbers.chance(30), course.finding != nil {
                    warned = noon.later(by: hours(hour))
                    try course.apply(.warningDelivered(at: noon.later(by: hours(hour))), at: hour)
                }
            }
            guard let finding = course.finding, finding.state == .due else { continue }
            due += 1
            #expect(finding.sightings.count == sightings.count)
            #expect(Set(finding.sightings.map(\.scan)).count == sightings.count)
            for (one, next) in zip(finding.sightings, finding.sightings.dropFirst()) {
                #expect(next.at >= one.at.later(by: sightings.apart))
            }
            if !silent {
                let warning = try #require(warned)
                #expect(noon.later(by: hours(hour)) >= warning.later(by: before))
            }
        }
        #expect(due > 50)
    }
}
