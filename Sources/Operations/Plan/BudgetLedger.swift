import Core
import Foundation

/// What the budgets already gave away, counted from committed intents (P7).
struct BudgetLedger: Sendable {
    let wiring: Wiring

    /// `run`: the run whose own intents count towards `per_run`; nil for a new one.
    ///
    /// `asked`: left out, because they are what is asked for; one that was begun before counts once, not twice.
    func use(
        on policies: PolicySet,
        now: Date,
        run: RunID?,
        leavingOut asked: Set<EnvironmentKey>
    ) async throws -> BudgetUse {
        // A day has at most 25 hours, a run may be older than a day: two days back holds today's, whatever the zone.
        let begun = try await wiring.store.teardowns(since: now.addingTimeInterval(-48 * 3_600)).filter {
            !asked.contains($0.key)
        }
        let today = policies.budgetDay(at: now)
        var use = BudgetUse()
        var counted: Set<EnvironmentKey> = []
        for teardown in begun
        where policies.budgetDay(at: teardown.at) == today && counted.insert(teardown.key).inserted {
            use.day += 1
            for account in Set(teardown.accounts) { use.accounts[account, default: 0] += 1 }
            use.owners[teardown.owner, default: 0] += 1
        }
        if let run { use.run = Set(begun.filter { $0.run == run }.map(\.key)).count }
        return use
    }

    /// Per account, its environments that are not permanent, with those that were torn down today.
    ///
    /// A share of a day is one of what stood there as the day began: without them it would shrink with each one that goes.
    func population(
        _ environments: [EnvironmentRecord],
        on policies: PolicySet,
        now: Date
    ) async throws -> [AccountID: Int] {
        var result: [AccountID: Int] = [:]
        var counted: Set<EnvironmentKey> = []
        for environment in environments where environment.kind != .permanent && environment.endedAt == nil {
            counted.insert(environment.key)
            for account in Set(environment.targets.map(\.target.account)) { result[account, default: 0] += 1 }
        }
        let today = policies.budgetDay(at: now)
        for teardown in try await wiring.store.teardowns(since: now.addingTimeInterval(-48 * 3_600))
        where policies.budgetDay(at: teardown.at) == today && counted.insert(teardown.key).inserted {
            for account in Set(teardown.accounts) { result[account, default: 0] += 1 }
        }
        return result
    }
}
