import Core
import Foundation

@testable import Ledger

let onePerson = ApprovalTerms(
    automatic: false,
    required: 1,
    by: ["group:platform"],
    expiresSeconds: 3 * 86_400,
    requesterCounts: false
)

/// A plan that deletes the given components of each environment, in that order where they are chained.
func draft(
    _ environments: [(EnvironmentKey, [ComponentID])],
    terms: ApprovalTerms = onePerson,
    blockers: [Blocker] = [],
    losing: [String] = [],
    chained: Bool = true
) -> DraftPlan {
    var steps: [PlanStep] = []
    for (key, components) in environments {
        for component in components {
            steps.append(
                PlanStep(
                    number: steps.count + 1,
                    environment: key,
                    component: component,
                    target: target,
                    name: component.text,
                    after: steps.isEmpty || !chained ? [] : [steps.count],
                    serviceRole: nil
                )
            )
        }
    }
    let document = PlanDocument(
        environments: environments.map { PlannedEnvironment(key: $0.0, verdictClass: .stale, components: $0.1) },
        steps: steps,
        losses: losing.map { Loss(component: environments[0].1[0], type: "AWS::S3::Bucket", name: $0) },
        policyRevision: Digest(of: "policy"),
        fingerprint: Fingerprint(components: [stackID("a"): Digest(of: "a")], holds: [key("feat-x"): ["lease 1"]])
    )
    return DraftPlan(document: document, blockers: blockers, terms: terms, revision: 1)
}

extension LedgerFixture {
    /// `feat-x` of the stacks `a` and `b`, a policy, and an approved plan that begins to run where asked.
    func planned(
        running: Bool = false,
        stacks: [String] = ["a", "b"],
        terms: ApprovalTerms = onePerson,
        chained: Bool = true
    ) async throws -> PlanRecord {
        try await ledger.scan(stacks.map { component($0) }, at: day(1))
        _ = try await ledger.applyPolicy(
            text: "policies: []",
            hash: Digest(of: "policy"),
            unwarned: ["features"],
            at: day(1)
        )
        let stored = try await ledger.store(
            [draft([(key("feat-x"), stacks.map { stackID($0) })], terms: terms, chained: chained)],
            expiresAt: nil,
            at: day(2)
        )
        guard let plan = stored.plans.first else { throw StoreFailure(.broken, "no plan was stored") }
        guard running else { return plan }
        try await approve(plan, by: "approver")
        try await ledger.move(plan.id, from: [.approved], to: .running, because: nil, at: day(3))
        return try await ledger.plan(plan.id)
    }

    @discardableResult
    func approve(_ plan: PlanRecord, by name: String) async throws -> PlanRecord {
        let other = ledger(as: try await login(name, "curfew_operator"))
        let approved = try await other.approve(
            plan.id,
            digest: plan.digest,
            selfApproved: false,
            because: nil,
            expiresAt: day(10),
            at: day(2.5)
        ) { !$0.isEmpty }
        await other.close()
        return approved
    }

    /// Takes a step of a running plan through to the state.
    func take(_ number: Int, of plan: PlanRecord, to state: StepState, at: Date) async throws {
        let component = plan.document.steps[number - 1].component
        try await ledger.storeTombstone([1, 2, 3], of: component, plan: plan.id, at: at)
        var current = StepState.pending
        for next in [StepState.intended, .requested, state] {
            if current == state { return }
            if next == .intended {
                try await intend(number, of: plan, at: at)
                current = next
                continue
            }
            try await ledger.move(
                step: number,
                of: plan.id,
                from: current,
                to: next,
                reason: next == .failed ? "it is stuck" : nil,
                at: at
            )
            current = next
        }
    }

    /// The lease of the reaper, for as long as the body runs.
    @discardableResult
    func reaping<Value>(
        as other: PostgresLedger? = nil,
        _ body: (WorkLease) async throws -> Value
    ) async throws -> Value {
        let ledger = other ?? ledger
        let claim = try await ledger.claimLease(
            "reap",
            holder: "a test",
            for: .seconds(60),
            signatureWindow: .seconds(60)
        )
        guard case .taken(let lease) = claim else { throw StoreFailure(.conflict, "the lease is held: \(claim)") }
        let outcome: Result<Value, any Error>
        do { outcome = .success(try await body(lease)) } catch { outcome = .failure(error) }
        try await ledger.releaseLease(lease)
        return try outcome.get()
    }

    func intend(_ number: Int, of plan: PlanRecord, as other: PostgresLedger? = nil, at: Date) async throws {
        try await reaping(as: other) { lease in
            _ = try await (other ?? ledger).intend(step: number, of: plan.id, lease: lease, at: at)
        }
    }
}
