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

/// Brings findings and plans together again where a crash came between the two.
///
/// A finding follows its plan: `reaping` while that runs, `planned` while it is open without blockers, else `due`.
struct FindingRepair: Sendable {
    let wiring: Wiring

    func run(now: Date) async throws {
        let plans = try await wiring.store.plans(open: true, run: nil, limit: 10_000)
        var running: Set<EnvironmentKey> = []
        var waiting: Set<EnvironmentKey> = []
        for plan in plans {
            let keys = plan.document.environments.map(\.key)
            switch plan.state {
            case .running: running.formUnion(keys)
            case .awaitingApproval, .approved: waiting.formUnion(keys)
            default: break
            }
        }
        var moves: [(event: FindingEvent, records: [EnvironmentRecord])] = []
        let records = try await wiring.store.environments()
        func adrift(_ state: FindingState, _ event: FindingEvent, _ isAdrift: (EnvironmentKey) -> Bool) {
            moves.append((event, records.filter { $0.findingState == state.rawValue && isAdrift($0.key) }))
        }
        adrift(.reaping, .reapEnded(.superseded)) { !running.contains($0) }
        adrift(.planned, .planEnded(.superseded)) { !running.contains($0) && !waiting.contains($0) }
        adrift(.due, .planned) { waiting.contains($0) }
        for (event, records) in moves where !records.isEmpty {
            try await FindingMoves(wiring: wiring).apply(event, to: records, plan: nil, now: now)
        }
    }
}
