import Core
import Foundation

/// Ends plans whose approval ran out, so that their environments are planned anew.
///
/// Also those that still wait for more people when the first yes has run out.
struct PlanExpiry: Sendable {
    let wiring: Wiring

    /// The plans that ended.
    func run(now: Date) async throws -> [PlanID] {
        var ended: [PlanID] = []
        let plans = try await wiring.store.plans(open: true, run: nil, limit: 10_000)
        guard !plans.isEmpty else { return [] }
        let (_, policies) = try await wiring.policyInForce()
        for plan in plans {
            let expires: Date? =
                switch plan.state {
                case .approved: plan.expiresAt
                case .awaitingApproval:
                    plan.standingApprovals.map(\.at).min().map {
                        policies.expiry(ofApprovalAt: $0, after: .seconds(plan.terms.expiresSeconds))
                    }
                default: nil
                }
            guard let expires, expires <= now else { continue }
            let because =
                plan.state == .approved
                ? "its approval ran out" : "its first approval ran out before enough people had approved"
            do throws(StoreFailure) {
                try await wiring.store.move(plan.id, from: [plan.state], to: .expired, because: because, at: now)
            } catch {
                guard error.kind == .conflict else { throw error }
                // Somebody approved, withdrew or superseded it at the same moment: whoever came first holds.
                continue
            }
            try await FindingMoves(wiring: wiring).apply(.planEnded(.expired), toPlan: plan, in: .planned, now: now)
            ended.append(plan.id)
        }
        return ended
    }
}

extension PlanRecord {
    /// Every yes to exactly this plan.
    var standingApprovals: [ApprovalRecord] { approvals.filter { $0.decision == "approved" && $0.digest == digest } }
}
