package import Core
package import Foundation
import Postgres

extension PostgresLedger: PlanStore {
    package func plan(_ id: PlanID) async throws(StoreFailure) -> PlanRecord {
        try await transact(readOnly: true) { (session) async throws(LedgerError) in try await session.plan(id) }
    }

    package func replacedApprovals() async throws(StoreFailure) -> [PlanID: [ReplacedApprovals]] {
        let rows = try await read(PlanStatements.replacedApprovals()) { (row) throws(PostgresError) in
            (
                plan: PlanID(try row["plan_id"]),
                replaced: ReplacedApprovals(plan: PlanID(try row["replaced"]), by: try row["logins"])
            )
        }
        return Dictionary(grouping: rows, by: \.plan).mapValues { $0.map(\.replaced) }
    }

    package func plansOfEnded() async throws(StoreFailure) -> [PlanID: [EnvironmentKey]] {
        let rows = try await read(PlanStatements.plansOfEnded()) { (row) throws(PostgresError) in
            (plan: PlanID(try row["plan_id"]), key: try row.key())
        }
        return Dictionary(grouping: rows, by: \.plan).mapValues { $0.map(\.key) }
    }

    package func plans(open: Bool, run: RunID?, limit: Int) async throws(StoreFailure) -> [PlanRecord] {
        var conditions: [SQL] = ["true"]
        if open { conditions.append("state = ANY (\(PlanState.allCases.filter(\.isOpen).map(\.rawValue)))") }
        if let run { conditions.append("run_id = \(run.number)") }
        let condition = conditions.joined(separator: " AND ")
        return try await transact(readOnly: true) { (session) async throws(LedgerError) in
            try await session.plans(where: condition, limit: limit)
        }
    }

    package func approve(
        _ id: PlanID,
        digest: Digest,
        selfApproved: Bool,
        because: String?,
        expiresAt: Date,
        at: Date,
        quorum: @Sendable ([ApprovalRecord]) -> Bool
    ) async throws(StoreFailure) -> PlanRecord {
        try await transact { (session) async throws(LedgerError) in
            let (state, current) = try await session.lock(id)
            guard current == digest else {
                throw .store(
                    StoreFailure(
                        .conflict,
                        "\(id) has the digest \(current.short), not \(digest.short)",
                        advice: "`curfew plan show \(id)` shows what would be approved"
                    )
                )
            }
            // Said before what became of it: who asks twice has to know that it was heard the first time.
            try await session.refuse("approved", twice: id)
            guard state == .awaitingApproval else { throw session.moved(id, state, wanted: [.awaitingApproval]) }
            try await session.say("approved", to: id, digest, selfApproved: selfApproved, because: because, at: at)
            let approvals = try await session.approvals(of: [id.number])[id] ?? []
            if quorum(approvals.filter { $0.digest == current }) {
                try await session.run(PlanStatements.approve(id, expiresAt: expiresAt, at: at))
            }
            return try await session.plan(id)
        }
    }

    package func reject(_ id: PlanID, because: String, at: Date) async throws(StoreFailure) -> PlanRecord {
        let rejectable = Set(PlanState.allCases.filter { $0.next.contains(.rejected) })
        return try await transact { (session) async throws(LedgerError) in
            let (state, digest) = try await session.lock(id)
            guard rejectable.contains(state) else { throw session.moved(id, state, wanted: rejectable) }
            try await session.say("rejected", to: id, digest, selfApproved: false, because: because, at: at)
            try await session.move(id, from: rejectable, to: .rejected, because: because, at: at)
            return try await session.plan(id)
        }
    }

    package func move(
        _ id: PlanID,
        from: Set<PlanState>,
        to: PlanState,
        because: String?,
        at: Date
    ) async throws(StoreFailure) {
        for state in from where !state.next.contains(to) {
            throw StoreFailure(.broken, "no plan goes from \(state.rawValue) to \(to.rawValue)")
        }
        try await transact { (session) async throws(LedgerError) in
            _ = try await session.lock(id)
            try await session.move(id, from: from, to: to, because: because, at: at)
        }
    }

    package func teardowns(since: Date) async throws(StoreFailure) -> [BegunTeardown] {
        try await read(PlanStatements.teardowns(since: since)) { (row) throws(PostgresError) in
            let (run, accounts): (Int64?, [String]) = (try row["run_id"], try row["accounts"])
            return BegunTeardown(
                key: try row.key(),
                plan: PlanID(try row["plan_id"]),
                run: run.map { RunID($0) },
                accounts: accounts.map { AccountID($0) },
                owner: try row["owner"],
                at: try row["at"]
            )
        }
    }

    package func setFindings(
        _ findings: [EnvironmentKey: FindingRecord],
        event: String,
        plan: PlanID?,
        at: Date
    ) async throws(StoreFailure) {
        guard !findings.isEmpty else { return }
        let sorted = findings.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        let keys = sorted.map(\.0)
        try await transact { (session) async throws(LedgerError) in
            try await session.require(keys)
            try await session.set(sorted, revision: nil, at: at)
            _ = try await session.run(
                DecisionStatements.addEvents(
                    KeyColumns(keys),
                    keys.map { _ in event },
                    details: keys.map { _ in JSONB("{}") },
                    plan: plan
                )
            )
        }
    }

    package func note(
        _ event: String,
        environment: EnvironmentKey?,
        plan: PlanID?,
        details: [String: String]
    ) async throws(StoreFailure) {
        try await transact { (session) async throws(LedgerError) in
            if let environment { try await session.require([environment]) }
            _ = try await session.run(
                AuditStatements.add(event, environment: environment, plan: plan, details: try jsonb(details))
            )
        }
    }
}

extension Session {
    /// Locks a plan's row until the end of the transaction.
    fileprivate func lock(_ id: PlanID) async throws(LedgerError) -> (state: PlanState, digest: Digest) {
        let found = try await first(PlanStatements.lock(id)) { (row) throws(PostgresError) in
            (try row.word("state", as: PlanState.self), try row.digest("digest"))
        }
        guard let found else { throw .store(StoreFailure(.notFound, "there is no plan \(id)")) }
        return found
    }

    /// Records one person's yes or no; the database takes the name from the connection.
    fileprivate func say(
        _ decision: String,
        to id: PlanID,
        _ digest: Digest,
        selfApproved: Bool,
        because: String?,
        at: Date
    ) async throws(LedgerError) {
        let statement = PlanStatements.addApproval(
            id,
            digest: digest,
            decision: decision,
            selfApproved: selfApproved,
            because: because,
            at: at
        )
        if try await rows(statement, { _ in true }).isEmpty { try await refuse(decision, twice: id) }
    }

    fileprivate func refuse(_ decision: String, twice id: PlanID) async throws(LedgerError) {
        if try await rows(PlanStatements.said(decision, of: id), { _ in true }).isEmpty { return }
        let login = try await first(AuditStatements.login()) { (row) throws(PostgresError) in
            try row["login", as: String.self]
        }
        throw .store(StoreFailure(.conflict, "\(id) was already \(decision) by \(login ?? "this login")"))
    }

    fileprivate func move(
        _ id: PlanID,
        from: Set<PlanState>,
        to: PlanState,
        because: String?,
        at: Date
    ) async throws(LedgerError) {
        let statement = PlanStatements.move([id.number], from: from, to: to, because: because, at: at)
        let moved = try await rows(statement) { (row) throws(PostgresError) in try row["plan_id", as: Int64.self] }
        guard moved.isEmpty else { return }
        let state = try await first(PlanStatements.state(of: id)) { (row) throws(PostgresError) in
            try row.word("state", as: PlanState.self)
        }
        throw state.map { self.moved(id, $0, wanted: from) }
            ?? .store(StoreFailure(.notFound, "there is no plan \(id)"))
    }

    fileprivate func moved(_ id: PlanID, _ state: PlanState, wanted: Set<PlanState>) -> LedgerError {
        let words = wanted.map(\.rawValue).sorted().joined(separator: " or ")
        return .store(StoreFailure(.conflict, "\(id) is \(state.rawValue), not \(words)"))
    }
}
