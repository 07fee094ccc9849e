package import Foundation

/// One environment that could be torn down, as far as budgets care.
package struct BudgetedEnvironment: Sendable, Hashable {
    package let key: EnvironmentKey
    /// It counts in each of them.
    package let accounts: Set<AccountID>
    /// All environments without an owner count together, as one owner's.
    package let owner: String?
    package let dueSince: Date
    /// Half-done teardowns come first.
    package let partlyReaped: Bool

    package init(
        key: EnvironmentKey,
        accounts: Set<AccountID>,
        owner: String?,
        dueSince: Date,
        partlyReaped: Bool = false
    ) {
        self.key = key
        self.accounts = accounts
        self.owner = owner
        self.dueSince = dueSince
        self.partlyReaped = partlyReaped
    }
}

/// Environments that can only go together: one, or several bound by exports.
///
/// One plan.
package struct BudgetedPlan: Sendable, Hashable {
    package let environments: [BudgetedEnvironment]

    package init(_ environments: [BudgetedEnvironment]) { self.environments = environments }

    package var keys: [EnvironmentKey] { environments.map(\.key).sorted() }

    /// Partly reaped first, then the longest overdue, then by name, so that the order never depends on the input's.
    func comesBefore(_ other: BudgetedPlan) -> Bool {
        let mine = environments.contains(where: \.partlyReaped)
        let others = other.environments.contains(where: \.partlyReaped)
        if mine != others { return mine }
        let since = environments.map(\.dueSince).min() ?? .distantFuture
        let otherSince = other.environments.map(\.dueSince).min() ?? .distantFuture
        if since != otherSince { return since < otherSince }
        return keys.lexicographicallyPrecedes(other.keys)
    }
}

/// What was already committed: intents of this run, and of this day.
package struct BudgetUse: Sendable, Hashable {
    package var run: Int
    package var day: Int
    package var accounts: [AccountID: Int]
    /// The key nil is everything without an owner.
    package var owners: [String?: Int]

    package init(run: Int = 0, day: Int = 0, accounts: [AccountID: Int] = [:], owners: [String?: Int] = [:]) {
        self.run = run
        self.day = day
        self.accounts = accounts
        self.owners = owners
    }

    mutating func add(_ plan: BudgetedPlan) {
        for environment in plan.environments {
            run += 1
            day += 1
            for account in environment.accounts { accounts[account, default: 0] += 1 }
            owners[environment.owner, default: 0] += 1
        }
    }
}

/// What fits today, what waits, and what never fits.
package struct BudgetPick: Sendable, Hashable {
    package var picked: [BudgetedPlan] = []
    package var deferred: [(plan: BudgetedPlan, budget: BudgetName)] { waiting.map { ($0.plan, $0.budget) } }
    /// Larger than a budget by itself: waiting does not help.
    package var blocked: [(plan: BudgetedPlan, budget: BudgetName)] { tooLarge.map { ($0.plan, $0.budget) } }

    var waiting: [Refused] = []
    var tooLarge: [Refused] = []

    struct Refused: Sendable, Hashable {
        let plan: BudgetedPlan
        let budget: BudgetName
    }
}

/// A run that a person named does not fit, so none of it is carried out (P7).
package struct OverBudget: Error, Sendable, Hashable, CustomStringConvertible {
    package struct Excess: Sendable, Hashable {
        package let budget: BudgetName
        /// The account or owner concerned, where the budget is one's own.
        package let whose: String?
        package let limit: Int
        package let used: Int
        package let asked: Int
    }

    package let excesses: [Excess]

    package var description: String {
        let list = excesses.map { excess in
            let whose = excess.whose.map { " of \($0)" } ?? ""
            return "\(excess.budget)\(whose): \(excess.asked) asked, \(excess.used) used of \(excess.limit)"
        }
        return "over budget: \(list.joined(separator: "; "))\n  name fewer environments, or wait for the next day"
    }
}

extension Budgets {
    /// Fills the budgets with the longest overdue; each of the rest is deferred or blocked by name, none is dropped.
    ///
    /// `population` is, per account, its environments that are not permanent; a missing account counts as none.
    package func pick(
        _ due: [BudgetedPlan],
        used: BudgetUse = BudgetUse(),
        population: [AccountID: Int]
    ) -> BudgetPick {
        var used = used
        var result = BudgetPick()
        for plan in due.sorted(by: { $0.comesBefore($1) }) {
            if let budget = limits(BudgetUse(), [plan], population).first(where: \.isOver)?.budget {
                result.tooLarge.append(.init(plan: plan, budget: budget))
            } else if let budget = limits(used, [plan], population).first(where: \.isOver)?.budget {
                result.waiting.append(.init(plan: plan, budget: budget))
            } else {
                used.add(plan)
                result.picked.append(plan)
            }
        }
        return result
    }

    /// Refuses a run that a person named as a whole when any budget is exceeded.
    package func check(
        named plans: [BudgetedPlan],
        used: BudgetUse = BudgetUse(),
        population: [AccountID: Int]
    ) throws(OverBudget) {
        let over = limits(used, plans, population).filter(\.isOver)
        guard over.isEmpty else {
            throw OverBudget(
                excesses: over.map {
                    .init(budget: $0.budget, whose: $0.whose, limit: $0.limit, used: $0.used, asked: $0.asked)
                }
            )
        }
    }

    private struct Limit {
        let budget: BudgetName
        var whose: String?
        let limit: Int
        let used: Int
        let asked: Int
        /// A single plan always fits its share of a day on which nothing was used.
        var fitsAlone = false

        var isOver: Bool { used + asked > limit && !(fitsAlone && used == 0) }
    }

    private func limits(_ used: BudgetUse, _ plans: [BudgetedPlan], _ population: [AccountID: Int]) -> [Limit] {
        var asked = BudgetUse()
        for plan in plans { asked.add(plan) }
        let accounts = asked.accounts.sorted { $0.key < $1.key }
        var limits = [
            Limit(budget: .perRun, limit: perRun, used: used.run, asked: asked.run),
            Limit(budget: .perDay, limit: perDay, used: used.day, asked: asked.day),
        ]
        limits += accounts.map { account, count in
            Limit(
                budget: .perAccount,
                whose: account.text,
                limit: perAccount,
                used: used.accounts[account] ?? 0,
                asked: count
            )
        }
        limits += asked.owners.sorted { ($0.key ?? "") < ($1.key ?? "") }.map { owner, count in
            Limit(
                budget: .perOwner,
                whose: owner ?? "nobody",
                limit: perOwner,
                used: used.owners[owner] ?? 0,
                asked: count
            )
        }
        limits += accounts.map { account, count in
            Limit(
                budget: .share,
                whose: account.text,
                limit: share.limit(of: population[account] ?? 0),
                used: used.accounts[account] ?? 0,
                asked: count,
                fitsAlone: plans.count == 1
            )
        }
        return limits
    }
}
