import Core
import Foundation
import Testing

/// What holds for every environment under every policy, tried on thousands of generated ones.
@Suite struct PolicyPropertyTests {
    private let rounds = 1_000

    /// Runs a check over generated samples, and makes sure that enough of them were of interest.
    private func forAll(
        seed: UInt64,
        negations: Bool = true,
        least: Int,
        _ check: (inout SeededNumbers, EnvironmentFacts, PolicySet) -> Bool
    ) {
        var numbers = SeededNumbers(state: seed)
        var interesting = 0
        for _ in 0..<rounds {
            let facts = numbers.facts()
            let set = numbers.policySet(negations: negations)
            if check(&numbers, facts, set) { interesting += 1 }
        }
        #expect(interesting >= least, "only \(interesting) samples could have failed")
    }

    private func isStale(_ facts: EnvironmentFacts, _ set: PolicySet, at now: Date = noon) -> Bool {
        judge(facts, set, now: now).verdict == .stale
    }

    @Test func `D8 the same inputs give the same judgement, in whatever order the signals come`() {
        forAll(seed: 1, least: 300) { numbers, facts, set in
            let judgement = judge(facts, set, now: noon)
            #expect(judge(facts, set, now: noon) == judgement)
            var shuffled = facts
            shuffled.signals.shuffle(using: &numbers)
            shuffled.tags.components.shuffle(using: &numbers)
            #expect(judge(shuffled, set, now: noon).verdict == judgement.verdict)
            return facts.signals.count > 1
        }
    }

    @Test func `D6 adding a protection never leaves anything stale`() {
        forAll(seed: 2, least: 150) { _, facts, set in
            var protected = facts
            protected.protection = Protection(until: daysFromNow(1), by: "ada", reason: "demo")
            let verdict = judge(protected, set, now: noon).verdict
            #expect([.protected, .permanent, .ambiguous].contains(verdict))
            return isStale(facts, set)
        }
    }

    @Test func `D3 making something known unknown never makes anything stale`() {
        forAll(seed: 3, least: 300) { _, facts, set in
            guard !isStale(facts, set) else { return false }
            for index in facts.signals.indices {
                var blind = facts
                let signal = facts.signals[index]
                guard signal.date != nil || signal.noneSince != nil else { continue }
                blind.signals[index] = Signal(signal.kind, .unknown(reason: "denied"), source: signal.source)
                #expect(!isStale(blind, set), "\(facts) under \(set.policies)")
            }
            var blind = facts
            blind.oldestCreated = .unknown(reason: "denied")
            #expect(!isStale(blind, set), "\(facts) under \(set.policies)")
            blind.youngestCreated = .unknown(reason: "denied")
            #expect(!isStale(blind, set), "\(facts) under \(set.policies)")
            blind = facts
            blind.rollout = .unknown(reason: "denied")
            #expect(!isStale(blind, set), "\(facts) under \(set.policies)")
            blind = facts
            blind.runtimes = RuntimeFacts(uses: [], images: facts.runtimes.images, unreadBecause: "denied")
            #expect(!isStale(blind, set), "\(facts) under \(set.policies)")
            blind = facts
            for index in blind.branches.repositories.indices { blind.branches.repositories[index].failure = "denied" }
            #expect(!isStale(blind, set), "\(facts) under \(set.policies)")
            for unread in facts.unreadInPlaces { #expect(!isStale(unread, set), "\(unread) under \(set.policies)") }
            if case .expires = facts.timeToLive {
                blind = facts
                blind.timeToLive = .unreadable("?", source: "tag ttl")
                #expect(!isStale(blind, set), "\(facts) under \(set.policies)")
            }
            return true
        }
    }

    @Test func `a longer duration never makes anything stale outside not`() {
        forAll(seed: 4, negations: false, least: 80) { numbers, facts, set in
            var longer = set
            let extra = numbers.span()
            for index in set.policies.indices {
                longer.policies[index].staleWhen = set.policies[index].staleWhen.lengthened(by: extra)
                longer.policies[index].notBefore += numbers.span()
                longer.policies[index].maxAge = set.policies[index].maxAge.map { $0 + extra }
            }
            let before = isStale(facts, set)
            if !before { #expect(!isStale(facts, longer), "\(facts) under \(set.policies)") }
            return before && !isStale(facts, longer)
        }
    }

    @Test func `the order of clauses does not matter`() {
        forAll(seed: 5, least: 150) { numbers, facts, set in
            var shuffled = set
            for index in set.policies.indices {
                shuffled.policies[index].staleWhen = set.policies[index].staleWhen.shuffled(&numbers)
            }
            let judgement = judge(facts, set, now: noon)
            let other = judge(facts, shuffled, now: noon)
            #expect(other.verdict == judgement.verdict)
            #expect(other.verdictClass == judgement.verdictClass)
            #expect(other.changesAt == judgement.changesAt)
            return shuffled != set
        }
    }

    @Test func `what is stale stays stale while nothing happens, outside not`() {
        forAll(seed: 6, negations: false, least: 150) { numbers, facts, set in
            guard isStale(facts, set) else { return false }
            #expect(isStale(facts, set, at: noon.later(by: numbers.span())), "\(facts) under \(set.policies)")
            return true
        }
    }

    @Test func `changesAt is the very first moment at which the outcome changes`() {
        forAll(seed: 7, least: 150) { numbers, facts, set in
            let judgement = judge(facts, set, now: noon)
            let end = judgement.changesAt ?? daysFromNow(400)
            for _ in 0..<3 {
                let share = Double.random(in: 0..<1, using: &numbers)
                let moment = noon.addingTimeInterval((end.timeIntervalSince(noon) * share).rounded(.down))
                let later = judge(facts, set, now: moment)
                #expect(later.verdict == judgement.verdict, "at \(moment): \(facts) under \(set.policies)")
                #expect(later.verdictClass == judgement.verdictClass)
            }
            guard let changesAt = judgement.changesAt else { return false }
            #expect(judge(facts, set, now: changesAt).verdict == judgement.changesTo)
            return true
        }
    }

    @Test func `R1 nothing that was read in part is ever stale`() {
        forAll(seed: 8, least: 150) { _, facts, set in
            var partial = facts
            partial.reading = .partial("denied")
            #expect(!isStale(partial, set))
            return isStale(facts, set)
        }
    }

    @Test func `D3 nothing that is being rolled out, or may be, is ever stale`() {
        forAll(seed: 10, least: 150) { _, facts, set in
            var rolledOut = facts
            rolledOut.rollout = .inProgress("alias live", read: noon)
            #expect(!isStale(rolledOut, set))
            var unread = facts
            unread.rollout = .unknown(reason: "denied")
            #expect(!isStale(unread, set))
            return isStale(facts, set)
        }
    }

    @Test func `exactly one step decides, and stale always has a class and a policy`() {
        forAll(seed: 9, least: 150) { _, facts, set in
            let judgement = judge(facts, set, now: noon)
            #expect(judgement.trace.parts.filter(\.decided).count == 1)
            #expect((judgement.verdict == .stale) == (judgement.verdictClass != nil))
            #expect(judgement.verdictClass != .named)
            #expect(!judgement.reason.isEmpty && !judgement.hint.isEmpty)
            return judgement.verdict == .stale && judgement.policy != nil
        }
    }
}

extension Condition {
    fileprivate func lengthened(by extra: Duration) -> Condition {
        switch self {
        case .any(let parts): .any(parts.map { $0.lengthened(by: extra) })
        case .all(let parts): .all(parts.map { $0.lengthened(by: extra) })
        case .not(let part): .not(part.lengthened(by: extra))
        case .age(let duration): .age(duration + extra)
        case .idle(let duration, let kinds): .idle(for: duration + extra, of: kinds)
        case .ttlExpired, .runtimeDeprecated, .branch, .pullRequest, .tag, .ownerUnknown, .costAbove: self
        }
    }

    fileprivate func shuffled(_ numbers: inout SeededNumbers) -> Condition {
        switch self {
        case .any(let parts):
            var shuffled = parts.map { $0.shuffled(&numbers) }
            shuffled.shuffle(using: &numbers)
            return .any(shuffled)
        case .all(let parts):
            var shuffled = parts.map { $0.shuffled(&numbers) }
            shuffled.shuffle(using: &numbers)
            return .all(shuffled)
        case .not(let part): return .not(part.shuffled(&numbers))
        case .age, .idle, .ttlExpired, .runtimeDeprecated, .branch, .pullRequest, .tag, .ownerUnknown, .costAbove:
            return self
        }
    }
}
