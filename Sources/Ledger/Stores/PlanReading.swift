import Core
import Foundation
import Postgres

extension Session {
    func plan(_ id: PlanID) async throws(LedgerError) -> PlanRecord {
        guard let plan = try await plans(where: "plan_id = \(id.number)", limit: 1).first else {
            throw .store(StoreFailure(.notFound, "there is no plan \(id)"))
        }
        return plan
    }

    /// Newest first; three statements, however many plans there are.
    func plans(where condition: SQL, limit: Int) async throws(LedgerError) -> [PlanRecord] {
        var plans = try await rows(PlanStatements.plans(where: condition, limit: limit), PlanRecord.init(row:))
        guard !plans.isEmpty else { return [] }
        let ids = plans.map(\.id.number)
        let approvals = try await approvals(of: ids)
        let stored = try await rows(PlanStatements.steps(of: ids), StoredStep.init(row:))
        let steps = Dictionary(grouping: stored, by: \.plan)
        for index in plans.indices {
            let plan = plans[index]
            // What an approver said yes to is the digest; a document that does not have it is not what was approved.
            guard plan.document.digest == plan.digest else {
                throw .store(
                    StoreFailure(
                        .broken,
                        "the document of \(plan.id) does not have the digest that was recorded with it"
                    )
                )
            }
            plans[index].approvals = approvals[plan.id] ?? []
            plans[index].steps = try records(of: plan, steps[plan.id] ?? [])
        }
        return plans
    }

    func approvals(of plans: [Int64]) async throws(LedgerError) -> [PlanID: [ApprovalRecord]] {
        let approvals = try await rows(PlanStatements.approvals(of: plans)) { (row) throws(PostgresError) in
            (PlanID(try row["plan_id"]), try ApprovalRecord(row: row))
        }
        return Dictionary(grouping: approvals, by: \.0).mapValues { $0.map(\.1) }
    }

    private func records(of plan: PlanRecord, _ stored: [StoredStep]) throws(LedgerError) -> [StepRecord] {
        let planned = Dictionary(plan.document.steps.map { ($0.number, $0) }) { first, _ in first }
        var records: [StepRecord] = []
        for step in stored {
            guard let document = planned[step.number], document.component == step.component,
                document.action.kind == step.action, document.action.subject == step.subject
            else {
                throw .store(StoreFailure(.broken, "step \(step.number) of \(plan.id) is not in its document"))
            }
            records.append(
                StepRecord(
                    step: document,
                    token: step.token,
                    state: step.state,
                    reason: step.reason,
                    intendedAt: step.intendedAt,
                    requestedAt: step.requestedAt,
                    firstGoneAt: step.firstGoneAt,
                    endedAt: step.endedAt
                )
            )
        }
        return records
    }
}

private struct StoredStep {
    let plan: PlanID
    let number: Int
    let component: ComponentID
    let action: StepAction.Kind
    let subject: String?
    let token: StepToken
    let state: StepState
    let reason: String?
    let intendedAt: Date?
    let requestedAt: Date?
    let firstGoneAt: Date?
    let endedAt: Date?

    init(row: Row) throws(PostgresError) {
        plan = PlanID(try row["plan_id"])
        number = try row["number"]
        component = try row.id("provider_id")
        action = try row.word("action")
        subject = try row["subject"]
        token = try row.id("token")
        state = try row.word("state")
        reason = try row["reason"]
        intendedAt = try row["intended_at"]
        requestedAt = try row["requested_at"]
        firstGoneAt = try row["first_gone_at"]
        endedAt = try row["ended_at"]
    }
}

extension ApprovalRecord {
    fileprivate init(row: Row) throws(PostgresError) {
        self.init(
            by: try row["decided_by"],
            decision: try row["decision"],
            selfApproved: try row["self"],
            because: try row["because"],
            at: try row["decided_at"],
            digest: try row.digest("digest")
        )
    }
}

extension PlanRecord {
    /// All but approvals and steps.
    fileprivate init(row: Row) throws(PostgresError) {
        let run: Int64? = try row["run_id"]
        self.init(
            id: PlanID(try row["plan_id"]),
            run: run.map { RunID($0) },
            state: try row.word("state"),
            digest: try row.digest("digest"),
            document: try row.json("document"),
            blockers: try row.json("blockers"),
            terms: try row.json("approval"),
            revision: try row["revision"],
            madeAt: try row["made_at"],
            madeBy: try row["made_by"],
            approvedAt: try row["approved_at"],
            expiresAt: try row["expires_at"],
            endedAt: try row["ended_at"],
            endedBecause: try row["ended_because"],
            approvals: [],
            steps: [],
            forecast: try row.json("forecast")
        )
    }
}
