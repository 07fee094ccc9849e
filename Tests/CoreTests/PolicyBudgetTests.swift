import Core
import Foundation
import Testing

@Suite struct PolicyBudgetTests {
    private let wide = Budgets(
        perRun: 1_000,
        perDay: 1_000,
        perAccount: 1_000,
        perOwner: 1_000,
        share: .init(hundredths: 10_000)
    )
    private let account = AccountID("111111111111")
    private let other = AccountID("222222222222")

    private func plan(
        _ name: String,
        overdue: Double = 1,
        accounts: Set<AccountID> = [AccountID("111111111111")],
        owner: String? = "ada",
        partly: Bool = false
    ) -> BudgetedPlan { BudgetedPlan([environment(name, overdue, accounts, owner, partly)]) }

    private func environment(
        _ name: String,
        _ overdue: Double = 1,
        _ accounts: Set<AccountID> = [AccountID("111111111111")],
        _ owner: String? = "ada",
        _ partly: Bool = false
    ) -> BudgetedEnvironment {
        BudgetedEnvironment(
            key: key(name),
            accounts: accounts,
            owner: owner,
            dueSince: daysAgo(overdue),
            partlyReaped: partly
        )
    }

    private func names(_ plans: [BudgetedPlan]) -> [String] { plans.flatMap(\.keys).map(\.name.text) }

    @Test func `P7 the longest overdue goes first, half-done teardowns before all, and equals by name`() {
        let due = [plan("c"), plan("b", overdue: 3), plan("a"), plan("d", overdue: 0.1, partly: true)]
        let pick = wide.pick(due, population: [account: 1_000])
        #expect(names(pick.picked) == ["d", "b", "a", "c"])
        #expect(names(wide.pick(due.reversed(), population: [account: 1_000]).picked) == ["d", "b", "a", "c"])
    }

    @Test(arguments: BudgetName.allCases)
    func `P7 every budget defers by name what does not fit, and drops nothing`(budget: BudgetName) {
        var budgets = wide
        switch budget {
        case .perRun: budgets.perRun = 2
        case .perDay: budgets.perDay = 2
        case .perAccount: budgets.perAccount = 2
        case .perOwner: budgets.perOwner = 2
        case .share: budgets.share = .init(hundredths: 200)
        }
        let due = (1...5).map { plan("e\($0)", overdue: Double(10 - $0)) }
        let pick = budgets.pick(due, population: [account: 100])
        #expect(names(pick.picked) == ["e1", "e2"])
        #expect(pick.deferred.map(\.budget) == [budget, budget, budget])
        #expect(names(pick.deferred.map(\.plan)) == ["e3", "e4", "e5"])
        #expect(pick.blocked.isEmpty)
    }

    @Test(arguments: BudgetName.allCases)
    func `P7 what was used before counts in every dimension`(budget: BudgetName) {
        var budgets = wide
        var used = BudgetUse()
        switch budget {
        case .perRun: (budgets.perRun, used.run) = (2, 1)
        case .perDay: (budgets.perDay, used.day) = (2, 1)
        case .perAccount: (budgets.perAccount, used.accounts) = (2, [account: 1])
        case .perOwner: (budgets.perOwner, used.owners) = (2, ["ada": 1])
        case .share: (budgets.share, used.accounts) = (.init(hundredths: 200), [account: 1])
        }
        let pick = budgets.pick([plan("a"), plan("b")], used: used, population: [account: 100])
        #expect(names(pick.picked) == ["a"])
        #expect(pick.deferred.map(\.budget) == [budget])
    }

    @Test func `P7 one full budget does not hold up what fits elsewhere`() {
        var budgets = wide
        budgets.perOwner = 1
        let due = [plan("a", overdue: 9), plan("b", overdue: 8), plan("c", overdue: 7, owner: "bob")]
        let pick = budgets.pick(due, population: [account: 100])
        #expect(names(pick.picked) == ["a", "c"])
        #expect(pick.deferred.map(\.budget) == [.perOwner])
    }

    @Test func `P7 an environment in several accounts counts in each`() {
        var budgets = wide
        budgets.perAccount = 1
        let due = [plan("a", overdue: 9, accounts: [account, other]), plan("b", accounts: [other]), plan("c")]
        #expect(names(budgets.pick(due, population: [account: 9, other: 9]).picked) == ["a"])
    }

    @Test func `P7 environments without an owner share one budget`() {
        var budgets = wide
        budgets.perOwner = 1
        let pick = budgets.pick([plan("a", owner: nil), plan("b", owner: nil), plan("c")], population: [account: 100])
        #expect(names(pick.picked) == ["a", "c"])
    }

    @Test func `P7 a share is rounded up and at least one`() {
        let tenth = Budgets.Share(hundredths: 1_000)
        #expect([0, 1, 9, 10, 11, 100].map(tenth.limit(of:)) == [1, 1, 1, 1, 2, 10])
        #expect(Budgets.Share(hundredths: 1).limit(of: 10_001) == 2)
        #expect(Budgets.Share(hundredths: 3_333).limit(of: 3) == 1)
    }

    @Test func `P7 a single plan always fits the share of a day on which nothing was used`() {
        var budgets = wide
        budgets.share = .init(hundredths: 1_000)
        let large = BudgetedPlan([environment("a", 9), environment("b"), environment("c")])
        let pick = budgets.pick([large, plan("d")], population: [account: 10])
        #expect(pick.picked == [large])
        #expect(pick.deferred.map(\.budget) == [.share])
        let used = BudgetUse(accounts: [account: 1])
        #expect(budgets.pick([large], used: used, population: [account: 10]).deferred.map(\.budget) == [.share])
    }

    @Test(arguments: [BudgetName.perRun, .perDay, .perAccount, .perOwner])
    func `P7 a plan larger than another budget by itself is blocked, not deferred`(budget: BudgetName) {
        var budgets = wide
        switch budget {
        case .perRun: budgets.perRun = 2
        case .perDay: budgets.perDay = 2
        case .perAccount: budgets.perAccount = 2
        default: budgets.perOwner = 2
        }
        let large = BudgetedPlan([environment("a"), environment("b"), environment("c")])
        let pick = budgets.pick([large, plan("d")], used: BudgetUse(), population: [account: 100])
        #expect(pick.blocked.map(\.budget) == [budget])
        #expect(pick.deferred.isEmpty)
        #expect(names(pick.picked) == ["d"])
    }

    @Test func `P7 a named run over budget is refused whole, with every budget it exceeds`() throws {
        var budgets = wide
        budgets.perRun = 2
        budgets.share = .init(hundredths: 100)
        let named = [plan("a"), plan("b"), plan("c")]
        let error = #expect(throws: OverBudget.self) {
            try budgets.check(named: named, used: BudgetUse(), population: [account: 100])
        }
        #expect(error?.excesses.map(\.budget) == [.perRun, .share])
        #expect(
            error?.description == """
                over budget: per_run: 3 asked, 0 used of 2; share of 111111111111: 3 asked, 0 used of 1
                  name fewer environments, or wait for the next day
                """
        )
        try budgets.check(named: [plan("a")], population: [account: 100])
    }

    @Test func `P7 budgets are on by default in every dimension`() {
        let budgets = PolicySet(policies: []).budgets
        #expect(
            budgets == Budgets(perRun: 20, perDay: 30, perAccount: 10, perOwner: 5, share: .init(hundredths: 1_000))
        )
        #expect(budgets.share.description == "10%")
    }

    @Test func `P7 whatever is due, picks stay within every budget and everything is accounted for`() {
        var numbers = SeededNumbers(state: 21)
        var deferred = 0
        for _ in 0..<300 {
            let budgets = Budgets(
                perRun: .random(in: 1...9, using: &numbers),
                perDay: .random(in: 1...9, using: &numbers),
                perAccount: .random(in: 1...9, using: &numbers),
                perOwner: .random(in: 1...9, using: &numbers),
                share: .init(hundredths: .random(in: 1...10_000, using: &numbers))
            )
            let due = (0..<Int.random(in: 0...20, using: &numbers)).map { index in
                plan(
                    "e\(index)",
                    overdue: Double(Int.random(in: 0...9, using: &numbers)),
                    accounts: numbers.chance(20) ? [account, other] : [numbers.chance(50) ? account : other],
                    owner: [nil, "ada", "bob"].randomElement(using: &numbers) ?? nil
                )
            }
            let pick = budgets.pick(due, population: [account: 12, other: 3])
            let all = pick.picked + pick.deferred.map(\.plan) + pick.blocked.map(\.plan)
            #expect(names(all).sorted() == names(due).sorted())
            let picked = pick.picked.flatMap(\.environments)
            #expect(picked.count <= min(budgets.perRun, budgets.perDay))
            for (one, population) in [(account, 12), (other, 3)] {
                let count = picked.count { $0.accounts.contains(one) }
                #expect(count <= min(budgets.perAccount, budgets.share.limit(of: population)))
            }
            #expect(Dictionary(grouping: picked, by: \.owner).values.allSatisfy { $0.count <= budgets.perOwner })
            deferred += pick.deferred.count
        }
        #expect(deferred > 500)
    }
}
