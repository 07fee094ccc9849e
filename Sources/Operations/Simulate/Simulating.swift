package import Core

/// `curfew policy simulate`: another policy over the inventory as it stands, without writing anything.
package struct Simulating: Sendable {
    let wiring: Wiring

    package init(_ wiring: Wiring) { self.wiring = wiring }

    package struct Outcome: Sendable {
        package let simulation: PolicySimulation
        /// The revision it was compared with; nil where none was ever applied.
        package let revision: Int64?
        package let scan: ScanSummary?
        /// Accounts in which nothing is ever planned.
        package let reportOnly: Set<AccountID>
    }

    /// `horizon`: how far what time alone brings is followed.
    package func simulate(_ policies: PolicySet, horizon: Duration) async throws(Problem) -> Outcome {
        try await reporting {
            let now = wiring.clock()
            let revision = try await wiring.store.policyInForce()
            let old = try revision.map { try wiring.readPolicy($0.source) }
            let records = try await wiring.store.environments().filter { $0.endedAt == nil }
            let subjects = try records.map { record in
                let finding = try record.finding.map { try FindingCoding.decode($0) }
                return PolicySimulation.Subject(
                    facts: wiring.facts(record),
                    owner: record.ownerConflict ? nil : record.owner,
                    isFlagged: finding?.state.isOpen ?? false,
                    dueAt: record.dueAt,
                    isUnowned: finding?.isUnowned == true
                )
            }
            let modes = try await wiring.accounts().filter { $0.mode == .reap }.map(\.account)
            return Outcome(
                simulation: PolicySimulation(
                    of: subjects,
                    from: old,
                    to: policies,
                    breaker: wiring.breaker,
                    horizon: horizon,
                    now: now
                ),
                revision: revision?.number,
                scan: try await wiring.store.newestScan(),
                reportOnly: Set(subjects.flatMap(\.facts.accounts)).subtracting(modes)
            )
        }
    }
}
