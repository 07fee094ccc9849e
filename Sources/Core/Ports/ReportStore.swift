package import Foundation

/// What happened over weeks, for reports.
package protocol ReportStore: Sendable {
    /// How evaluations counted since a moment, oldest first; of those within one quarter of an hour the newest.
    ///
    /// Every zone's clock differs by whole quarters, so the last of a day or week is among them in each.
    func evaluations(since: Date) async throws(StoreFailure) -> [EvaluationCount]
    /// Teardowns that ended `done`, `failed` or `halted` since a moment, oldest first.
    func endedTeardowns(since: Date) async throws(StoreFailure) -> [EndedTeardown]
    /// Entries of one event since a moment, newest first.
    func entries(of event: String, since: Date, limit: Int) async throws(StoreFailure) -> [AuditEntry]
    /// When a scan of all targets last read every one of them completely.
    func lastCompleteScan() async throws(StoreFailure) -> Date?
    /// The newest link of the chain over the audit log (P14).
    func sealHead() async throws(StoreFailure) -> SealHead?
}

/// How many environments had which verdict at one moment.
package struct EvaluationCount: Sendable, Hashable {
    package let at: Date
    package let verdicts: [String: Int]

    package init(at: Date, verdicts: [String: Int]) {
        self.at = at
        self.verdicts = verdicts
    }

    package var stale: Int { verdicts[Verdict.stale.rawValue] ?? 0 }

    /// Those that could ever be taken down: neither permanent nor of a name that nobody understands.
    package var features: Int {
        verdicts.filter { $0.key != Verdict.permanent.rawValue && $0.key != Verdict.ambiguous.rawValue }
            .reduce(0) { $0 + $1.value }
    }
}

/// One environment of a plan that was carried out, and how that ended.
package struct EndedTeardown: Sendable, Hashable {
    package let environment: EnvironmentKey
    package let plan: PlanID
    package let state: PlanState
    package let at: Date
    /// Whose it was.
    package let owner: String?

    package init(environment: EnvironmentKey, plan: PlanID, state: PlanState, at: Date, owner: String?) {
        self.environment = environment
        self.plan = plan
        self.state = state
        self.at = at
        self.owner = owner
    }
}

/// The newest link of the chain over the audit log; who keeps it can say later that nothing before was changed.
package struct SealHead: Sendable, Hashable {
    package let number: Int64
    package let digest: Digest
    /// When the entry was written that it seals.
    package let at: Date

    package init(number: Int64, digest: Digest, at: Date) {
        self.number = number
        self.digest = digest
        self.at = at
    }
}
