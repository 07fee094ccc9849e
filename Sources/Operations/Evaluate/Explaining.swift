package import Core
package import Foundation

/// `curfew explain`: the judgement on one environment, now or on another day, without writing anything.
package struct Explaining: Sendable {
    let wiring: Wiring

    package init(_ wiring: Wiring) { self.wiring = wiring }

    package func explain(
        _ name: String,
        at moment: Date?
    ) async throws(Problem) -> (record: EnvironmentRecord, judgement: Judgement, revision: PolicyRevision) {
        let record = try await wiring.environment(named: name)
        let (revision, policies) = try await wiring.policyInForce()
        let facts = wiring.facts(record)
        return (record, judge(facts, policies, now: moment ?? wiring.clock()), revision)
    }
}
