package import Core
import Foundation

/// `curfew plan`: writes plans and prints them.
///
/// This is the dry run: it holds only the power to read (P1).
package struct Planning: Sendable {
    let wiring: Wiring

    package init(_ wiring: Wiring) { self.wiring = wiring }

    package struct Outcome: Sendable {
        package var run: RunID?
        package var plans: [PlanRecord]
        /// Due, but not planned now: which budget holds each back, or why it could not be planned.
        package var deferred: [(key: EnvironmentKey, because: String)]
        /// An account is held, and somebody has to look.
        package var isHeld = false
    }

    /// Plans everything that is due, as far as the budgets allow; what they hold back is named.
    package func due() async throws(Problem) -> Outcome { try await plan(nil, .none) }

    /// Plans exactly the named environments; refused as a whole when any of them can never be planned, or when an
    /// exception names something that is in none of them.
    package func named(
        _ names: [String],
        exceptions: NamedExceptions = .none
    ) async throws(Problem) -> Outcome { try await plan(names, exceptions) }

    private func plan(_ names: [String]?, _ exceptions: NamedExceptions) async throws(Problem) -> Outcome {
        try await wiring.checkClocks()
        let (login, standing) = try await wiring.standing()
        try wiring.demand(.plan, standing, login: login, what: "plan a teardown")
        let (revision, policies) = try await wiring.policyInForce()
        return try await reporting {
            let now = wiring.clock()
            _ = try await PlanExpiry(wiring: wiring).run(now: now)
            _ = try await EndedEnvironments(wiring: wiring).run(now: now)
            try await FindingRepair(wiring: wiring).run(now: now)
            let all = try await wiring.store.environments()
            let accounts = Dictionary(uniqueKeysWithValues: try await wiring.accounts().map { ($0.account, $0) })
            let eligibility = Eligibility(
                policies: policies,
                revision: revision.number,
                accounts: accounts,
                running: try await running(),
                facts: { [wiring] in wiring.facts($0) },
                now: now
            )
            var selection = names == nil ? Selection.due(all, eligibility) : try await select(names ?? [], eligibility)
            let units = try await survey(&selection, policies: policies, revision: revision, exceptions)
            let budgeted = try await fit(
                units,
                all: all,
                policies: policies,
                named: names != nil,
                selection: &selection
            )
            if !wiring.automaticAllowed, budgeted.contains(where: \.draft.terms.automatic) {
                throw Problem(
                    .configuration,
                    "the policy in force says `approval: automatic`, which is possible only against an emulator",
                    advice: "name approvers in the policy and apply it: curfew policy apply FILE"
                )
            }
            // Only plans that need no person are approved at once, for one day on which the window opens.
            let expires = policies.expiry(ofApprovalAt: now, after: .seconds(86_400))
            let stored = try await wiring.store.store(budgeted.map(\.draft), expiresAt: expires, at: now)
            try await settleFindings(stored.plans, units: budgeted, now: now)
            return Outcome(
                run: stored.run,
                plans: stored.plans,
                deferred: selection.deferred,
                isHeld: names == nil && accounts.values.contains { $0.hold != nil }
            )
        }
    }

    private func running() async throws -> [EnvironmentKey: PlanID] {
        let plans = try await wiring.store.plans(open: true, run: nil, limit: 10_000).filter { $0.state == .running }
        return Dictionary(
            plans.flatMap { plan in plan.document.environments.map { ($0.key, plan.id) } },
            uniquingKeysWith: { first, _ in first }
        )
    }

    private func select(_ names: [String], _ eligibility: Eligibility) async throws -> Selection {
        var selection = Selection()
        for name in names {
            let record = try await wiring.environment(named: name)
            // Named twice is meant once.
            if selection.candidates.contains(where: { $0.record.key == record.key }) { continue }
            switch eligibility.verdict(on: record, named: true) {
            case .failure(let refusal):
                throw Problem(
                    .undone,
                    "\(record.key.name) cannot be planned: \(refusal.reason)",
                    advice: refusal.remedy
                )
            case .success(let candidate): selection.candidates.append(candidate)
            }
        }
        return selection
    }

    /// Reads everything afresh and puts together what can only go together.
    private func survey(
        _ selection: inout Selection,
        policies: PolicySet,
        revision: PolicyRevision,
        _ asked: NamedExceptions
    ) async throws -> [PlanUnit] {
        let nested = Set(try await wiring.store.components(classes: [.nested]).map(\.id))
        var components: [EnvironmentKey: [ComponentRecord]] = [:]
        for candidate in selection.candidates {
            components[candidate.record.key] = try await wiring.store.components(of: candidate.record.key)
                .filter { $0.gone == nil }
        }
        let survey = await Surveyor(wiring, forecasts: true).survey(
            selection.candidates.map(\.record),
            components: components.values.flatMap(\.self),
            nested: nested
        )
        let exceptions = Exceptions(asked: asked, rules: wiring.teardown)
        try exceptions.refuseUnmatched(in: survey)
        let guards = try await AccountCheck(wiring: wiring).alarms(
            for: Set(selection.candidates.flatMap { $0.record.targets.map(\.target) })
        )
        let builder = PlanBuilder(
            survey: survey,
            guards: guards,
            revision: revision,
            policies: policies,
            exceptions: exceptions,
            isBounded: wiring.isBounded,
            now: wiring.clock()
        )
        return builder.units(selection.candidates, components: components)
    }

    /// P7: the picker defers by name; a named run over budget is refused whole.
    private func fit(
        _ units: [PlanUnit],
        all: [EnvironmentRecord],
        policies: PolicySet,
        named: Bool,
        selection: inout Selection
    ) async throws -> [PlanUnit] {
        let now = wiring.clock()
        let use = try await BudgetLedger(wiring: wiring).use(
            on: policies,
            now: now,
            run: nil,
            leavingOut: Set(units.flatMap(\.budgeted.keys))
        )
        let population = try await BudgetLedger(wiring: wiring).population(all, on: policies, now: now)
        let plans = units.map(\.budgeted)
        if named {
            do { try policies.budgets.check(named: plans, used: use, population: population) } catch {
                let lines = error.description.split(separator: "\n", maxSplits: 1).map {
                    $0.trimmingCharacters(in: .whitespaces)
                }
                throw Problem(
                    .undone,
                    "nothing was planned: \(lines.first ?? "")",
                    advice: lines.count > 1 ? lines[1] : ""
                )
            }
            return units
        }
        let pick = policies.budgets.pick(plans, used: use, population: population)
        for (plan, budget) in pick.deferred {
            selection.deferred += plan.keys.map { ($0, "deferred: \(budget)") }
        }
        let picked = Set(pick.picked)
        var fitting = units.filter { picked.contains($0.budgeted) }
        for (plan, budget) in pick.blocked {
            guard var unit = units.first(where: { $0.budgeted == plan }) else { continue }
            unit.draft.blockers.append(
                Blocker(
                    .tooLarge,
                    nil,
                    "larger than \(budget): \(plan.keys.count) environments can only go together; raise it to plan them"
                )
            )
            fitting.append(unit)
        }
        return fitting
    }

    /// A finding is `planned` while an open plan without blockers holds its environment.
    private func settleFindings(_ plans: [PlanRecord], units: [PlanUnit], now: Date) async throws {
        let records = Dictionary(
            units.flatMap { $0.candidates.map { ($0.record.key, $0.record) } },
            uniquingKeysWith: { first, _ in first }
        )
        for plan in plans {
            let event: FindingEvent = plan.state == .draft ? .planEnded(.superseded) : .planned
            let wanted: FindingState = plan.state == .draft ? .planned : .due
            let keys = plan.document.environments.map(\.key).filter { records[$0]?.findingState == wanted.rawValue }
            try await FindingMoves(wiring: wiring).apply(
                event,
                to: keys.compactMap { records[$0] },
                plan: plan.id,
                now: now
            )
        }
    }
}
