package import Core
package import Foundation
import Postgres

extension PostgresLedger: LeaseStore {
    package func claimLease(
        _ name: String,
        holder: String,
        for time: Duration,
        signatureWindow: Duration
    ) async throws(StoreFailure) -> LeaseClaim {
        try await transact { (session) async throws(LedgerError) in
            // Whoever holds it may give it back between the two looks.
            for _ in 0..<3 {
                let claim = LeaseStatements.claim(name, holder: holder, for: time, signatureWindow: signatureWindow)
                let taken = try await session.first(claim) { (row) throws(PostgresError) in
                    try WorkLease(name: name, row: row)
                }
                if let taken { return .taken(taken) }
                let held = try await session.first(LeaseStatements.holder(of: name), LeaseClaim.init(row:))
                if let held { return held }
            }
            throw .store(StoreFailure(.conflict, "the lease \(name) changes hands", advice: "try again in a moment"))
        }
    }

    package func renewLease(_ lease: WorkLease, for time: Duration) async throws(StoreFailure) -> WorkLease {
        try await transact { (session) async throws(LedgerError) in
            let renewed = try await session.first(LeaseStatements.renew(lease, for: time)) {
                (row) throws(PostgresError) in try WorkLease(name: lease.name, row: row)
            }
            guard let renewed else { throw try await session.lost(lease) }
            return renewed
        }
    }

    package func releaseLease(_ lease: WorkLease) async throws(StoreFailure) {
        try await transact { (session) async throws(LedgerError) in
            _ = try await session.run(LeaseStatements.release(lease))
        }
    }

    package func intend(
        step number: Int,
        of plan: PlanID,
        lease: WorkLease,
        at: Date
    ) async throws(StoreFailure) -> Duration {
        try await transact { (session) async throws(LedgerError) in
            _ = try await session.remaining(of: lease)
            let intent = StepStatements.intend(number, of: plan, fence: lease.fence, at: at)
            try await session.change(step: number, of: plan, from: .pending, intent)
        }
        // P13: committed and sealed before anything is asked for.
        try await seal()
        return try await transact { (session) async throws(LedgerError) in try await session.remaining(of: lease) }
    }
}

extension Session {
    /// Throws `conflict` when it is not ours any more.
    fileprivate func remaining(of lease: WorkLease) async throws(LedgerError) -> Duration {
        let found = try await first(LeaseStatements.look(lease)) { (row) throws(PostgresError) in
            try WorkLease(name: lease.name, row: row)
        }
        guard let found else { throw try await lost(lease) }
        return found.remaining
    }

    fileprivate func lost(_ lease: WorkLease) async throws(LedgerError) -> LedgerError {
        let held = try await first(LeaseStatements.holder(of: lease.name), LeaseClaim.init(row:))
        let what =
            if case .held(let holder, _, true, _) = held { "is held by \(holder)" } else { "has run out" }
        return .store(
            StoreFailure(
                .conflict,
                "the lease \(lease.name) \(what): nothing more is begun under it",
                advice: "run it again; what was begun is taken up"
            )
        )
    }
}

extension WorkLease {
    fileprivate init(name: String, row: Row) throws(PostgresError) {
        let seconds: Double = try row["remaining"]
        self.init(name: name, fence: try row["fence"], remaining: .seconds(seconds))
    }
}

extension LeaseClaim {
    fileprivate init(row: Row) throws(PostgresError) {
        self = .held(
            by: try row["holder"],
            since: try row["claimed_at"],
            isAlive: try row["alive"],
            wait: .seconds(max(0, try row["wait", as: Double.self]))
        )
    }
}
