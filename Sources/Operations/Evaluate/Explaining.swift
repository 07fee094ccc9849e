package import Core
package import Foundation

/// `curfew explain`: the judgement on one environment, now or on another day, without writing anything.
package struct Explaining: Sendable {
    let wiring: Wiring

    package init(_ wiring: Wiring) { self.wiring = wiring }

    package func explain(
        _ name: String,
        at moment: Date?
    ) async throws(Problem) -> Explanation {
        let record = try await wiring.environment(named: name)
        let (revision, policies) = try await wiring.policyInForce()
        let facts = wiring.facts(record)
        let judgement = judge(facts, policies, now: moment ?? wiring.clock())
        return Explanation(
            record: record,
            judgement: judgement,
            revision: revision,
            file: judgement.policy.flatMap { policies.files[$0] }
        )
    }

    package struct Explanation: Sendable {
        package let record: EnvironmentRecord
        package let judgement: Judgement
        package let revision: PolicyRevision
        /// Where the policy stands that decided; nil where there is one file, or none decided.
        package let file: String?
    }
}
