package import Core
package import Foundation
import Postgres

extension PostgresLedger {
    package func store(
        _ drafts: [DraftPlan],
        expiresAt: Date?,
        at: Date
    ) async throws(StoreFailure) -> (run: RunID?, plans: [PlanRecord]) {
        try await transact { (session) async throws(LedgerError) in
            // Two planners at once would each not see the other's plans.
            try await session.serialise("curfew plans")
            let keys = Set(drafts.flatMap { $0.document.environments.map(\.key) }).sorted()
            try await session.require(keys)
            let open = try await session.rows(PlanStatements.openPlans(of: KeyColumns(keys)), OpenPlan.init(row:))
            let known = Dictionary(grouping: open, by: \.digest)
            let kept = drafts.map { draft in known[draft.document.digest]?.first { $0.isBlocked(as: draft) } }
            let keptIDs = Set(kept.compactMap { $0?.id })
            let replaced = open.filter { !keptIDs.contains($0.id) }
            if let running = replaced.first(where: { $0.state == .running }) {
                throw .store(
                    StoreFailure(
                        .conflict,
                        "\(PlanID(running.id)) is being carried out and has an environment in common",
                        advice: "plan again when it has ended"
                    )
                )
            }
            let supersedable = Set(PlanState.allCases.filter { $0.next.contains(.superseded) })
            if !replaced.isEmpty {
                let statement = PlanStatements.move(
                    replaced.map(\.id),
                    from: supersedable,
                    to: .superseded,
                    because: "planned anew",
                    at: at
                )
                _ = try await session.rows(statement) { (row) throws(PostgresError) in
                    try row["plan_id", as: Int64.self]
                }
            }
            var run: RunID?
            var ids: [Int64] = []
            for (draft, kept) in zip(drafts, kept) {
                if let kept {
                    ids.append(kept.id)
                    continue
                }
                let current: RunID
                if let run { current = run } else { current = try await session.newRun(at: at) }
                run = current
                ids.append(try await session.add(draft, run: current, expiresAt: expiresAt, at: at))
            }
            guard !ids.isEmpty else { return (nil, []) }
            let stored = try await session.plans(where: "plan_id = ANY (\(ids))", limit: ids.count)
            let byID = Dictionary(uniqueKeysWithValues: stored.map { ($0.id.number, $0) })
            return (run, ids.compactMap { byID[$0] })
        }
    }
}

/// An open plan as far as it matters to the plans that may replace it.
private struct OpenPlan {
    let id: Int64
    let state: PlanState
    let digest: Digest
    let blockers: [Blocker]

    init(row: Row) throws(PostgresError) {
        id = try row["plan_id"]
        state = try row.word("state")
        digest = try row.digest("digest")
        blockers = try row.json("blockers")
    }

    func isBlocked(as draft: DraftPlan) -> Bool { blockers.sorted() == draft.blockers.sorted() }
}

extension Session {
    fileprivate func newRun(at: Date) async throws(LedgerError) -> RunID {
        let run = try await first(PlanStatements.addRun(at: at)) { (row) throws(PostgresError) in
            RunID(try row["run_id"])
        }
        guard let run else { throw .store(StoreFailure(.broken, "a new run has no number")) }
        return run
    }

    /// A plan with its environments and steps: three statements.
    fileprivate func add(
        _ draft: DraftPlan,
        run: RunID,
        expiresAt: Date?,
        at: Date
    ) async throws(LedgerError) -> Int64 {
        let document = draft.document
        let state: PlanState =
            if !draft.blockers.isEmpty { .draft } else if draft.terms.automatic { .approved } else { .awaitingApproval }
        let statement = PlanStatements.add(
            run: run.number,
            state: state,
            document: try jsonb(document),
            digest: document.digest,
            blockers: try jsonb(draft.blockers.sorted()),
            forecast: try jsonb(draft.forecast),
            terms: try jsonb(draft.terms),
            grounds: try jsonb(
                Dictionary(draft.grounds.map { ($0.key.description, $0.value) }) { first, _ in first }
            ),
            revision: draft.revision,
            expiresAt: expiresAt ?? at.addingTimeInterval(Double(draft.terms.expiresSeconds)),
            at: at
        )
        let made = try await first(statement) { (row) throws(PostgresError) in try row["plan_id", as: Int64.self] }
        guard let plan = made else { throw .store(StoreFailure(.broken, "a new plan has no number")) }
        try await runAll(
            PlanStatements.addEnvironments(
                plan: plan,
                KeyColumns(document.environments.map(\.key)),
                classes: document.environments.map(\.verdictClass.rawValue)
            ),
            expecting: document.environments.count,
            "environment"
        )
        try await runAll(
            PlanStatements.addSteps(plan: plan, KeyColumns(document.steps.map(\.environment)), document.steps),
            expecting: document.steps.count,
            "component"
        )
        return plan
    }

    /// Joins drop what they do not find: then nothing is stored.
    private func runAll(_ sql: SQL, expecting count: Int, _ thing: String) async throws(LedgerError) {
        let found = try await run(sql)
        guard found == count else {
            throw .store(
                StoreFailure(
                    .notFound,
                    "the plan names \(count - found) \(thing)(s) that the inventory does not have",
                    advice: "scan, then plan again"
                )
            )
        }
    }
}
