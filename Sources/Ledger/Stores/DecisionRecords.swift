package import Core
package import Foundation
import Postgres

extension PostgresLedger: DecisionStore {
    package func policyInForce() async throws(StoreFailure) -> PolicyRevision? {
        try await read(DecisionStatements.newestRevision(), PolicyRevision.init(row:)).first
    }

    package func policyRevisions() async throws(StoreFailure) -> [PolicyRevision] {
        try await read(DecisionStatements.revisions(), PolicyRevision.init(row:))
    }

    package func policyRevision(_ number: Int64) async throws(StoreFailure) -> PolicyRevision? {
        try await read(DecisionStatements.revision(number), PolicyRevision.init(row:)).first
    }

    package func applyPolicy(
        _ source: PolicySource,
        hash: Digest,
        unwarned: [String] = [],
        at: Date
    ) async throws(StoreFailure) -> PolicyRevision {
        try await transact { (session) async throws(LedgerError) in
            try await session.serialise("curfew policy")
            let newest = try await session.first(DecisionStatements.newestRevision(), PolicyRevision.init(row:))
            if let newest, newest.hash == hash { return newest }
            let added = try await session.first(
                DecisionStatements.addRevision(source, hash: hash, unwarned: unwarned, at: at),
                PolicyRevision.init(row:)
            )
            guard let added else { throw .store(StoreFailure(.broken, "a new policy revision has no number")) }
            return added
        }
    }

    package func recordEvaluation(
        under revision: Int64,
        at: Date,
        _ body: (any DecisionWriting) async throws(StoreFailure) -> EvaluationRecord
    ) async throws(StoreFailure) {
        try await transact { (session) async throws(LedgerError) in
            try await session.run(DecisionStatements.waitForReading())
            let writer = EvaluationWriter(session: session, revision: revision, at: at, reachingIt: reachingIt)
            let evaluation: EvaluationRecord
            do throws(StoreFailure) { evaluation = try await body(writer) } catch { throw .store(error) }
            if !evaluation.holds.isEmpty { try await session.run(AccountStatements.hold(evaluation.holds, at: at)) }
            let counts = try jsonb(evaluation.counts)
            try await session.run(DecisionStatements.add(evaluation, counts: counts, at: at))
        }
    }

    package func completeEvaluations(upTo: Date) async throws(StoreFailure) -> [AccountID: Date] {
        let rows = try await read(DecisionStatements.completeEvaluations(upTo: upTo)) { (row) throws(PostgresError) in
            (account: try row.id("account", as: AccountID.self), at: try row["at", as: Date.self])
        }
        return Dictionary(rows.map { ($0.account, $0.at) }, uniquingKeysWith: { first, _ in first })
    }
}

/// Writes parts of an evaluation into the transaction that it was begun in.
private struct EvaluationWriter: DecisionWriting {
    let session: Session
    let revision: Int64
    let at: Date
    let reachingIt: String

    func write(_ decisions: [Decision]) async throws(StoreFailure) {
        do throws(LedgerError) {
            guard !decisions.isEmpty else { return try await session.keep() }
            try await add(decisions)
        } catch { throw error.failure(advice: reachingIt) }
    }

    private func add(_ decisions: [Decision]) async throws(LedgerError) {
        let verdicts = decisions.compactMap { decision in decision.verdict.map { (decision.key, $0) } }
        let findings = decisions.compactMap { decision in decision.finding.map { (decision.key, $0) } }
        let events = decisions.flatMap { decision in decision.events.map { (decision.key, $0) } }
        try await session.run(DecisionStatements.waitNoLonger())
        try await session.require(decisions.map(\.key))
        if !verdicts.isEmpty {
            try await session.run(DecisionStatements.setVerdicts(KeyColumns(verdicts.map(\.0)), verdicts.map(\.1)))
        }
        try await session.set(findings, revision: revision, at: at)
        if !events.isEmpty {
            try await session.run(
                DecisionStatements.addEvents(
                    KeyColumns(events.map(\.0)),
                    events.map(\.1.text),
                    details: try events.map { (_, event) throws(LedgerError) in
                        try event.grounds.map { (grounds) throws(LedgerError) in try jsonb(grounds) } ?? JSONB("{}")
                    },
                    plan: nil
                )
            )
        }
        for end in [PlanState.withdrawn, .superseded] {
            let keys = decisions.filter { $0.endPlans == end }.map(\.key)
            try await session.endPlans(of: keys, as: end, at: at)
        }
    }
}

extension Session {
    /// Says that this transaction is alive.
    fileprivate func keep() async throws(LedgerError) { try await run(DecisionStatements.isAlive()) }

    /// Throws where an environment is unknown: joins would drop it without a word.
    func require(_ keys: [EnvironmentKey]) async throws(LedgerError) {
        guard !keys.isEmpty else { return }
        let unknown = try await rows(DecisionStatements.unknown(KeyColumns(keys))) { (row) throws(PostgresError) in
            try row.key()
        }
        guard let first = unknown.first else { return }
        throw .store(StoreFailure(.notFound, "there is no environment \(first)"))
    }

    /// Plans of these environments that did not start end with the verdict they rested on.
    func endPlans(of keys: [EnvironmentKey], as end: PlanState, at: Date) async throws(LedgerError) {
        guard !keys.isEmpty else { return }
        let open = try await rows(PlanStatements.openPlans(of: KeyColumns(keys))) { (row) throws(PostgresError) in
            (id: try row["plan_id", as: Int64.self], state: try row.word("state", as: PlanState.self))
        }
        let ids = open.filter { $0.state != .running }.map(\.id)
        guard !ids.isEmpty else { return }
        let from = Set(PlanState.allCases.filter { $0.next.contains(end) })
        let statement = PlanStatements.move(ids, from: from, to: end, because: "its verdict changed", at: at)
        _ = try await rows(statement) { (row) throws(PostgresError) in try row["plan_id", as: Int64.self] }
    }

    /// All of the findings, or none: one that has moved since it was read is a conflict.
    func set(
        _ findings: [(EnvironmentKey, FindingRecord)],
        revision: Int64?,
        at: Date
    ) async throws(LedgerError) {
        guard !findings.isEmpty else { return }
        let keys = KeyColumns(findings.map(\.0))
        let statement = DecisionStatements.setFindings(keys, findings.map(\.1), revision: revision, at: at)
        let written = Set(try await rows(statement) { (row) throws(PostgresError) in try row.key() })
        guard let (key, finding) = findings.first(where: { !written.contains($0.0) }) else { return }
        let states = try await rows(DecisionStatements.findingStates(KeyColumns([key]))) {
            (row) throws(PostgresError) in
            try row["state", as: String?.self]
        }
        let now = states.first.flatMap { $0 }
        throw .store(
            StoreFailure(
                .conflict,
                "the finding of \(key) was \(finding.before ?? "absent") and is \(now ?? "absent") now: "
                    + "it did not become \(finding.state)",
                advice: "another run was faster; try again"
            )
        )
    }
}

extension PolicyRevision {
    fileprivate init(row: Row) throws(PostgresError) {
        self.init(
            number: try row["revision"],
            hash: try row.digest("hash"),
            source: try row.policySource(),
            appliedAt: try row["applied_at"],
            appliedBy: try row["applied_by"]
        )
    }
}

extension Row {
    fileprivate func policySource() throws(PostgresError) -> PolicySource {
        if let text: String = try self["text"] { return PolicySource(text) }
        let names: [String] = try self["file_names"]
        let texts: [String] = try self["file_texts"]
        return PolicySource(zip(names, texts).map { PolicySource.File(name: $0, text: $1) })
    }
}
