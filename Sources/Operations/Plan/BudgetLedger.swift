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

    /// Per account, its environments that are not permanent.
    static func population(_ environments: [EnvironmentRecord]) -> [AccountID: Int] {
        var result: [AccountID: Int] = [:]
        for environment in environments where environment.kind != .permanent && environment.endedAt == nil {
            for account in Set(environment.targets.map(\.target.account)) { result[account, default: 0] += 1 }
        }
        return result
    }
}
