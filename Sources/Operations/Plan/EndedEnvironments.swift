import Core
import Foundation

/// Withdraws plans of environments whose life has ended without a teardown: somebody deleted them, or their components
/// belong to another name or space by now.
///
/// Only open lives are judged, so nothing else would ever end such a plan, and people would be asked to approve it.
struct EndedEnvironments: Sendable {
    let wiring: Wiring

    /// The plans that were withdrawn, and why.
    ///
    /// What runs is brought to its end by the reaper, which says what it found.
    func run(now: Date) async throws -> [(plan: PlanRecord, because: String)] {
        var withdrawn: [(plan: PlanRecord, because: String)] = []
        for (id, gone) in try await wiring.store.plansOfEnded().sorted(by: { $0.key < $1.key }) {
            let plan = try await wiring.store.plan(id)
            guard plan.state.next.contains(.withdrawn) else { continue }
            let ended = try await wiring.store.environments(endedAfter: plan.madeAt)
            let names = gone.map(\.name.text).joined(separator: ", ")
            // Which of these it is, no life says; the stacks may well stand.
            let because =
                "\(names) \(gone.count == 1 ? "has ended: its" : "have ended: their") stacks are gone or not read any more, "
                + "or belong to another name or space"
            let records = ended.filter { gone.contains($0.key) && $0.findingState == FindingState.planned.rawValue }
            do throws(StoreFailure) {
                // Its own finding first: a crash in between leaves the plan, which comes here again.
                try await clear(records, plan: plan.id, now: now)
                try await wiring.store.move(
                    plan.id,
                    from: [plan.state],
                    to: .withdrawn,
                    because: because,
                    at: now
                )
            } catch {
                // Somebody approved or withdrew it at the same moment: whoever came first holds, the next run looks again.
                guard error.kind == .conflict else { throw error }
                continue
            }
            // What was to go with it is due again, and planned anew without it.
            do {
                try await FindingMoves(wiring: wiring).apply(
                    .planEnded(.withdrawn),
                    toPlan: plan,
                    in: .planned,
                    now: now
                )
            } catch let failure as StoreFailure where failure.kind == .conflict {
                // Who plans or reaps at the same moment was first; the next of them brings what is left in order.
            }
            withdrawn.append((plan, because))
        }
        return withdrawn
    }

    private func clear(_ records: [EnvironmentRecord], plan: PlanID, now: Date) async throws(StoreFailure) {
        do {
            try await FindingMoves(wiring: wiring).apply(
                .cleared(because: "the environment ended"),
                to: records,
                plan: plan,
                now: now
            )
        } catch let failure as StoreFailure {
            throw failure
        } catch {
            throw StoreFailure(.broken, "a finding of \(plan) could not be cleared: \(error)")
        }
    }
}
