package import Foundation

/// What another policy would make of the same environments at the same moment.
///
/// A pure function of its inputs: nothing is written anywhere, and nobody is told.
package struct PolicySimulation: Sendable {
    package let entries: [Entry]
    package let accounts: [Account]
    package let pace: Pace
    package let horizon: Duration

    /// One environment with what the policy in force knows of it.
    package struct Subject: Sendable {
        package let facts: EnvironmentFacts
        package let owner: String?
        /// It has a finding that is not over.
        package let isFlagged: Bool
        /// When that becomes due; nil where it is not known yet.
        package let dueAt: Date?
        /// Its grace began while no owner was known.
        package let isUnowned: Bool

        package init(facts: EnvironmentFacts, owner: String?, isFlagged: Bool, dueAt: Date?, isUnowned: Bool = false) {
            self.facts = facts
            self.owner = owner
            self.isFlagged = isFlagged
            self.dueAt = dueAt
            self.isUnowned = isUnowned || facts.ownership.isNobody
        }
    }

    package enum Change: String, Sendable, Codable, CaseIterable {
        case newlyStale = "newly stale"
        case noLonger = "no longer stale"
        /// Stale before and after, and due earlier: its grace starts again (D5).
        case stricter = "stale, and its grace starts again"
        case newlyUndecided = "newly undecided"
        /// Not stale now, but due within the horizon where it was not before.
        case soon = "stale soon, and was not"
        case otherwise = "another verdict"
        case same = "as before"
    }

    package struct Entry: Sendable {
        package let key: EnvironmentKey
        package let owner: String?
        package let accounts: [AccountID]
        package let change: Change
        /// Nil where no policy was in force.
        package let before: Verdict?
        package let after: Judgement
        /// The earliest moment at which it could be due; nil where nothing leads there by time alone.
        package let dueBefore: Date?
        package let dueAfter: Date?
    }

    /// One account's environments that are not permanent.
    package struct Account: Sendable {
        package let account: AccountID
        package let count: Breaker.Count
        package let wouldHold: Bool
        /// Stale before, and after.
        package let staleBefore: Int
        package let staleAfter: Int
    }

    /// What the budgets make of everything that becomes due within the horizon, one run a day.
    package struct Pace: Sendable, Hashable {
        package var due = 0
        package var planned = 0
        /// Days on which something waits, and by which budget the most.
        package var daysWaiting = 0
        package var budgets: [BudgetName: Int] = [:]
        /// Larger than a budget by itself.
        package var neverFits = 0

        /// Nothing becomes due.
        package init() {}
    }

    package init(
        of subjects: [Subject],
        from old: PolicySet?,
        to new: PolicySet,
        breaker: Breaker,
        horizon: Duration,
        now: Date
    ) {
        self.horizon = horizon
        let end = now.later(by: horizon)
        entries = subjects.map { Entry($0, from: old, to: new, until: end, now: now) }
            .sorted { ($0.key.name, $0.key) < ($1.key.name, $1.key) }
        accounts = Account.all(entries, breaker)
        pace = Pace(entries, new, days: Int(horizon.inSeconds / 86_400), now: now)
    }

    package func count(_ change: Change) -> Int { entries.count { $0.change == change } }

    /// What is newly stale, by owner; nil is nobody.
    package var newlyStaleByOwner: [(owner: String?, count: Int)] {
        Dictionary(grouping: entries.filter { $0.change == .newlyStale }, by: \.owner)
            .map { (owner: $0.key, count: $0.value.count) }
            .sorted { ($1.count, $0.owner ?? "\u{FFFF}") < ($0.count, $1.owner ?? "\u{FFFF}") }
    }
}

extension PolicySimulation.Entry {
    fileprivate init(
        _ subject: PolicySimulation.Subject,
        from old: PolicySet?,
        to new: PolicySet,
        until end: Date,
        now: Date
    ) {
        let facts = subject.facts
        let was = old.map { judge(facts, $0, now: now) }
        let after = judge(facts, new, now: now)
        let isStricter =
            old.map { Core.isStricter(new, than: $0, on: facts, isUnowned: subject.isUnowned, now: now) } ?? true
        let keepsGrace = subject.isFlagged && !isStricter
        dueBefore = was.flatMap { was in
            was.earliestDue(
                under: old?.policy(for: facts),
                unowned: subject.isUnowned,
                counted: subject.isFlagged ? subject.dueAt : nil,
                now: now
            )
        }
        dueAfter = after.earliestDue(
            under: new.policy(for: facts),
            // A grace that starts again goes by whoever owns it now.
            unowned: keepsGrace ? subject.isUnowned : facts.ownership.isNobody,
            counted: keepsGrace ? subject.dueAt : nil,
            now: now
        )
        key = facts.key
        owner = subject.owner
        accounts = facts.accounts.sorted()
        before = was?.verdict
        self.after = after
        let (wasStale, isStale) = (was?.verdict == .stale, after.verdict == .stale)
        let (dueAfter, dueBefore) = (dueAfter ?? .distantFuture, dueBefore ?? .distantFuture)
        change =
            if isStale, !wasStale { .newlyStale } else if wasStale, !isStale {
                .noLonger
            } else if isStale, isStricter { .stricter } else if after.verdict == .undecided, was?.verdict != .undecided
            {
                .newlyUndecided
            } else if !isStale, dueAfter <= end, dueBefore > end { .soon } else if after.verdict != was?.verdict {
                .otherwise
            } else { .same }
    }
}

extension Judgement {
    /// When it could be due at the earliest while nothing happens.
    ///
    /// `counted`: when a finding that goes on becomes due.
    fileprivate func earliestDue(under policy: Policy?, unowned: Bool, counted: Date?, now: Date) -> Date? {
        guard let policy else { return nil }
        let sighted = policy.sightings.apart * Double(max(0, policy.sightings.count - 1))
        let lead = verdictClass == .released ? .zero : max(policy.grace(unowned: unowned), sighted)
        if verdict == .stale { return counted ?? now.later(by: lead) }
        guard changesTo == .stale, let changesAt else { return nil }
        return changesAt.later(by: lead)
    }
}

extension PolicySimulation.Account {
    fileprivate static func all(_ entries: [PolicySimulation.Entry], _ breaker: Breaker) -> [Self] {
        var counts: [AccountID: (count: Breaker.Count, before: Int, after: Int)] = [:]
        for entry in entries where entry.after.verdict != .permanent {
            for account in entry.accounts {
                var part = counts[account] ?? (Breaker.Count(), 0, 0)
                part.count.standing += 1
                part.before += entry.before == .stale ? 1 : 0
                part.after += entry.after.verdict == .stale ? 1 : 0
                part.count.turned += entry.change == .newlyStale ? 1 : 0
                counts[account] = part
            }
        }
        return counts.sorted { $0.key < $1.key }.map { account, part in
            Self(
                account: account,
                count: part.count,
                wouldHold: breaker.trips(on: part.count),
                staleBefore: part.before,
                staleAfter: part.after
            )
        }
    }
}

extension PolicySimulation.Pace {
    fileprivate init(_ entries: [PolicySimulation.Entry], _ policies: PolicySet, days: Int, now: Date) {
        var population: [AccountID: Int] = [:]
        for entry in entries where entry.after.verdict != .permanent {
            for account in entry.accounts { population[account, default: 0] += 1 }
        }
        var waiting = entries.compactMap { entry in
            entry.dueAfter.map {
                BudgetedPlan([
                    BudgetedEnvironment(
                        key: entry.key,
                        accounts: Set(entry.accounts),
                        owner: entry.owner,
                        dueSince: $0
                    )
                ])
            }
        }
        .sorted { $0.environments[0].dueSince < $1.environments[0].dueSince }
        for day in 0...max(0, days) {
            let moment = now.later(by: .seconds(day * 86_400))
            let ripe = waiting.prefix { $0.environments[0].dueSince <= moment }
            guard !ripe.isEmpty else { continue }
            let pick = policies.budgets.pick(Array(ripe), population: population)
            planned += pick.picked.count
            neverFits += pick.blocked.count
            if !pick.deferred.isEmpty { daysWaiting += 1 }
            for (_, budget) in pick.deferred { budgets[budget, default: 0] += 1 }
            waiting.removeFirst(ripe.count)
            waiting = pick.deferred.map(\.plan) + waiting
        }
        due =
            planned + neverFits
            + waiting.count { $0.environments[0].dueSince <= now.later(by: .seconds(days * 86_400)) }
    }
}
