import Core
import Foundation

/// Moves findings on as plans begin and end.
struct FindingMoves: Sendable {
    let wiring: Wiring

    /// Applies one event to the findings of these environments, guarded by the state each was read in.
    ///
    /// Environments without a finding (planned by name) have none to move.
    func apply(_ event: FindingEvent, to records: [EnvironmentRecord], plan: PlanID?, now: Date) async throws {
        let (_, policies) = try await wiring.policyInForce()
        var moved: [EnvironmentKey: FindingRecord] = [:]
        for record in records {
            guard let json = record.finding else { continue }
            var finding = try FindingCoding.decode(json)
            let before = finding.state
            _ = try finding.apply(event, now: now)
            moved[record.key] = try FindingCoding.record(finding, before: before, policies: policies)
        }
        guard !moved.isEmpty else { return }
        try await wiring.store.setFindings(moved, event: event.description, plan: plan, at: now)
    }

    /// The same, for the environments of a plan whose findings stand in the given state.
    func apply(
        _ event: FindingEvent,
        toPlan plan: PlanRecord,
        only keys: Set<EnvironmentKey>? = nil,
        in state: FindingState,
        now: Date
    ) async throws {
        let wanted = keys ?? Set(plan.document.environments.map(\.key))
        var records: [EnvironmentRecord] = []
        for key in wanted.sorted() {
            let found = try await wiring.store.environments(named: key.name)
            records += found.filter { $0.key == key && $0.findingState == state.rawValue }
        }
        try await apply(event, to: records, plan: plan.id, now: now)
    }
}

/// Ends approvals whose time has run out.
struct PlanExpiry: Sendable {
    let wiring: Wiring

    func run(now: Date) async throws {
        for plan in try await wiring.store.plans(open: true, run: nil, limit: 10_000) {
            guard plan.state == .approved, let expires = plan.expiresAt, expires <= now else { continue }
            try await wiring.store.move(
                plan.id,
                from: [.approved],
                to: .expired,
                because: "its approval ran out",
                at: now
            )
            try await FindingMoves(wiring: wiring).apply(.planEnded(.expired), toPlan: plan, in: .planned, now: now)
        }
    }
}
