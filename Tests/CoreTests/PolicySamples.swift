import Core
import Foundation

/// SplitMix64: the same seed gives the same samples on every machine.
struct SeededNumbers: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// Monday, 2026-11-23 12:00 UTC.
let noon = Date(timeIntervalSince1970: 1_795_435_200)

func days(_ count: Double) -> Duration { .seconds(Int(count * 86_400)) }
func hours(_ count: Double) -> Duration { .seconds(Int(count * 3_600)) }
func daysAgo(_ count: Double) -> Date { noon.later(by: .zero - days(count)) }
func daysFromNow(_ count: Double) -> Date { noon.later(by: days(count)) }

func key(_ name: String) -> EnvironmentKey {
    EnvironmentKey(space: SpaceName("111111111111"), name: EnvironmentName(name), incarnation: 1)
}

/// An environment created and last changed some days ago, with nothing else to say about it.
func facts(
    created: Double = 40,
    changed: Double = 40,
    _ change: (inout EnvironmentFacts) -> Void = { _ in }
)
    -> EnvironmentFacts
{
    var facts = EnvironmentFacts(
        key: key("feat-x"),
        accounts: [AccountID("111111111111")],
        oldestCreated: .known(daysAgo(created)),
        youngestCreated: .known(daysAgo(created)),
        firstSeen: daysAgo(created - 0.5),
        newestFirstSeen: daysAgo(created - 0.5),
        signals: [Signal(.changed, .known(daysAgo(changed)), source: "stack shop-feat-x")]
    )
    change(&facts)
    return facts
}

func policy(
    _ condition: Condition = .idle(for: days(7), of: nil),
    _ change: (inout Policy) -> Void = { _ in }
)
    -> PolicySet
{
    var policy = Policy(name: "features", scope: Scope(names: [NameGlob("feat-*")]), staleWhen: condition)
    change(&policy)
    return PolicySet(policies: [policy])
}

extension SeededNumbers {
    mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }

    /// Some days before noon, in whole hours, from a short list now and then so that edges are met exactly.
    mutating func past() -> Date { daysAgo(span().inSeconds / 86_400) }

    mutating func span() -> Duration {
        chance(40)
            ? days([1, 2, 7, 14, 30].randomElement(using: &self) ?? 7)
            : hours(Double(.random(in: 1...960, using: &self)))
    }

    mutating func condition(depth: Int = 3, negations: Bool = true) -> Condition {
        switch Int.random(in: 0..<(depth > 0 ? 9 : 5), using: &self) {
        case 0: .age(span())
        case 1: .idle(for: span(), of: nil)
        case 2: .idle(for: span(), of: chance(50) ? [.changed] : [.changed, .invoked])
        case 3: .ttlExpired
        case 4:
            switch Int.random(in: 0..<8, using: &self) {
            case 4, 5: .tag(tagMatch())
            case 6: .ownerUnknown
            case 0: .branch(BranchState.allCases.randomElement(using: &self) ?? .gone)
            case 1: .pullRequest(RequestState.allCases.randomElement(using: &self) ?? .closed)
            case 2: .costAbove(CostLimit(50, chance(50) ? "USD" : nil))
            default: .runtimeDeprecated
            }
        case 5, 6:
            .any(
                (0..<Int.random(in: 1...3, using: &self)).map { _ in condition(depth: depth - 1, negations: negations) }
            )
        case 7:
            .all(
                (0..<Int.random(in: 1...3, using: &self)).map { _ in condition(depth: depth - 1, negations: negations) }
            )
        default:
            negations ? .not(condition(depth: depth - 1)) : condition(depth: depth - 1, negations: false)
        }
    }

    /// One policy for nearly everything, or several that are about some.
    mutating func policySet(negations: Bool = true) -> PolicySet {
        PolicySet(
            policies: (0..<Int.random(in: 1...3, using: &self)).map { number in
                Policy(
                    name: "sample\(number)",
                    scope: number == 0 && chance(60) ? Scope(names: [NameGlob("feat-*")]) : scope(),
                    staleWhen: condition(negations: negations),
                    notBefore: chance(50) ? .zero : span(),
                    maxAge: chance(20) ? span() : nil
                )
            }
        )
    }

    /// Up to two repositories, each read or not, with branches that are there, gone, or only resemble the name.
    mutating func branches() -> EnvironmentBranches {
        var branches = EnvironmentBranches()
        for number in 0..<Int.random(in: 0...2, using: &self) {
            let address = "https://github.com/acme/sample\(number)"
            branches.repositories.append(
                StandingRepository(
                    address: address,
                    kind: Repository.Kind.allCases.randomElement(using: &self) ?? .git,
                    readAt: chance(90) ? noon : nil,
                    failure: chance(15) ? "denied" : nil,
                    requestsReadAt: chance(90) ? noon : nil,
                    requestsFailure: chance(10) ? "denied" : nil,
                    requestsFrom: chance(20) ? daysAgo(90) : nil
                )
            )
            for count in 0..<Int.random(in: 0...2, using: &self) {
                let gone = chance(50) ? past() : nil
                let match = BranchSighting.Match.allCases.randomElement(using: &self) ?? .named
                branches.branches.append(
                    BranchSighting(
                        repository: address,
                        branch: "feature/x\(count)",
                        match: match,
                        commit: "a",
                        merged: chance(30) ? chance(50) : nil,
                        firstSeenAt: daysAgo(50),
                        activeAt: past(),
                        goneAt: gone
                    )
                )
                guard chance(40), let state = PullRequest.State.allCases.randomElement(using: &self) else { continue }
                let request = PullRequest(
                    number: count,
                    branch: "feature/x\(count)",
                    commit: chance(80) ? "a" : "b",
                    base: "main",
                    intoDefault: chance(80) ? true : nil,
                    state: state,
                    updatedAt: noon,
                    endedAt: state == .open ? nil : past()
                )
                branches.requests.append(RequestSighting(repository: address, request: request))
            }
        }
        return branches
    }

    /// Up to two months, above or below a limit of 50, some in part, unknown or in two currencies.
    mutating func cost() -> CostFacts {
        let current = CostMonth(containing: noon)
        var months: [MonthlyCost] = []
        for month in [current, current.previous] where chance(80) {
            let isUnknown = chance(15)
            let amounts = [Money(Decimal(Int.random(in: 0...100, using: &self)), "USD")]
            months.append(
                MonthlyCost(
                    month: month,
                    basis: isUnknown ? .unknown : chance(50) ? .billed : .estimated,
                    amounts: isUnknown ? [] : [Money].total(amounts + (chance(15) ? [Money(7, "EUR")] : [])),
                    missing: isUnknown || chance(15) ? "denied" : nil,
                    isSoFar: month == current,
                    stoodThroughout: chance(70)
                )
            )
        }
        return CostFacts(months: months)
    }

    /// Functions of which none, some or all are known, deprecated some days before or after noon.
    mutating func runtimes() -> RuntimeFacts {
        RuntimeFacts(
            uses: (0..<Int.random(in: 0...2, using: &self)).map { number in
                RuntimeFacts.Use(
                    runtime: "sample\(number)",
                    functions: .random(in: 1...9, using: &self),
                    deprecated: chance(15)
                        ? .unknown(reason: "unknown to the table")
                        : .known(CalendarDay(utc: daysFromNow(Double(.random(in: -40...40, using: &self)))))
                )
            },
            images: chance(20) ? 1 : 0,
            unreadBecause: chance(10) ? "denied" : nil
        )
    }

    mutating func signal() -> Signal {
        let value: Signal.Value =
            switch Int.random(in: 0..<12, using: &self) {
            case 0: .unknown(reason: "denied")
            case 1: .notApplicable(reason: "nothing to read")
            case 2, 3: .noneSince(past())
            default: .known(past())
            }
        return Signal(
            chance(70) ? .changed : chance(50) ? .invoked : .asked,
            value,
            source: "sample \(Int.random(in: 0..<1_000, using: &self))"
        )
    }

    mutating func facts() -> EnvironmentFacts {
        let (one, other) = (past(), past())
        let oldest = min(one, other)
        let youngest = max(one, other)
        var facts = EnvironmentFacts(
            key: key("feat-x"),
            accounts: [AccountID("111111111111")],
            oldestCreated: chance(85) ? .known(oldest) : .unknown(reason: "not said"),
            youngestCreated: chance(85) ? .known(youngest) : .unknown(reason: "not said"),
            // Never before the creation, and at most as late as now.
            firstSeen: min(noon, oldest.later(by: hours(Double(.random(in: 0...100, using: &self))))),
            newestFirstSeen: min(noon, youngest.later(by: hours(Double(.random(in: 0...100, using: &self))))),
            signals: (0..<Int.random(in: 0...3, using: &self)).map { _ in signal() }
        )
        if chance(30) {
            facts.timeToLive =
                chance(30)
                ? .unreadable("soon", source: "tag ttl")
                : .expires(daysFromNow(Double(.random(in: -20...20, using: &self))), source: "tag ttl")
        }
        if chance(10) {
            facts.protection = Protection(
                until: daysFromNow(Double(.random(in: -5...9, using: &self))),
                by: "ada",
                reason: "demo"
            )
        }
        if chance(15) {
            facts.lease = Lease(
                granted: past(),
                until: daysFromNow(Double(.random(in: -5...9, using: &self))),
                by: "ada",
                reason: "demo",
                count: 1
            )
        }
        facts.runtimes = runtimes()
        if chance(50) { facts.branches = branches() }
        if chance(70) { facts.cost = cost() }
        place(&facts)
        if chance(6) {
            facts.rollout = chance(50) ? .inProgress("alias live", read: past()) : .unknown(reason: "denied")
        }
        if chance(10) { facts.release = Release(at: past(), by: "ada") }
        if chance(10) { facts.partlyReaped = PartlyReaped(at: past(), detail: "P3: 1 left") }
        if chance(5) { facts.ownerConflict = "ada, bob" }
        if chance(5) { facts.reading = .partial("denied") }
        if chance(3) { facts.nature = chance(50) ? .permanent(evidence: "prod") : .ambiguous(evidence: "two names") }
        return facts
    }
}
