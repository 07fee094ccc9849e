package import Core
package import Foundation
import Postgres

extension PostgresLedger {
    package func move(
        step number: Int,
        of plan: PlanID,
        from: StepState,
        to: StepState,
        reason: String?,
        at: Date
    ) async throws(StoreFailure) {
        try await move(step: number, of: plan, intent: nil, from: from, to: to, reason: reason, at: at)
    }

    package func conclude(
        step number: Int,
        of plan: PlanID,
        intent: Date,
        from: StepState,
        to: StepState,
        reason: String?,
        at: Date
    ) async throws(StoreFailure) {
        try await move(step: number, of: plan, intent: intent, from: from, to: to, reason: reason, at: at)
    }

    private func move(
        step number: Int,
        of plan: PlanID,
        intent: Date?,
        from: StepState,
        to: StepState,
        reason: String?,
        at: Date
    ) async throws(StoreFailure) {
        guard from.next.contains(to) else {
            throw StoreFailure(.broken, "no step goes from \(from.rawValue) to \(to.rawValue)")
        }
        // An intent needs a lease: there is no way around `intend`.
        guard to != .intended else {
            throw StoreFailure(.broken, "step \(number) of \(plan) was to be intended without a lease")
        }
        try await transact { (session) async throws(LedgerError) in
            let move = StepStatements.move(number, of: plan, intent: intent, from: from, to: to, reason: reason, at: at)
            try await session.change(step: number, of: plan, from: from, move)
        }
    }

    package func noteGone(step number: Int, of plan: PlanID, at: Date?) async throws(StoreFailure) {
        try await transact { (session) async throws(LedgerError) in
            guard try await session.run(StepStatements.noteGone(number, of: plan, at: at)) == 1 else {
                throw .store(StoreFailure(.notFound, "\(plan) has no step \(number)"))
            }
        }
    }

    package func closeReaped(
        _ component: ComponentID,
        environment: EnvironmentKey,
        at: Date
    ) async throws(StoreFailure) -> Bool {
        try await transact { (session) async throws(LedgerError) in
            // A regrouping at the same moment must see the component either gone or in a life that is open.
            try await session.serialise("curfew lives")
            try await session.run(StepStatements.closeReaped(component, at: at))
            try await session.run(StepStatements.endLife(of: environment, at: at))
            let ended = try await session.first(StepStatements.hasEnded(environment)) { (row) throws(PostgresError) in
                try row["ended", as: Bool.self]
            }
            guard let ended else { throw .store(StoreFailure(.notFound, "there is no environment \(environment)")) }
            return ended
        }
    }

    package func storeTombstone(
        _ content: [UInt8],
        of component: ComponentID,
        plan: PlanID,
        at: Date
    ) async throws(StoreFailure) {
        try await transact { (session) async throws(LedgerError) in
            try await session.run(StepStatements.addTombstone(content, of: component, plan: plan, at: at))
            let stored = try await session.rows(StepStatements.hasTombstone(of: component, plan: plan)) { _ in true }
            guard !stored.isEmpty else {
                throw .store(StoreFailure(.notFound, "the inventory does not have \(component)"))
            }
        }
    }

    package func hasTombstone(of component: ComponentID, plan: PlanID) async throws(StoreFailure) -> Bool {
        try await !read(StepStatements.hasTombstone(of: component, plan: plan)) { _ in true }.isEmpty
    }
}

extension Session {
    /// Runs a change of one step's state that is guarded by the state before.
    func change(step number: Int, of plan: PlanID, from: StepState, _ change: SQL) async throws(LedgerError) {
        if try await run(change) == 1 { return }
        let state = try await first(StepStatements.state(of: number, plan: plan)) {
            (row) throws(PostgresError) in try row.word("state", as: StepState.self)
        }
        guard let state else { throw .store(StoreFailure(.notFound, "\(plan) has no step \(number)")) }
        guard state != from else {
            throw .store(StoreFailure(.conflict, "step \(number) of \(plan) was intended anew by somebody else"))
        }
        throw .store(
            StoreFailure(.conflict, "step \(number) of \(plan) is \(state.rawValue), not \(from.rawValue)")
        )
    }
}
